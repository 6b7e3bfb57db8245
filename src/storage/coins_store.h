#pragma once
// The chainstate database: every unspent output, and the block up to which it stands. Bitcoin Core's records;
// docs/formats/chainstate.md.
//
// A flush of more than one batch marks the database with the two blocks it is between (head blocks) before the first
// and with the best block in the last, so that after a crash the way is known that must be replayed.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "consensus/primitives/hashes.h"
#include "storage/coin_codec.h"
#include "storage/key_value_store.h"

namespace cairn::storage {

/// A database between two blocks: some coins are as after `target`, the others as after `base` (null: none yet).
struct HeadBlocks {
    BlockHash target;
    BlockHash base;
};

/// Thread-safe as KeyValueStore.
class CoinsStore {
public:
    /// Throws StorageError; kUnknownFormat if the folder holds coins of a version before 0.15.
    explicit CoinsStore(const KeyValueStore::Options& options);

    /// Throws StorageError(kCorrupt) for a record that does not decode.
    std::optional<StoredCoin> get(const Outpoint& outpoint) const;
    /// Nothing in a new database, and while it is between two blocks.
    std::optional<BlockHash> best_block() const;
    std::optional<HeadBlocks> head_blocks() const;

    /// Collects changes for write(). Keys in ascending order make the write cheaper.
    class Batch {
    public:
        void put(const Outpoint& outpoint, Amount value, ByteSpan script_pubkey, Height height, bool coinbase);
        void put(const Outpoint& outpoint, const StoredCoin& coin)
        {
            put(outpoint, coin.value, coin.script_pubkey, coin.height, coin.coinbase);
        }
        void erase(const Outpoint& outpoint);
        /// In the first batch of a flush: removes the best block and sets the head blocks.
        void begin_transition(const HeadBlocks& heads);
        /// In the last: removes the head blocks and sets the best block.
        void end_transition(const BlockHash& best);
        std::size_t size_bytes() const { return batch_.size_bytes(); }

    private:
        friend class CoinsStore;
        explicit Batch(WriteBatch batch) : batch_(std::move(batch)) {}
        WriteBatch batch_;
        Bytes key_;
        Bytes value_;
    };
    Batch make_batch() const { return Batch{store_.make_batch()}; }
    /// Writes and empties it. With `sync` all written before is on the disk too.
    void write(Batch& batch, bool sync);

    /// All coins in the order of their keys, as they are when this is called.
    class Cursor {
    public:
        /// The next coin; nothing at the end. Throws StorageError(kCorrupt).
        std::optional<std::pair<Outpoint, StoredCoin>> next();
        /// The best block of that state.
        const std::optional<BlockHash>& best_block() const { return best_; }

    private:
        friend class CoinsStore;
        Cursor(std::unique_ptr<StoreSnapshot> snapshot, StoreIterator iterator, std::optional<BlockHash> best);
        std::unique_ptr<StoreSnapshot> snapshot_;
        StoreIterator iterator_;
        std::optional<BlockHash> best_;
    };
    /// Must not outlive the store. With `from`, begins at the first outpoint that is not less.
    Cursor cursor(const std::optional<Outpoint>& from = std::nullopt) const;

    /// Bytes on disk, about: gettxoutsetinfo's disk_size.
    std::uint64_t estimate_size() const;

private:
    KeyValueStore store_;
};

}  // namespace cairn::storage
