#pragma once
// When and how what is in memory goes to the disk. Validation thread. Not a public header of the room.
//
// Order: block and undo data are synced, then the index is written, then the coins; so whatever the index names is
// there, and whatever block the coins stand at is in the index.

#include <atomic>
#include <exception>

#include "base/executor.h"
#include "chain/chain_context.h"

namespace cairn::chain {

class Flusher {
public:
    /// Between two writes of everything, so that a crash costs no more than that: from 50 to 70 minutes, at random.
    static constexpr std::chrono::minutes kMinInterval{50};
    static constexpr std::chrono::minutes kMaxInterval{70};
    /// So few changes are written at once, and the table is kept; with more of them, or near its bound, it is frozen.
    static constexpr std::size_t kSyncCoins = 200'000;

    explicit Flusher(ChainContext& context);
    /// Waits for a flush under way.
    ~Flusher();

    /// Takes note of what other threads wrote. Throws what a flush threw.
    void poll();
    /// A flush should begin: the cache is near its bound, or the time has come. The caller then settles and calls
    /// begin.
    bool is_due() const;
    /// The coins are over their bound until the flush under way ends.
    bool must_wait() const;
    /// No layers may be there. Freezes the coins, or syncs them where few have changed.
    void begin();
    /// Everything is on disk when it returns, and the cache keeps what it has. No layers.
    void flush_all();
    /// Until no flush is under way.
    void wait();

    /// Of undo data that was written the index learns the place. `all`: waits until none is left to write. Throws what
    /// the writing threw.
    void apply_written_undo(bool all);

private:
    void check_disk_space() const;
    void schedule_next();
    bool is_large() const;
    bool is_time() const;

    ChainContext& context_;
    base::SteadyTime next_;
    bool under_way_ = false;
    std::atomic<bool> done_{false};
    std::exception_ptr failure_;
    base::SerialExecutor executor_;
};

}  // namespace cairn::chain
