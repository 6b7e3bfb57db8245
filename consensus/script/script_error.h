#pragma once
// Why a script did not verify.

#include <cstdint>
#include <string_view>

namespace cairn {

/// kOk is success.
enum class ScriptError : std::uint8_t {
    kOk,
    kUnknownError,
    kEvalFalse,
    kOpReturn,
    kScriptNum,

    kScriptSize,
    kPushSize,
    kOpCount,
    kStackSize,
    kSigCount,
    kPubkeyCount,

    kVerify,
    kEqualVerify,
    kCheckMultisigVerify,
    kCheckSigVerify,
    kNumEqualVerify,

    kBadOpcode,
    kDisabledOpcode,
    kInvalidStackOperation,
    kInvalidAltstackOperation,
    kUnbalancedConditional,

    kNegativeLocktime,
    kUnsatisfiedLocktime,

    kSigHashtype,
    kSigDer,
    kMinimalData,
    kSigPushOnly,
    kSigHighS,
    kSigNullDummy,
    kPubkeyType,
    kCleanStack,
    kMinimalIf,
    kNullFail,

    kDiscourageUpgradableNops,
    kDiscourageUpgradableWitnessProgram,
    kDiscourageUpgradableTaprootVersion,
    kDiscourageOpSuccess,
    kDiscourageUpgradablePubkeyType,

    kWitnessProgramWrongLength,
    kWitnessProgramWitnessEmpty,
    kWitnessProgramMismatch,
    kWitnessMalleated,
    kWitnessMalleatedP2sh,
    kWitnessUnexpected,
    kWitnessPubkeyType,

    kSchnorrSigSize,
    kSchnorrSigHashtype,
    kSchnorrSig,
    kTaprootWrongControlSize,
    kTapscriptValidationWeight,
    kTapscriptCheckMultisig,
    kTapscriptMinimalIf,
    kTapscriptEmptyPubkey,

    kOpCodeSeparator,
    kSigFindAndDelete,
};

/// Bitcoin Core's sentence, which reject reasons carry in parentheses.
std::string_view text(ScriptError error);

}  // namespace cairn
