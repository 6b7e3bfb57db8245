#include "base/clock.h"

#include <optional>

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

using namespace std::chrono_literals;

TEST(NodeClock, ShowsTheOperatingSystemsTimeUnlessMocked)
{
    NodeClock clock;
    const auto before = std::chrono::system_clock::now();
    const Time now = clock.now();
    EXPECT_GE(now, std::chrono::floor<std::chrono::microseconds>(before));
    EXPECT_LE(now, std::chrono::system_clock::now());

    clock.set_mock_time(std::chrono::sys_seconds{1'500'000'000s});
    EXPECT_EQ(unix_seconds(clock.now()), 1'500'000'000);
    const SteadyTime steady = clock.steady_now();
    EXPECT_GE(clock.steady_now(), steady);

    clock.set_mock_time(std::nullopt);
    EXPECT_GE(clock.now(), now);
}

TEST(ManualClock, StandsUntilMoved)
{
    ManualClock clock{Time{100s}};
    const SteadyTime steady = clock.steady_now();
    EXPECT_EQ(unix_seconds(clock.now()), 100);
    clock.advance(1500ms);
    EXPECT_EQ(clock.now(), Time{101'500ms});
    EXPECT_EQ(unix_seconds(clock.now()), 101);
    EXPECT_EQ(clock.steady_now() - steady, 1500ms);
    clock.set(Time{50s});
    EXPECT_EQ(unix_seconds(clock.now()), 50);
    EXPECT_EQ(clock.steady_now() - steady, 1500ms);
}

TEST(Clock, SecondsBeforeTheEpochRoundDown)
{
    EXPECT_EQ(unix_seconds(Time{-1us}), -1);
}

}  // namespace
}  // namespace cairn::base
