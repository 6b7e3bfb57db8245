#include "storage/coins_store.h"

#include <array>
#include <string>

#include "consensus/encoding/writer.h"

namespace cairn::storage {
namespace {

constexpr std::array kBestBlockKey{std::byte{'B'}};
constexpr std::array kHeadBlocksKey{std::byte{'H'}};
constexpr std::array kCoinsFrom{std::byte{'C'}};
constexpr std::array kCoinsTo{std::byte{'D'}};
// One record per transaction instead of per coin: before version 0.15.
constexpr std::array kOldCoinsFrom{std::byte{'c'}};
constexpr std::array kOldCoinsTo{std::byte{'d'}};

[[noreturn]] void corrupt(const std::string& what)
{
    throw StorageError(
        StorageError::Kind::kCorrupt, "The coins database is corrupt: " + what + ".",
        "Start with -reindex-chainstate to build it anew from the blocks; check the disk and the memory of "
        "this machine.");
}

std::optional<BlockHash> decode_best(const std::optional<StoredValue>& value)
{
    if (!value) return std::nullopt;
    Reader reader{value->span()};
    const auto hash = reader.strong_hash<BlockHash>();
    reader.expect_end();
    if (!reader.ok()) corrupt("its best block does not decode");
    return hash;
}

}  // namespace

CoinsStore::CoinsStore(const KeyValueStore::Options& options) : store_(options)
{
    StoreIterator iterator = store_.iterate();
    iterator.seek(kOldCoinsFrom);
    if (iterator.valid() && iterator.key()[0] < kOldCoinsTo[0]) {
        throw StorageError(StorageError::Kind::kUnknownFormat,
                           "The coins database " + options.folder.string() + " is of a version before 0.15.",
                           "Start with -reindex-chainstate to build it anew from the blocks.");
    }
}

std::optional<StoredCoin> CoinsStore::get(const Outpoint& outpoint) const
{
    Bytes key;
    append_coin_key(key, outpoint);
    const auto value = store_.get(key);
    if (!value) return std::nullopt;
    auto coin = decode_coin(value->span());
    if (!coin) corrupt("coin " + outpoint.txid.to_hex() + ":" + std::to_string(outpoint.index) + " does not decode");
    return *std::move(coin);
}

std::optional<BlockHash> CoinsStore::best_block() const
{
    return decode_best(store_.get(kBestBlockKey));
}

std::optional<HeadBlocks> CoinsStore::head_blocks() const
{
    const auto value = store_.get(kHeadBlocksKey);
    if (!value) return std::nullopt;
    Reader reader{value->span()};
    const std::uint64_t count = reader.compact_size();
    HeadBlocks heads;
    heads.target = reader.strong_hash<BlockHash>();
    heads.base = reader.strong_hash<BlockHash>();
    reader.expect_end();
    if (!reader.ok() || count != 2) corrupt("its head blocks do not decode");
    return heads;
}

void CoinsStore::Batch::put(const Outpoint& outpoint, Amount value, ByteSpan script_pubkey, Height height,
                            bool coinbase)
{
    key_.clear();
    append_coin_key(key_, outpoint);
    value_.clear();
    append_coin(value_, value, script_pubkey, height, coinbase);
    batch_.put(key_, value_);
}

void CoinsStore::Batch::erase(const Outpoint& outpoint)
{
    key_.clear();
    append_coin_key(key_, outpoint);
    batch_.erase(key_);
}

void CoinsStore::Batch::begin_transition(const HeadBlocks& heads)
{
    Writer writer;
    writer.compact_size(2).hash(heads.target).hash(heads.base);
    batch_.erase(kBestBlockKey);
    batch_.put(kHeadBlocksKey, writer.view());
}

void CoinsStore::Batch::end_transition(const BlockHash& best)
{
    batch_.erase(kHeadBlocksKey);
    batch_.put(kBestBlockKey, best.span());
}

void CoinsStore::write(Batch& batch, bool sync)
{
    store_.write(batch.batch_, sync);
    batch.batch_.clear();
}

CoinsStore::Cursor::Cursor(std::unique_ptr<StoreSnapshot> snapshot, StoreIterator iterator,
                           std::optional<BlockHash> best)
    : snapshot_(std::move(snapshot)), iterator_(std::move(iterator)), best_(best)
{
}

CoinsStore::Cursor CoinsStore::cursor(const std::optional<Outpoint>& from) const
{
    auto snapshot = store_.snapshot();
    StoreIterator iterator = store_.iterate(*snapshot);
    if (from) {
        Bytes key;
        append_coin_key(key, *from);
        iterator.seek(key);
    } else {
        iterator.seek(kCoinsFrom);
    }
    const auto best = decode_best(store_.get(kBestBlockKey, *snapshot));
    return Cursor{std::move(snapshot), std::move(iterator), best};
}

std::optional<std::pair<Outpoint, StoredCoin>> CoinsStore::Cursor::next()
{
    if (!iterator_.valid() || iterator_.key().empty() || iterator_.key()[0] != kCoinsFrom[0]) return std::nullopt;
    const auto outpoint = decode_coin_key(iterator_.key());
    if (!outpoint) corrupt("a key does not decode");
    auto coin = decode_coin(iterator_.value());
    if (!coin) corrupt("coin " + outpoint->txid.to_hex() + ":" + std::to_string(outpoint->index) + " does not decode");
    iterator_.next();
    return std::pair{*outpoint, *std::move(coin)};
}

std::uint64_t CoinsStore::estimate_size() const
{
    return store_.estimate_size(kCoinsFrom, kCoinsTo);
}

}  // namespace cairn::storage
