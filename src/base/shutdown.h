#pragma once
// The wish to stop, from a signal, an RPC, or a failure; and the signals themselves.

#include <atomic>
#include <functional>
#include <string>

namespace cairn::base {

/// Set once, never taken back. Any thread, and any signal handler, may request it.
class ShutdownSignal {
public:
    ShutdownSignal();
    ~ShutdownSignal();
    ShutdownSignal(const ShutdownSignal&) = delete;
    ShutdownSignal& operator=(const ShutdownSignal&) = delete;

    /// Async-signal-safe.
    void request() noexcept;
    bool requested() const noexcept { return requested_.load(std::memory_order_acquire); }
    /// Returns when it has been requested.
    void wait() const;
    /// Readable once it has been requested, and from then on: for an event loop. Never read from it.
    int fd() const { return fd_; }

private:
    std::atomic<bool> requested_{false};
    int fd_;
};

/// SIGTERM and SIGINT request `shutdown`; SIGHUP makes the process's log reopen its file; SIGPIPE is ignored.
/// `shutdown` must live until the process ends. A second SIGINT or SIGTERM changes nothing: a stop in order is not
/// interrupted.
void handle_signals(ShutdownSignal& shutdown);

}  // namespace cairn::base
