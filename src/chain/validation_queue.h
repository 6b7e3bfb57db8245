#pragma once
// What waits for the validation thread. Not a public header of the room.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "base/executor.h"
#include "chain/acceptance.h"

namespace cairn::chain {

struct HeadersJob {
    std::vector<BlockHeader> headers;
    bool work_checked = false;
    HeadersCallback callback;
};

using Job = std::variant<HeadersJob, IncomingBlock, base::Task, std::exception_ptr>;

/// First in, first out. Blocks are bounded by their bytes: who submits reserves room for them first.
class ValidationQueue {
public:
    explicit ValidationQueue(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Waits for room; a single block always has it. False once closed. `may_wait`: false on the validation thread.
    bool reserve(std::size_t bytes, bool may_wait);
    void release(std::size_t bytes);
    /// False, and the job is dropped, once closed.
    bool push(Job job);
    /// The next job; nothing after `wait`, or once closed and empty.
    std::optional<Job> pop(std::chrono::milliseconds wait);
    bool is_empty() const;
    /// No more jobs come in; those that wait are still given out.
    void close();
    bool is_closed() const;
    /// Closed, and what waits is dropped.
    void abandon();

private:
    mutable std::mutex mutex_;
    std::condition_variable not_empty_;
    std::condition_variable room_;
    std::deque<Job> jobs_;
    const std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    bool closed_ = false;
};

}  // namespace cairn::chain
