#pragma once
// Carries events from the thread that makes them true to those who want to know, in order, without ever waiting for
// them: each subscriber has a queue with a bound and a thread of its own.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/thread.h"
#include "events/event.h"

namespace cairn::events {

/// Takes events, one at a time, on the subscription's thread.
class Subscriber {
public:
    virtual ~Subscriber() = default;
    virtual void on_event(const Event& event) = 0;
};

/// What a queue holds: as many events, and as many bytes of blocks (a block is counted once, with what it spends).
struct QueueBound {
    std::size_t events = 10'000;
    std::size_t bytes = std::size_t{64} << 20;
};

/// While it lives, the subscriber is served. The destructor drops what is queued and waits for an event under way.
class Subscription {
public:
    virtual ~Subscription() = default;
    /// All events with this number and less have been handed over (EventsLost counts as all it names).
    virtual std::uint64_t handled() const = 0;
    virtual std::size_t waiting() const = 0;
    virtual const std::string& name() const = 0;
};

/// Thread-safe. Must outlive its subscriptions.
class EventBus {
public:
    enum class Delivery {
        kThreads,
        kByHand,  // nothing is delivered but in deliver(): simulations and tests
    };
    /// `on_failure`: what to do with an exception that a subscriber throws; it is then served no more.
    explicit EventBus(Delivery delivery = Delivery::kThreads, base::FailureHandler on_failure = nullptr);
    ~EventBus();
    EventBus(const EventBus&) = delete;
    EventBus& operator=(const EventBus&) = delete;

    /// Events published from now on. The name shows in the log and as the thread's.
    [[nodiscard]] std::unique_ptr<Subscription> subscribe(std::string name, Subscriber& subscriber,
                                                          QueueBound bound = {});
    /// Never blocks: where a queue is full the event is lost to that subscriber, which will be told. Returns the
    /// event's number.
    std::uint64_t publish(Fact fact);
    std::uint64_t last_sequence() const;

    /// Returns when every subscriber has handled all that was published before: `syncwithvalidationinterfacequeue`. Not
    /// from a subscriber's thread.
    void sync();
    /// As sync, for one.
    void sync(const Subscription& subscription);
    /// With kByHand: delivers what is queued, one event per subscriber in turn, until nothing is left. How many.
    std::size_t deliver();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::events
