#pragma once
// Reads the coins that coming blocks spend, so that the validation thread does not wait for the disk coin by coin. Not
// a public header of the room.
//
// Several threads ask the coins database for the inputs of a block that are not in memory; when the block is to be
// connected, what they found goes into the cache. Only while blocks do need coins from disk: a cache that holds
// them all is not searched twice.
//
// Threads: all by the validation thread; the pool's do the reading.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/thread_pool.h"
#include "chain/coins/coins_cache.h"

namespace cairn::chain {

class CoinsPrefetch {
public:
    /// Blocks read for at a time: the one to be connected next, and some behind it.
    static constexpr std::size_t kMaxBlocks = 4;
    /// So many coins must the last blocks have had from disk (the one before counts half as much, and so on) to make it
    /// worth while for the next.
    static constexpr std::uint64_t kWorthwhile = 16;
    /// Scripts of coins read for one block; what is beyond is read when it is asked for.
    static constexpr std::size_t kMaxScriptBytes = std::size_t{4} << 20;

    /// A pool without threads: nothing is read ahead. Both must outlive it.
    CoinsPrefetch(CoinsCache& cache, base::ThreadPool& pool) : cache_(cache), pool_(pool) {}
    /// drop()
    ~CoinsPrefetch();
    CoinsPrefetch(const CoinsPrefetch&) = delete;
    CoinsPrefetch& operator=(const CoinsPrefetch&) = delete;

    /// Whether begin() would do anything: there is room, and the last blocks needed coins from disk.
    bool wants_more() const { return pool_.threads() > 0 && recent_loads_ >= kWorthwhile && jobs_.size() < kMaxBlocks; }
    /// Begins to read what `block` spends, unless that was begun already.
    void begin(const BlockRef& block, Height height);
    /// `block` is about to be connected: waits for what was begun for it, helping, and hands it to the cache. Begins
    /// it first where that is worth while. What was begun for other blocks up to that height is forgotten. Throws what
    /// the coins database throws.
    void finish(const BlockRef& block, Height height);
    /// Forgets all that was begun.
    void drop();

private:
    struct Job {
        BlockHash block;
        Height height = 0;
        std::uint64_t generation = 0;
        std::vector<Outpoint> outpoints;
        std::vector<std::optional<storage::StoredCoin>> coins;
        std::atomic<std::size_t> script_bytes{0};
        std::shared_ptr<base::PoolBatch> batch;
    };

    bool has_begun(const BlockHash& block) const;
    void read(Job& job, std::size_t first, std::size_t last) const;
    static void abandon(Job& job);

    CoinsCache& cache_;
    base::ThreadPool& pool_;
    std::vector<std::unique_ptr<Job>> jobs_;  // at most kMaxBlocks
    std::uint64_t loads_before_ = 0;
    std::uint64_t recent_loads_ = 0;
};

}  // namespace cairn::chain
