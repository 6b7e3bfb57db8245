#include "services/mempool_file.h"

#include <algorithm>
#include <span>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "storage/obfuscation.h"

namespace cairn::services {

namespace {

constexpr std::uint64_t kPlain = 1;
constexpr std::uint64_t kWithKey = 2;

std::size_t offset_in(ByteSpan file, const Reader& reader)
{
    return file.size() - reader.rest().size();
}

SavedMempool::Entry read_entry(Reader& reader)
{
    SavedMempool::Entry entry;
    auto transaction = decode_transaction(reader.rest(), WitnessEncoding::kAllowed, TrailingBytes::kIgnored);
    if (!transaction) {
        reader.fail(transaction.error());
        return entry;
    }
    entry.transaction = *std::move(transaction);
    reader.bytes(entry.transaction->raw.size());
    entry.time = reader.i64();
    entry.fee_delta = Amount{reader.i64()};
    return entry;
}

}  // namespace

Bytes encode_mempool_file(const SavedMempool& saved, const std::optional<MempoolFileKey>& key)
{
    Writer writer;
    writer.u64(key ? kWithKey : kPlain);
    if (key) writer.sized_bytes(*key);
    const std::size_t begin = writer.size();
    writer.u64(saved.entries.size());
    for (const auto& entry : saved.entries) {
        writer.bytes(entry.transaction->raw).i64(entry.time).i64(entry.fee_delta.satoshis());
    }
    writer.compact_size(saved.deltas.size());
    for (const auto& [txid, delta] : saved.deltas) writer.hash(txid).i64(delta.satoshis());
    writer.compact_size(saved.unbroadcast.size());
    for (const Txid& txid : saved.unbroadcast) writer.hash(txid);
    Bytes file = writer.take();
    if (key) storage::Obfuscation(*key).apply(std::span{file}.subspan(begin), begin);
    return file;
}

std::expected<SavedMempool, DecodeError> decode_mempool_file(Bytes file)
{
    Reader reader{file};
    const std::uint64_t version = reader.u64();
    if (version != kPlain && version != kWithKey) reader.fail(DecodeError::kBadValue);
    if (version == kWithKey) {
        const ByteSpan given = reader.sized_bytes();
        MempoolFileKey key{};
        if (reader.ok() && given.size() != key.size()) reader.fail(DecodeError::kBadValue);
        if (reader.ok()) {
            std::ranges::copy(given, key.begin());
            const std::size_t begin = offset_in(file, reader);
            storage::Obfuscation(key).apply(std::span{file}.subspan(begin), begin);
        }
    }
    SavedMempool saved;
    const std::uint64_t count = reader.u64();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) saved.entries.push_back(read_entry(reader));
    const std::uint64_t deltas = reader.compact_size();
    for (std::uint64_t i = 0; i < deltas && reader.ok(); ++i) {
        const auto txid = reader.strong_hash<Txid>();
        saved.deltas[txid] = Amount{reader.i64()};
    }
    const std::uint64_t unbroadcast = reader.compact_size();
    for (std::uint64_t i = 0; i < unbroadcast && reader.ok(); ++i) {
        saved.unbroadcast.push_back(reader.strong_hash<Txid>());
    }
    if (!reader.ok()) return std::unexpected(*reader.error());
    return saved;
}

}  // namespace cairn::services
