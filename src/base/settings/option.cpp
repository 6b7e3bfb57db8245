#include "base/settings/option.h"

#include <array>
#include <stdexcept>

namespace cairn::base {

OptionTable::OptionTable(std::initializer_list<std::span<const OptionSpec>> tables)
{
    for (const auto table : tables) {
        for (const OptionSpec& option : table) {
            if (!options_.emplace(option.name, option).second) {
                throw std::logic_error("option declared twice: " + std::string{option.name});
            }
        }
    }
}

const OptionSpec* OptionTable::find(std::string_view name) const
{
    const auto found = options_.find(name);
    return found == options_.end() ? nullptr : &found->second;
}

std::vector<const OptionSpec*> OptionTable::in(OptionCategory category) const
{
    std::vector<const OptionSpec*> found;
    for (const auto& [name, option] : options_) {
        if (option.category == category) found.push_back(&option);
    }
    return found;
}

std::string_view heading(OptionCategory category)
{
    switch (category) {
        case OptionCategory::kGeneral:
            return "Options";
        case OptionCategory::kConnection:
            return "Connection options";
        case OptionCategory::kWallet:
            return "Wallet options";
        case OptionCategory::kZmq:
            return "ZeroMQ notification options";
        case OptionCategory::kDebugTest:
            return "Debugging/Testing options";
        case OptionCategory::kChain:
            return "Chain selection options";
        case OptionCategory::kNodeRelay:
            return "Node relay options";
        case OptionCategory::kBlockCreation:
            return "Block creation options";
        case OptionCategory::kRpc:
            return "RPC server options";
        case OptionCategory::kIpc:
            return "IPC interprocess connection options";
        case OptionCategory::kCliCommand:
            return "CLI Commands";
        case OptionCategory::kHidden:
            return {};
    }
    return {};
}

}  // namespace cairn::base
