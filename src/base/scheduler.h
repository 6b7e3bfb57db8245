#pragma once
// Jobs that run later, or again and again, on one thread. Time is the clock's steady time plus what `mockscheduler`
// added; node time (setmocktime) does not move it, as in Bitcoin Core.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/thread.h"

namespace cairn::base {

/// Thread-safe. Jobs run one at a time.
class Scheduler {
public:
    /// At most this many jobs are held; adding one more throws std::length_error (a bug of the caller's).
    static constexpr std::size_t kMaxJobs = 1024;

    enum class Run {
        kOwnThread,
        kByHand,  // nothing runs but in run_due(): tests and simulations
    };
    Scheduler(Clock& clock, Run run, FailureHandler on_failure = nullptr);
    /// stop()
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    /// First after `interval`, then `interval` after each end. Ends with the registration.
    [[nodiscard]] Registration every(std::chrono::milliseconds interval, std::function<void()> job);
    /// As if that much time had passed: `mockscheduler`.
    void advance(std::chrono::seconds by);
    /// Runs, in this thread, what is due now; how many jobs ran. For Run::kByHand.
    std::size_t run_due();
    /// Drops what has not run and ends the thread.
    void stop();
    std::size_t jobs() const;

private:
    struct State;
    std::shared_ptr<State> state_;
    Thread thread_;
};

}  // namespace cairn::base
