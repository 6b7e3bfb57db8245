// The JSON-RPC server from the options.

#include <algorithm>

#include <fmt/format.h>

#include "node/config.h"
#include "protocol/net_address.h"
#include "rpc/server/cookie.h"

namespace cairn::node {

namespace {

Configured<void> read_allowed(const base::Settings& settings, rpc::ServerOptions& options)
{
    std::vector<protocol::Subnet> allowed;
    for (const auto& text : settings.texts("rpcallowip")) {
        const auto subnet = protocol::Subnet::parse(text);
        if (!subnet) {
            return std::unexpected(fmt::format(
                "Invalid -rpcallowip subnet specification: {}. Valid values are a single IP (e.g. 1.2.3.4), a "
                "network/netmask (e.g. 1.2.3.4/255.255.255.0), a network/CIDR (e.g. 1.2.3.4/24), all ipv4 (0.0.0.0/0), "
                "or all ipv6 (::/0).",
                text));
        }
        allowed.push_back(*subnet);
    }
    options.allows = [allowed = std::move(allowed)](const std::string& ip) {
        const auto address = protocol::NetAddress::parse(ip);
        return address && std::ranges::any_of(allowed, [&](const auto& subnet) { return subnet.contains(*address); });
    };
    return {};
}

Configured<void> read_access(const base::Settings& settings, rpc::ServerOptions& options)
{
    options.user = settings.text_or("rpcuser", "");
    options.password = settings.text_or("rpcpassword", "");
    options.rpcauth = settings.texts("rpcauth");
    options.whitelist = settings.texts("rpcwhitelist");
    options.whitelist_required = settings.boolean_or("rpcwhitelistdefault", !options.whitelist.empty());
    if (!settings.is_negated("rpccookiefile")) {
        options.cookie_file = settings.resolve(settings.path_or("rpccookiefile", ".cookie"));
    }
    if (const auto text = settings.text("rpccookieperms")) {
        options.cookie_permissions = rpc::cookie_permissions(*text);
        if (!options.cookie_permissions) {
            return std::unexpected(
                fmt::format("Invalid -rpccookieperms={}; must be one of 'owner', 'group', or 'all'.", *text));
        }
    }
    return {};
}

/// Loopback, unless the owner both allows others in and says where to listen for them.
Configured<void> read_endpoints(const base::Settings& settings, rpc::ServerOptions& options)
{
    const auto binds = settings.texts("rpcbind");
    const auto standard =
        static_cast<std::uint16_t>(settings.integer_or("rpcport", rpc::default_rpc_port(settings.chain())));
    const bool allows_others = !settings.texts("rpcallowip").empty();
    if (!allows_others || binds.empty()) {
        options.endpoints = {{"::1", standard}, {"127.0.0.1", standard}};
        if (allows_others) {
            base::log_warning("Option -rpcallowip was specified without -rpcbind; this doesn't usually make sense");
        }
        if (!binds.empty()) {
            base::log_warning(
                "Option -rpcbind was ignored because -rpcallowip was not specified, refusing to allow everyone to "
                "connect");
        }
        return {};
    }
    for (const auto& text : binds) {
        const auto split = protocol::split_host_port(text);
        if (!split) return std::unexpected(fmt::format("Invalid port specified in -rpcbind: '{}'", text));
        options.endpoints.push_back({split->host, split->port.value_or(standard)});
    }
    return {};
}

}  // namespace

Configured<rpc::ServerOptions> configure_rpc(const base::Settings& settings)
{
    rpc::ServerOptions options;
    if (auto read = read_allowed(settings, options); !read) return std::unexpected(read.error());
    if (auto read = read_access(settings, options); !read) return std::unexpected(read.error());
    if (auto read = read_endpoints(settings, options); !read) return std::unexpected(read.error());
    const auto at_least_one = [&](std::string_view name, std::size_t fallback) {
        const auto given = settings.integer_or(name, static_cast<std::int64_t>(fallback));
        return static_cast<std::size_t>(std::max<std::int64_t>(1, given));
    };
    options.threads = at_least_one("rpcthreads", options.threads);
    options.work_queue = at_least_one("rpcworkqueue", options.work_queue);
    options.timeout = std::chrono::seconds{at_least_one("rpcservertimeout", 30)};
    options.wallet_paths = !settings.boolean_or("disablewallet", false);
    return options;
}

}  // namespace cairn::node
