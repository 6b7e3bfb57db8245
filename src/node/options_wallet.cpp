// Of wallets.

#include <array>

#include "node/options.h"

namespace cairn::node {
namespace {

using base::integer_between;
using base::OptionCategory;
using base::OptionClass;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"addresstype", OptionType::kText, "<type>", "bech32", OptionCategory::kWallet,
     "What getnewaddress gives unless told: legacy, p2sh-segwit, bech32 or bech32m."},
    {"avoidpartialspends", OptionType::kBool, "", "0", OptionCategory::kWallet,
     "Spend the outputs of an address together or not at all (up to 100 at a time), even where that costs more."},
    {"changetype", OptionType::kText, "<type>", "", OptionCategory::kWallet,
     "What change is paid to: legacy, p2sh-segwit, bech32 or bech32m. The default suits the payment."},
    {"consolidatefeerate", OptionType::kAmount, "<amt>", "0.0001", OptionCategory::kWallet,
     "What spending an output is expected to cost some day, per kvB: below this fee rate a payment may spend more "
     "inputs "
     "than it needs, above it fewer."},
    {"disablewallet", OptionType::kBool, "", "0", OptionCategory::kWallet,
     "Load no wallets and offer no wallet methods."},
    {"discardfee", OptionType::kAmount, "<amt>", "0.0001", OptionCategory::kWallet,
     "Change that would cost more than this to spend, per kvB, is left to the fee."},
    {"fallbackfee", OptionType::kAmount, "<amt>", "0.00", OptionCategory::kWallet,
     "The fee rate, per kvB, where none can be estimated; 0 refuses to send then."},
    {"keypool", integer_between(0, 1'000'000), "<n>", "1000", OptionCategory::kWallet,
     "How many addresses ahead of the last used one are watched."},
    {"maxapsfee", OptionType::kText, "<n>", "0.00", OptionCategory::kWallet,
     "Spend the outputs of an address together where that costs at most this much more in fees; -1 does not try."},
    {"maxtxfee", OptionType::kAmount, "<amt>", "0.10", OptionCategory::kDebugTest,
     "No transaction of the wallet, and none sent by RPC without a limit of its own, pays more in fees."},
    {"mintxfee", OptionType::kAmount, "<amt>", "0.00001", OptionCategory::kWallet,
     "Pay at least this fee rate, per kvB."},
    {"signer", OptionType::kText, "<cmd>", "", OptionCategory::kWallet, "A program that signs with keys of a device.",
     kNoFlags, OptionClass::kNotBuilt},
    {"spendzeroconfchange", OptionType::kBool, "", "1", OptionCategory::kWallet,
     "Spend our own change before it is confirmed."},
    {"txconfirmtarget", OptionType::kInteger, "<n>", "6", OptionCategory::kWallet,
     "Choose fees for confirmation within <n> blocks.", kNoFlags, OptionClass::kWithoutMeaning},
    {"unsafesqlitesync", OptionType::kBool, "", "0", OptionCategory::kWallet,
     "Do not wait for the disk when a wallet is written; for tests.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"wallet", OptionType::kText, "<path>", "", OptionCategory::kWallet,
     "Load this wallet at start; may be given several times. The name of a folder in -walletdir, or an absolute path.",
     kNetworkOnly | kMultiple},
    {"walletbroadcast", OptionType::kBool, "", "1", OptionCategory::kWallet,
     "Send the wallet's transactions to peers."},
    {"walletcrosschain", OptionType::kBool, "", "0", OptionCategory::kWallet, "Open wallets of another network.",
     kDebugOnly},
    {"walletdir", OptionType::kPath, "<dir>", "", OptionCategory::kWallet,
     "Keep wallets in this folder, which must be there. The default is wallets in the network's folder, or that folder "
     "itself where there is no such folder in it.",
     kNetworkOnly},
    {"walletnotify", OptionType::kText, "<cmd>", "", OptionCategory::kWallet,
     "Run <cmd> when a transaction of the wallet changes; %s becomes its txid, %w the wallet, %b the "
     "block, %h its height.",
     kNoFlags, OptionClass::kNotBuilt},
    {"walletrbf", OptionType::kBool, "", "1", OptionCategory::kWallet, "Signal that payments may be replaced."},
    {"walletrejectlongchains", OptionType::kBool, "", "1", OptionCategory::kWallet,
     "Refuse to build on families of unconfirmed transactions as large as some nodes do not relay.", kDebugOnly},
});

}  // namespace

std::span<const base::OptionSpec> wallet_options()
{
    return kOptions;
}

}  // namespace cairn::node
