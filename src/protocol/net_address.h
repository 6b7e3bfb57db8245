#pragma once
// Addresses of peers on the networks of BIP155, subnets, and the groups by which peers count as alike.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "protocol/services.h"
#include "protocol/time.h"

namespace cairn::protocol {

/// Order and numbers are those of Bitcoin Core's Network, which bucket hashes contain.
enum class AddressNetwork : std::uint8_t { kUnroutable = 0, kIpv4, kIpv6, kOnion, kI2p, kCjdns, kInternal };

/// "not_publicly_routable", "ipv4", "ipv6", "onion", "i2p", "cjdns", "internal".
std::string_view network_name(AddressNetwork network);
/// The network of a name such as -onlynet takes; kUnroutable if unknown.
AddressNetwork network_from_name(std::string_view name);

/// One address, without port. A value; at most 32 bytes.
class NetAddress {
public:
    NetAddress() : NetAddress(AddressNetwork::kIpv6, {}) {}

    /// From the bytes of an address of that kind; nothing where so many are none. Of IPv6's bytes it is as ipv6() says.
    static std::optional<NetAddress> from_bytes(AddressNetwork kind, ByteSpan bytes);
    static NetAddress ipv4(std::array<std::uint8_t, 4> bytes);
    /// An IPv4-mapped one becomes IPv4; one of the fc00::/8 prefix stays IPv6 (CJDNS only where said).
    static NetAddress ipv6(const std::array<std::byte, 16>& bytes);
    static NetAddress onion(const std::array<std::byte, 32>& public_key);
    static NetAddress i2p(const std::array<std::byte, 32>& hash);
    static NetAddress cjdns(const std::array<std::byte, 16>& bytes);
    /// A name as an address that is never connected to: the source of addresses from a DNS seed.
    static NetAddress internal(std::string_view name);
    /// What the name in text means as a number: IPv4, IPv6, .onion (version 3), .b32.i2p. Asks no resolver.
    static std::optional<NetAddress> parse(std::string_view text);

    /// The network it is stored as.
    AddressNetwork kind() const { return kind_; }
    /// The network it counts to: kUnroutable for addresses that nobody else could reach.
    AddressNetwork network() const;
    ByteSpan bytes() const { return ByteSpan{bytes_}.first(size_); }

    bool is_ipv4() const { return kind_ == AddressNetwork::kIpv4; }
    bool is_ipv6() const { return kind_ == AddressNetwork::kIpv6; }
    bool is_onion() const { return kind_ == AddressNetwork::kOnion; }
    bool is_i2p() const { return kind_ == AddressNetwork::kI2p; }
    bool is_cjdns() const { return kind_ == AddressNetwork::kCjdns; }
    bool is_internal() const { return kind_ == AddressNetwork::kInternal; }
    /// Loopback, or 0.0.0.0/8.
    bool is_local() const;
    /// Not one of the values that stand for no address.
    bool is_valid() const;
    /// Reachable by others: not private, local or reserved.
    bool is_routable() const;
    /// Routable, and of a kind that may be passed on.
    bool is_relayable() const { return is_ipv4() || is_ipv6() || is_onion() || is_i2p() || is_cjdns(); }
    /// Whether an addr message (not addrv2) can carry it.
    bool fits_v1() const { return is_ipv4() || is_ipv6() || is_internal(); }
    /// The class that getaddr caches and eviction use: as network(), but IPv4 inside IPv6 tunnels counts as IPv4.
    AddressNetwork net_class() const;

    /// The group of addresses that probably have one owner: /16 for IPv4, /32 for IPv6, 4 bits for Tor, I2P, CJDNS.
    Bytes group() const;
    /// The 16 bytes of an addr or version message; zeros for what does not fit.
    std::array<std::byte, 16> v1_bytes() const;

    std::string to_string() const;

    friend auto operator<=>(const NetAddress&, const NetAddress&) = default;

private:
    NetAddress(AddressNetwork kind, ByteSpan bytes);
    std::optional<std::uint32_t> linked_ipv4() const;
    std::uint8_t byte(std::size_t i) const { return static_cast<std::uint8_t>(bytes_[i]); }
    bool has_prefix(std::initializer_list<std::uint8_t> prefix) const;
    bool is_reserved_ipv4() const;
    bool is_reserved_ipv6() const;

    AddressNetwork kind_;
    std::uint8_t size_ = 16;
    std::array<std::byte, 32> bytes_{};
};

/// An address and a port.
struct Endpoint {
    NetAddress address;
    std::uint16_t port = 0;

    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
    bool is_valid() const { return address.is_valid(); }
    /// "1.2.3.4:8333", "[::1]:8333", "….onion:8333".
    std::string to_string() const;
    /// Address and port as bytes, to be hashed.
    Bytes key() const;
    /// Reads "host", "host:port", "[v6]:port" where host is numeric.
    static std::optional<Endpoint> parse(std::string_view text, std::uint16_t default_port);
};

/// Splits "host:port" as Bitcoin Core's SplitHostPort: brackets taken off, port left alone where there is none. Nothing
/// for a port that is not one.
struct HostPort {
    std::string host;
    std::optional<std::uint16_t> port;
};
std::optional<HostPort> split_host_port(std::string_view text);

/// A range of addresses: a CIDR range of IPv4, IPv6 or CJDNS, or one address of another network.
class Subnet {
public:
    Subnet() = default;
    explicit Subnet(const NetAddress& single);
    Subnet(const NetAddress& address, int prefix_length);
    /// "1.2.3.0/24", "1.2.3.0/255.255.255.0", "[::]/0", or one address; brackets may be left out. Nothing for a mask
    /// with a hole.
    static std::optional<Subnet> parse(std::string_view text);

    bool contains(const NetAddress& address) const;
    bool is_valid() const { return valid_; }
    std::string to_string() const;

    friend auto operator<=>(const Subnet&, const Subnet&) = default;

private:
    NetAddress address_;
    std::uint8_t prefix_length_ = 0;
    bool valid_ = false;
};

/// An endpoint as gossip tells it.
struct PeerAddress {
    Endpoint endpoint;
    Services services = kNodeNone;
    /// When it was last known to be up.
    Time time = from_unix(100'000'000);

    friend bool operator==(const PeerAddress&, const PeerAddress&) = default;
};

}  // namespace cairn::protocol
