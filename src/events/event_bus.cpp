#include "events/event_bus.h"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.h"

namespace cairn::events {
namespace {

// What an event keeps alive, about: the bytes of its block or transaction, with the parsed index, and the spent
// outputs.
struct MemorySize {
    static constexpr std::size_t kEntry = 256;

    static std::size_t of(const BlockRef& block, const std::shared_ptr<const SpentOutputs>& spent)
    {
        const std::size_t outputs = spent ? spent->size() * (sizeof(SpentOutputs::Entry) + 32) : 0;
        return kEntry + (block ? 2 * block->raw.size() : 0) + outputs;
    }
    std::size_t operator()(const BlockConnected& fact) const { return of(fact.block, fact.spent); }
    std::size_t operator()(const BlockDisconnected& fact) const { return of(fact.block, fact.spent); }
    std::size_t operator()(const TransactionAdded& fact) const { return of(fact.transaction); }
    std::size_t operator()(const TransactionRemoved& fact) const { return of(fact.transaction); }
    std::size_t operator()(const TipChanged&) const { return kEntry; }
    std::size_t operator()(const EventsLost&) const { return kEntry; }
    static std::size_t of(const TransactionRef& transaction)
    {
        return kEntry + (transaction ? 2 * transaction->raw.size() : 0);
    }
};

// One subscriber's queue, and where it stands.
class Queue {
public:
    Queue(std::string name, Subscriber& subscriber, QueueBound bound, std::uint64_t handled)
        : name_(std::move(name)), subscriber_(subscriber), bound_(bound), handled_(handled)
    {
    }

    void push(const EventRef& event, std::size_t bytes)
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        // An event larger than the bound must still pass an empty queue.
        const bool full = !events_.empty() && (events_.size() >= bound_.events || bytes_ + bytes > bound_.bytes);
        if (full || lost_first_ != 0) {
            lose(event->sequence);
        } else {
            events_.push_back({event, bytes});
            bytes_ += bytes;
        }
        changed_.notify_all();
    }

    // The next event to hand over, the loss last of all; null if there is none (with `block`: when the queue has
    // ended).
    EventRef take(bool block)
    {
        std::unique_lock lock(mutex_);
        if (block) changed_.wait(lock, [&] { return ended_ || !events_.empty() || lost_first_ != 0; });
        if (ended_) return nullptr;
        if (!events_.empty()) {
            auto [event, bytes] = std::move(events_.front());
            events_.pop_front();
            bytes_ -= bytes;
            return event;
        }
        if (lost_first_ == 0) return nullptr;
        const EventsLost lost{std::exchange(lost_first_, 0), lost_last_};
        return std::make_shared<const Event>(Event{lost.last, lost});
    }

    void hand_over(const EventRef& event)
    {
        subscriber_.on_event(*event);
        const std::lock_guard lock(mutex_);
        handled_ = event->sequence;
        changed_.notify_all();
    }

    void wait_until_handled(std::uint64_t sequence)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ || handled_ >= sequence; });
    }

    void end()
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        events_.clear();
        bytes_ = 0;
        changed_.notify_all();
    }

    std::uint64_t handled() const
    {
        const std::lock_guard lock(mutex_);
        return handled_;
    }
    std::size_t waiting() const
    {
        const std::lock_guard lock(mutex_);
        return events_.size() + (lost_first_ != 0 ? 1 : 0);
    }
    const std::string& name() const { return name_; }

private:
    void lose(std::uint64_t sequence)
    {
        if (lost_first_ == 0) {
            lost_first_ = sequence;
            base::log_warning("The event queue of {} is full; it will have to catch up", name_);
        }
        lost_last_ = sequence;
    }

    struct Waiting {
        EventRef event;
        std::size_t bytes;
    };

    const std::string name_;
    Subscriber& subscriber_;
    const QueueBound bound_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> events_;
    std::size_t bytes_ = 0;
    // Since the queue overflowed everything is lost, until the subscriber has been told.
    std::uint64_t lost_first_ = 0;
    std::uint64_t lost_last_ = 0;
    std::uint64_t handled_;
    bool ended_ = false;
};

