#include "policy/standardness.h"

#include <algorithm>
#include <optional>
#include <string>

#include "consensus/encoding/writer.h"
#include "consensus/script/script.h"
#include "consensus/script/script_error.h"
#include "consensus/script/script_number.h"
#include "consensus/script/sigops.h"
#include "consensus/script/taproot.h"
#include "policy/script_type.h"

namespace cairn::policy {

namespace {

using consensus::SigopCounting;
using Check = std::expected<void, Refusal>;

Check refuse(PolicyReason reason, std::string detail = {})
{
    return std::unexpected(Refusal{reason, std::move(detail)});
}

Check check_script_sigs(const Transaction& transaction)
{
    for (const TxInput& input : transaction.inputs) {
        if (input.script_sig.size() > kMaxStandardScriptSigSize) return refuse(PolicyReason::kScriptSigSize);
        if (!is_push_only(input.script_sig)) return refuse(PolicyReason::kScriptSigNotPushOnly);
    }
    return {};
}

bool is_standard_multisig(const ScriptTemplate& script)
{
    const auto keys = static_cast<int>(script.parts.size());
    return keys >= 1 && keys <= 3 && script.required >= 1 && script.required <= keys;
}

Check check_outputs(const Transaction& transaction, const PolicyOptions& options)
{
    std::size_t data_left = options.max_datacarrier_bytes.value_or(0);
    for (const TxOutput& output : transaction.outputs) {
        const ScriptTemplate script = classify_script(output.script_pubkey);
        if (script.type == ScriptType::kNonstandard) return refuse(PolicyReason::kScriptPubKey);
        if (script.type == ScriptType::kMultisig) {
            if (!is_standard_multisig(script)) return refuse(PolicyReason::kScriptPubKey);
            if (!options.permit_bare_multisig) return refuse(PolicyReason::kBareMultisig);
        }
        if (script.type == ScriptType::kNullData) {
            if (output.script_pubkey.size() > data_left) return refuse(PolicyReason::kDataCarrier);
            data_left -= output.script_pubkey.size();
        }
    }
    return {};
}

/// What running a script_sig of pushes leaves on top of the stack; an error where it would fail.
struct TopOfStack {
    ScriptError error = ScriptError::kOk;
    std::optional<Bytes> top;
};

TopOfStack run_pushes(ByteSpan script_sig)
{
    TopOfStack result;
    std::size_t pushes = 0;
    ScriptReader reader(script_sig);
    while (!reader.at_end()) {
        const auto instruction = reader.next();
        if (!instruction) return {ScriptError::kBadOpcode, {}};
        if (instruction->is_push()) {
            if (instruction->data.size() > kMaxScriptElementSize) return {ScriptError::kPushSize, {}};
            result.top.emplace(instruction->data.begin(), instruction->data.end());
        } else {
            const int opcode = static_cast<int>(instruction->opcode);
            const int number = opcode - static_cast<int>(Opcode::k1) + 1;
            if (number < -1 || number == 0 || number > 16) return {ScriptError::kBadOpcode, {}};
            const EncodedNumber encoded(number);
            result.top.emplace(encoded.bytes().begin(), encoded.bytes().end());
        }
        if (++pushes > kMaxStackSize) return {ScriptError::kStackSize, {}};
    }
    return result;
}

/// BIP54: operations where they are run, not where they are written.
bool has_few_legacy_sigops(const Transaction& transaction, const SpentOutputs& spent)
{
    std::uint32_t sigops = 0;
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        const ByteSpan script_sig = transaction.inputs[i].script_sig;
        const ByteSpan script_pubkey = spent.script_pubkey(i);
        sigops += consensus::count_sigops(script_sig, SigopCounting::kAccurate);
        sigops += is_p2sh(script_pubkey) ? consensus::p2sh_sigops(script_sig, script_pubkey)
                                         : consensus::count_sigops(script_pubkey, SigopCounting::kAccurate);
        if (sigops > kMaxLegacySigops) return false;
    }
    return true;
}

Check check_redeem_script(std::size_t input, ByteSpan script_sig)
{
    const TopOfStack stack = run_pushes(script_sig);
    if (stack.error != ScriptError::kOk) {
        return refuse(PolicyReason::kNonstandardInputs, "p2sh scriptsig malformed (input " + std::to_string(input) +
                                                            ": " + std::string(text(stack.error)) + ")");
    }
    if (!stack.top) {
        return refuse(PolicyReason::kNonstandardInputs,
                      "input " + std::to_string(input) + " P2SH redeemscript missing");
    }
    const std::uint32_t sigops = consensus::count_sigops(*stack.top, SigopCounting::kAccurate);
    if (sigops > kMaxP2shSigops) {
        return refuse(PolicyReason::kNonstandardInputs, "p2sh redeemscript sigops exceed limit (input " +
                                                            std::to_string(input) + ": " + std::to_string(sigops) +
                                                            " > " + std::to_string(kMaxP2shSigops) + ")");
    }
    return {};
}

bool are_items_within(std::span<const ByteSpan> items, std::size_t limit)
{
    return std::ranges::all_of(items, [limit](ByteSpan item) { return item.size() <= limit; });
}

bool is_standard_p2wsh(std::span<const ByteSpan> witness)
{
    const auto items = witness.first(witness.size() - 1);
    return witness.back().size() <= kMaxStandardP2wshScriptSize && items.size() <= kMaxStandardP2wshStackItems &&
           are_items_within(items, kMaxStandardP2wshStackItemSize);
}

bool is_standard_taproot(std::span<const ByteSpan> witness)
{
    if (witness.size() == 1) return true;  // key path
    if (!witness.back().empty() && witness.back()[0] == consensus::kAnnexTag) return false;
    const ByteSpan control = witness.back();
    if (control.empty()) return false;
    const auto leaf_version = std::to_integer<std::uint8_t>(control[0]) & consensus::kTaprootLeafMask;
    if (leaf_version != consensus::kTaprootLeafTapscript) return true;
    return are_items_within(witness.first(witness.size() - 2), kMaxStandardTapscriptStackItemSize);
}

bool is_standard_witness(const TxInput& input, ByteSpan script_pubkey)
{
    if (classify_script(script_pubkey).type == ScriptType::kAnchor) return false;
    const bool nested = is_p2sh(script_pubkey);
    TopOfStack stack;
    if (nested) {
        stack = run_pushes(input.script_sig);
        if (stack.error != ScriptError::kOk || !stack.top) return false;
    }
    const auto program = cairn::witness_program(nested ? ByteSpan{*stack.top} : script_pubkey);
    if (!program) return false;
    if (program->is_p2wsh()) return is_standard_p2wsh(input.witness);
    if (program->is_p2tr() && !nested) return is_standard_taproot(input.witness);
    return true;
}

}  // namespace

