#include "chain/validation_queue.h"

#include <utility>

namespace cairn::chain {

bool ValidationQueue::reserve(std::size_t bytes, bool may_wait)
{
    std::unique_lock lock(mutex_);
    if (may_wait) room_.wait(lock, [&] { return closed_ || bytes_ == 0 || bytes_ + bytes <= max_bytes_; });
    if (closed_) return false;
    bytes_ += bytes;
    return true;
}

void ValidationQueue::release(std::size_t bytes)
{
    {
        const std::lock_guard lock(mutex_);
        bytes_ -= bytes;
    }
    room_.notify_all();
}

bool ValidationQueue::push(Job job)
{
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        jobs_.push_back(std::move(job));
    }
    not_empty_.notify_one();
    return true;
}

std::optional<Job> ValidationQueue::pop(std::chrono::milliseconds wait)
{
    std::unique_lock lock(mutex_);
    not_empty_.wait_for(lock, wait, [&] { return closed_ || !jobs_.empty(); });
    if (jobs_.empty()) return std::nullopt;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
}

bool ValidationQueue::is_empty() const
{
    const std::lock_guard lock(mutex_);
    return jobs_.empty();
}

void ValidationQueue::close()
{
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    not_empty_.notify_all();
    room_.notify_all();
}

bool ValidationQueue::is_closed() const
{
    const std::lock_guard lock(mutex_);
    return closed_;
}

void ValidationQueue::abandon()
{
    close();
    std::deque<Job> dropped;
    {
        const std::lock_guard lock(mutex_);
        dropped = std::exchange(jobs_, {});
    }
}

}  // namespace cairn::chain
