#pragma once
// Time, as it is passed in. Pure rooms take the values (Time, SteadyTime) as arguments; shells ask a Clock.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace cairn::base {

/// Node time: the wall clock, or what -mocktime and setmocktime put in its place. Deadlines of peers are in node time.
using Time = std::chrono::sys_time<std::chrono::microseconds>;
/// Never goes backwards and is never mocked by the user: for measuring, and for the scheduler.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Seconds since 1970, as the network's messages and blocks have them.
constexpr std::int64_t unix_seconds(Time time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// Ends what it stands for (a listener, a periodic job) when it is destroyed, waiting for a call under way in another
/// thread.
class Registration {
public:
    Registration() = default;
    explicit Registration(std::function<void()> end) : end_(std::move(end)) {}
    Registration(Registration&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
    Registration& operator=(Registration&& other) noexcept
    {
        if (this != &other) {
            reset();
            end_ = std::exchange(other.end_, nullptr);
        }
        return *this;
    }
    ~Registration() { reset(); }
    void reset()
    {
        if (auto end = std::exchange(end_, nullptr)) end();
    }

private:
    std::function<void()> end_;
};

/// Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
    virtual SteadyTime steady_now() const = 0;
};

/// The running node's clock: the operating system's, unless mocked.
class NodeClock final : public Clock {
public:
    Time now() const override;
    SteadyTime steady_now() const override;

    /// Holds node time at `time` from now on; nothing gives it back to the operating system. Who holds deadlines is to
    /// be told.
    void set_mock_time(std::optional<std::chrono::sys_seconds> time);

private:
    static constexpr std::int64_t kNotMocked = INT64_MIN;

    std::atomic<std::int64_t> mock_seconds_{kNotMocked};
};

/// A clock that stands until it is moved: for tests and simulations.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Time start = Time{std::chrono::seconds{1'700'000'000}}) : now_(start) {}
    Time now() const override;
    SteadyTime steady_now() const override;

    /// Lets node time and steady time pass.
    void advance(std::chrono::microseconds by);
    /// Sets node time alone, forwards or backwards.
    void set(Time time);

private:
    mutable std::mutex mutex_;
    Time now_;
    SteadyTime steady_{std::chrono::hours{1}};
};

}  // namespace cairn::base
