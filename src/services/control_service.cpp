#include "services/control_service.h"

#include "base/memory_report.h"

namespace cairn::services {

namespace {

std::unexpected<api::Error> regtest_only(const std::string& what)
{
    return refuse(api::ErrorCode::kMisc, what + " is for regression testing (-regtest mode) only");
}

}  // namespace

ControlService::ControlService(Parts parts) : parts_(std::move(parts)), started_(parts_.clock.steady_now()) {}

void ControlService::stop()
{
    parts_.shutdown.request();
}

std::chrono::seconds ControlService::uptime() const
{
    return std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.steady_now() - started_);
}

std::chrono::system_clock::time_point ControlService::now() const
{
    return std::chrono::time_point_cast<std::chrono::system_clock::duration>(parts_.clock.now());
}

std::string ControlService::log_path() const
{
    return parts_.log_path;
}

std::vector<api::LogCategory> ControlService::log_categories() const
{
    std::vector<api::LogCategory> out;
    for (const auto category : base::all_log_categories()) {
        out.push_back({std::string(base::name(category)), parts_.log.is_enabled(category)});
    }
    return out;
}

bool ControlService::set_log_category(const std::string& name, bool active)
{
    return active ? parts_.log.enable(name) : parts_.log.disable(name);
}

api::LockedMemory ControlService::locked_memory() const
{
    return parts_.locked_memory();
}

std::optional<std::string> ControlService::malloc_info() const
{
    return base::allocator_report();
}

api::Result<void> ControlService::set_mock_time(std::optional<std::chrono::seconds> since_1970)
{
    if (!parts_.mockable) return regtest_only("setmocktime");
    std::optional<std::chrono::sys_seconds> time;
    if (since_1970) time.emplace(*since_1970);
    parts_.log.set_mock_time(time);
    parts_.clock.set_mock_time(time);
    parts_.settle_timers();
    return {};
}

api::Result<void> ControlService::move_scheduler(std::chrono::seconds by)
{
    if (!parts_.mockable) return regtest_only("mockscheduler");
    parts_.scheduler.advance(by);
    parts_.hasten_peers(by);
    return {};
}

}  // namespace cairn::services
