#include "support/sighash_reference.h"

#include "consensus/encoding/writer.h"
#include "consensus/script/script.h"
#include "crypto/sha256.h"

namespace cairn::test {
namespace {

Bytes without_separators(ByteSpan script)
{
    ScriptWriter out;
    ScriptReader reader{script};
    while (const auto instruction = [&] {
        const std::size_t from = reader.position();
        const auto next = reader.next();
        if (next && next->opcode != Opcode::kCodeSeparator) {
            out.append(script.subspan(from, reader.position() - from));
        }
        return next;
    }()) {
    }
    return out.append(reader.rest()).take();
}

void write_outpoint(Writer& writer, const Outpoint& outpoint)
{
    writer.hash(outpoint.txid).u32(outpoint.index);
}

void write_output(Writer& writer, const TxOutputDraft& output)
{
    writer.i64(output.value.satoshis()).sized_bytes(output.script_pubkey);
}

Hash256 doubled(const Writer& writer)
{
    return crypto::sha256d(writer.view());
}

/// The four lists that the new hashes are made of, in one go for each.
struct Lists {
    Writer prevouts;
    Writer sequences;
    Writer outputs;

    explicit Lists(const TransactionDraft& transaction)
    {
        for (const auto& input : transaction.inputs) {
            write_outpoint(prevouts, input.prevout);
            sequences.u32(input.sequence);
        }
        for (const auto& output : transaction.outputs) write_output(outputs, output);
    }
};

}  // namespace

// As the first client did it: change a copy of the transaction, encode it whole, and hash that.
Hash256 reference_sighash_legacy(TransactionDraft transaction, std::uint32_t input, ByteSpan script_code,
                                 std::uint32_t hash_type)
{
    const std::uint32_t low = hash_type & 0x1f;
    if (low == consensus::kSighashSingle && input >= transaction.outputs.size()) return Hash256{{std::byte{1}}};
    for (auto& any : transaction.inputs) {
        any.script_sig.clear();
        any.witness.clear();
    }
    transaction.inputs[input].script_sig = without_separators(script_code);
    if (low == consensus::kSighashNone || low == consensus::kSighashSingle) {
        for (std::uint32_t i = 0; i < transaction.inputs.size(); ++i) {
            if (i != input) transaction.inputs[i].sequence = 0;
        }
        transaction.outputs.resize(low == consensus::kSighashNone ? 0 : input + 1);
        for (std::uint32_t i = 0; i < input && low == consensus::kSighashSingle; ++i) {
            transaction.outputs[i] = {Amount{-1}, {}};
        }
    }
    if ((hash_type & consensus::kSighashAnyoneCanPay) != 0) {
        const TxInputDraft own = transaction.inputs[input];
        transaction.inputs = {own};
    }
    Writer writer;
    return doubled(writer.bytes(transaction.encode()).u32(hash_type));
}

Hash256 reference_sighash_witness_v0(const TransactionDraft& transaction, std::uint32_t input, ByteSpan script_code,
                                     Amount amount, std::uint32_t hash_type)
{
    const Lists lists{transaction};
    const std::uint32_t low = hash_type & 0x1f;
    const bool anyone = (hash_type & 0x80) != 0;
    const bool partial = low == consensus::kSighashNone || low == consensus::kSighashSingle;
    Hash256 outputs{};
    if (!partial) outputs = doubled(lists.outputs);
    if (low == consensus::kSighashSingle && input < transaction.outputs.size()) {
        Writer one;
        write_output(one, transaction.outputs[input]);
        outputs = doubled(one);
    }
    Writer writer;
    writer.u32(transaction.version);
    writer.hash256(anyone ? Hash256{} : doubled(lists.prevouts));
    writer.hash256(anyone || partial ? Hash256{} : doubled(lists.sequences));
    write_outpoint(writer, transaction.inputs[input].prevout);
    writer.sized_bytes(script_code).i64(amount.satoshis()).u32(transaction.inputs[input].sequence);
    writer.hash256(outputs).u32(transaction.lock_time).u32(hash_type);
    return doubled(writer);
}

std::optional<Hash256> reference_sighash_taproot(const TransactionDraft& transaction, std::uint32_t input,
                                                 const SpentOutputs& spent, std::uint8_t hash_type,
                                                 const consensus::TaprootSpend& spend)
{
    if ((hash_type & 0x7c) != 0 || hash_type == 0x80) return std::nullopt;
    const unsigned outputs = hash_type & 3;
    const bool anyone = (hash_type & 0x80) != 0;
    if (outputs == 3 && input >= transaction.outputs.size()) return std::nullopt;
    const Lists lists{transaction};
    Writer amounts;
    Writer scripts;
    for (std::size_t i = 0; i < spent.size(); ++i) {
        amounts.i64(spent[i].value.satoshis());
        scripts.sized_bytes(spent.script_pubkey(i));
    }
    Writer writer;
    writer.u8(0).u8(hash_type).u32(transaction.version).u32(transaction.lock_time);
    if (!anyone) {
        for (const auto& list : {lists.prevouts.view(), amounts.view(), scripts.view(), lists.sequences.view()}) {
            writer.hash256(crypto::sha256(list));
        }
    }
    if (outputs < 2) writer.hash256(crypto::sha256(lists.outputs.view()));
    writer.u8(static_cast<std::uint8_t>(2 * spend.leaf_hash.has_value() + spend.annex_hash.has_value()));
    if (anyone) {
        write_outpoint(writer, transaction.inputs[input].prevout);
        writer.i64(spent[input].value.satoshis()).sized_bytes(spent.script_pubkey(input));
        writer.u32(transaction.inputs[input].sequence);
    } else {
        writer.u32(input);
    }
    if (spend.annex_hash) writer.hash256(*spend.annex_hash);
    if (outputs == 3) {
        Writer one;
        write_output(one, transaction.outputs[input]);
        writer.hash256(crypto::sha256(one.view()));
    }
    if (spend.leaf_hash) writer.hash256(*spend.leaf_hash).u8(0).u32(spend.code_separator_position);
    return crypto::tagged_hasher("TapSighash").write(writer.view()).finish();
}

}  // namespace cairn::test
