// The process.

#include <array>
#include <condition_variable>
#include <mutex>

#include "rpc/methods/dispatcher.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json help(const Call& call)
{
    const Json& command = call["command"];
    const bool with_wallet = call.context.node.wallets != nullptr;
    if (command.is_null() || command.as_string().empty()) return help_overview(with_wallet);
    if (command.as_string() == "dump_all_command_conversions") return all_conversions();
    const MethodSpec* method = find_method(command.as_string());
    const bool off = method != nullptr && method->category == Category::kWallet && !with_wallet;
    if (method == nullptr || off) return "help: unknown command: " + command.as_string();
    return method_help(*method);
}

Json stop(const Call& call)
{
    call.control().stop();
    const Json& wait = call["wait"];
    // For tests: the answer comes that much later.
    if (wait.is_number()) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable().wait_for(lock, std::chrono::milliseconds(wait.as_int<int>()), [] { return false; });
    }
    return "Cairn stopping";
}

Json uptime(const Call& call)
{
    return call.control().uptime().count();
}

Json getrpcinfo(const Call& call)
{
    Json active = Json::array();
    for (const ActiveCall& one : call.dispatcher.active_calls()) {
        active.push(std::move(Json::object().set("method", one.method).set("duration", one.duration.count())));
    }
    return Json::object().set("active_commands", std::move(active)).set("logpath", call.control().log_path());
}

Json getmemoryinfo(const Call& call)
{
    const std::string& mode = call["mode"].as_string();
    if (mode == "mallocinfo") {
        const auto info = call.control().malloc_info();
        if (!info) refuse(Code::kInvalidParameter, "mallocinfo mode not available");
        return *info;
    }
    if (mode != "stats") refuse(Code::kInvalidParameter, "unknown mode " + mode);
    const api::LockedMemory memory = call.control().locked_memory();
    Json locked = Json::object();
    locked.set("used", memory.used).set("free", memory.free).set("total", memory.total).set("locked", memory.locked);
    locked.set("chunks_used", memory.chunks_used).set("chunks_free", memory.chunks_free);
    return Json::object().set("locked", std::move(locked));
}

void set_categories(const Call& call, const Json& names, bool active)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string& name = names[i].as_string();
        if (!call.control().set_log_category(name, active)) {
            refuse(Code::kInvalidParameter, "unknown logging category " + name);
        }
    }
}

Json logging(const Call& call)
{
    set_categories(call, call["include"], true);
    set_categories(call, call["exclude"], false);
    Json out = Json::object();
    for (const api::LogCategory& category : call.control().log_categories()) out.set(category.name, category.active);
    return out;
}

/// None is built yet.
Json getindexinfo(const Call&)
{
    return Json::object();
}

Json echo(const Call& call)
{
    return call.arguments;
}

}  // namespace

std::span<const Entry> control_methods()
{
    static constexpr std::array kTable{Entry{"help", help},
                                       Entry{"stop", stop},
                                       Entry{"uptime", uptime},
                                       Entry{"getrpcinfo", getrpcinfo},
                                       Entry{"getmemoryinfo", getmemoryinfo},
                                       Entry{"logging", logging},
                                       Entry{"getindexinfo", getindexinfo},
                                       Entry{"echo", echo},
                                       Entry{"echojson", echo}};
    return kTable;
}

namespace {

Json setmocktime(const Call& call)
{
    constexpr std::int64_t kLast = 0xffffffff;  // a block's time has 32 bits
    if (!call.control().is_mockable()) {
        refuse(Code::kMisc, "setmocktime is for regression testing (-regtest mode) only");
    }
    const auto time = call["timestamp"].as_int<std::int64_t>();
    if (time < 0 || time > kLast) {
        refuse(Code::kInvalidParameter,
               "Mocktime must be in the range [0, " + std::to_string(kLast) + "], not " + std::to_string(time) + ".");
    }
    unwrap(call.control().set_mock_time(time == 0 ? std::nullopt : std::optional(std::chrono::seconds(time))));
    return {};
}

Json mockscheduler(const Call& call)
{
    if (!call.control().is_mockable()) {
        refuse(Code::kMisc, "mockscheduler is for regression testing (-regtest mode) only");
    }
    const auto seconds = call["delta_time"].as_int<std::int64_t>();
    if (seconds <= 0 || seconds > 3600) {
        refuse(Code::kMisc, "delta_time must be between 1 and 3600 seconds (1 hr)");
    }
    unwrap(call.control().move_scheduler(std::chrono::seconds(seconds)));
    return {};
}

}  // namespace

std::span<const Entry> test_methods()
{
    static constexpr std::array kTable{Entry{"setmocktime", setmocktime}, Entry{"mockscheduler", mockscheduler}};
    return kTable;
}

}  // namespace cairn::rpc
