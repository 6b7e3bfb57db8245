#include "base/clock.h"

#include <atomic>
#include <map>
#include <mutex>

namespace cairn::base {

struct ClockListeners::State {
    // Held while listeners are called, so that a registration that ends waits for them. Recursive: a listener may end a
    // registration.
    std::recursive_mutex mutex;
    std::map<std::uint64_t, std::function<void()>> listeners;
    std::uint64_t next = 0;
};

ClockListeners::ClockListeners() : state_(std::make_shared<State>()) {}

Registration ClockListeners::add(std::function<void()> listener)
{
    const std::lock_guard lock(state_->mutex);
    const std::uint64_t id = state_->next++;
    state_->listeners.emplace(id, std::move(listener));
    return Registration{[state = std::weak_ptr(state_), id] {
        if (const auto alive = state.lock()) {
            const std::lock_guard inner(alive->mutex);
            alive->listeners.erase(id);
        }
    }};
}

void ClockListeners::call() const
{
    const std::lock_guard lock(state_->mutex);
    // By number, not by iterator: a listener may end registrations, its own too.
    for (std::uint64_t id = 0; id < state_->next; ++id) {
        const auto found = state_->listeners.find(id);
        if (found == state_->listeners.end()) continue;
        const auto listener = found->second;
        listener();
    }
}

struct NodeClock::State {
    static constexpr std::int64_t kNotMocked = INT64_MIN;
    std::atomic<std::int64_t> mock_seconds{kNotMocked};
    ClockListeners listeners;
};

NodeClock::NodeClock() : state_(std::make_unique<State>()) {}
NodeClock::~NodeClock() = default;

Time NodeClock::now() const
{
    const std::int64_t mock = state_->mock_seconds.load(std::memory_order_acquire);
    if (mock != State::kNotMocked) return Time{std::chrono::seconds{mock}};
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

SteadyTime NodeClock::steady_now() const
{
    return std::chrono::steady_clock::now();
}

Registration NodeClock::on_moved(std::function<void()> moved)
{
    return state_->listeners.add(std::move(moved));
}

void NodeClock::set_mock_time(std::optional<std::chrono::sys_seconds> time)
{
    state_->mock_seconds.store(time ? time->time_since_epoch().count() : State::kNotMocked, std::memory_order_release);
    state_->listeners.call();
}

std::optional<std::chrono::sys_seconds> NodeClock::mock_time() const
{
    const std::int64_t mock = state_->mock_seconds.load(std::memory_order_acquire);
    if (mock == State::kNotMocked) return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::seconds{mock}};
}

struct ManualClock::State {
    mutable std::mutex mutex;
    Time now;
    SteadyTime steady{std::chrono::hours{1}};
    ClockListeners listeners;
};

ManualClock::ManualClock(Time start) : state_(std::make_unique<State>())
{
    state_->now = start;
}
ManualClock::~ManualClock() = default;

Time ManualClock::now() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->now;
}

SteadyTime ManualClock::steady_now() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->steady;
}

Registration ManualClock::on_moved(std::function<void()> moved)
{
    return state_->listeners.add(std::move(moved));
}

void ManualClock::advance(std::chrono::microseconds by)
{
    {
        const std::lock_guard lock(state_->mutex);
        state_->now += by;
        state_->steady += by;
    }
    state_->listeners.call();
}

void ManualClock::set(Time time)
{
    {
        const std::lock_guard lock(state_->mutex);
        state_->now = time;
    }
    state_->listeners.call();
}

}  // namespace cairn::base
