#include "consensus/script/script_error.h"

#include <iterator>

namespace cairn {
namespace {

struct Words {
    ScriptError error;
    std::string_view text;
};

// In the enumeration's order; the texts are an interface, which reject reasons carry.
constexpr Words kWords[] = {
    {ScriptError::kOk, "No error"},
    {ScriptError::kUnknownError, "unknown error"},
    {ScriptError::kEvalFalse, "Script evaluated without error but finished with a false/empty top stack element"},
    {ScriptError::kOpReturn, "OP_RETURN was encountered"},
    {ScriptError::kScriptNum, "Script number overflowed or is non-minimally encoded"},
    {ScriptError::kScriptSize, "Script is too big"},
    {ScriptError::kPushSize, "Push value size limit exceeded"},
    {ScriptError::kOpCount, "Operation limit exceeded"},
    {ScriptError::kStackSize, "Stack size limit exceeded"},
    {ScriptError::kSigCount, "Signature count negative or greater than pubkey count"},
    {ScriptError::kPubkeyCount, "Pubkey count negative or limit exceeded"},
    {ScriptError::kVerify, "Script failed an OP_VERIFY operation"},
    {ScriptError::kEqualVerify, "Script failed an OP_EQUALVERIFY operation"},
    {ScriptError::kCheckMultisigVerify, "Script failed an OP_CHECKMULTISIGVERIFY operation"},
    {ScriptError::kCheckSigVerify, "Script failed an OP_CHECKSIGVERIFY operation"},
    {ScriptError::kNumEqualVerify, "Script failed an OP_NUMEQUALVERIFY operation"},
    {ScriptError::kBadOpcode, "Opcode missing or not understood"},
    {ScriptError::kDisabledOpcode, "Attempted to use a disabled opcode"},
    {ScriptError::kInvalidStackOperation, "Operation not valid with the current stack size"},
    {ScriptError::kInvalidAltstackOperation, "Operation not valid with the current altstack size"},
    {ScriptError::kUnbalancedConditional, "Invalid OP_IF construction"},
    {ScriptError::kNegativeLocktime, "Negative locktime"},
    {ScriptError::kUnsatisfiedLocktime, "Locktime requirement not satisfied"},
    {ScriptError::kSigHashtype, "Signature hash type missing or not understood"},
    {ScriptError::kSigDer, "Non-canonical DER signature"},
    {ScriptError::kMinimalData, "Data push larger than necessary"},
    {ScriptError::kSigPushOnly, "Only push operators allowed in signatures"},
    {ScriptError::kSigHighS, "Non-canonical signature: S value is unnecessarily high"},
    {ScriptError::kSigNullDummy, "Dummy CHECKMULTISIG argument must be zero"},
    {ScriptError::kPubkeyType, "Public key is neither compressed or uncompressed"},
    {ScriptError::kCleanStack, "Stack size must be exactly one after execution"},
    {ScriptError::kMinimalIf, "OP_IF/NOTIF argument must be minimal"},
    {ScriptError::kNullFail, "Signature must be zero for failed CHECK(MULTI)SIG operation"},
    {ScriptError::kDiscourageUpgradableNops, "NOPx reserved for soft-fork upgrades"},
    {ScriptError::kDiscourageUpgradableWitnessProgram, "Witness version reserved for soft-fork upgrades"},
    {ScriptError::kDiscourageUpgradableTaprootVersion, "Taproot version reserved for soft-fork upgrades"},
    {ScriptError::kDiscourageOpSuccess, "OP_SUCCESSx reserved for soft-fork upgrades"},
    {ScriptError::kDiscourageUpgradablePubkeyType, "Public key version reserved for soft-fork upgrades"},
    {ScriptError::kWitnessProgramWrongLength, "Witness program has incorrect length"},
    {ScriptError::kWitnessProgramWitnessEmpty, "Witness program was passed an empty witness"},
    {ScriptError::kWitnessProgramMismatch, "Witness program hash mismatch"},
    {ScriptError::kWitnessMalleated, "Witness requires empty scriptSig"},
    {ScriptError::kWitnessMalleatedP2sh, "Witness requires only-redeemscript scriptSig"},
    {ScriptError::kWitnessUnexpected, "Witness provided for non-witness script"},
    {ScriptError::kWitnessPubkeyType, "Using non-compressed keys in segwit"},
    {ScriptError::kSchnorrSigSize, "Invalid Schnorr signature size"},
    {ScriptError::kSchnorrSigHashtype, "Invalid Schnorr signature hash type"},
    {ScriptError::kSchnorrSig, "Invalid Schnorr signature"},
    {ScriptError::kTaprootWrongControlSize, "Invalid Taproot control block size"},
    {ScriptError::kTapscriptValidationWeight, "Too much signature validation relative to witness weight"},
    {ScriptError::kTapscriptCheckMultisig, "OP_CHECKMULTISIG(VERIFY) is not available in tapscript"},
    {ScriptError::kTapscriptMinimalIf, "OP_IF/NOTIF argument must be minimal in tapscript"},
    {ScriptError::kTapscriptEmptyPubkey, "Empty public key in tapscript"},
    {ScriptError::kOpCodeSeparator, "Using OP_CODESEPARATOR in non-witness script"},
    {ScriptError::kSigFindAndDelete, "Signature is found in scriptCode"},
};

constexpr bool is_in_order()
{
    for (std::size_t i = 0; i < std::size(kWords); ++i) {
        if (static_cast<std::size_t>(kWords[i].error) != i) return false;
    }
    return true;
}
static_assert(is_in_order());

const Words& words(ScriptError error)
{
    return kWords[static_cast<std::size_t>(error)];
}

}  // namespace

std::string_view text(ScriptError error)
{
    return words(error).text;
}

}  // namespace cairn
