#include "base/settings/common_options.h"

#include <array>

namespace cairn::base {
namespace {

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"?", OptionType::kBool, "", "", OptionCategory::kHidden, ""},
    {"h", OptionType::kBool, "", "", OptionCategory::kHidden, ""},
    {"help", OptionType::kBool, "", "", OptionCategory::kGeneral, "Show the options and exit; also -h and -?."},
    {"version", OptionType::kBool, "", "", OptionCategory::kGeneral, "Show the version and exit."},
    {"chain", OptionType::kText, "<chain>", "main", OptionCategory::kChain,
     "Which network: main, test, testnet4, signet or regtest."},
    {"regtest", OptionType::kBool, "", "0", OptionCategory::kChain,
     "A network of one's own, for tests: blocks cost nothing."},
    {"signet", OptionType::kBool, "", "0", OptionCategory::kChain, "The signet, whose blocks are signed."},
    {"testnet", OptionType::kBool, "", "0", OptionCategory::kChain,
     "The third test network. It is old and unreliable; prefer -testnet4."},
    {"testnet4", OptionType::kBool, "", "0", OptionCategory::kChain, "The fourth test network."},
});

}  // namespace

std::span<const OptionSpec> common_options()
{
    return kOptions;
}

}  // namespace cairn::base
