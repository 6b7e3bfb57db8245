#pragma once
// Where the node listens and how long it tries to connect, as values.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "protocol/net_address.h"
#include "protocol/permissions.h"

namespace cairn::net {

/// All addresses of a name; may take as long as it takes. Called from several threads.
using Resolver = std::function<std::vector<protocol::NetAddress>(const std::string& name)>;

struct SocketOptions {
    struct Listener {
        protocol::Endpoint endpoint;
        /// Of who connects there (-whitebind).
        protocol::Permissions permissions = protocol::kPermissionNone;
        /// Peers there come through Tor (-bind=…=onion).
        bool onion = false;
        /// False for the addresses that stand for "all": a machine without IPv6 goes without.
        bool required = true;
    };
    std::vector<Listener> listeners;  // empty: do not listen
    std::chrono::milliseconds connect_timeout{5000};
    std::uint16_t default_port = 0;
    /// Empty: the system's (DNS and /etc/hosts).
    Resolver resolver{};
};

}  // namespace cairn::net
