#pragma once
// Why a transaction is not relayed: one table of reasons, their texts (Bitcoin Core 31's) and what they say to a peer.

#include <cstdint>
#include <string>
#include <string_view>

#include "consensus/rejection.h"

namespace cairn::policy {

/// What a refusal means for whoever decides whether to ask again, keep as an orphan, or remember. Bitcoin Core's
/// TxValidationResult.
enum class Fault : std::uint8_t {
    kConsensus,          // invalid by consensus
    kNotStandard,        // valid perhaps, but not relayed by us
    kInputsNotStandard,  // the spent outputs are not standard, whatever the witness
    kMissingInputs,      // an orphan, or a spend of what is spent
    kPremature,          // locked until later
    kWitnessMutated,     // the witness may have been tampered with: says nothing of the txid
    kWitnessStripped,    // spends a witness program without any witness
    kConflict,           // we have it, or its effect, already
    kMempoolPolicy,      // does not fit our mempool now
    kReconsiderable,     // its fee is too low alone; may do with a child
};

enum class PolicyReason : std::uint8_t {
    kCoinbase,
    kVersion,
    kTransactionSize,
    kTransactionSizeSmall,
    kScriptSigSize,
    kScriptSigNotPushOnly,
    kScriptPubKey,
    kDataCarrier,
    kBareMultisig,
    kDust,
    kNonFinal,
    kNonBip68Final,
    kNonstandardInputs,
    kNonstandardWitness,
    kTooManySigops,
    kAlreadyInMempool,
    kSameNonWitnessDataInMempool,
    kAlreadyKnown,
    kMissingOrSpent,
    kMempoolMinFee,
    kMinRelayFee,
    kTrucViolation,
    kTooManyReplacements,
    kInsufficientFee,
    kReplacementFailed,
    kTooLargeCluster,
    kSpendsConflicting,
    kMissingEphemeralSpends,
    kMempoolFull,
    kMaxFeeRateExceeded,
    kReplacementDisallowed,
    kScriptVerify,
};

/// The network's text of the reason, such as "scriptsig-not-pushonly".
std::string_view text(PolicyReason reason);
/// What the reason says, unless a refusal overrides it.
Fault fault(PolicyReason reason);

/// One refusal: of policy, or of consensus carried on.
struct Refusal {
    Refusal(PolicyReason why, std::string more = {})
        : fault(policy::fault(why)), reason(policy::text(why)), detail(std::move(more))
    {
    }
    /// What consensus says.
    explicit Refusal(const Rejection& rejection, Fault as = Fault::kConsensus)
        : fault(as), reason(rejection.text()), detail(rejection.detail)
    {
    }

    Fault fault;
    std::string reason;
    std::string detail;

    /// "reason, detail", as the log and the RPC show it.
    std::string to_string() const { return detail.empty() ? reason : reason + ", " + detail; }
};

}  // namespace cairn::policy
