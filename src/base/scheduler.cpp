#include "base/scheduler.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>

namespace cairn::base {

struct Scheduler::State {
    struct Job {
        std::uint64_t id = 0;
        std::function<void()> run;
        std::chrono::milliseconds interval{0};
    };

    explicit State(Clock& the_clock) : clock(the_clock) {}

    SteadyTime now() const { return clock.steady_now() + skipped; }

    void add(SteadyTime due, Job job)
    {
        if (queue.size() >= kMaxJobs) throw std::length_error("too many scheduled jobs");
        queue.emplace(due, std::move(job));
        changed.notify_all();
    }

    // Runs the first job if it is due. The lock is given back meanwhile.
    bool run_one(std::unique_lock<std::mutex>& lock)
    {
        if (queue.empty() || queue.begin()->first > now()) return false;
        auto job = std::move(queue.extract(queue.begin()).mapped());
        running = job.id;
        runner = std::this_thread::get_id();
        lock.unlock();
        struct Relock {
            State& state;
            std::unique_lock<std::mutex>& held;
            ~Relock()
            {
                held.lock();
                state.running = 0;
                state.changed.notify_all();
            }
        };
        {
            const Relock relock{*this, lock};
            job.run();
        }
        if (!ended.erase(job.id) && !stopped) {
            const auto due = now() + job.interval;
            queue.emplace(due, std::move(job));
        }
        return true;
    }

    void end(std::uint64_t id)
    {
        std::unique_lock lock(mutex);
        if (std::erase_if(queue, [&](const auto& entry) { return entry.second.id == id; }) > 0) return;
        if (running != id) return;
        ended.insert(id);
        // A job that ends itself is not waited for.
        if (runner == std::this_thread::get_id()) return;
        changed.wait(lock, [&] { return running != id; });
    }

    Clock& clock;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::multimap<SteadyTime, Job> queue;
    std::set<std::uint64_t> ended;  // of jobs under way: not to be queued again
    std::chrono::seconds skipped{0};
    std::uint64_t next_id = 1;
    std::uint64_t running = 0;
    std::thread::id runner;
    bool stopped = false;
};

Scheduler::Scheduler(Clock& clock, Run run, FailureHandler on_failure) : state_(std::make_shared<State>(clock))
{
    if (run == Run::kByHand) return;
    thread_ = Thread(
        "scheduler",
        [state = state_] {
            std::unique_lock lock(state->mutex);
            while (!state->stopped) {
                if (state->run_one(lock)) continue;
                if (state->queue.empty()) {
                    state->changed.wait(lock);
                } else {
                    state->changed.wait_for(lock, state->queue.begin()->first - state->now());
                }
            }
        },
        std::move(on_failure));
}

Scheduler::~Scheduler()
{
    stop();
}

Registration Scheduler::every(std::chrono::milliseconds interval, std::function<void()> job)
{
    const std::lock_guard lock(state_->mutex);
    const std::uint64_t id = state_->next_id++;
    if (!state_->stopped) state_->add(state_->now() + interval, {id, std::move(job), interval});
    return Registration{[state = std::weak_ptr(state_), id] {
        if (const auto alive = state.lock()) alive->end(id);
    }};
}

void Scheduler::advance(std::chrono::seconds by)
{
    const std::lock_guard lock(state_->mutex);
    state_->skipped += by;
    state_->changed.notify_all();
}

std::size_t Scheduler::run_due()
{
    std::unique_lock lock(state_->mutex);
    // Only what is due now: a job that runs again at once must not keep us here.
    const SteadyTime until = state_->now();
    std::size_t count = 0;
    while (!state_->queue.empty() && state_->queue.begin()->first <= until && state_->run_one(lock)) ++count;
    return count;
}

void Scheduler::stop()
{
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopped = true;
        state_->queue.clear();
        state_->changed.notify_all();
    }
    thread_.join();
}

std::size_t Scheduler::jobs() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->queue.size();
}

}  // namespace cairn::base
