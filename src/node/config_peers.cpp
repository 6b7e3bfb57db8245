// The peer-to-peer side from the options.

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "crypto/text.h"
#include "node/config.h"

namespace cairn::node {

namespace {

bool is_safe(const std::string& comment)
{
    return sanitized(comment) == comment && comment.find_first_of("/:()") == std::string::npos;
}

Configured<void> read_networks(const base::Settings& settings, protocol::EngineOptions& options)
{
    const auto names = settings.texts("onlynet");
    if (names.empty()) return {};
    options.reachable.clear();
    for (const auto& name : names) {
        const auto network = protocol::network_from_name(name);
        if (network == protocol::AddressNetwork::kUnroutable) {
            return std::unexpected(fmt::format("Unknown network specified in -onlynet: '{}'", name));
        }
        if (network != protocol::AddressNetwork::kIpv4 && network != protocol::AddressNetwork::kIpv6) {
            return std::unexpected(fmt::format(
                "-onlynet={}: this version of Cairn reaches IPv4 and IPv6 only. Leave the option out, or wait for a "
                "version that has proxies.",
                name));
        }
        options.reachable.insert(network);
    }
    return {};
}

Configured<void> read_whitelist(const base::Settings& settings, protocol::EngineOptions& options)
{
    for (const auto& text : settings.texts("whitelist")) {
        auto entry = protocol::parse_whitelist(text);
        if (!entry) return std::unexpected(entry.error());
        options.whitelist.push_back(*entry);
    }
    options.whitelist_relay = settings.boolean_or("whitelistrelay", options.whitelist_relay);
    options.whitelist_force_relay = settings.boolean_or("whitelistforcerelay", options.whitelist_force_relay);
    return {};
}

void read_connections(const base::Settings& settings, protocol::EngineOptions& options)
{
    options.network_active = settings.boolean_or("networkactive", options.network_active);
    options.listen = settings.boolean_or("listen", options.listen);
    options.blocks_only = settings.boolean_or("blocksonly", options.blocks_only);
    options.log_addresses = settings.boolean_or("logips", options.log_addresses);
    options.dns_seed = settings.boolean_or("dnsseed", options.dns_seed);
    options.force_dns_seed = settings.boolean_or("forcednsseed", options.force_dns_seed);
    options.max_connections = int_option(settings, "maxconnections", options.max_connections);
    options.connect_given = settings.is_set("connect");
    for (const auto& name : settings.texts("connect")) {
        if (name != "0") options.connect.push_back(name);
    }
    options.add_nodes = settings.texts("addnode");
    options.seed_nodes = settings.texts("seednode");
    options.receive_buffer = 1000 * static_cast<std::size_t>(settings.integer_or(
                                        "maxreceivebuffer", static_cast<std::int64_t>(options.receive_buffer / 1000)));
    options.send_buffer = 1000 * static_cast<std::size_t>(settings.integer_or(
                                     "maxsendbuffer", static_cast<std::int64_t>(options.send_buffer / 1000)));
    options.ban_time = std::chrono::seconds{
        settings.integer_or("bantime", std::chrono::duration_cast<std::chrono::seconds>(options.ban_time).count())};
}

}  // namespace

Configured<std::string> configure_user_agent(const base::Settings& settings, std::string_view version)
{
    std::string comments;
    for (const auto& comment : settings.texts("uacomment")) {
        if (!is_safe(comment)) {
            return std::unexpected(fmt::format("User Agent comment ({}) contains unsafe characters.", comment));
        }
        comments += (comments.empty() ? "" : "; ") + comment;
    }
    auto agent = fmt::format("/Satoshi:31.0.0/Cairn:{}{}/", version, comments.empty() ? "" : "(" + comments + ")");
    if (agent.size() > protocol::kMaxUserAgentLength) {
        return std::unexpected(fmt::format(
            "Total length of network version string ({}) exceeds maximum length ({}). Reduce the number or size of "
            "uacomments.",
            agent.size(), protocol::kMaxUserAgentLength));
    }
    return agent;
}

Configured<protocol::EngineOptions> configure_engine(const base::Settings& settings,
                                                     const protocol::NetworkInfo& network, std::string user_agent)
{
    protocol::EngineOptions options;
    options.network = network;
    options.user_agent = std::move(user_agent);
    read_connections(settings, options);
    if (options.force_dns_seed && !options.dns_seed) {
        return std::unexpected("Cannot set -forcednsseed to true when setting -dnsseed to false.");
    }
    const auto timeout = int_option(settings, "peertimeout", options.peer_timeout / std::chrono::seconds{1});
    if (timeout <= 0) return std::unexpected("peertimeout must be a positive integer.");
    options.peer_timeout = std::chrono::seconds{timeout};
    if (auto read = read_networks(settings, options); !read) return std::unexpected(read.error());
    if (auto read = read_whitelist(settings, options); !read) return std::unexpected(read.error());
    options.discover = discovers(settings);
    options.listen_port = listen_port(settings, network);
    auto external = configure_external_addresses(settings, network);
    if (!external) return std::unexpected(external.error());
    options.external_addresses = std::move(*external);
    return options;
}

namespace {

/// "<address>[:<port>][=onion]"
Configured<net::SocketOptions::Listener> parse_bind(std::string text, std::uint16_t default_port)
{
    net::SocketOptions::Listener listener;
    constexpr std::string_view kOnion = "=onion";
    const auto shown = text;
    if (const auto equals = text.find('='); equals != std::string::npos) {
        if (text.substr(equals) != kOnion) {
            return std::unexpected(fmt::format("Invalid -bind={}: only =onion may follow the address", shown));
        }
        listener.onion = true;
        text.resize(equals);
    }
    const auto endpoint = protocol::Endpoint::parse(text, listener.onion ? default_port + 1 : default_port);
    if (!endpoint) return std::unexpected(fmt::format("Cannot resolve -bind address: '{}'", text));
    listener.endpoint = *endpoint;
    return listener;
}

Configured<void> read_listeners(const base::Settings& settings, net::SocketOptions& options)
{
    for (const auto& text : settings.texts("bind")) {
        auto listener = parse_bind(text, options.default_port);
        if (!listener) return std::unexpected(listener.error());
        options.listeners.push_back(*listener);
    }
    for (const auto& text : settings.texts("whitebind")) {
        const auto entry = protocol::parse_whitebind(text);
        if (!entry) return std::unexpected(entry.error());
        options.listeners.push_back({entry->endpoint, entry->permissions});
    }
    for (auto one = options.listeners.begin(); one != options.listeners.end(); ++one) {
        const auto same = [&](const auto& other) { return other.endpoint == one->endpoint; };
        if (std::none_of(std::next(one), options.listeners.end(), same)) continue;
        return std::unexpected(
            fmt::format("Duplicate binding configuration for address {}. Please check your -bind, -bind=...=onion and "
                        "-whitebind settings.",
                        one->endpoint.to_string()));
    }
    if (!options.listeners.empty()) return {};
    for (const auto* any : {"::", "0.0.0.0"}) {
        options.listeners.push_back({{*protocol::NetAddress::parse(any), options.default_port}});
        options.listeners.back().required = false;
    }
    return {};
}

}  // namespace

Configured<net::SocketOptions> configure_sockets(const base::Settings& settings, const protocol::NetworkInfo& network)
{
    net::SocketOptions options;
    options.default_port = static_cast<std::uint16_t>(settings.integer_or("port", network.default_port));
    options.connect_timeout = std::chrono::milliseconds{int_option(settings, "timeout", 5000)};
    if (options.connect_timeout <= std::chrono::milliseconds{0}) options.connect_timeout = std::chrono::seconds{5};
    if (!settings.boolean_or("listen", true)) {
        if (!settings.texts("bind").empty() || !settings.texts("whitebind").empty()) {
            return std::unexpected("Cannot set -bind or -whitebind together with -listen=0");
        }
        return options;
    }
    if (auto read = read_listeners(settings, options); !read) return std::unexpected(read.error());
    return options;
}

}  // namespace cairn::node
