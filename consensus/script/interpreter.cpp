#include "consensus/script/interpreter.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "consensus/encoding/writer.h"
#include "consensus/script/machine.h"
#include "consensus/script/taproot.h"
#include "crypto/public_key.h"
#include "crypto/sha256.h"

namespace cairn::consensus {
namespace {

constexpr auto kOk = ScriptError::kOk;
/// BIP342: what a tapscript may spend on signatures without any witness.
constexpr std::int64_t kBudgetBase = 50;

/// Of the witness as it is encoded.
std::size_t encoded_size(std::span<const ByteSpan> witness)
{
    std::size_t size = compact_size_length(witness.size());
    for (const auto element : witness) size += compact_size_length(element.size()) + element.size();
    return size;
}

Hash256 annex_hash(ByteSpan annex)
{
    return crypto::Sha256{}.write_compact_size(annex.size()).write(annex).finish();
}

/// Whether a tapscript succeeds, or fails, before it is run: nothing if it must be run.
std::optional<ScriptError> check_op_success(ByteSpan script, ScriptFlags flags)
{
    for (ScriptReader reader{script}; !reader.at_end();) {
        const auto instruction = reader.next();
        // CONSENSUS: what comes before the unreadable instruction is looked at first. Test: script_tests.json.
        if (!instruction) return ScriptError::kBadOpcode;
        if (is_op_success(instruction->opcode)) {
            return flags.has(kVerifyDiscourageOpSuccess) ? ScriptError::kDiscourageOpSuccess : kOk;
        }
    }
    return std::nullopt;
}

/// One verification under way.
class Verification {
public:
    Verification(std::span<const ByteSpan> witness, ScriptFlags flags, SignatureChecker& checker)
        : witness_(witness), checker_(checker), flags_(flags)
    {
    }

    ScriptError run(ByteSpan script_sig, ByteSpan script_pubkey);

private:
    ScriptError run_base(ByteSpan script, Stack& stack);
    ScriptError run_redeem_script(ByteSpan script_sig, Stack& stack);
    enum class Wrapping { kBare, kP2sh };
    ScriptError run_program(const WitnessProgram& program, Wrapping wrapping);
    ScriptError run_p2wsh(ByteSpan program);
    ScriptError run_p2wpkh(ByteSpan program);
    ScriptError run_taproot(ByteSpan program);
    ScriptError run_taproot_script(ByteSpan program, std::span<const ByteSpan> stack, TaprootSpend spend);
    ScriptError run_witness_script(ByteSpan script, std::span<const ByteSpan> elements, SigVersion version,
                                   TapscriptContext* tapscript);

