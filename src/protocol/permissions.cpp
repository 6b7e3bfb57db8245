#include "protocol/permissions.h"

#include <array>

namespace cairn::protocol {
namespace {

struct Named {
    std::string_view name;
    Permissions value;
};

// As getpeerinfo lists them.
constexpr std::array<Named, 7> kNames = {{{"bloomfilter", kPermissionBloomFilter},
                                          {"noban", kPermissionNoBan},
                                          {"forcerelay", kPermissionForceRelay},
                                          {"relay", kPermissionRelay},
                                          {"mempool", kPermissionMempool},
                                          {"download", kPermissionDownload},
                                          {"addr", kPermissionAddr}}};

struct Flags {
    Permissions permissions = kPermissionNone;
    bool incoming = false;
    bool outgoing = false;
    std::string_view rest;
};

std::expected<void, std::string> add_flag(Flags& flags, std::string_view word)
{
    if (word.empty()) return {};
    if (word == "all") {
        flags.permissions |= kPermissionAll;
        return {};
    }
    if (word == "bloom") word = "bloomfilter";
    if (word == "in") {
        flags.incoming = true;
        return {};
    }
    if (word == "out") {
        flags.outgoing = true;
        return {};
    }
    for (const auto& [name, value] : kNames) {
        if (word != name) continue;
        flags.permissions |= value;
        return {};
    }
    return std::unexpected("Invalid P2P permission: '" + std::string(word) + "'");
}

std::expected<Flags, std::string> split_flags(std::string_view text)
{
    Flags flags;
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) {
        flags.permissions = kPermissionImplicit;
        flags.rest = text;
        return flags;
    }
    std::string_view list = text.substr(0, at);
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const auto added = add_flag(flags, list.substr(0, comma));
        if (!added) return std::unexpected(added.error());
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
    flags.rest = text.substr(at + 1);
    return flags;
}

}  // namespace

std::vector<std::string> permission_names(Permissions permissions)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : kNames) {
        if (has_permission(permissions, value)) names.emplace_back(name);
    }
    return names;
}

std::expected<WhitelistEntry, std::string> parse_whitelist(std::string_view text)
{
    const auto flags = split_flags(text);
    if (!flags) return std::unexpected(flags.error());
    const auto subnet = Subnet::parse(flags->rest);
    if (!subnet) return std::unexpected("Invalid netmask specified in -whitelist: '" + std::string(flags->rest) + "'");
    WhitelistEntry entry{flags->permissions, *subnet, flags->incoming, flags->outgoing};
    if (!entry.incoming && !entry.outgoing) {
        entry.incoming = true;
    } else if (entry.permissions == kPermissionNone) {
        return std::unexpected("Only direction was set, no permissions: '" + std::string(text) + "'");
    }
    return entry;
}

std::expected<WhitebindEntry, std::string> parse_whitebind(std::string_view text)
{
    const auto flags = split_flags(text);
    if (!flags) return std::unexpected(flags.error());
    const std::string rest(flags->rest);
    if (flags->outgoing) {
        return std::unexpected("whitebind may only be used for incoming connections (\"out\" was passed)");
    }
    const auto endpoint = Endpoint::parse(rest, 0);
    if (!endpoint) return std::unexpected("Cannot resolve -whitebind address: '" + rest + "'");
    if (endpoint->port == 0) return std::unexpected("Need to specify a port with -whitebind: '" + rest + "'");
    return WhitebindEntry{flags->permissions, *endpoint};
}

Permissions resolve_implicit(Permissions permissions, bool whitelist_relay, bool whitelist_force_relay)
{
    if (!has_permission(permissions, kPermissionImplicit)) return permissions;
    permissions &= ~kPermissionImplicit;
    if (whitelist_force_relay) permissions |= kPermissionForceRelay;
    if (whitelist_relay) permissions |= kPermissionRelay;
    return permissions | kPermissionMempool | kPermissionNoBan;
}

}  // namespace cairn::protocol
