#include "base/thread_pool.h"

#include <atomic>
#include <latch>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

class ThreadPoolTest : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, testing::Values(0, 1, 4));

TEST_P(ThreadPoolTest, DoesEveryPieceOnce)
{
    ThreadPool pool("pool", GetParam());
    std::vector<std::atomic<int>> done(1003);
    const auto batch = pool.submit(done.size(), 10, [&](std::size_t first, std::size_t last) {
        EXPECT_LE(last - first, 10U);
        for (std::size_t i = first; i < last; ++i) ++done[i];
        return true;
    });
    EXPECT_TRUE(batch->wait());
    EXPECT_TRUE(batch->done());
    for (const auto& count : done) EXPECT_EQ(count, 1);
}

TEST_P(ThreadPoolTest, DoesManyBatchesAndFinishesThemWhenItEnds)
{
    std::atomic<std::size_t> sum{0};
    std::atomic<int> finished{0};
    {
        ThreadPool pool("pool", GetParam());
        for (int i = 0; i < 200; ++i) {
            pool.submit(
                50, 7,
                [&](std::size_t first, std::size_t last) {
                    sum += last - first;
                    return true;
                },
                [&] { ++finished; });
        }
    }
    EXPECT_EQ(sum, 200U * 50U);
    EXPECT_EQ(finished, 200);
}

TEST_P(ThreadPoolTest, AFailureSkipsTheRest)
{
    ThreadPool pool("pool", GetParam());
    std::atomic<int> runs{0};
    const auto batch = pool.submit(100'000, 1, [&](std::size_t first, std::size_t) {
        ++runs;
        return first != 3;
    });
    EXPECT_FALSE(batch->wait());
    EXPECT_FALSE(batch->succeeded());
    EXPECT_LT(runs, 100'000);
}

TEST_P(ThreadPoolTest, AnExceptionComesOutOfWait)
{
    ThreadPool pool("pool", GetParam());
    const auto batch = pool.submit(10, 1, [](std::size_t, std::size_t) -> bool { throw std::runtime_error("broken"); });
    EXPECT_THROW(batch->wait(), std::runtime_error);
    EXPECT_FALSE(batch->succeeded());
}

TEST_P(ThreadPoolTest, AnEmptyBatchIsDoneAtOnce)
{
    ThreadPool pool("pool", GetParam());
    int finished = 0;
    const auto batch = pool.submit(
        0, 1,
        [](std::size_t, std::size_t) {
            ADD_FAILURE();
            return false;
        },
        [&] { ++finished; });
    EXPECT_TRUE(batch->done());
    EXPECT_EQ(finished, 1);
    EXPECT_TRUE(batch->wait());
}

TEST_P(ThreadPoolTest, SubmitsBeyondItsCapacityByWorking)
{
    std::atomic<int> runs{0};  // outlives the pool, which finishes what was submitted
    ThreadPool pool("pool", GetParam(), 2);
    for (int i = 0; i < 100; ++i) {
        pool.submit(1, 1, [&](std::size_t, std::size_t) {
            ++runs;
            return true;
        });
    }
    EXPECT_GE(runs, GetParam() == 0 ? 98 : 0);
}

TEST(ThreadPool, ReleasesTheTaskWhenTheBatchIsDone)
{
    ThreadPool pool("pool", 2);
    auto owned = std::make_shared<int>(5);
    const std::weak_ptr<int> watched = owned;
    const auto batch = pool.submit(20, 1, [held = std::move(owned)](std::size_t, std::size_t) { return *held == 5; });
    EXPECT_TRUE(batch->wait());
    EXPECT_TRUE(watched.expired());
}

TEST(ThreadPool, CancelSkipsWhatHasNotBegun)
{
    std::latch begun{1};
    std::latch release{1};
    std::atomic<int> runs{0};
    ThreadPool pool("pool", 1);
    const auto batch = pool.submit(1000, 1, [&](std::size_t first, std::size_t) {
        ++runs;
        if (first == 0) {
            begun.count_down();
            release.wait();
        }
        return true;
    });
    begun.wait();
    batch->cancel();
    release.count_down();
    EXPECT_FALSE(batch->wait());
    EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace cairn::base
