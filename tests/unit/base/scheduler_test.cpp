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

TEST_F(ByHand, RunsAgainAndAgainUntilTheRegistrationEnds)
{
    int runs = 0;
    Registration job = scheduler.every(10s, [&] { ++runs; });
    clock.advance(9999ms);
    EXPECT_EQ(scheduler.run_due(), 0U);
    clock.advance(1ms);
    EXPECT_EQ(scheduler.run_due(), 1U);
    for (int i = 0; i < 3; ++i) {
        clock.advance(10s);
        EXPECT_EQ(scheduler.run_due(), 1U);
    }
    clock.advance(100s);
    EXPECT_EQ(scheduler.run_due(), 1U);  // not once per interval missed
    job.reset();
    clock.advance(100s);
    EXPECT_EQ(scheduler.run_due(), 0U);
    EXPECT_EQ(runs, 5);
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
    const Registration job = scheduler.every(1h, [&] { ++runs; });
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
    const Registration third = scheduler.every(3s, [&] { order.push_back(3); });
    const Registration first = scheduler.every(1s, [&] { order.push_back(1); });
    const Registration second = scheduler.every(2s, [&] { order.push_back(2); });
    clock.advance(5s);
    EXPECT_EQ(scheduler.run_due(), 3U);
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST_F(ByHand, HoldsAtMostItsBound)
{
    std::vector<Registration> jobs;
    for (std::size_t i = 0; i < Scheduler::kMaxJobs; ++i) jobs.push_back(scheduler.every(1s, [] {}));
    EXPECT_THROW(jobs.push_back(scheduler.every(1s, [] {})), std::length_error);
    EXPECT_EQ(scheduler.jobs(), Scheduler::kMaxJobs);
}

TEST_F(ByHand, StopDropsWhatHasNotRun)
{
    const Registration before = scheduler.every(1s, [] { ADD_FAILURE(); });
    scheduler.stop();
    clock.advance(2s);
    EXPECT_EQ(scheduler.run_due(), 0U);
    const Registration after = scheduler.every(1s, [] { ADD_FAILURE(); });
    EXPECT_EQ(scheduler.jobs(), 0U);
}

TEST(Scheduler, RunsOnItsOwnThread)
{
    NodeClock clock;
    Scheduler scheduler{clock, Scheduler::Run::kOwnThread};
    std::latch thrice{3};
    int runs = 0;
    const Registration job = scheduler.every(1ms, [&] {
        if (++runs <= 3) thrice.count_down();
    });
    thrice.wait();
    std::latch later{1};
    const Registration hourly = scheduler.every(1h, [&] { later.count_down(); });
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
