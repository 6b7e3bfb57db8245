#include "notify/command_notifier.h"

#include <utility>
#include <variant>

#include "base/log.h"
#include "crypto/text.h"

namespace cairn::notify {
namespace {

std::string fill_in(std::string_view command, std::string_view text)
{
    constexpr std::string_view kPlace = "%s";
    std::string out;
    while (true) {
        const auto at = command.find(kPlace);
        out += command.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += text;
        command.remove_prefix(at + kPlace.size());
    }
}

}  // namespace

std::string with_block(std::string_view command, const BlockHash& hash)
{
    return fill_in(command, hash.to_hex());
}

std::string with_warning(std::string_view command, std::string_view text)
{
    return fill_in(command, "'" + sanitized(text) + "'");
}

CommandNotifier::CommandNotifier(Commands commands, events::EventBus& bus) : commands_(std::move(commands))
{
    if (commands_.alert.empty() && commands_.block.empty()) return;
    subscription_ = bus.subscribe("notify", *this);
}

void CommandNotifier::on_start()
{
    runner_.run(commands_.startup);
}

void CommandNotifier::on_stop()
{
    // Others may hang: they are not waited for.
    base::CommandRunner last;
    for (const std::string& command : commands_.shutdown) last.run(command);
    last.wait();
}

bool CommandNotifier::wants(const events::Fact& fact) const
{
    if (std::holds_alternative<events::WarningRaised>(fact)) return !commands_.alert.empty();
    const auto* changed = std::get_if<events::TipChanged>(&fact);
    // A million blocks of a first synchronisation are no news.
    return changed != nullptr && !changed->initial_download && !commands_.block.empty();
}

void CommandNotifier::on_event(const events::Event& event)
{
    if (const auto* changed = std::get_if<events::TipChanged>(&event.fact)) {
        runner_.run(with_block(commands_.block, changed->tip));
    } else if (const auto* raised = std::get_if<events::WarningRaised>(&event.fact)) {
        runner_.run(with_warning(commands_.alert, raised->text));
    } else {
        base::log_warning("Some events were lost to -blocknotify and -alertnotify");
    }
}

}  // namespace cairn::notify
