#include "consensus/script/sighash.h"

#include <cassert>

#include "consensus/script/hash_parts.h"
#include "consensus/script/script.h"

namespace cairn::consensus {
namespace {

using crypto::Sha256;

/// What a hash type asks for: its low five bits choose the outputs, one bit the inputs.
struct Coverage {
    bool only_this_input;
    bool no_outputs;
    bool one_output;

    explicit Coverage(std::uint32_t hash_type)
        : only_this_input((hash_type & kSighashAnyoneCanPay) != 0),
          no_outputs((hash_type & 0x1f) == kSighashNone),
          one_output((hash_type & 0x1f) == kSighashSingle)
    {
    }
    bool all_outputs() const { return !no_outputs && !one_output; }
};

/// The script with its size, without OP_CODESEPARATORs (what cannot be read as instructions stays).
void write_script_code(Sha256& hasher, ByteSpan script_code)
{
    std::size_t separators = 0;
    for (ScriptReader reader{script_code}; const auto instruction = reader.next();) {
        if (instruction->opcode == Opcode::kCodeSeparator) ++separators;
    }
    hasher.write_compact_size(script_code.size() - separators);
    std::size_t from = 0;
    if (separators != 0) {
        for (ScriptReader reader{script_code}; const auto instruction = reader.next();) {
            if (instruction->opcode != Opcode::kCodeSeparator) continue;
            hasher.write(script_code.subspan(from, reader.position() - 1 - from));
            from = reader.position();
        }
    }
    hasher.write(script_code.subspan(from));
}

void write_legacy_inputs(Sha256& hasher, const Transaction& transaction, std::uint32_t input, ByteSpan script_code,
                         const Coverage& covers)
{
    const auto write_this = [&] {
        const TxInput& own = transaction.inputs[input];
        write_outpoint(hasher, own.prevout);
        write_script_code(hasher, script_code);
        hasher.write_u32(own.sequence);
    };
    if (covers.only_this_input) {
        hasher.write_compact_size(1);
        return write_this();
    }
    hasher.write_compact_size(transaction.inputs.size());
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        if (i == input) {
            write_this();
            continue;
        }
        write_outpoint(hasher, transaction.inputs[i].prevout);
        hasher.write_compact_size(0);
        hasher.write_u32(covers.all_outputs() ? transaction.inputs[i].sequence : 0);
    }
}

void write_legacy_outputs(Sha256& hasher, const Transaction& transaction, std::uint32_t input, const Coverage& covers)
{
    if (covers.no_outputs) {
        hasher.write_compact_size(0);
    } else if (covers.one_output) {
        hasher.write_compact_size(std::uint64_t{input} + 1);
        for (std::uint32_t i = 0; i < input; ++i) write_output(hasher, TxOutput{Amount{-1}, {}});
        write_output(hasher, transaction.outputs[input]);
    } else {
        hasher.write_compact_size(transaction.outputs.size());
        for (const auto& output : transaction.outputs) write_output(hasher, output);
    }
}

bool lacks_its_output(const Transaction& transaction, std::uint32_t input, std::uint32_t hash_type)
{
    return Coverage{hash_type}.one_output && input >= transaction.outputs.size();
}

/// SHA-256 once more.
Hash256 again(const Hash256& hash)
{
    return crypto::sha256(hash.span());
}

}  // namespace

std::optional<Sha256> begin_sighash_legacy(const Transaction& transaction, std::uint32_t input, ByteSpan script_code,
                                           std::uint32_t hash_type)
{
    assert(input < transaction.inputs.size());
    if (lacks_its_output(transaction, input, hash_type)) return std::nullopt;
    const Coverage covers{hash_type};
    Sha256 hasher;
    hasher.write_u32(transaction.version);
    write_legacy_inputs(hasher, transaction, input, script_code, covers);
    write_legacy_outputs(hasher, transaction, input, covers);
    hasher.write_u32(transaction.lock_time);
    return hasher;
}

