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
    std::size_t operator()(const WarningRaised& fact) const { return kEntry + fact.text.size(); }
    std::size_t operator()(const EventsLost&) const { return kEntry; }
    static std::size_t of(const TransactionRef& transaction)
    {
        return kEntry + (transaction ? 2 * transaction->raw.size() : 0);
    }
};

// One subscriber's queue, and where it stands.
class Queue {
public:
    Queue(std::string name, Subscriber& subscriber, QueueBound bound, std::uint64_t seen)
        : name_(std::move(name)), subscriber_(subscriber), bound_(bound), seen_(seen)
    {
    }

    // Whether there is one thing more to hand over now.
    bool push(const EventRef& event, std::size_t bytes)
    {
        const bool wanted = subscriber_.wants(event->fact);
        const std::lock_guard lock(mutex_);
        if (ended_) return false;
        seen_ = event->sequence;
        if (!wanted) return false;
        changed_.notify_all();
        // An event larger than the bound must still pass an empty queue.
        const bool full = !events_.empty() && (events_.size() >= bound_.events || bytes_ + bytes > bound_.bytes);
        if (full || lost_first_ != 0) return lose(event->sequence);
        events_.push_back({event, bytes});
        bytes_ += bytes;
        return true;
    }

    // Hands over the next event, the loss last of all. False if there is none (with `wait`: when the queue has ended).
    bool serve(bool wait)
    {
        const EventRef event = take(wait);
        if (!event) return false;
        struct Handing {
            Queue& queue;
            bool whole = false;
            ~Handing() { queue.handed_over(whole); }
        } handing{*this};
        subscriber_.on_event(*event);
        handing.whole = true;
        return true;
    }

    void wait_until_handled(std::uint64_t sequence)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ || handled_now() >= sequence; });
    }
    void wait_until_idle()
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return under_way_ == 0; });
    }

    void end()
    {
        const std::lock_guard lock(mutex_);
        end_now();
    }

    std::uint64_t handled() const
    {
        const std::lock_guard lock(mutex_);
        return handled_now();
    }
    std::size_t waiting() const
    {
        const std::lock_guard lock(mutex_);
        return events_.size() + (lost_first_ != 0 ? 1 : 0);
    }
    const std::string& name() const { return name_; }

private:
    EventRef take(bool wait)
    {
        std::unique_lock lock(mutex_);
        if (wait) changed_.wait(lock, [&] { return ended_ || !events_.empty() || lost_first_ != 0; });
        if (ended_) return nullptr;
        if (!events_.empty()) {
            auto [event, bytes] = std::move(events_.front());
            events_.pop_front();
            bytes_ -= bytes;
            under_way_ = event->sequence;
            return event;
        }
        if (lost_first_ == 0) return nullptr;
        const EventsLost lost{std::exchange(lost_first_, 0), lost_last_};
        under_way_ = lost.first;
        return std::make_shared<const Event>(Event{lost.last, lost});
    }

    // Who failed at an event is served no more.
    void handed_over(bool whole)
    {
        const std::lock_guard lock(mutex_);
        if (!whole) end_now();
        under_way_ = 0;
        changed_.notify_all();
    }

    void end_now()
    {
        if (ended_) return;
        seen_ = handled_now();
        ended_ = true;
        events_.clear();
        bytes_ = 0;
        lost_first_ = 0;
        changed_.notify_all();
    }

    std::uint64_t handled_now() const
    {
        if (ended_) return seen_;
        if (under_way_ != 0) return under_way_ - 1;
        if (!events_.empty()) return events_.front().event->sequence - 1;
        return lost_first_ != 0 ? lost_first_ - 1 : seen_;
    }

    // True for the first of a loss, which is told of once.
    bool lose(std::uint64_t sequence)
    {
        const bool first = lost_first_ == 0;
        if (first) {
            lost_first_ = sequence;
            base::log_warning("The event queue of {} is full; it will have to catch up", name_);
        }
        lost_last_ = sequence;
        return first;
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
    std::uint64_t under_way_ = 0;  // the number of what is being handed over
    std::uint64_t seen_;           // the last that was published; once ended, the last that was handled
    bool ended_ = false;
};

using QueueRef = std::shared_ptr<Queue>;

}  // namespace

struct EventBus::Impl {
    // One who is served. Without a thread of the bus's, `post` brings its events to one of its own.
    struct Served {
        QueueRef queue;
        Poster post;
    };

