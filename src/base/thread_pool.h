#pragma once
// A pool of threads that share batches of many small pieces: script checks, undo encoding, hashing.
//
// A batch costs one allocation however many pieces it has: workers take ranges of it with one atomic addition each.
// Batches are worked on in the order submitted, but a worker goes on to the next while others finish the former.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/thread.h"

namespace cairn::base {

/// Does pieces [first, last) of a batch. False: the batch has failed, and what has not begun is skipped. Called by
/// several threads at once with disjoint ranges. An exception counts as failure and is thrown again by wait().
using RangeTask = std::function<bool(std::size_t first, std::size_t last)>;

/// A batch under way. Keeps its task (and what that owns) alive until it is done.
class PoolBatch {
public:
    /// All pieces are done or skipped.
    bool done() const { return done_.load(std::memory_order_acquire); }
    /// Meaningful once done: no piece returned false or threw.
    bool succeeded() const { return !failed_.load(std::memory_order_acquire); }
    /// Skips what has not begun. It is then done when the pieces under way are.
    void cancel() { failed_.store(true, std::memory_order_release); }
    /// Works on the batch in the calling thread too, and returns when it is done; true if it succeeded. Throws what a
    /// piece threw. Any number of threads may wait.
    bool wait();

private:
    friend class ThreadPool;
    PoolBatch(std::size_t size, std::size_t grain, RangeTask task, Task on_done);
    /// Takes ranges until none is left.
    void work();
    bool exhausted() const { return next_.load(std::memory_order_relaxed) >= size_; }
    void finish(std::size_t pieces);

    const std::size_t size_;
    const std::size_t grain_;
    RangeTask task_;
    Task on_done_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::size_t> finished_{0};
    std::atomic<bool> failed_{false};
    std::atomic<bool> done_{false};
    std::mutex mutex_;
    std::exception_ptr thrown_;
};

class ThreadPool {
public:
    /// `threads` may be 0: then wait() does all the work. At most `capacity` batches wait; submit() then blocks until
    /// one has been taken up, working meanwhile.
    ThreadPool(const std::string& name, std::size_t threads, std::size_t capacity = 1024);
    /// Finishes what was submitted.
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// A batch of pieces [0, size), given out `grain` at a time. `on_done` runs once, on the thread that finishes the
    /// last piece (at once, if size is 0), before done() is true; it must not throw. Size 0 succeeds.
    std::shared_ptr<PoolBatch> submit(std::size_t size, std::size_t grain, RangeTask task, Task on_done = nullptr);

    std::size_t threads() const { return threads_.size(); }

private:
    void run();
    /// The first batch that has pieces left, or null.
    std::shared_ptr<PoolBatch> front_batch();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<PoolBatch>> batches_;
    const std::size_t capacity_;
    bool stopping_ = false;
    std::vector<Thread> threads_;
};

}  // namespace cairn::base
