#pragma once
// api::NodeControl over base.

#include <functional>

#include "api/node_control.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/scheduler.h"
#include "base/shutdown.h"
#include "events/event_bus.h"

namespace cairn::services {

/// Thread-safe. What is referred to must outlive it.
class ControlService final : public api::NodeControl {
public:
    struct Parts {
        base::NodeClock& clock;
        base::Scheduler& scheduler;
        base::ShutdownSignal& shutdown;
        base::Log& log;
        events::EventBus& events;
        /// setmocktime and mockscheduler are for regtest.
        bool mockable = false;
        /// Waits until the peer-to-peer strand has looked at all its timers after node time was moved.
        std::function<void()> settle_timers;
        std::function<void(std::chrono::seconds)> hasten_peers;
        /// What the wallets hold in memory that is kept out of swap.
        std::function<api::LockedMemory()> locked_memory;
        std::string log_path;
    };
    explicit ControlService(Parts parts);

    void stop() override;
    std::chrono::seconds uptime() const override;
    std::chrono::system_clock::time_point now() const override;
    std::string log_path() const override;
    std::vector<api::LogCategory> log_categories() const override;
    bool set_log_category(const std::string& name, bool active) override;
    api::LockedMemory locked_memory() const override;
    std::optional<std::string> malloc_info() const override;
    bool is_mockable() const override { return parts_.mockable; }
    api::Result<void> set_mock_time(std::optional<std::chrono::seconds> since_1970) override;
    api::Result<void> move_scheduler(std::chrono::seconds by) override;
    void sync_event_queues() override { parts_.events.sync(); }

private:
    Parts parts_;
    const base::SteadyTime started_;
};

}  // namespace cairn::services
