#pragma once
// What a daemon asks of its process and its machine.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::base {

/// umask 077 (or 027 with `group_readable`, -sysperms of old), no core dumps (they would hold keys), malloc arenas
/// capped (they would hold memory beside -dbcache), C locale. Call first in main, before any thread.
void prepare_process();

/// Raises the soft limit of open files to at least `wanted` where the hard limit allows; what it is now.
std::uint64_t raise_file_descriptor_limit(std::uint64_t wanted);

/// Cores this process may use; at least 1.
unsigned cpu_count();
/// Bytes of memory in the machine; nothing if it does not say.
std::optional<std::uint64_t> total_memory();
std::int64_t process_id();

/// A background process, begun with -daemon or -daemonwait. In the parent, begin() does not return: it exits when the
/// child says how it went (or at once, without `wait`). Call before any thread is started.
class Daemon {
public:
    /// Forks, becomes a session of its own, and leaves standard input, output and error on /dev/null (standard error
    /// only in report()). Throws IoError if the system refuses.
    static Daemon begin(bool wait);
    Daemon(Daemon&& other) noexcept;
    Daemon& operator=(Daemon&&) = delete;
    /// Failure, if nothing was reported.
    ~Daemon();
    /// Tells the waiting parent to exit with `status`; 0 is success. Closes standard error.
    void report(int status);

private:
    explicit Daemon(int fd) : fd_(fd) {}
    int fd_;
};

/// Tells systemd, where it listens (NOTIFY_SOCKET): "READY=1", "STOPPING=1", "STATUS=…", "EXTEND_TIMEOUT_USEC=…". Does
/// nothing elsewhere, and never fails.
void notify_service_manager(std::string_view state);

}  // namespace cairn::base
