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
    EXPECT_EQ(clock.mock_time(), std::nullopt);

    clock.set_mock_time(std::chrono::sys_seconds{1'500'000'000s});
    EXPECT_EQ(unix_seconds(clock.now()), 1'500'000'000);
    EXPECT_EQ(clock.mock_time(), std::chrono::sys_seconds{1'500'000'000s});
    const SteadyTime steady = clock.steady_now();
    EXPECT_GE(clock.steady_now(), steady);

    clock.set_mock_time(std::nullopt);
    EXPECT_GE(clock.now(), now);
}

TEST(NodeClock, TellsListenersThatItWasMoved)
{
    NodeClock clock;
    int calls = 0;
    Registration listener = clock.on_moved([&] { ++calls; });
    clock.set_mock_time(std::chrono::sys_seconds{1s});
    EXPECT_EQ(calls, 1);
    listener.reset();
    clock.set_mock_time(std::chrono::sys_seconds{2s});
    EXPECT_EQ(calls, 1);
}

TEST(ManualClock, StandsUntilMoved)
{
    ManualClock clock{Time{100s}};
    const SteadyTime steady = clock.steady_now();
    int calls = 0;
    const Registration listener = clock.on_moved([&] { ++calls; });
    EXPECT_EQ(unix_seconds(clock.now()), 100);
    clock.advance(1500ms);
    EXPECT_EQ(clock.now(), Time{101'500ms});
    EXPECT_EQ(unix_seconds(clock.now()), 101);
    EXPECT_EQ(clock.steady_now() - steady, 1500ms);
    clock.set(Time{50s});
    EXPECT_EQ(unix_seconds(clock.now()), 50);
    EXPECT_EQ(clock.steady_now() - steady, 1500ms);
    EXPECT_EQ(calls, 2);
}

TEST(Clock, RegistrationOutlivesItsClock)
{
    Registration listener;
    {
        ManualClock clock;
        listener = clock.on_moved([] {});
    }
    listener.reset();
}

TEST(Clock, ListenerMayEndItself)
{
    ManualClock clock;
    Registration listener;
    int calls = 0;
    listener = clock.on_moved([&] {
        ++calls;
        listener.reset();
    });
    clock.advance(1s);
    clock.advance(1s);
    EXPECT_EQ(calls, 1);
}

TEST(Clock, SecondsBeforeTheEpochRoundDown)
{
    EXPECT_EQ(unix_seconds(Time{-1us}), -1);
}

}  // namespace
}  // namespace cairn::base
