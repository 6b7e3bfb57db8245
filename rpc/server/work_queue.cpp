#include "rpc/server/work_queue.h"

namespace cairn::rpc {

WorkQueue::WorkQueue(std::size_t threads, std::size_t capacity) : capacity_(capacity)
{
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back("httpworker." + std::to_string(i), [this] { run(); });
    }
}

WorkQueue::~WorkQueue()
{
    stop();
}

WorkQueue::Outcome WorkQueue::post(base::Task task)
{
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) return Outcome::kStopped;
        if (waiting_.size() >= capacity_) return Outcome::kFull;
        waiting_.push_back(std::move(task));
    }
    wake_.notify_one();
    return Outcome::kQueued;
}

void WorkQueue::stop()
{
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    wake_.notify_all();
    threads_.clear();
}

void WorkQueue::run()
{
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        base::Task task = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
    }
}

}  // namespace cairn::rpc
