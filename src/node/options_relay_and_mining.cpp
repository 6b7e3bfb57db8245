// Of relay and of block templates.

#include <array>

#include "node/options.h"

namespace cairn::node {
namespace {

using base::integer_between;
using base::integer_from;
using base::OptionCategory;
using base::OptionClass;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"acceptnonstdtxn", OptionType::kBool, "", "0", OptionCategory::kNodeRelay,
     "Accept transactions that are not standard; not on the main network.", kDebugOnly},
    {"blockmaxweight", OptionType::kInteger, "<n>", "4000000", OptionCategory::kBlockCreation,
     "Make blocks no heavier than this."},
    {"blockmintxfee", OptionType::kAmount, "<amt>", "0.00000001", OptionCategory::kBlockCreation,
     "Put no transaction below this fee rate, per kvB, into a block."},
    {"blockreservedweight", OptionType::kInteger, "<n>", "8000", OptionCategory::kBlockCreation,
     "Leave this weight in a template for the header and the miner's coinbase."},
    {"blockversion", integer_between(INT32_MIN, INT32_MAX), "<n>", "", OptionCategory::kBlockCreation,
     "Make blocks of this version; for tests.", kDebugOnly},
    {"bytespersigop", integer_between(0, 1'000'000), "<n>", "20", OptionCategory::kNodeRelay,
     "Count a signature operation as this many bytes."},
    {"datacarrier", OptionType::kBool, "", "1", OptionCategory::kNodeRelay, "Accept transactions that carry data."},
    {"datacarriersize", integer_from(0), "<n>", "100000", OptionCategory::kNodeRelay,
     "Accept this many bytes in the data-carrying outputs of a transaction together."},
    {"dustrelayfee", OptionType::kAmount, "<amt>", "0.00003", OptionCategory::kNodeRelay,
     "An output is dust if spending it at this fee rate, per kvB, would cost more than it has.", kDebugOnly},
    {"incrementalrelayfee", OptionType::kAmount, "<amt>", "0.000001", OptionCategory::kNodeRelay,
     "The fee rate, per kvB, that a replacement adds, and by which a full mempool raises its minimum.", kDebugOnly},
    {"minrelaytxfee", OptionType::kAmount, "<amt>", "0.000001", OptionCategory::kNodeRelay,
     "Accept no transaction below this fee rate, per kvB."},
    {"permitbaremultisig", OptionType::kBool, "", "1", OptionCategory::kNodeRelay,
     "Accept outputs to several keys without a script hash."},
    {"privatebroadcast", OptionType::kBool, "", "0", OptionCategory::kNodeRelay,
     "Send transactions of sendrawtransaction by short connections over Tor or I2P.", kNoFlags, OptionClass::kNotBuilt},
    {"whitelistforcerelay", OptionType::kBool, "", "0", OptionCategory::kNodeRelay,
     "Peers of -whitelist without named permissions get forcerelay."},
    {"whitelistrelay", OptionType::kBool, "", "1", OptionCategory::kNodeRelay,
     "Peers of -whitelist without named permissions get relay."},
});

}  // namespace

std::span<const base::OptionSpec> relay_and_mining_options()
{
    return kOptions;
}

}  // namespace cairn::node