Hash256 sighash_legacy(const Transaction& transaction, std::uint32_t input, ByteSpan script_code,
                       std::uint32_t hash_type)
{
    auto hasher = begin_sighash_legacy(transaction, input, script_code, hash_type);
    if (!hasher) {
        // CONSENSUS: the number 1, since 2009. Test: Sighash.LegacySingleWithoutOutputIsOne.
        Hash256 one;
        one.bytes[0] = std::byte{1};
        return one;
    }
    return hasher->write_u32(hash_type).finish_double();
}

Hash256 sighash_witness_v0(const Transaction& transaction, std::uint32_t input, ByteSpan script_code, Amount amount,
                           std::uint32_t hash_type, const SighashCache& cache)
{
    assert(input < transaction.inputs.size());
    const Coverage covers{hash_type};
    const auto& parts = cache.witness_v0();
    Hash256 prevouts;
    Hash256 sequences;
    Hash256 outputs;
    if (!covers.only_this_input) {
        prevouts = parts ? parts->prevouts : again(hash_prevouts(transaction));
        if (covers.all_outputs()) sequences = parts ? parts->sequences : again(hash_sequences(transaction));
    }
    if (covers.all_outputs()) {
        outputs = parts ? parts->outputs : again(hash_outputs(transaction));
    } else if (covers.one_output && input < transaction.outputs.size()) {
        outputs = again(hash_output(transaction.outputs[input]));
    }

    const TxInput& own = transaction.inputs[input];
    Sha256 hasher;
    hasher.write_u32(transaction.version).write(prevouts.span()).write(sequences.span());
    write_outpoint(hasher, own.prevout);
    write_script(hasher, script_code);
    write_amount(hasher, amount);
    hasher.write_u32(own.sequence).write(outputs.span());
    return hasher.write_u32(transaction.lock_time).write_u32(hash_type).finish_double();
}

std::optional<Hash256> sighash_taproot(const Transaction& transaction, std::uint32_t input, const TxOutput& spent,
                                       std::uint8_t hash_type, const SighashCache& cache, const TaprootSpend& spend)
{
    assert(input < transaction.inputs.size());
    const auto& parts = cache.taproot();
    const unsigned output_type = hash_type & 3U;
    const bool defined = hash_type <= 3 || (hash_type >= 0x81 && hash_type <= 0x83);
    const bool one_output = output_type == kSighashSingle;
    if (!parts || !defined || (one_output && input >= transaction.outputs.size())) return std::nullopt;

    static const Sha256 start = crypto::tagged_hasher("TapSighash");
    Sha256 hasher = start;
    const bool only_this_input = (hash_type & kSighashAnyoneCanPay) != 0;
    // Epoch 0.
    hasher.write(std::byte{0}).write(std::byte{hash_type});
    hasher.write_u32(transaction.version).write_u32(transaction.lock_time);
    if (!only_this_input) {
        hasher.write(parts->prevouts.span()).write(parts->amounts.span());
        hasher.write(parts->scripts.span()).write(parts->sequences.span());
    }
    if (output_type == kSighashDefault || output_type == kSighashAll) hasher.write(parts->outputs.span());

    const unsigned spend_type = (spend.leaf_hash ? 2U : 0U) + (spend.annex_hash ? 1U : 0U);
    hasher.write(static_cast<std::byte>(spend_type));
    if (only_this_input) {
        write_outpoint(hasher, transaction.inputs[input].prevout);
        write_output(hasher, spent);
        hasher.write_u32(transaction.inputs[input].sequence);
    } else {
        hasher.write_u32(input);
    }
    if (spend.annex_hash) hasher.write(spend.annex_hash->span());
    if (one_output) hasher.write(hash_output(transaction.outputs[input]).span());
    if (spend.leaf_hash) {
        // Key version 0.
        hasher.write(spend.leaf_hash->span()).write(std::byte{0}).write_u32(spend.code_separator_position);
    }
    return hasher.finish();
}

}  // namespace cairn::consensus
