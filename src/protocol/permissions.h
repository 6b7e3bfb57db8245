#pragma once
// What a peer may do beyond the ordinary: -whitelist, -whitebind. Names and error texts are Bitcoin Core's.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/net_address.h"

namespace cairn::protocol {

using Permissions = std::uint32_t;

inline constexpr Permissions kPermissionNone = 0;
inline constexpr Permissions kPermissionBloomFilter = 1U << 1;
inline constexpr Permissions kPermissionRelay = 1U << 3;
inline constexpr Permissions kPermissionForceRelay = (1U << 2) | kPermissionRelay;
inline constexpr Permissions kPermissionDownload = 1U << 6;
inline constexpr Permissions kPermissionNoBan = (1U << 4) | kPermissionDownload;
inline constexpr Permissions kPermissionMempool = 1U << 5;
inline constexpr Permissions kPermissionAddr = 1U << 7;
/// Given without a list of permissions: the implicit ones are chosen by -whitelistrelay and -whitelistforcerelay.
inline constexpr Permissions kPermissionImplicit = 1U << 31;
inline constexpr Permissions kPermissionAll =
    kPermissionBloomFilter | kPermissionForceRelay | kPermissionNoBan | kPermissionMempool | kPermissionAddr;

constexpr bool has_permission(Permissions all, Permissions wanted)
{
    return (all & wanted) == wanted;
}

/// Names, in the order of getpeerinfo.
std::vector<std::string> permission_names(Permissions permissions);

struct WhitelistEntry {
    Permissions permissions = kPermissionNone;
    Subnet subnet;
    bool incoming = true;
    bool outgoing = false;
};

struct WhitebindEntry {
    Permissions permissions = kPermissionNone;
    Endpoint endpoint;
};

/// "[permissions@]ADDRESS[/MASK]"; the error is for people.
std::expected<WhitelistEntry, std::string> parse_whitelist(std::string_view text);
/// "[permissions@]ADDRESS:PORT".
std::expected<WhitebindEntry, std::string> parse_whitebind(std::string_view text);

/// Replaces kPermissionImplicit by what it means.
Permissions resolve_implicit(Permissions permissions, bool whitelist_relay, bool whitelist_force_relay);

}  // namespace cairn::protocol