    std::span<const ByteSpan> witness_;
    SignatureChecker& checker_;
    ScriptFlags flags_;
    /// A witness program was run: it asked for what is in the witness, and has its own rule of a clean stack.
    bool ran_program_ = false;
};

ScriptError Verification::run(ByteSpan script_sig, ByteSpan script_pubkey)
{
    if (flags_.has(kVerifySigPushOnly) && !is_push_only(script_sig)) return ScriptError::kSigPushOnly;
    Stack stack;
    const bool p2sh = flags_.has(kVerifyP2sh) && is_p2sh(script_pubkey);
    // One after the other on one stack, never as one script (CVE-2010-5141).
    if (const auto error = Machine{script_sig, SigVersion::kBase, flags_, checker_, stack}.run(); error != kOk) {
        return error;
    }
    std::optional<Stack> after_script_sig;
    if (p2sh) after_script_sig = stack;
    if (const auto error = run_base(script_pubkey, stack); error != kOk) return error;

    if (const auto program = witness_program(script_pubkey); program && flags_.has(kVerifyWitness)) {
        if (!script_sig.empty()) return ScriptError::kWitnessMalleated;
        if (const auto error = run_program(*program, Wrapping::kBare); error != kOk) return error;
    }
    if (p2sh) {
        stack = *after_script_sig;
        if (const auto error = run_redeem_script(script_sig, stack); error != kOk) return error;
    }
    if (flags_.has(kVerifyCleanStack) && !ran_program_ && stack.size() != 1) return ScriptError::kCleanStack;
    if (flags_.has(kVerifyWitness) && !ran_program_ && !witness_.empty()) return ScriptError::kWitnessUnexpected;
    return kOk;
}

ScriptError Verification::run_base(ByteSpan script, Stack& stack)
{
    const auto error = Machine{script, SigVersion::kBase, flags_, checker_, stack}.run();
    if (error != kOk) return error;
    return !stack.empty() && is_true(stack.top().bytes()) ? kOk : ScriptError::kEvalFalse;
}

ScriptError Verification::run_redeem_script(ByteSpan script_sig, Stack& stack)
{
    if (!is_push_only(script_sig)) return ScriptError::kSigPushOnly;
    // Not empty: the script_pubkey, which hashes the top, was true.
    const Element redeem = stack.take_top();
    if (const auto error = run_base(redeem.bytes(), stack); error != kOk) return error;
    const auto program = witness_program(redeem.bytes());
    if (!program || !flags_.has(kVerifyWitness)) return kOk;
    // Exactly one push: of at most 42 bytes, so that its size is its opcode.
    if (script_sig.size() != redeem.size() + 1 || std::to_integer<std::size_t>(script_sig[0]) != redeem.size()) {
        return ScriptError::kWitnessMalleatedP2sh;
    }
    return run_program(*program, Wrapping::kP2sh);
}

ScriptError Verification::run_program(const WitnessProgram& program, Wrapping wrapping)
{
    ran_program_ = true;
    if (program.version == 0) {
        if (program.is_p2wpkh()) return run_p2wpkh(program.program);
        return program.is_p2wsh() ? run_p2wsh(program.program) : ScriptError::kWitnessProgramWrongLength;
    }
    if (wrapping == Wrapping::kBare && program.is_p2tr()) return run_taproot(program.program);
    if (wrapping == Wrapping::kBare && program.is_p2a()) return kOk;
    return flags_.has(kVerifyDiscourageUpgradableWitnessProgram) ? ScriptError::kDiscourageUpgradableWitnessProgram
                                                                 : kOk;
}

ScriptError Verification::run_p2wsh(ByteSpan program)
{
    if (witness_.empty()) return ScriptError::kWitnessProgramWitnessEmpty;
    const ByteSpan script = witness_.back();
    if (!std::ranges::equal(crypto::sha256(script).bytes, program)) return ScriptError::kWitnessProgramMismatch;
    return run_witness_script(script, witness_.first(witness_.size() - 1), SigVersion::kWitnessV0, nullptr);
}

ScriptError Verification::run_p2wpkh(ByteSpan program)
{
    if (witness_.size() != 2) return ScriptError::kWitnessProgramMismatch;
    std::array<std::byte, 25> script{static_cast<std::byte>(Opcode::kDup), static_cast<std::byte>(Opcode::kHash160),
                                     std::byte{20}};
    std::copy(program.begin(), program.end(), script.begin() + 3);
    script[23] = static_cast<std::byte>(Opcode::kEqualVerify);
    script[24] = static_cast<std::byte>(Opcode::kCheckSig);
    return run_witness_script(script, witness_, SigVersion::kWitnessV0, nullptr);
}

ScriptError Verification::run_taproot(ByteSpan program)
{
    if (!flags_.has(kVerifyTaproot)) return kOk;
    if (witness_.empty()) return ScriptError::kWitnessProgramWitnessEmpty;
    auto stack = witness_;
    TaprootSpend spend;
    if (stack.size() >= 2 && !stack.back().empty() && stack.back()[0] == kAnnexTag) {
        spend.annex_hash = annex_hash(stack.back());
        stack = stack.first(stack.size() - 1);
    }
    if (stack.size() == 1) return checker_.check_schnorr(stack.front(), program, spend);
    return run_taproot_script(program, stack, spend);
}

ScriptError Verification::run_taproot_script(ByteSpan program, std::span<const ByteSpan> stack, TaprootSpend spend)
{
    const ByteSpan control = stack.back();
    const ByteSpan script = stack[stack.size() - 2];
    if (!is_control_block_size(control.size())) return ScriptError::kTaprootWrongControlSize;
    const auto first = std::to_integer<std::uint8_t>(control[0]);
    const auto leaf_version = static_cast<std::uint8_t>(first & kTaprootLeafMask);
    spend.leaf_hash = tapleaf_hash(leaf_version, script);
    const ByteSpan internal_key = control.subspan(1, 32);
    const Hash256 tweak = crypto::taproot_tweak(internal_key, taproot_merkle_root(control, *spend.leaf_hash));
    if (!crypto::is_taproot_commitment(program, (first & 1) != 0, internal_key, tweak)) {
        return ScriptError::kWitnessProgramMismatch;
    }
    if (leaf_version != kTaprootLeafTapscript) {
        return flags_.has(kVerifyDiscourageUpgradableTaprootVersion) ? ScriptError::kDiscourageUpgradableTaprootVersion
                                                                     : kOk;
    }
    TapscriptContext tapscript{spend, kBudgetBase + static_cast<std::int64_t>(encoded_size(witness_))};
    return run_witness_script(script, stack.first(stack.size() - 2), SigVersion::kTapscript, &tapscript);
}

ScriptError Verification::run_witness_script(ByteSpan script, std::span<const ByteSpan> elements, SigVersion version,
                                             TapscriptContext* tapscript)
{
    if (version == SigVersion::kTapscript) {
        if (const auto decided = check_op_success(script, flags_)) return *decided;
        if (elements.size() > kMaxStackSize) return ScriptError::kStackSize;
    }
    Stack stack;
    for (const auto element : elements) {
        if (element.size() > kMaxScriptElementSize) return ScriptError::kPushSize;
        stack.push(Element::viewing(element));
    }
    const auto error = Machine{script, version, flags_, checker_, stack, tapscript}.run();
    if (error != kOk) return error;
    // Of witness scripts a clean stack is consensus.
    if (stack.size() != 1) return ScriptError::kCleanStack;
    return is_true(stack.top().bytes()) ? kOk : ScriptError::kEvalFalse;
}

}  // namespace

ScriptError verify_script(ByteSpan script_sig, ByteSpan script_pubkey, std::span<const ByteSpan> witness,
                          ScriptFlags flags, SignatureChecker& checker)
{
    assert(!flags.has(kVerifyWitness) || flags.has(kVerifyP2sh));
    assert(!flags.has(kVerifyCleanStack) || (flags.has(kVerifyP2sh) && flags.has(kVerifyWitness)));
    return Verification{witness, flags, checker}.run(script_sig, script_pubkey);
}

ScriptError verify_input(const Transaction& transaction, std::uint32_t input, const TxOutput& spent,
                         const SighashCache& cache, ScriptFlags flags, SignatureVerifier& verifier)
{
    const TxInput& own = transaction.inputs[input];
    TransactionChecker checker{transaction, input, spent, cache, verifier};
    return verify_script(own.script_sig, spent.script_pubkey, own.witness, flags, checker);
}

}  // namespace cairn::consensus
