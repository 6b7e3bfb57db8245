#include "base/process.h"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io_error.h"

namespace cairn::base {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

}  // namespace

void prepare_process()
{
    ::umask(077);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // A core pattern that is a program gets its dump whatever the limit says; this it respects. Leak detection needs
    // ptrace, which it forbids.
    if constexpr (!kSanitized) ::prctl(PR_SET_DUMPABLE, 0);
    // One arena per thread would keep memory that -dbcache cannot count.
    // NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs yet
    ::mallopt(M_ARENA_MAX, 2);
    std::setlocale(LC_ALL, "C");
    // NOLINTEND(concurrency-mt-unsafe)
}

std::uint64_t raise_file_descriptor_limit(std::uint64_t wanted)
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        ::getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur;
}

unsigned cpu_count()
{
    cpu_set_t set;
    if (::sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
    return std::max(1U, std::thread::hardware_concurrency());
}

std::optional<std::uint64_t> total_memory()
{
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long page = ::sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0) return std::nullopt;
    return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
}

std::int64_t process_id()
{
    return ::getpid();
}

namespace {

// The parent's half: waits for one byte, the status; nothing if the child ended without one.
[[noreturn]] void leave_parent(int fd, bool wait)
{
    unsigned char status = 0;
    if (wait) {
        status = 1;
        ssize_t got = ::read(fd, &status, 1);
        while (got < 0 && errno == EINTR) got = ::read(fd, &status, 1);
        if (got != 1) status = 1;
    }
    ::_exit(status);
}

void use_dev_null(int target)
{
    const int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    ::dup2(fd, target);
    if (fd != target) ::close(fd);
}

}  // namespace

Daemon Daemon::begin(bool wait)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw IoError("make", "a pipe", errno);
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) throw IoError("start", "a background process", errno);
    if (child > 0) {
        ::close(ends[1]);
        leave_parent(ends[0], wait);
    }
    ::close(ends[0]);
    ::setsid();
    use_dev_null(STDIN_FILENO);
    use_dev_null(STDOUT_FILENO);
    return Daemon{ends[1]};
}

Daemon::Daemon(Daemon&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Daemon::~Daemon()
{
    if (fd_ >= 0) report(1);
}

void Daemon::report(int status)
{
    if (fd_ < 0) return;
    const auto byte = static_cast<unsigned char>(status);
    // A parent that did not wait is gone: nobody to tell.
    static_cast<void>(!::write(fd_, &byte, 1));
    ::close(std::exchange(fd_, -1));
    use_dev_null(STDERR_FILENO);
}

void notify_service_manager(std::string_view state)
{
    const char* path = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path == nullptr || path[0] == '\0' || std::strlen(path) >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path, std::strlen(path));
    if (path[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    static_cast<void>(
        ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), length));
    ::close(fd);
}

}  // namespace cairn::base
