// The process as rpc sees it: time, log, stop.

#include "services/control_service.h"

#include <gtest/gtest.h>

namespace cairn::services {
namespace {

class ControlServiceTest : public testing::Test {
protected:
    ControlService make(bool mockable)
    {
        return ControlService({.clock = clock,
                               .scheduler = scheduler,
                               .shutdown = shutdown,
                               .log = log,
                               .events = events,
                               .mockable = mockable,
                               .settle_timers = [this] { ++settled; },
                               .hasten_peers = [this](std::chrono::seconds by) { hastened += by; },
                               .locked_memory = [] { return api::LockedMemory{.used = 3}; },
                               .log_path = "/a/debug.log"});
    }

    base::NodeClock clock;
    base::Scheduler scheduler{clock, base::Scheduler::Run::kByHand, nullptr};
    base::ShutdownSignal shutdown;
    base::Log log;
    events::EventBus events{events::EventBus::Delivery::kByHand};
    int settled = 0;
    std::chrono::seconds hastened{0};
};

TEST_F(ControlServiceTest, AsksTheNodeToStop)
{
    auto control = make(true);
    EXPECT_FALSE(shutdown.requested());
    control.stop();
    EXPECT_TRUE(shutdown.requested());
}

TEST_F(ControlServiceTest, MovesTimeOnRegtestOnly)
{
    auto control = make(true);
    ASSERT_TRUE(control.set_mock_time(std::chrono::seconds{1'700'000'000}));
    EXPECT_EQ(control.now(), std::chrono::system_clock::time_point{std::chrono::seconds{1'700'000'000}});
    EXPECT_EQ(settled, 1) << "who holds deadlines has looked at them";
    EXPECT_LT(control.uptime(), std::chrono::hours{1}) << "uptime is real time";
    ASSERT_TRUE(control.set_mock_time(std::nullopt));
    EXPECT_GT(control.now(), std::chrono::system_clock::time_point{std::chrono::seconds{1'700'000'000}});
    int ran = 0;
    const auto job = scheduler.every(std::chrono::hours{1}, [&] { ++ran; });
    ASSERT_TRUE(control.move_scheduler(std::chrono::hours{1}));
    scheduler.run_due();
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(hastened, std::chrono::hours{1});
    auto other = make(false);
    EXPECT_EQ(other.set_mock_time(std::chrono::seconds{1}).error().message,
              "setmocktime is for regression testing (-regtest mode) only");
    EXPECT_EQ(other.move_scheduler(std::chrono::seconds{1}).error().message,
              "mockscheduler is for regression testing (-regtest mode) only");
    EXPECT_GT(control.now(), std::chrono::system_clock::time_point{std::chrono::seconds{1'700'000'000}});
}

TEST_F(ControlServiceTest, SwitchesLogCategories)
{
    auto control = make(false);
    EXPECT_EQ(control.log_path(), "/a/debug.log");
    EXPECT_TRUE(control.set_log_category("net", true));
    const auto is_active = [&](const std::string& name) {
        for (const auto& category : control.log_categories()) {
            if (category.name == name) return category.active;
        }
        return false;
    };
    EXPECT_TRUE(is_active("net"));
    EXPECT_FALSE(is_active("mempool"));
    EXPECT_TRUE(control.set_log_category("net", false));
    EXPECT_FALSE(is_active("net"));
    EXPECT_FALSE(control.set_log_category("nonsense", true));
    EXPECT_FALSE(control.set_log_category("none", true));
    EXPECT_EQ(control.locked_memory().used, 3U);
}

}  // namespace
}  // namespace cairn::services
