#pragma once
// Carries events from the thread that makes them true to those who want to know, in order, without ever waiting for
// them: each subscriber has a queue with a bound, and a thread of the bus's or of its own.

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
    /// Whether it is handed facts of this kind at all. Asked by whoever publishes: it must not block.
    virtual bool wants(const Fact& fact) const;
};

/// Runs what it is given once, later, in the order given, on a thread of the subscriber's. Called by whoever publishes:
/// it must neither block nor call the bus. Where that thread fails, the subscription is to be ended, or sync() would
/// wait.
using Poster = std::function<void(std::function<void()>)>;

/// What a queue holds: as many events, and as many bytes of blocks (a block is counted once, with what it spends).
struct QueueBound {
    std::size_t events = 10'000;
    std::size_t bytes = std::size_t{64} << 20;
};

/// While it lives, the subscriber is served. The destructor drops what is queued and waits for an event under way (so
/// it is not for on_event).
class Subscription {
public:
    virtual ~Subscription() = default;
    /// Nobody is served or waited for any more. Does not wait: also for who cannot take events any more.
    virtual void end() = 0;
    /// All events with this number and less have been handed over, or were not wanted (EventsLost counts as all it
    /// names).
    virtual std::uint64_t handled() const = 0;
    virtual std::size_t waiting() const = 0;
    virtual const std::string& name() const = 0;
};

/// Thread-safe. Must outlive its subscriptions.
class EventBus {
public:
    enum class Delivery {
        kThreads,
        kByHand,  // nothing is delivered but in deliver() and by posters: simulations and tests
    };
    /// `on_failure`: what to do with an exception that a subscriber throws; it is then served no more.
    explicit EventBus(Delivery delivery = Delivery::kThreads, base::FailureHandler on_failure = nullptr);
    ~EventBus();
    EventBus(const EventBus&) = delete;
    EventBus& operator=(const EventBus&) = delete;

    /// Events published from now on. The name shows in the log and as the thread's.
    [[nodiscard]] std::unique_ptr<Subscription> subscribe(std::string name, Subscriber& subscriber,
                                                          QueueBound bound = {});
    /// As subscribe, for one who has a thread: each event is handed over by a call of `post`. So events are in one
    /// order with all else that their publisher posts there.
    [[nodiscard]] std::unique_ptr<Subscription> subscribe_on(Poster post, std::string name, Subscriber& subscriber,
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

    std::unique_ptr<Subscription> add(Poster post, std::string name, Subscriber& subscriber, QueueBound bound);

    std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::events