    // A subscription: takes its queue out of the bus when it ends.
    class Handle final : public Subscription {
    public:
        Handle(Impl& impl, QueueRef queue) : impl_(impl), queue_(std::move(queue)) {}
        ~Handle() override
        {
            impl_.remove(queue_);
            queue_->end();
            queue_->wait_until_idle();
            thread_.join();
        }
        void end() override { queue_->end(); }
        std::uint64_t handled() const override { return queue_->handled(); }
        std::size_t waiting() const override { return queue_->waiting(); }
        const std::string& name() const override { return queue_->name(); }
        const QueueRef& queue() const { return queue_; }

        void start(const base::FailureHandler& handler)
        {
            thread_ = base::Thread(
                queue_->name(),
                [queue = queue_] {
                    // However it ends, nobody may wait for it any more.
                    struct Ending {
                        Queue& queue;
                        ~Ending() { queue.end(); }
                    } const ending{*queue};
                    while (queue->serve(true)) {
                    }
                },
                handler);
        }

    private:
        Impl& impl_;
        QueueRef queue_;
        base::Thread thread_;
    };

    Delivery delivery;
    base::FailureHandler on_failure;
    mutable std::mutex mutex;
    std::uint64_t sequence = 0;
    std::vector<Served> all;

    enum class Whose { kAll, kWithoutPoster };
    std::vector<QueueRef> queues(Whose whose) const
    {
        const std::lock_guard lock(mutex);
        std::vector<QueueRef> result;
        for (const Served& served : all) {
            if (whose == Whose::kAll || !served.post) result.push_back(served.queue);
        }
        return result;
    }

    void remove(const QueueRef& queue)
    {
        const std::lock_guard lock(mutex);
        std::erase_if(all, [&](const Served& served) { return served.queue == queue; });
    }
};

bool Subscriber::wants(const Fact&) const
{
    return true;
}

EventBus::EventBus(Delivery delivery, base::FailureHandler on_failure) : impl_(std::make_unique<Impl>())
{
    impl_->delivery = delivery;
    impl_->on_failure = std::move(on_failure);
}

EventBus::~EventBus()
{
    assert(impl_->all.empty());
}

std::unique_ptr<Subscription> EventBus::subscribe(std::string name, Subscriber& subscriber, QueueBound bound)
{
    return add(nullptr, std::move(name), subscriber, bound);
}

std::unique_ptr<Subscription> EventBus::subscribe_on(Poster post, std::string name, Subscriber& subscriber,
                                                     QueueBound bound)
{
    return add(std::move(post), std::move(name), subscriber, bound);
}

std::unique_ptr<Subscription> EventBus::add(Poster post, std::string name, Subscriber& subscriber, QueueBound bound)
{
    const bool own_thread = impl_->delivery == Delivery::kThreads && !post;
    std::unique_ptr<Impl::Handle> handle;
    {
        const std::lock_guard lock(impl_->mutex);
        auto queue = std::make_shared<Queue>(std::move(name), subscriber, bound, impl_->sequence);
        impl_->all.push_back({queue, std::move(post)});
        handle = std::make_unique<Impl::Handle>(*impl_, std::move(queue));
    }
    if (own_thread) handle->start(impl_->on_failure);
    return handle;
}

std::uint64_t EventBus::publish(Fact fact)
{
    const std::size_t bytes = std::visit(MemorySize{}, fact);
    // Under the lock, so that every queue has the events in the order of their numbers.
    const std::lock_guard lock(impl_->mutex);
    const auto event = std::make_shared<const Event>(Event{++impl_->sequence, std::move(fact)});
    for (const auto& [queue, post] : impl_->all) {
        const bool more = queue->push(event, bytes);
        if (more && post) post([served = queue] { served->serve(false); });
    }
    return event->sequence;
}

std::uint64_t EventBus::last_sequence() const
{
    const std::lock_guard lock(impl_->mutex);
    return impl_->sequence;
}

void EventBus::sync()
{
    if (impl_->delivery == Delivery::kByHand) deliver();
    const std::uint64_t target = last_sequence();
    for (const QueueRef& queue : impl_->queues(Impl::Whose::kAll)) queue->wait_until_handled(target);
}

void EventBus::sync(const Subscription& subscription)
{
    if (impl_->delivery == Delivery::kByHand) deliver();
    static_cast<const Impl::Handle&>(subscription).queue()->wait_until_handled(last_sequence());
}

std::size_t EventBus::deliver()
{
    std::size_t count = 0;
    bool any = true;
    while (any) {
        any = false;
        for (const QueueRef& queue : impl_->queues(Impl::Whose::kWithoutPoster)) {
            if (!queue->serve(false)) continue;
            ++count;
            any = true;
        }
    }
    return count;
}

}  // namespace cairn::events
