#pragma once
// Nets of addresses, for -rpcallowip.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::rpc {

/// An IPv4 address as ::ffff:a.b.c.d.
using IpBytes = std::array<std::uint8_t, 16>;

/// "1.2.3.4", "::1"; nothing for names.
std::optional<IpBytes> parse_ip(std::string_view text);

class Subnet {
public:
    /// "1.2.3.4", "1.2.3.0/24", "1.2.3.0/255.255.255.0", "fe80::/10", "::/0". Nothing for anything else, also for masks
    /// with a hole.
    static std::optional<Subnet> parse(std::string_view text);

    bool contains(const IpBytes& address) const;

private:
    Subnet(const IpBytes& address, bool is_v4, unsigned prefix) : address_(address), is_v4_(is_v4), prefix_(prefix) {}
    IpBytes address_;
    bool is_v4_;
    unsigned prefix_;  // of 128 bits
};

}  // namespace cairn::rpc
