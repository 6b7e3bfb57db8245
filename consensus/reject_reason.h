#pragma once
// Every reason for which a header, a block or a transaction is refused, with the text that the network knows it by and
// what it says about the thing itself: one table. The texts are Bitcoin Core 31's, which programs match.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cairn {

/// What a rejection says about the thing itself.
enum class RejectionKind : std::uint8_t {
    kPermanent,  // never valid under these rules: may be remembered
    kTransient,  // may be valid later (time too new, inputs missing, not final yet)
    kMutated,    // the body does not belong to the header: the header is not to blame (CVE-2012-2459)
};

enum class RejectReason : std::uint16_t {
    // Headers
    kHighHash,
    kBadDifficultyBits,
    kTimeTooOld,
    kTimewarpAttack,
    kTimeTooNew,
    kBadVersion,  // text_override carries the version: "bad-version(0x00000001)"
    kPreviousBlockNotFound,
    kBadPreviousBlock,
    kDuplicateInvalid,
    kTooLittleChainwork,
    // Blocks without their coins
    kBadSignetSolution,
    kBadMerkleRoot,
    kDuplicateTransaction,
    kBadBlockLength,
    kCoinbaseMissing,
    kCoinbaseMultiple,
    kBadBlockSigops,
    kBlockNonFinal,
    kBadCoinbaseHeight,
    kBadWitnessNonceSize,
    kBadWitnessCommitment,
    kUnexpectedWitness,
    kBadBlockWeight,
    // Blocks with their coins
    kExistingTxid,
    kAccumulatedFeeOutOfRange,
    kBadCoinbaseAmount,
    kBlockScriptFailed,  // text_override carries the script error
    kBadUndoData,
    // Transactions without their coins
    kNoInputs,
    kNoOutputs,
    kOversize,
    kOutputNegative,
    kOutputTooLarge,
    kOutputTotalTooLarge,
    kDuplicateInputs,
    kBadCoinbaseLength,
    kPrevoutNull,
    // Transactions with their coins
    kInputsMissingOrSpent,
    kPrematureCoinbaseSpend,
    kInputValuesOutOfRange,
    kInputsBelowOutputs,
    kFeeOutOfRange,
    kCount,
};

struct RejectReasonInfo {
    RejectReason reason;
    std::string_view text;
    RejectionKind kind;
};

namespace detail {
using enum RejectReason;
using enum RejectionKind;

/// In the order of the enum (checked below).
inline constexpr std::array kRejectReasons = {
    // Headers
    RejectReasonInfo{kHighHash, "high-hash", kPermanent},
    RejectReasonInfo{kBadDifficultyBits, "bad-diffbits", kPermanent},
    RejectReasonInfo{kTimeTooOld, "time-too-old", kPermanent},
    RejectReasonInfo{kTimewarpAttack, "time-timewarp-attack", kPermanent},
    RejectReasonInfo{kTimeTooNew, "time-too-new", kTransient},
    RejectReasonInfo{kBadVersion, "bad-version", kPermanent},
    RejectReasonInfo{kPreviousBlockNotFound, "prev-blk-not-found", kTransient},
    RejectReasonInfo{kBadPreviousBlock, "bad-prevblk", kPermanent},
    RejectReasonInfo{kDuplicateInvalid, "duplicate-invalid", kPermanent},
    RejectReasonInfo{kTooLittleChainwork, "too-little-chainwork", kTransient},
    // Blocks without their coins
    RejectReasonInfo{kBadSignetSolution, "bad-signet-blksig", kPermanent},
    RejectReasonInfo{kBadMerkleRoot, "bad-txnmrklroot", kMutated},
    RejectReasonInfo{kDuplicateTransaction, "bad-txns-duplicate", kMutated},
    RejectReasonInfo{kBadBlockLength, "bad-blk-length", kPermanent},
    RejectReasonInfo{kCoinbaseMissing, "bad-cb-missing", kPermanent},
    RejectReasonInfo{kCoinbaseMultiple, "bad-cb-multiple", kPermanent},
    RejectReasonInfo{kBadBlockSigops, "bad-blk-sigops", kPermanent},
    RejectReasonInfo{kBlockNonFinal, "bad-txns-nonfinal", kPermanent},
    RejectReasonInfo{kBadCoinbaseHeight, "bad-cb-height", kPermanent},
    RejectReasonInfo{kBadWitnessNonceSize, "bad-witness-nonce-size", kMutated},
    RejectReasonInfo{kBadWitnessCommitment, "bad-witness-merkle-match", kMutated},
    RejectReasonInfo{kUnexpectedWitness, "unexpected-witness", kMutated},
    RejectReasonInfo{kBadBlockWeight, "bad-blk-weight", kPermanent},
    // Blocks with their coins
    RejectReasonInfo{kExistingTxid, "bad-txns-BIP30", kPermanent},
    RejectReasonInfo{kAccumulatedFeeOutOfRange, "bad-txns-accumulated-fee-outofrange", kPermanent},
    RejectReasonInfo{kBadCoinbaseAmount, "bad-cb-amount", kPermanent},
    RejectReasonInfo{kBlockScriptFailed, "block-script-verify-flag-failed", kPermanent},
    RejectReasonInfo{kBadUndoData, "bad-undo-data", kPermanent},
    // Transactions without their coins
    RejectReasonInfo{kNoInputs, "bad-txns-vin-empty", kPermanent},
    RejectReasonInfo{kNoOutputs, "bad-txns-vout-empty", kPermanent},
    RejectReasonInfo{kOversize, "bad-txns-oversize", kPermanent},
    RejectReasonInfo{kOutputNegative, "bad-txns-vout-negative", kPermanent},
    RejectReasonInfo{kOutputTooLarge, "bad-txns-vout-toolarge", kPermanent},
    RejectReasonInfo{kOutputTotalTooLarge, "bad-txns-txouttotal-toolarge", kPermanent},
    RejectReasonInfo{kDuplicateInputs, "bad-txns-inputs-duplicate", kPermanent},
    RejectReasonInfo{kBadCoinbaseLength, "bad-cb-length", kPermanent},
    RejectReasonInfo{kPrevoutNull, "bad-txns-prevout-null", kPermanent},
    // Transactions with their coins (in a block, all of these make the block itself permanently invalid)
    RejectReasonInfo{kInputsMissingOrSpent, "bad-txns-inputs-missingorspent", kTransient},
    RejectReasonInfo{kPrematureCoinbaseSpend, "bad-txns-premature-spend-of-coinbase", kTransient},
    RejectReasonInfo{kInputValuesOutOfRange, "bad-txns-inputvalues-outofrange", kPermanent},
    RejectReasonInfo{kInputsBelowOutputs, "bad-txns-in-belowout", kPermanent},
    RejectReasonInfo{kFeeOutOfRange, "bad-txns-fee-outofrange", kPermanent},
};

consteval bool table_follows_enum()
{
    for (std::size_t i = 0; i < kRejectReasons.size(); ++i) {
        if (static_cast<std::size_t>(kRejectReasons[i].reason) != i) return false;
    }
    return kRejectReasons.size() == static_cast<std::size_t>(kCount);
}
static_assert(table_follows_enum(), "kRejectReasons must hold every RejectReason, in order");
}  // namespace detail

inline constexpr const auto& kRejectReasons = detail::kRejectReasons;

constexpr const RejectReasonInfo& info(RejectReason reason)
{
    return kRejectReasons[static_cast<std::size_t>(reason)];
}

}  // namespace cairn
