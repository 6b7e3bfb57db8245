#pragma once
// The coins of the active chain in memory: a compact cache over the coins database, with speculative layers on top.
//
// A block's effects go at once into a layer, so that the next block can be connected on it while its scripts are still
// being checked. Layers are marks on the cache's entries and a journal, so that publishing a layer or dropping it looks
// nothing up. Readers see the published state only.
//
// A flush either writes what differs and keeps everything (sync), or freezes the table, which is then written by
// another thread while a new table takes changes (freeze, write_frozen, drop_frozen); look-ups go active, frozen, disk.
//
// Threads: what is marked "any thread" may be called by any; write_frozen by one other thread between freeze and
// drop_frozen; all else by the validation thread alone, which therefore reads without a lock and takes it, for a few
// hundred entries at a time, only to change something.

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "chain/coins/coin_table.h"
#include "chain/results.h"
#include "consensus/coins.h"
#include "consensus/connect_block.h"
#include "storage/coins_store.h"

namespace cairn::chain {

class CoinsCache {
public:
    /// Most layers at a time (a layer's number must fit four bits of an entry).
    static constexpr std::size_t kMaxLayers = 14;
    /// Size of one batch of a flush.
    static constexpr std::size_t kBatchBytes = std::size_t{16} << 20;

    CoinsCache(storage::CoinsStore& store, CoinSalt salt);
    ~CoinsCache();

    /// The block whose coins are published; null before the first. Validation thread.
    const BlockHash& best() const { return best_; }
    void set_best(const BlockHash& best);

    /// With all layers; takes in what it finds on disk. The answer of either view is valid until the next fetch of that
    /// view or change of the cache.
    CoinsView& top_view() { return top_; }
    /// Without unpublished layers. Takes in nothing, so that its slots name no coin: for what may come to nothing.
    CoinsView& published_view() { return published_view_; }
    /// Takes these coins in, where they are on disk.
    void warm(std::span<const Outpoint> outpoints) { top_.fetch(outpoints); }

    /// Applies effects that connect_block made of top_view(). False, and nothing is done, where they touch what a lower
    /// layer changed in a way that no mark can express (a txid that exists twice): publish or drop all layers first,
    /// then it succeeds. Precondition: there are fewer than kMaxLayers.
    bool push_layer(const Block& block, Height height, const consensus::BlockEffects& effects);
    /// Readers see the lowest layer from now on: coins and best() change in one step.
    void publish_layer(const BlockHash& best);
    /// Drops all layers.
    void drop_layers();

    /// Takes the effects of disconnect_block back out; best() is then `parent`. No layers may be there.
    void disconnect(const consensus::DisconnectEffects& effects, const SpentOutputs& spent, const BlockHash& parent);
    /// Connects a block that may have been applied in part (replay after a crash): spends and adds, whatever is there.
    void reapply(const Block& block, Height height);

    /// Writes what differs from the disk, and keeps it. No layers, nothing frozen.
    void sync();
    /// No layers, nothing frozen.
    void freeze();
    /// Any one thread. Throws what the store throws; the flush is then incomplete, and the cache must not go on.
    void write_frozen();
    void drop_frozen();
    bool has_frozen() const { return frozen_ != nullptr; }
    /// Entries that differ from what is on disk.
    std::size_t dirty_count() const;

    /// Any thread.
    CoinAnswer read(const Outpoint& outpoint) const;

    struct Use {
        std::size_t coins = 0;
        std::size_t bytes = 0;
    };
    /// As of the last change of the tip.
    Use use() const;

    std::size_t size() const { return active_->size() + (frozen_ ? frozen_->size() : 0); }
    /// All of it: tables, layers, what a flush under way needs. Validation thread.
    std::size_t memory() const;
    /// Changes when what was written takes the place of what was in memory. Any thread.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
    /// The coin on disk, where memory knows nothing of the outpoint. Any thread.
    std::optional<storage::StoredCoin> read_missing(const Outpoint& outpoint) const;
    /// Takes in what read_missing() gave since generation() was `generation`; nothing where it has changed since then.
    void adopt(std::span<const Outpoint> outpoints, std::span<const std::optional<storage::StoredCoin>> coins,
               std::uint64_t generation);
    /// Coins that came from disk since the start.
    std::uint64_t disk_loads() const { return disk_loads_; }

private:
    struct View final : CoinsView {
        View(CoinsCache& owner, bool with_layers) : cache(owner), top(with_layers) {}
        std::span<const CoinRef> fetch(std::span<const Outpoint> outpoints) override;
        CoinsCache& cache;
        const bool top;
        std::vector<CoinRef> answer;
        std::vector<std::uint32_t> tags;
        std::deque<storage::StoredCoin> from_disk;  // of the last fetch, where they are not taken in
    };
    struct Layer {
        unsigned number = 0;
        std::vector<std::uint32_t> created;
        std::vector<std::uint32_t> spent;
        struct Replaced {
            std::uint32_t old_slot;
            std::uint32_t new_slot;
        };
        std::vector<Replaced> replaced;
        std::size_t memory() const;
    };

    bool visible(const CoinEntry& entry, bool top) const;
    CoinRef ref(std::uint32_t slot, bool top) const;
    CoinRef peek(const Outpoint& outpoint, std::uint32_t tag, std::deque<storage::StoredCoin>& from_disk) const;
    std::uint32_t find_or_load(const Outpoint& outpoint, std::uint32_t tag);
    std::uint32_t load(const Outpoint& outpoint, std::uint32_t tag);
    /// Of the active table, else of the frozen one. With the lock, or on the validation thread.
    bool knows(const Outpoint& outpoint) const;
    void reserve(std::size_t more);
    unsigned free_layer_number() const;
    bool create_coins(const Block& block, Height height, const consensus::BlockEffects& effects, Layer& layer);
    bool create_coin(const Outpoint& outpoint, std::uint32_t tag, const TxOutput& output, Height height, bool coinbase,
                     Layer& layer);
    void mark_spent(const std::vector<std::uint32_t>& slots, unsigned number);
    void undo_layer(Layer& layer);
    void fold_layer(const Layer& layer);
    void spend_unlocked(std::uint32_t slot);
    void put_unlocked(const Outpoint& outpoint, Amount value, ByteSpan script, Height height, bool coinbase);
    void forget_clean_marks();
    void write_table(const CoinTable& table, const BlockHash& best);

    storage::CoinsStore& store_;
    const CoinSalt salt_;
    mutable std::shared_mutex mutex_;  // readers shared; the validation thread's changes exclusive
    std::unique_ptr<CoinTable> active_;
    std::unique_ptr<CoinTable> frozen_;
    BlockHash best_;
    BlockHash frozen_best_;
    BlockHash disk_best_;
    std::array<bool, kMaxLayers + 2> published_{};  // by layer number: readers see it although it is not folded yet
    std::deque<Layer> layers_;
    std::atomic<std::uint64_t> generation_{0};
    Use use_;
    bool disk_has_coins_ = false;
    std::uint64_t disk_loads_ = 0;
    View top_{*this, true};
    View published_view_{*this, false};
};

}  // namespace cairn::chain
