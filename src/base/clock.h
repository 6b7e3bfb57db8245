#pragma once
// Time, as it is passed in. Pure rooms take the values (Time, SteadyTime) as arguments; shells ask a Clock.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
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
    /// `moved` is called, on the thread that moved it, whenever node time jumps instead of passing: whoever holds
    /// deadlines re-examines all of them. Must not call back into the clock's on_moved.
    [[nodiscard]] virtual Registration on_moved(std::function<void()> moved) = 0;
};

/// The listeners of a clock, for its implementations.
class ClockListeners {
public:
    ClockListeners();
    [[nodiscard]] Registration add(std::function<void()> listener);
    void call() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// The running node's clock: the operating system's, unless mocked.
class NodeClock final : public Clock {
public:
    NodeClock();
    ~NodeClock() override;
    Time now() const override;
    SteadyTime steady_now() const override;
    Registration on_moved(std::function<void()> moved) override;

    /// Holds node time at `time` from now on; nothing gives it back to the operating system. Calls the listeners.
    void set_mock_time(std::optional<std::chrono::sys_seconds> time);
    std::optional<std::chrono::sys_seconds> mock_time() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A clock that stands until it is moved: for tests and simulations.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Time start = Time{std::chrono::seconds{1'700'000'000}});
    ~ManualClock() override;
    Time now() const override;
    SteadyTime steady_now() const override;
    Registration on_moved(std::function<void()> moved) override;

    /// Lets node time and steady time pass.
    void advance(std::chrono::microseconds by);
    /// Sets node time alone, forwards or backwards.
    void set(Time time);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cairn::base