Check check_standard(const Transaction& transaction, const PolicyOptions& options)
{
    if (transaction.version < kMinStandardVersion || transaction.version > kMaxStandardVersion) {
        return refuse(PolicyReason::kVersion);
    }
    if (transaction.weight() > kMaxStandardTransactionWeight) return refuse(PolicyReason::kTransactionSize);
    if (const auto inputs = check_script_sigs(transaction); !inputs) return inputs;
    if (const auto outputs = check_outputs(transaction, options); !outputs) return outputs;
    if (dust_outputs(transaction, options.dust_relay_rate).size() > kMaxDustOutputs) {
        return refuse(PolicyReason::kDust);
    }
    return {};
}

Check check_stripped_size(const Transaction& transaction)
{
    if (transaction.stripped_size < kMinStandardStrippedSize) return refuse(PolicyReason::kTransactionSizeSmall);
    return {};
}

Check check_inputs_standard(const Transaction& transaction, const SpentOutputs& spent)
{
    if (!has_few_legacy_sigops(transaction, spent)) {
        return refuse(PolicyReason::kNonstandardInputs, "non-witness sigops exceed bip54 limit");
    }
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        const ScriptType type = classify_script(spent.script_pubkey(i)).type;
        if (type == ScriptType::kNonstandard) {
            return refuse(PolicyReason::kNonstandardInputs, "input " + std::to_string(i) + " script unknown");
        }
        if (type == ScriptType::kWitnessUnknown) {
            return refuse(PolicyReason::kNonstandardInputs,
                          "input " + std::to_string(i) + " witness program is undefined");
        }
        if (type != ScriptType::kScriptHash) continue;
        if (const auto redeem = check_redeem_script(i, transaction.inputs[i].script_sig); !redeem) return redeem;
    }
    return {};
}

Check check_witness_standard(const Transaction& transaction, const SpentOutputs& spent)
{
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        const TxInput& input = transaction.inputs[i];
        if (!input.witness.empty() && !is_standard_witness(input, spent.script_pubkey(i))) {
            return refuse(PolicyReason::kNonstandardWitness);
        }
    }
    return {};
}

bool spends_non_anchor_witness_program(const Transaction& transaction, const SpentOutputs& spent)
{
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        const ByteSpan script_pubkey = spent.script_pubkey(i);
        const auto program = cairn::witness_program(script_pubkey);
        if (program && !program->is_p2a()) return true;
        if (!is_p2sh(script_pubkey)) continue;
        const TopOfStack stack = run_pushes(transaction.inputs[i].script_sig);
        if (stack.error == ScriptError::kOk && stack.top && cairn::witness_program(*stack.top)) return true;
    }
    return false;
}

Amount dust_threshold(const TxOutput& output, FeeRate rate)
{
    if (is_unspendable(output.script_pubkey)) return Amount{0};
    const std::size_t script = output.script_pubkey.size();
    // An input that spends it: outpoint, script length, sequence, and a signature with a key, in the witness at a
    // quarter of its size.
    constexpr std::size_t kInput = 32 + 4 + 1 + 4;
    constexpr std::size_t kSignatureAndKey = 107;
    const std::size_t spend =
        kInput + (cairn::witness_program(output.script_pubkey) ? kSignatureAndKey / 4 : kSignatureAndKey);
    return rate.fee_for(static_cast<VirtualSize>(8 + compact_size_length(script) + script + spend));
}

bool is_dust(const TxOutput& output, FeeRate rate)
{
    return output.value < dust_threshold(output, rate);
}

std::vector<std::uint32_t> dust_outputs(const Transaction& transaction, FeeRate rate)
{
    std::vector<std::uint32_t> result;
    for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
        if (is_dust(transaction.outputs[i], rate)) result.push_back(i);
    }
    return result;
}

Check check_ephemeral_dust(const Transaction& transaction, FeeRate dust_rate, Amount fee, Amount modified_fee)
{
    if ((fee != Amount{0} || modified_fee != Amount{0}) && !dust_outputs(transaction, dust_rate).empty()) {
        return refuse(PolicyReason::kDust, "tx with dust output must be 0-fee");
    }
    return {};
}

bool signals_replacement(const Transaction& transaction)
{
    return std::ranges::any_of(transaction.inputs, [](const TxInput& input) { return input.sequence < 0xfffffffe; });
}

}  // namespace cairn::policy
