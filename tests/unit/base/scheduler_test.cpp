#include "base/scheduler.h"

#include <latch>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

using namespace std::chrono_literals;

class ByHand : public testing::Test {
protected:
    ManualClock clock;
    Scheduler scheduler{clock, Scheduler::Run::kByHand};
};

TEST_F(ByHand, RunsOnceWhenDue)
{
    int runs = 0;
    scheduler.after(10s, [&] { ++runs; });
    clock.advance(9999ms);
    EXPECT_EQ(scheduler.run_due(), 0U);
    clock.advance(1ms);
    EXPECT_EQ(scheduler.run_due(), 1U);
    clock.advance(1h);
    EXPECT_EQ(scheduler.run_due(), 0U);
    EXPECT_EQ(runs, 1);
}

TEST_F(ByHand, RunsAgainAndAgainUntilTheRegistrationEnds)
{
    int runs = 0;
    Registration job = scheduler.every(10s, [&] { ++runs; });
    for (int i = 0; i < 3; ++i) {
        clock.advance(10s);
        EXPECT_EQ(scheduler.run_due(), 1U);
    }
    clock.advance(100s);
    EXPECT_EQ(scheduler.run_due(), 1U);  // not once per interval missed
    job.reset();
    clock.advance(100s);
    EXPECT_EQ(scheduler.run_due(), 0U);
    EXPECT_EQ(runs, 4);
    EXPECT_EQ(scheduler.jobs(), 0U);
}

TEST_F(ByHand, AJobMayEndItself)
{
    int runs = 0;
    Registration job;
    job = scheduler.every(1s, [&] {
        ++runs;
        job.reset();
    });
    clock.advance(1s);
    scheduler.run_due();
    clock.advance(10s);
    scheduler.run_due();
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(scheduler.jobs(), 0U);
}

TEST_F(ByHand, AdvanceMovesJobsAndSettingNodeTimeDoesNot)
{
    int runs = 0;
    scheduler.after(1h, [&] { ++runs; });
    clock.set(clock.now() + 2h);
    EXPECT_EQ(scheduler.run_due(), 0U);
    scheduler.advance(3599s);
    EXPECT_EQ(scheduler.run_due(), 0U);
    scheduler.advance(1s);
    EXPECT_EQ(scheduler.run_due(), 1U);
    EXPECT_EQ(runs, 1);
}

TEST_F(ByHand, RunsInTheOrderDue)
{
    std::vector<int> order;
    scheduler.after(3s, [&] { order.push_back(3); });
    scheduler.after(1s, [&] { order.push_back(1); });
    scheduler.after(2s, [&] { order.push_back(2); });
    clock.advance(5s);
    EXPECT_EQ(scheduler.run_due(), 3U);
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST_F(ByHand, HoldsAtMostItsBound)
{
    for (std::size_t i = 0; i < Scheduler::kMaxJobs; ++i) scheduler.after(1s, [] {});
    EXPECT_THROW(scheduler.after(1s, [] {}), std::length_error);
    EXPECT_EQ(scheduler.jobs(), Scheduler::kMaxJobs);
}

TEST_F(ByHand, StopDropsWhatHasNotRun)
{
    scheduler.after(1s, [] { ADD_FAILURE(); });
    scheduler.stop();
    clock.advance(2s);
    EXPECT_EQ(scheduler.run_due(), 0U);
    scheduler.after(1s, [] { ADD_FAILURE(); });
    EXPECT_EQ(scheduler.jobs(), 0U);
}

TEST(Scheduler, RunsOnItsOwnThread)
{
    NodeClock clock;
    Scheduler scheduler{clock, Scheduler::Run::kOwnThread};
    std::latch once{1};
    std::latch thrice{3};
    int runs = 0;
    scheduler.after(1ms, [&] { once.count_down(); });
    const Registration job = scheduler.every(1ms, [&] {
        if (++runs <= 3) thrice.count_down();
    });
    once.wait();
    thrice.wait();
    std::latch later{1};
    scheduler.after(1h, [&] { later.count_down(); });
    scheduler.advance(3600s);
    later.wait();
}

TEST(Scheduler, RegistrationOutlivesIt)
{
    NodeClock clock;
    Registration job;
    {
        Scheduler scheduler{clock, Scheduler::Run::kOwnThread};
        job = scheduler.every(1h, [] {});
    }
    job.reset();
}

}  // namespace
}  // namespace cairn::base
