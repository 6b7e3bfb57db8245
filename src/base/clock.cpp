#include "base/clock.h"

namespace cairn::base {

Time NodeClock::now() const
{
    const std::int64_t mock = mock_seconds_.load(std::memory_order_acquire);
    if (mock != kNotMocked) return Time{std::chrono::seconds{mock}};
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

SteadyTime NodeClock::steady_now() const
{
    return std::chrono::steady_clock::now();
}

void NodeClock::set_mock_time(std::optional<std::chrono::sys_seconds> time)
{
    mock_seconds_.store(time ? time->time_since_epoch().count() : kNotMocked, std::memory_order_release);
}

Time ManualClock::now() const
{
    const std::lock_guard lock(mutex_);
    return now_;
}

SteadyTime ManualClock::steady_now() const
{
    const std::lock_guard lock(mutex_);
    return steady_;
}

void ManualClock::advance(std::chrono::microseconds by)
{
    const std::lock_guard lock(mutex_);
    now_ += by;
    steady_ += by;
}

void ManualClock::set(Time time)
{
    const std::lock_guard lock(mutex_);
    now_ = time;
}

}  // namespace cairn::base
