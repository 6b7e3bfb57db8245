// Addresses of our own, to tell peers: those the owner gave, and those found out.

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "node/config.h"

namespace cairn::node {

namespace {

/// 0.0.0.0 or ::, which stand for all addresses of the machine.
bool stands_for_all(const protocol::NetAddress& address)
{
    return std::ranges::all_of(address.bytes(), [](std::byte b) { return b == std::byte{0}; });
}

protocol::NetAddress address_of(std::span<const std::byte> bytes)
{
    using enum protocol::AddressNetwork;
    return protocol::NetAddress::from_bytes(bytes.size() == 4 ? kIpv4 : kIpv6, bytes).value_or(protocol::NetAddress{});
}

}  // namespace

bool discovers(const base::Settings& settings)
{
    return settings.boolean_or("discover", true);
}

std::uint16_t listen_port(const base::Settings& settings, const protocol::NetworkInfo& network)
{
    for (const auto& text : settings.texts("bind")) {
        // What is bound for Tor is not for others; it does not parse here, with its "=onion".
        const auto bound = protocol::Endpoint::parse(text, 0);
        if (bound && bound->port != 0) return bound->port;
    }
    for (const auto& text : settings.texts("whitebind")) {
        const auto bound = protocol::parse_whitebind(text);
        if (bound && !protocol::has_permission(bound->permissions, protocol::kPermissionNoBan))
            return bound->endpoint.port;
    }
    return static_cast<std::uint16_t>(settings.integer_or("port", network.default_port));
}

Configured<std::vector<protocol::Endpoint>> configure_external_addresses(const base::Settings& settings,
                                                                         const protocol::NetworkInfo& network)
{
    const auto port = listen_port(settings, network);
    std::vector<protocol::Endpoint> endpoints;
    for (const auto& name : settings.texts("externalip")) {
        const auto endpoint = protocol::Endpoint::parse(name, port);
        if (!endpoint) return std::unexpected(fmt::format("Cannot resolve -externalip address: '{}'", name));
        if (endpoint->address.is_routable()) {
            endpoints.push_back(*endpoint);
        } else {
            base::log_warning("-externalip={} is not told to peers: it is no address of the internet", name);
        }
    }
    return endpoints;
}

std::vector<std::pair<protocol::Endpoint, int>> discover_addresses(
    const base::Settings& settings, const protocol::NetworkInfo& network, const net::SocketOptions& sockets,
    std::span<const std::vector<std::byte>> interface_addresses)
{
    if (!discovers(settings)) return {};
    std::vector<std::pair<protocol::Endpoint, int>> found;
    bool any = false;
    for (const auto& listener : sockets.listeners) {
        if (listener.onion) continue;
        any = any || stands_for_all(listener.endpoint.address);
        const bool open = !protocol::has_permission(listener.permissions, protocol::kPermissionNoBan);
        if (open && listener.endpoint.address.is_routable()) {
            found.emplace_back(listener.endpoint, protocol::Engine::kScoreBound);
        }
    }
    // Where only some of the machine's addresses are listened on, the others are nobody's business.
    if (!any) return found;
    const auto port = listen_port(settings, network);
    for (const auto& bytes : interface_addresses) {
        const auto address = address_of(bytes);
        if (address.is_routable()) {
            found.emplace_back(protocol::Endpoint{address, port}, protocol::Engine::kScoreOfInterface);
        }
    }
    return found;
}

}  // namespace cairn::node
