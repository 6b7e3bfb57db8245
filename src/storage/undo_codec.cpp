#include "storage/undo_codec.h"

#include <cassert>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "storage/coin_codec.h"
#include "storage/varint.h"

namespace cairn::storage {
namespace {

void append_compact_size(Bytes& out, std::uint64_t value)
{
    const Bytes encoded = Writer{}.compact_size(value).take();
    out.insert(out.end(), encoded.begin(), encoded.end());
}

void append_spent(Bytes& out, const SpentOutputs& spent, std::size_t index)
{
    const SpentOutputs::Entry& entry = spent[index];
    append_varint(out, (static_cast<std::uint64_t>(entry.height) << 1) | (entry.coinbase ? 1U : 0U));
    // Where old versions had the transaction's version, and only for the last output spent of a transaction.
    if (entry.height > 0) out.push_back(std::byte{0});
    append_compressed_output(out, entry.value, spent.script_pubkey(index));
}

void read_spent(Reader& reader, SpentOutputs& spent, Bytes& script)
{
    const std::uint64_t code = read_varint(reader, UINT32_MAX);
    if ((code >> 1) > 0) read_varint(reader);
    script.clear();
    const Amount value = read_compressed_output(reader, script);
    if (reader.ok()) spent.add(value, script, static_cast<Height>(code >> 1), (code & 1) != 0);
}

}  // namespace

Bytes encode_undo(const Block& block, const SpentOutputs& spent)
{
    Bytes out;
    out.reserve(spent.size() * 28 + block.transactions.size() + 9);
    append_compact_size(out, block.transactions.size() - 1);
    std::size_t next = 0;
    for (const Transaction& transaction : block.transactions.subspan(1)) {
        append_compact_size(out, transaction.inputs.size());
        for (std::size_t i = 0; i < transaction.inputs.size(); ++i) append_spent(out, spent, next++);
    }
    assert(next == spent.size());
    return out;
}

std::expected<BlockUndo, DecodeError> decode_undo(ByteSpan bytes)
{
    Reader reader{bytes};
    BlockUndo undo;
    Bytes script;
    const std::uint64_t transactions = reader.compact_size();
    for (std::uint64_t i = 0; i < transactions && reader.ok(); ++i) {
        const std::uint64_t inputs = reader.compact_size();
        for (std::uint64_t j = 0; j < inputs && reader.ok(); ++j) read_spent(reader, undo.spent, script);
        undo.per_transaction.push_back(static_cast<std::uint32_t>(inputs));
    }
    reader.expect_end();
    if (!reader.ok()) return std::unexpected(*reader.error());
    return undo;
}

}  // namespace cairn::storage
