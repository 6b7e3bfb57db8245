#include "policy/refusal.h"

#include <array>

namespace cairn::policy {

namespace {

struct Row {
    PolicyReason reason;
    std::string_view text;
    Fault fault;
};

using enum PolicyReason;

constexpr std::array kRows = {
    Row{kCoinbase, "coinbase", Fault::kConsensus},
    Row{kVersion, "version", Fault::kNotStandard},
    Row{kTransactionSize, "tx-size", Fault::kNotStandard},
    Row{kTransactionSizeSmall, "tx-size-small", Fault::kNotStandard},
    Row{kScriptSigSize, "scriptsig-size", Fault::kNotStandard},
    Row{kScriptSigNotPushOnly, "scriptsig-not-pushonly", Fault::kNotStandard},
    Row{kScriptPubKey, "scriptpubkey", Fault::kNotStandard},
    Row{kDataCarrier, "datacarrier", Fault::kNotStandard},
    Row{kBareMultisig, "bare-multisig", Fault::kNotStandard},
    Row{kDust, "dust", Fault::kNotStandard},
    Row{kNonFinal, "non-final", Fault::kPremature},
    Row{kNonBip68Final, "non-BIP68-final", Fault::kPremature},
    Row{kNonstandardInputs, "bad-txns-nonstandard-inputs", Fault::kInputsNotStandard},
    Row{kNonstandardWitness, "bad-witness-nonstandard", Fault::kWitnessMutated},
    Row{kTooManySigops, "bad-txns-too-many-sigops", Fault::kNotStandard},
    Row{kAlreadyInMempool, "txn-already-in-mempool", Fault::kConflict},
    Row{kSameNonWitnessDataInMempool, "txn-same-nonwitness-data-in-mempool", Fault::kConflict},
    Row{kAlreadyKnown, "txn-already-known", Fault::kConflict},
    Row{kMissingOrSpent, "bad-txns-inputs-missingorspent", Fault::kMissingInputs},
    Row{kMempoolMinFee, "mempool min fee not met", Fault::kReconsiderable},
    Row{kMinRelayFee, "min relay fee not met", Fault::kReconsiderable},
    Row{kTrucViolation, "TRUC-violation", Fault::kMempoolPolicy},
    Row{kTooManyReplacements, "too many potential replacements", Fault::kMempoolPolicy},
    Row{kInsufficientFee, "insufficient fee", Fault::kReconsiderable},
    Row{kReplacementFailed, "replacement-failed", Fault::kReconsiderable},
    Row{kTooLargeCluster, "too-large-cluster", Fault::kMempoolPolicy},
    Row{kSpendsConflicting, "bad-txns-spends-conflicting-tx", Fault::kConsensus},
    Row{kMissingEphemeralSpends, "missing-ephemeral-spends", Fault::kMempoolPolicy},
    Row{kMempoolFull, "mempool full", Fault::kReconsiderable},
    Row{kMaxFeeRateExceeded, "max feerate exceeded", Fault::kMempoolPolicy},
    Row{kReplacementDisallowed, "bip125-replacement-disallowed", Fault::kMempoolPolicy},
    Row{kScriptVerify, "mempool-script-verify-flag-failed", Fault::kNotStandard},
};

consteval bool rows_follow_enum()
{
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].reason) != i) return false;
    }
    return kRows.size() == static_cast<std::size_t>(kScriptVerify) + 1;
}
static_assert(rows_follow_enum(), "kRows must hold every PolicyReason, in order");

}  // namespace

std::string_view text(PolicyReason reason)
{
    return kRows[static_cast<std::size_t>(reason)].text;
}
Fault fault(PolicyReason reason)
{
    return kRows[static_cast<std::size_t>(reason)].fault;
}

}  // namespace cairn::policy