using QueueRef = std::shared_ptr<Queue>;

}  // namespace

struct EventBus::Impl {
    Delivery delivery;
    base::FailureHandler on_failure;
    mutable std::mutex mutex;
    std::uint64_t sequence = 0;
    std::vector<QueueRef> queues;

    std::vector<QueueRef> current() const
    {
        const std::lock_guard lock(mutex);
        return queues;
    }

    void remove(const QueueRef& queue)
    {
        const std::lock_guard lock(mutex);
        std::erase(queues, queue);
    }

    // A subscription: takes its queue out of the bus when it ends.
    class Handle final : public Subscription {
    public:
        Handle(Impl& impl, QueueRef queue) : impl_(impl), queue_(std::move(queue)) {}
        ~Handle() override
        {
            impl_.remove(queue_);
            queue_->end();
            thread_.join();
        }
        std::uint64_t handled() const override { return queue_->handled(); }
        std::size_t waiting() const override { return queue_->waiting(); }
        const std::string& name() const override { return queue_->name(); }
        const QueueRef& queue() const { return queue_; }

        void start(const base::FailureHandler& on_failure)
        {
            thread_ = base::Thread(
                queue_->name(),
                [queue = queue_] {
                    // However it ends, nobody may wait for it any more.
                    struct Ending {
                        Queue& queue;
                        ~Ending() { queue.end(); }
                    } const ending{*queue};
                    while (const EventRef event = queue->take(true)) queue->hand_over(event);
                },
                on_failure);
        }

    private:
        Impl& impl_;
        QueueRef queue_;
        base::Thread thread_;
    };
};

EventBus::EventBus(Delivery delivery, base::FailureHandler on_failure) : impl_(std::make_unique<Impl>())
{
    impl_->delivery = delivery;
    impl_->on_failure = std::move(on_failure);
}

EventBus::~EventBus()
{
    assert(impl_->queues.empty());
}

std::unique_ptr<Subscription> EventBus::subscribe(std::string name, Subscriber& subscriber, QueueBound bound)
{
    std::unique_ptr<Impl::Handle> handle;
    {
        const std::lock_guard lock(impl_->mutex);
        auto queue = std::make_shared<Queue>(std::move(name), subscriber, bound, impl_->sequence);
        impl_->queues.push_back(queue);
        handle = std::make_unique<Impl::Handle>(*impl_, std::move(queue));
    }
    if (impl_->delivery == Delivery::kThreads) handle->start(impl_->on_failure);
    return handle;
}

std::uint64_t EventBus::publish(Fact fact)
{
    const std::size_t bytes = std::visit(MemorySize{}, fact);
    // Under the lock, so that every queue has the events in the order of their numbers.
    const std::lock_guard lock(impl_->mutex);
    const auto event = std::make_shared<const Event>(Event{++impl_->sequence, std::move(fact)});
    for (const QueueRef& queue : impl_->queues) queue->push(event, bytes);
    return event->sequence;
}

std::uint64_t EventBus::last_sequence() const
{
    const std::lock_guard lock(impl_->mutex);
    return impl_->sequence;
}

void EventBus::sync()
{
    if (impl_->delivery == Delivery::kByHand) {
        deliver();
        return;
    }
    const std::uint64_t target = last_sequence();
    for (const QueueRef& queue : impl_->current()) queue->wait_until_handled(target);
}

void EventBus::sync(const Subscription& subscription)
{
    if (impl_->delivery == Delivery::kByHand) {
        deliver();
        return;
    }
    static_cast<const Impl::Handle&>(subscription).queue()->wait_until_handled(last_sequence());
}

std::size_t EventBus::deliver()
{
    std::size_t count = 0;
    bool any = true;
    while (any) {
        any = false;
        for (const QueueRef& queue : impl_->current()) {
            const EventRef event = queue->take(false);
            if (!event) continue;
            queue->hand_over(event);
            ++count;
            any = true;
        }
    }
    return count;
}

}  // namespace cairn::events
