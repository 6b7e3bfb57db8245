#include "base/shutdown.h"

#include <cerrno>
#include <csignal>
#include <cstdint>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/io_error.h"
#include "base/log.h"

namespace cairn::base {
namespace {

std::atomic<ShutdownSignal*> handled_shutdown{nullptr};

void on_signal(int number)
{
    const int saved = errno;
    if (number == SIGHUP) {
        process_log().request_reopen();
    } else if (ShutdownSignal* shutdown = handled_shutdown.load()) {
        shutdown->request();
    }
    errno = saved;
}

void install(int number, void (*handler)(int))
{
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (::sigaction(number, &action, nullptr) != 0) throw IoError("handle", "a signal", errno);
}

}  // namespace

ShutdownSignal::ShutdownSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (fd_ < 0) throw IoError("make", "an event descriptor", errno);
}

ShutdownSignal::~ShutdownSignal()
{
    ShutdownSignal* self = this;
    handled_shutdown.compare_exchange_strong(self, nullptr);
    ::close(fd_);
}

void ShutdownSignal::request() noexcept
{
    if (requested_.exchange(true, std::memory_order_acq_rel)) return;
    const std::uint64_t one = 1;
    static_cast<void>(!::write(fd_, &one, sizeof one));
}

void ShutdownSignal::wait() const
{
    pollfd descriptor{fd_, POLLIN, 0};
    while (!requested()) ::poll(&descriptor, 1, -1);
}

void handle_signals(ShutdownSignal& shutdown)
{
    process_log();  // made before a handler may need it
    handled_shutdown.store(&shutdown);
    install(SIGTERM, on_signal);
    install(SIGINT, on_signal);
    install(SIGHUP, on_signal);
    install(SIGPIPE, SIG_IGN);
}

}  // namespace cairn::base
