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
    {"signetchallenge", OptionType::kText, "<hex>", "", OptionCategory::kChain,
     "The script that blocks of a signet of one's own must satisfy.", kNoNegation | kMultiple},
    {"signetseednode", OptionType::kText, "<host[:port]>", "", OptionCategory::kChain,
     "A node of that signet to begin with. May be given several times.", kNoNegation | kMultiple,
     OptionClass::kNotBuilt},
    {"vbparams", OptionType::kText, "deployment:start:end[:min_activation_height]", "", OptionCategory::kChain,
     "Move a deployment by version bits, on regtest. May be given several times.", kDebugOnly | kMultiple},
});

}  // namespace

std::span<const base::OptionSpec> chain_options()
{
    return kOptions;
}

}  // namespace cairn::node
