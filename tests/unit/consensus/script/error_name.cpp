#include "error_name.h"

#include <stdexcept>
#include <utility>

namespace cairn::test {
namespace {

constexpr std::pair<ScriptError, std::string_view> kNames[] = {
    {ScriptError::kOk, "OK"},
    {ScriptError::kUnknownError, "UNKNOWN_ERROR"},
    {ScriptError::kEvalFalse, "EVAL_FALSE"},
    {ScriptError::kOpReturn, "OP_RETURN"},
    {ScriptError::kScriptNum, "SCRIPTNUM"},
    {ScriptError::kScriptSize, "SCRIPT_SIZE"},
    {ScriptError::kPushSize, "PUSH_SIZE"},
    {ScriptError::kOpCount, "OP_COUNT"},
    {ScriptError::kStackSize, "STACK_SIZE"},
    {ScriptError::kSigCount, "SIG_COUNT"},
    {ScriptError::kPubkeyCount, "PUBKEY_COUNT"},
    {ScriptError::kVerify, "VERIFY"},
    {ScriptError::kEqualVerify, "EQUALVERIFY"},
    {ScriptError::kCheckMultisigVerify, "CHECKMULTISIGVERIFY"},
    {ScriptError::kCheckSigVerify, "CHECKSIGVERIFY"},
    {ScriptError::kNumEqualVerify, "NUMEQUALVERIFY"},
    {ScriptError::kBadOpcode, "BAD_OPCODE"},
    {ScriptError::kDisabledOpcode, "DISABLED_OPCODE"},
    {ScriptError::kInvalidStackOperation, "INVALID_STACK_OPERATION"},
    {ScriptError::kInvalidAltstackOperation, "INVALID_ALTSTACK_OPERATION"},
    {ScriptError::kUnbalancedConditional, "UNBALANCED_CONDITIONAL"},
    {ScriptError::kNegativeLocktime, "NEGATIVE_LOCKTIME"},
    {ScriptError::kUnsatisfiedLocktime, "UNSATISFIED_LOCKTIME"},
    {ScriptError::kSigHashtype, "SIG_HASHTYPE"},
    {ScriptError::kSigDer, "SIG_DER"},
    {ScriptError::kMinimalData, "MINIMALDATA"},
    {ScriptError::kSigPushOnly, "SIG_PUSHONLY"},
    {ScriptError::kSigHighS, "SIG_HIGH_S"},
    {ScriptError::kSigNullDummy, "SIG_NULLDUMMY"},
    {ScriptError::kPubkeyType, "PUBKEYTYPE"},
    {ScriptError::kCleanStack, "CLEANSTACK"},
    {ScriptError::kMinimalIf, "MINIMALIF"},
    {ScriptError::kNullFail, "NULLFAIL"},
    {ScriptError::kDiscourageUpgradableNops, "DISCOURAGE_UPGRADABLE_NOPS"},
    {ScriptError::kDiscourageUpgradableWitnessProgram, "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM"},
    {ScriptError::kDiscourageUpgradableTaprootVersion, "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION"},
    {ScriptError::kDiscourageOpSuccess, "DISCOURAGE_OP_SUCCESS"},
    {ScriptError::kDiscourageUpgradablePubkeyType, "DISCOURAGE_UPGRADABLE_PUBKEYTYPE"},
    {ScriptError::kWitnessProgramWrongLength, "WITNESS_PROGRAM_WRONG_LENGTH"},
    {ScriptError::kWitnessProgramWitnessEmpty, "WITNESS_PROGRAM_WITNESS_EMPTY"},
    {ScriptError::kWitnessProgramMismatch, "WITNESS_PROGRAM_MISMATCH"},
    {ScriptError::kWitnessMalleated, "WITNESS_MALLEATED"},
    {ScriptError::kWitnessMalleatedP2sh, "WITNESS_MALLEATED_P2SH"},
    {ScriptError::kWitnessUnexpected, "WITNESS_UNEXPECTED"},
    {ScriptError::kWitnessPubkeyType, "WITNESS_PUBKEYTYPE"},
    {ScriptError::kSchnorrSigSize, "SCHNORR_SIG_SIZE"},
    {ScriptError::kSchnorrSigHashtype, "SCHNORR_SIG_HASHTYPE"},
    {ScriptError::kSchnorrSig, "SCHNORR_SIG"},
    {ScriptError::kTaprootWrongControlSize, "TAPROOT_WRONG_CONTROL_SIZE"},
    {ScriptError::kTapscriptValidationWeight, "TAPSCRIPT_VALIDATION_WEIGHT"},
    {ScriptError::kTapscriptCheckMultisig, "TAPSCRIPT_CHECKMULTISIG"},
    {ScriptError::kTapscriptMinimalIf, "TAPSCRIPT_MINIMALIF"},
    {ScriptError::kTapscriptEmptyPubkey, "TAPSCRIPT_EMPTY_PUBKEY"},
    {ScriptError::kOpCodeSeparator, "OP_CODESEPARATOR"},
    {ScriptError::kSigFindAndDelete, "SIG_FINDANDDELETE"},
};

}  // namespace

std::string_view error_name(ScriptError error)
{
    for (const auto& [known, name] : kNames) {
        if (known == error) return name;
    }
    throw std::logic_error("an error without a name in the vectors");
}

}  // namespace cairn::test
