#include "consensus/script/sigops.h"

#include "consensus/limits.h"
#include "consensus/script/script.h"

namespace cairn::consensus {
namespace {

std::uint32_t program_sigops(const WitnessProgram& program, std::span<const ByteSpan> witness)
{
    if (program.is_p2wpkh()) return 1;
    if (program.is_p2wsh() && !witness.empty()) return count_sigops(witness.back(), SigopCounting::kAccurate);
    return 0;
}

}  // namespace

std::uint32_t count_sigops(ByteSpan script, SigopCounting counting)
{
    std::uint32_t count = 0;
    Opcode last = Opcode::kInvalid;
    for (ScriptReader reader{script}; const auto instruction = reader.next();) {
        const Opcode opcode = instruction->opcode;
        if (opcode == Opcode::kCheckSig || opcode == Opcode::kCheckSigVerify) {
            ++count;
        } else if (opcode == Opcode::kCheckMultisig || opcode == Opcode::kCheckMultisigVerify) {
            const int keys = counting == SigopCounting::kAccurate ? small_integer(last) : 0;
            count += static_cast<std::uint32_t>(keys != 0 ? keys : kMaxPubkeysPerMultisig);
        }
        last = opcode;
    }
    return count;
}

std::uint32_t legacy_sigops(const Transaction& transaction)
{
    std::uint32_t count = 0;
    for (const auto& input : transaction.inputs) count += count_sigops(input.script_sig, SigopCounting::kInaccurate);
    for (const auto& output : transaction.outputs) {
        count += count_sigops(output.script_pubkey, SigopCounting::kInaccurate);
    }
    return count;
}

std::uint32_t p2sh_sigops(ByteSpan script_sig, ByteSpan script_pubkey)
{
    if (!is_p2sh(script_pubkey)) return 0;
    const auto redeem = redeem_script(script_sig);
    return redeem ? count_sigops(*redeem, SigopCounting::kAccurate) : 0;
}

std::uint32_t witness_sigops(ByteSpan script_sig, ByteSpan script_pubkey, std::span<const ByteSpan> witness)
{
    if (const auto program = witness_program(script_pubkey)) return program_sigops(*program, witness);
    if (!is_p2sh(script_pubkey)) return 0;
    const auto redeem = redeem_script(script_sig);
    if (!redeem) return 0;
    const auto program = witness_program(*redeem);
    return program ? program_sigops(*program, witness) : 0;
}

std::int64_t transaction_sigop_cost(const Transaction& transaction, const SpentOutputs& spent, std::size_t first_spent,
                                    ScriptFlags flags)
{
    std::int64_t cost = kWitnessScale * legacy_sigops(transaction);
    if (transaction.is_coinbase()) return cost;
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        const TxInput& input = transaction.inputs[i];
        const ByteSpan script_pubkey = spent.script_pubkey(first_spent + i);
        if (flags.has(kVerifyP2sh)) cost += kWitnessScale * p2sh_sigops(input.script_sig, script_pubkey);
        if (flags.has(kVerifyWitness)) cost += witness_sigops(input.script_sig, script_pubkey, input.witness);
    }
    return cost;
}

}  // namespace cairn::consensus
