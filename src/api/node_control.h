#pragma once
// The process as rpc sees it. Implemented by `services`.
//
// Threads: any member from any thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/error.h"

namespace cairn::api {

struct LockedMemory {
    std::uint64_t used = 0;
    std::uint64_t free = 0;
    std::uint64_t total = 0;
    std::uint64_t locked = 0;
    std::uint64_t chunks_used = 0;
    std::uint64_t chunks_free = 0;
};

struct LogCategory {
    std::string name;
    bool active = false;
};

class NodeControl {
public:
    virtual ~NodeControl() = default;

    /// Asks the node to stop in order; returns at once.
    virtual void stop() = 0;
    /// Real time, which mocking does not move.
    virtual std::chrono::seconds uptime() const = 0;
    /// In node time (-mocktime, setmocktime move it).
    virtual std::chrono::system_clock::time_point now() const = 0;
    virtual std::string log_path() const = 0;

    virtual std::vector<LogCategory> log_categories() const = 0;
    /// false: no such category. "all", "1" and "none", "0" are understood.
    virtual bool set_log_category(const std::string& name, bool active) = 0;

    virtual LockedMemory locked_memory() const = 0;
    /// The allocator's own report, in XML; nothing where it has none.
    virtual std::optional<std::string> malloc_info() const = 0;

    // For tests on regtest; elsewhere they answer kMisc.
    virtual bool is_mockable() const = 0;
    /// Nothing: the real time again. All timers are looked at before it returns.
    virtual Result<void> set_mock_time(std::optional<std::chrono::seconds> since_1970) = 0;
    virtual Result<void> move_scheduler(std::chrono::seconds by) = 0;
    /// Waits until every subscriber of the node's events has taken all that were published before the call.
    virtual void sync_event_queues() = 0;
};

}  // namespace cairn::api
