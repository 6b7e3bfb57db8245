#include "events/event_bus.h"

#include <latch>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consensus/params.h"
#include "support/block_builder.h"

namespace cairn::events {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Keeps the numbers of what it is given; may be held up, or fail.
class Recorder : public Subscriber {
public:
    void on_event(const Event& event) override
    {
        if (hold) {
            entered.release();
            release.acquire();
        }
        if (fail_at == event.sequence) throw std::runtime_error("broken");
        if (const auto* lost = std::get_if<EventsLost>(&event.fact)) losses.push_back({lost->first, lost->last});
        sequences.push_back(event.sequence);
    }

    bool hold = false;
    std::counting_semaphore<> entered{0};
    std::counting_semaphore<> release{0};
    std::uint64_t fail_at = 0;
    std::vector<std::uint64_t> sequences;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> losses;
};

TEST(EventBus, DeliversInOrderToEverySubscriber)
{
    EventBus bus;
    Recorder a;
    Recorder b;
    const auto first = bus.subscribe("a", a);
    EXPECT_EQ(bus.publish(TipChanged{}), 1U);
    const auto second = bus.subscribe("b", b);
    EXPECT_EQ(second->handled(), 1U);  // what was before does not concern it
    for (int i = 0; i < 100; ++i) bus.publish(TipChanged{});
    bus.sync();
    EXPECT_EQ(a.sequences.size(), 101U);
    EXPECT_TRUE(std::ranges::is_sorted(a.sequences));
    EXPECT_EQ(b.sequences.front(), 2U);
    EXPECT_EQ(b.sequences.back(), 101U);
    EXPECT_EQ(bus.last_sequence(), 101U);
    EXPECT_EQ(first->handled(), 101U);
    EXPECT_EQ(first->name(), "a");
    EXPECT_EQ(first->waiting(), 0U);
}

TEST(EventBus, SyncWaitsForAllThatWasPublished)
{
    EventBus bus;
    Recorder slow;
    slow.hold = true;
    const auto subscription = bus.subscribe("slow", slow);
    bus.publish(TipChanged{});
    slow.entered.acquire();
    EXPECT_EQ(subscription->handled(), 0U);
    std::thread releaser([&] { slow.release.release(); });
    bus.sync(*subscription);
    EXPECT_EQ(subscription->handled(), 1U);
    releaser.join();
}

TEST(EventBus, NeverWaitsForASubscriber)
{
    EventBus bus;
    Recorder slow;
    slow.hold = true;
    const auto subscription = bus.subscribe("slow", slow, {.events = 3});
    bus.publish(TipChanged{});
    slow.entered.acquire();  // the first is under way, the queue is empty
    for (int i = 0; i < 3; ++i) bus.publish(TipChanged{});
    EXPECT_EQ(subscription->waiting(), 3U);  // at the bound
    bus.publish(TipChanged{});               // one over: lost
    bus.publish(TipChanged{});
    EXPECT_EQ(subscription->waiting(), 4U);  // and the news of it
    slow.release.release(100);
    bus.sync();
    EXPECT_THAT(slow.sequences, ElementsAre(1, 2, 3, 4, 6));
    EXPECT_THAT(slow.losses, ElementsAre(std::pair{5, 6}));
    EXPECT_EQ(subscription->handled(), 6U);
    // From then on it is served again.
    bus.publish(TipChanged{});
    bus.sync();
    EXPECT_EQ(slow.sequences.back(), 7U);
    EXPECT_EQ(slow.losses.size(), 1U);
}

TEST(EventBus, WhileALossIsUntoldMoreIsLost)
{
    EventBus bus{EventBus::Delivery::kByHand};
    Recorder recorder;
    const auto subscription = bus.subscribe("r", recorder, {.events = 1});
    for (int i = 0; i < 5; ++i) bus.publish(TipChanged{});
    EXPECT_EQ(bus.deliver(), 2U);
    EXPECT_THAT(recorder.sequences, ElementsAre(1, 5));
    EXPECT_THAT(recorder.losses, ElementsAre(std::pair{2, 5}));
}

TEST(EventBus, BoundsTheBytesOfAQueueToo)
{
    const auto params = consensus::make_params(Network::kRegtest);
    const BlockRef block = test::make_block({}, params);
    EventBus bus{EventBus::Delivery::kByHand};
    Recorder recorder;
    const std::size_t one = 256 + 2 * block->raw.size();
    const auto subscription = bus.subscribe("r", recorder, {.events = 100, .bytes = 2 * one});
    for (int i = 0; i < 3; ++i) bus.publish(BlockConnected{block, nullptr, i});
    bus.deliver();
    EXPECT_THAT(recorder.sequences, ElementsAre(1, 2, 3));
    EXPECT_THAT(recorder.losses, ElementsAre(std::pair{3, 3}));
}

TEST(EventBus, AnEventLargerThanTheBoundPassesAnEmptyQueue)
{
    EventBus bus{EventBus::Delivery::kByHand};
    Recorder recorder;
    const auto subscription = bus.subscribe("r", recorder, {.events = 100, .bytes = 1});
    bus.publish(TipChanged{});
    bus.sync();
    EXPECT_THAT(recorder.sequences, ElementsAre(1));
    EXPECT_THAT(recorder.losses, IsEmpty());
}

TEST(EventBus, ServesNobodyWhoseSubscriptionHasEnded)
{
    EventBus bus{EventBus::Delivery::kByHand};
    Recorder recorder;
    {
        const auto subscription = bus.subscribe("r", recorder);
        bus.publish(TipChanged{});
    }
    bus.publish(TipChanged{});
    EXPECT_EQ(bus.deliver(), 0U);
    EXPECT_THAT(recorder.sequences, IsEmpty());
}

TEST(EventBus, ASubscriberThatFailsIsServedNoMoreAndHoldsNobodyUp)
{
    std::string failed;
    std::latch told{1};
    EventBus bus{EventBus::Delivery::kThreads, [&](std::string_view thread, std::exception_ptr) {
                     failed = thread;
                     told.count_down();
                 }};
    Recorder recorder;
    recorder.fail_at = 2;
    const auto subscription = bus.subscribe("breaking", recorder);
    for (int i = 0; i < 5; ++i) bus.publish(TipChanged{});
    bus.sync();
    told.wait();
    EXPECT_EQ(failed, "breaking");
    EXPECT_THAT(recorder.sequences, ElementsAre(1));
    EXPECT_EQ(subscription->handled(), 1U);
    bus.sync(*subscription);
}

TEST(EventBus, TakesEventsFromManyThreads)
{
    EventBus bus;
    Recorder recorder;
    const auto subscription = bus.subscribe("r", recorder);
    {
        std::vector<std::jthread> publishers;
        for (int i = 0; i < 4; ++i) {
            publishers.emplace_back([&] {
                for (int j = 0; j < 250; ++j) bus.publish(TipChanged{});
            });
        }
    }
    bus.sync();
    EXPECT_EQ(recorder.sequences.size(), 1000U);
    EXPECT_TRUE(std::ranges::is_sorted(recorder.sequences));
}

// A thread of the subscriber's, played by the test: what was posted, in order.
struct Postbox {
    Poster poster()
    {
        return [this](std::function<void()> work) { posted.push_back(std::move(work)); };
    }
    void run()
    {
        for (const auto& work : std::exchange(posted, {})) work();
    }
    std::vector<std::function<void()>> posted;
};

TEST(EventBus, ASubscribersOwnThreadHasEventsInOrderWithAllElseThatIsPostedThere)
{
    EventBus bus;
    Recorder recorder;
    Postbox postbox;
    std::vector<std::uint64_t> seen;  // how many events were there when each of the other works ran
    const auto subscription = bus.subscribe_on(postbox.poster(), "r", recorder);
    const auto other = postbox.poster();
    for (int i = 0; i < 3; ++i) {
        bus.publish(TipChanged{});
        other([&] { seen.push_back(recorder.sequences.size()); });
    }
    EXPECT_THAT(recorder.sequences, IsEmpty());
    EXPECT_EQ(subscription->handled(), 0U);
    EXPECT_EQ(subscription->waiting(), 3U);
    postbox.run();
    EXPECT_THAT(recorder.sequences, ElementsAre(1, 2, 3));
    EXPECT_THAT(seen, ElementsAre(1, 2, 3));
    EXPECT_EQ(subscription->handled(), 3U);
    bus.sync();
}

TEST(EventBus, ALossIsToldAtItsPlaceOnASubscribersOwnThread)
{
    EventBus bus;
    Recorder recorder;
    Postbox postbox;
    const auto subscription = bus.subscribe_on(postbox.poster(), "r", recorder, {.events = 2});
    for (int i = 0; i < 5; ++i) bus.publish(TipChanged{});
    EXPECT_EQ(postbox.posted.size(), 3U) << "two events, and one loss however long";
    postbox.run();
    EXPECT_THAT(recorder.sequences, ElementsAre(1, 2, 5));
    EXPECT_THAT(recorder.losses, ElementsAre(std::pair{3, 5}));
    EXPECT_EQ(subscription->handled(), 5U);
    bus.publish(TipChanged{});
    postbox.run();
    EXPECT_EQ(recorder.sequences.back(), 6U);
}

TEST(EventBus, NobodyWaitsForAThreadThatTakesNoMoreEvents)
{
    EventBus bus;
    Recorder recorder;
    Postbox postbox;
    auto subscription = bus.subscribe_on(postbox.poster(), "r", recorder);
    bus.publish(TipChanged{});
    std::thread waiter([&] { bus.sync(); });
    subscription->end();
    waiter.join();
    bus.sync(*subscription);
    EXPECT_EQ(subscription->handled(), 0U);
    bus.publish(TipChanged{});
    EXPECT_EQ(postbox.posted.size(), 1U);
    subscription.reset();
    postbox.run();
    EXPECT_THAT(recorder.sequences, IsEmpty());
}

TEST(EventBus, TheEndOfASubscriptionWaitsForTheEventUnderWayOnAnotherThread)
{
    EventBus bus;
    Recorder recorder;
    recorder.hold = true;
    Postbox postbox;
    auto subscription = bus.subscribe_on(postbox.poster(), "r", recorder);
    bus.publish(TipChanged{});
    std::thread own([&] { postbox.run(); });
    recorder.entered.acquire();
    EXPECT_EQ(subscription->handled(), 0U);
    std::thread releaser([&] { recorder.release.release(); });
    subscription.reset();
    EXPECT_THAT(recorder.sequences, ElementsAre(1)) << "it has ended";
    own.join();
    releaser.join();
}

TEST(EventBus, WhoFailsOnItsOwnThreadIsServedNoMore)
{
    EventBus bus;
    Recorder recorder;
    recorder.fail_at = 1;
    Postbox postbox;
    const auto subscription = bus.subscribe_on(postbox.poster(), "r", recorder);
    bus.publish(TipChanged{});
    EXPECT_THROW(postbox.run(), std::runtime_error);
    bus.publish(TipChanged{});
    bus.sync();
    EXPECT_TRUE(postbox.posted.empty());
    EXPECT_EQ(subscription->handled(), 0U);
}

TEST(EventBus, WhatASubscriberDoesNotWantNeitherFillsItsQueueNorIsWaitedFor)
{
    struct BlocksOnly : Recorder {
        bool wants(const Fact& fact) const override { return std::holds_alternative<BlockConnected>(fact); }
    };
    EventBus bus;
    BlocksOnly recorder;
    Postbox postbox;
    const auto subscription = bus.subscribe_on(postbox.poster(), "r", recorder, {.events = 1});
    bus.publish(TipChanged{});
    bus.sync();
    EXPECT_EQ(subscription->handled(), 1U);
    bus.publish(BlockConnected{});
    bus.publish(TipChanged{});
    EXPECT_EQ(subscription->handled(), 1U);
    EXPECT_EQ(subscription->waiting(), 1U);
    postbox.run();
    EXPECT_THAT(recorder.sequences, ElementsAre(2));
    EXPECT_THAT(recorder.losses, IsEmpty());
    EXPECT_EQ(subscription->handled(), 3U);
}

}  // namespace
}  // namespace cairn::events
