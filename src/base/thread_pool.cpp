#include "base/thread_pool.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"

namespace cairn::base {

PoolBatch::PoolBatch(std::size_t size, std::size_t grain, RangeTask task, Task on_done)
    : size_(size), grain_(std::max<std::size_t>(grain, 1)), task_(std::move(task)), on_done_(std::move(on_done))
{
}

void PoolBatch::work()
{
    while (true) {
        const std::size_t first = next_.fetch_add(grain_, std::memory_order_relaxed);
        if (first >= size_) return;
        const std::size_t last = std::min(first + grain_, size_);
        if (!failed_.load(std::memory_order_relaxed)) {
            try {
                if (!task_(first, last)) failed_.store(true, std::memory_order_release);
            } catch (...) {
                const std::lock_guard lock(mutex_);
                if (!thrown_) thrown_ = std::current_exception();
                failed_.store(true, std::memory_order_release);
            }
        }
        finish(last - first);
    }
}

void PoolBatch::finish(std::size_t pieces)
{
    if (finished_.fetch_add(pieces, std::memory_order_acq_rel) + pieces < size_) return;
    // Nobody will call the task again; what it owns is released by the thread that knows it is done.
    task_ = nullptr;
    if (on_done_) on_done_();
    on_done_ = nullptr;
    done_.store(true, std::memory_order_release);
    done_.notify_all();
}

bool PoolBatch::wait()
{
    work();
    done_.wait(false, std::memory_order_acquire);
    if (thrown_) std::rethrow_exception(thrown_);
    return succeeded();
}

ThreadPool::ThreadPool(const std::string& name, std::size_t threads, std::size_t capacity) : capacity_(capacity)
{
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back(fmt::format("{}.{}", name, i), [this] { run(); });
    }
}

ThreadPool::~ThreadPool()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    // Where there are no threads, what nobody waited for is done here.
    if (threads_.empty()) run();
}

std::shared_ptr<PoolBatch> ThreadPool::front_batch()
{
    while (!batches_.empty() && batches_.front()->exhausted()) batches_.pop_front();
    return batches_.empty() ? nullptr : batches_.front();
}

std::shared_ptr<PoolBatch> ThreadPool::submit(std::size_t size, std::size_t grain, RangeTask task, Task on_done)
{
    std::shared_ptr<PoolBatch> batch{new PoolBatch(size, grain, std::move(task), std::move(on_done))};
    if (size == 0) {
        batch->finish(0);
        return batch;
    }
    std::unique_lock lock(mutex_);
    while (batches_.size() >= capacity_) {
        const auto front = front_batch();
        if (!front) break;
        lock.unlock();
        front->work();
        lock.lock();
    }
    batches_.push_back(batch);
    lock.unlock();
    // One piece needs one worker.
    if (size > batch->grain_) {
        wake_.notify_all();
    } else {
        wake_.notify_one();
    }
    return batch;
}

void ThreadPool::run()
{
    std::unique_lock lock(mutex_);
    while (true) {
        auto batch = front_batch();
        if (!batch) {
            if (stopping_) return;
            wake_.wait(lock);
            continue;
        }
        lock.unlock();
        batch->work();
        batch.reset();
        lock.lock();
    }
}

}  // namespace cairn::base
