#pragma once
// Gives the peer-to-peer logic its sockets and its time: one thread, on which the engine and all connections live.
//
// Carries out the engine's actions in order: those about sockets itself, the others through NodePort. Threads: start,
// stop, post and run from any thread (run not from the network thread's own callbacks, where the engine is at hand).

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/thread.h"
#include "net/node_port.h"
#include "net/socket_options.h"
#include "protocol/engine.h"

namespace cairn::net {

class PeerHost {
public:
    /// What is referred to must outlive the host.
    PeerHost(SocketOptions options, std::unique_ptr<protocol::Engine> engine, NodePort& node, base::Clock& clock,
             base::FailureHandler on_failure);
    /// stop()
    ~PeerHost();
    PeerHost(const PeerHost&) = delete;
    PeerHost& operator=(const PeerHost&) = delete;

    /// Binds, then begins. The error is Bitcoin Core's text for what cannot be bound.
    std::expected<void, std::string> start();
    /// Closes all connections and ends the thread; what was posted before still runs. Safe to call again.
    void stop();

    using Work = std::function<void(protocol::Engine&, protocol::Time now)>;
    /// Runs `work` on the network thread, then carries out what the engine wants. Dropped after stop().
    void post(Work work);
    /// The same, waiting for it. Runs at once, on the calling thread, before start() and after stop(). Throws what the
    /// work throws.
    void run(const Work& work);
    /// All of the engine's deadlines have been looked at, in the node time of now.
    void settle_timers();
    /// Engine::hasten, with what is due then.
    void hasten(std::chrono::seconds by);

    struct Totals {
        std::uint64_t bytes_received = 0;
        std::uint64_t bytes_sent = 0;
    };
    /// Since the start, all connections.
    Totals totals() const;
    /// Ports listened on, in the order of the options.
    std::vector<std::uint16_t> ports() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace cairn::net
