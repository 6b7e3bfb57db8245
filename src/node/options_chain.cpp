// Of the network to be on.

#include <array>

#include "node/options.h"

namespace cairn::node {
namespace {

using base::OptionCategory;
using base::OptionClass;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"chain", OptionType::kText, "<chain>", "main", OptionCategory::kChain,
     "Which network: main, test, testnet4, signet or regtest."},
    {"regtest", OptionType::kBool, "", "0", OptionCategory::kChain,
     "A network of one's own, for tests: blocks cost nothing."},
    {"signet", OptionType::kBool, "", "0", OptionCategory::kChain, "The signet, whose blocks are signed."},
    {"signetchallenge", OptionType::kText, "<hex>", "", OptionCategory::kChain,
     "The script that blocks of a signet of one's own must satisfy.", kNoNegation | kMultiple},
    {"signetseednode", OptionType::kText, "<host[:port]>", "", OptionCategory::kChain,
     "A node of that signet to begin with. May be given several times.", kNoNegation | kMultiple,
     OptionClass::kNotBuilt},
    {"testnet", OptionType::kBool, "", "0", OptionCategory::kChain,
     "The third test network. It is old and unreliable; prefer -testnet4."},
    {"testnet4", OptionType::kBool, "", "0", OptionCategory::kChain, "The fourth test network."},
    {"vbparams", OptionType::kText, "deployment:start:end[:min_activation_height]", "", OptionCategory::kChain,
     "Move a deployment by version bits, on regtest. May be given several times.", kDebugOnly | kMultiple},
});

}  // namespace

std::span<const base::OptionSpec> chain_options()
{
    return kOptions;
}

}  // namespace cairn::node
