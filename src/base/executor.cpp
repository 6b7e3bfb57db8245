#include "base/executor.h"

#include <memory>

namespace cairn::base {

SerialExecutor::SerialExecutor(std::string name, std::size_t capacity, FailureHandler on_failure)
    : capacity_(capacity), thread_(std::move(name), [this] { run(); }, std::move(on_failure))
{
}

SerialExecutor::~SerialExecutor()
{
    stop();
}

bool SerialExecutor::post(Task task)
{
    {
        std::unique_lock lock(mutex_);
        if (!on_this_thread()) {
            not_full_.wait(lock, [&] { return stopped_ || tasks_.size() < capacity_; });
        }
        if (stopped_) return false;
        tasks_.push_back(std::move(task));
    }
    not_empty_.notify_one();
    return true;
}

bool SerialExecutor::try_post(Task& task)
{
    {
        const std::lock_guard lock(mutex_);
        if (stopped_ || tasks_.size() >= capacity_) return false;
        tasks_.push_back(std::move(task));
    }
    not_empty_.notify_one();
    return true;
}

void SerialExecutor::run()
{
    id_.store(std::this_thread::get_id());
    // Also when a task throws: who waits for room must not wait for ever.
    struct Closing {
        SerialExecutor& self;
        ~Closing()
        {
            const std::lock_guard lock(self.mutex_);
            self.stopped_ = true;
            self.tasks_.clear();
            self.not_full_.notify_all();
        }
    } const closing{*this};
    while (true) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            not_empty_.wait(lock, [&] { return stopped_ || !tasks_.empty(); });
            if (tasks_.empty()) return;
            task = std::move(tasks_.front());
            tasks_.pop_front();
        }
        not_full_.notify_one();
        task();
    }
}

void SerialExecutor::stop()
{
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    not_empty_.notify_all();
    not_full_.notify_all();
    thread_.join();
}

void SerialExecutor::drain()
{
    // Shared: if the executor stops before it runs, the task's end tells as well as its run does.
    struct Latch {
        std::mutex mutex;
        std::condition_variable done;
        bool open = false;
    };
    struct Opener {
        std::shared_ptr<Latch> latch;
        explicit Opener(std::shared_ptr<Latch> held) : latch(std::move(held)) {}
        Opener(Opener&&) = default;
        Opener& operator=(Opener&&) = delete;
        ~Opener()
        {
            if (!latch) return;
            const std::lock_guard lock(latch->mutex);
            latch->open = true;
            latch->done.notify_all();
        }
    };
    const auto latch = std::make_shared<Latch>();
    if (!post([opener = Opener{latch}] {})) return;
    std::unique_lock lock(latch->mutex);
    latch->done.wait(lock, [&] { return latch->open; });
}

bool SerialExecutor::on_this_thread() const
{
    return id_.load() == std::this_thread::get_id();
}

}  // namespace cairn::base
