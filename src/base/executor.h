#pragma once
// Where work is done one after another: an executor with a thread of its own.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "base/thread.h"

namespace cairn::base {

using Task = std::move_only_function<void()>;

/// Runs tasks one after another, in the order posted, on one thread of its own: what only it touches needs no lock.
class SerialExecutor {
public:
    /// At most `capacity` tasks wait; post() then blocks (never on the executor's own thread, which is let through).
    SerialExecutor(std::string name, std::size_t capacity, FailureHandler on_failure = nullptr);
    /// stop()
    ~SerialExecutor();

    /// False, and the task is dropped, if the executor is stopped.
    bool post(Task task);
    /// As post, but instead of blocking gives the task back (returns false) when the queue is full.
    bool try_post(Task& task);
    /// Runs what is queued, then ends the thread. Not from the executor's own thread.
    void stop();
    /// Returns when all that was posted before has run. Not from the executor's own thread.
    void drain();

private:
    void run();
    bool on_this_thread() const;

    std::mutex mutex_;
    std::condition_variable not_empty_;
    std::condition_variable not_full_;
    std::deque<Task> tasks_;
    const std::size_t capacity_;
    bool stopped_ = false;
    std::atomic<std::thread::id> id_;
    Thread thread_;
};

}  // namespace cairn::base
