#pragma once
// Threads that serve requests, and the bounded queue before them.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "base/executor.h"
#include "base/thread.h"

namespace cairn::rpc {

class WorkQueue {
public:
    /// At most `capacity` tasks wait for one of `threads`.
    WorkQueue(std::size_t threads, std::size_t capacity);
    /// stop()
    ~WorkQueue();

    enum class Outcome { kQueued, kFull, kStopped };
    /// Never waits. A task must not throw.
    Outcome post(base::Task task);
    /// Finishes what is running or waiting; takes no more. Idempotent.
    void stop();

private:
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<base::Task> waiting_;
    const std::size_t capacity_;
    bool stopped_ = false;
    std::vector<base::Thread> threads_;
};

}  // namespace cairn::rpc
