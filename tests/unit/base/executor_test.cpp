#include "base/executor.h"

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/io_error.h"

namespace cairn::base {
namespace {

TEST(Thread, HasItsNameAndGivesItsFailureAway)
{
    std::string seen;
    std::string failed;
    std::string what;
    {
        const Thread thread(
            "worker",
            [&] {
                seen = thread_name();
                throw std::runtime_error("broken");
            },
            [&](std::string_view name, std::exception_ptr failure) {
                failed = name;
                what = describe(std::move(failure));
            });
    }
    EXPECT_EQ(seen, "worker");
    EXPECT_EQ(failed, "worker");
    EXPECT_EQ(what, "broken");
}

TEST(Thread, DescribesTheRemedyToo)
{
    EXPECT_EQ(describe(std::make_exception_ptr(EnvironmentError("Disk broke.", "Buy another."))),
              "Disk broke. Buy another.");
    EXPECT_EQ(describe(std::make_exception_ptr(EnvironmentError("/d: no space", "Free some."))),
              "/d: no space. Free some.");
    EXPECT_EQ(describe(std::make_exception_ptr(EnvironmentError("Disk broke."))), "Disk broke.");
    EXPECT_EQ(describe(std::make_exception_ptr(5)), "unknown failure");
}

TEST(SerialExecutor, RunsTasksInOrderOnOneThread)
{
    SerialExecutor executor("serial", 100);
    std::vector<int> order;
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(executor.post([&, i] {
            EXPECT_EQ(thread_name(), "serial");
            order.push_back(i);
        }));
    }
    executor.drain();
    ASSERT_EQ(order.size(), 50U);
    EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(SerialExecutor, HoldsAtMostItsCapacity)
{
    SerialExecutor executor("serial", 2);
    std::latch begun{1};
    std::latch release{1};
    executor.post([&] {
        begun.count_down();
        release.wait();
    });
    begun.wait();
    int runs = 0;
    Task task = [&] { ++runs; };
    EXPECT_TRUE(executor.try_post(task));
    task = [&] { ++runs; };
    EXPECT_TRUE(executor.try_post(task));
    task = [&] { ++runs; };
    EXPECT_FALSE(executor.try_post(task));
    ASSERT_TRUE(task);  // given back
    release.count_down();
    EXPECT_TRUE(executor.post(std::move(task)));  // waits for room
    executor.drain();
    EXPECT_EQ(runs, 3);
}

TEST(SerialExecutor, ItsOwnThreadPostsBeyondTheCapacity)
{
    SerialExecutor executor("serial", 1);
    int runs = 0;
    executor.post([&] {
        for (int i = 0; i < 5; ++i) executor.post([&] { ++runs; });
    });
    executor.drain();
    executor.drain();
    EXPECT_EQ(runs, 5);
}

TEST(SerialExecutor, StopRunsWhatIsQueuedAndRefusesMore)
{
    SerialExecutor executor("serial", 100);
    int runs = 0;
    for (int i = 0; i < 10; ++i) executor.post([&] { ++runs; });
    executor.stop();
    EXPECT_EQ(runs, 10);
    EXPECT_FALSE(executor.post([&] { ++runs; }));
    executor.drain();  // returns though nothing will run
    EXPECT_EQ(runs, 10);
}

TEST(SerialExecutor, AFailedTaskEndsIt)
{
    std::atomic<int> failures{0};
    SerialExecutor executor("serial", 100, [&](std::string_view, std::exception_ptr) { ++failures; });
    executor.post([] { throw std::runtime_error("broken"); });
    executor.drain();
    executor.stop();
    EXPECT_EQ(failures, 1);
    EXPECT_FALSE(executor.post([] {}));
}

}  // namespace
}  // namespace cairn::base
