#include "protocol/net_address.h"

#include <algorithm>
#include <cstring>

#include "crypto/sha256.h"
#include "crypto/text.h"
#include "protocol/address_text.h"

namespace cairn::protocol {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, 6> kInternalPrefix = {0xfd, 0x6b, 0x88, 0xc0, 0x87, 0x24};
constexpr std::array<std::uint8_t, 6> kOnionCatPrefix = {0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43};
constexpr std::size_t kInternalSize = 10;

template <std::size_t N>
bool starts_with(ByteSpan bytes, const std::array<std::uint8_t, N>& prefix)
{
    return bytes.size() >= N && std::memcmp(bytes.data(), prefix.data(), N) == 0;
}

/// Of an address of that kind; nothing is an address of no kind.
std::optional<std::size_t> size_of(AddressNetwork kind)
{
    switch (kind) {
        case AddressNetwork::kIpv4:
            return 4;
        case AddressNetwork::kIpv6:
        case AddressNetwork::kCjdns:
            return 16;
        case AddressNetwork::kOnion:
        case AddressNetwork::kI2p:
            return 32;
        case AddressNetwork::kInternal:
            return kInternalSize;
        case AddressNetwork::kUnroutable:
            break;
    }
    return std::nullopt;
}

std::uint32_t load32(const std::byte* p)
{
    return static_cast<std::uint32_t>(p[0]) << 24 | static_cast<std::uint32_t>(p[1]) << 16 |
           static_cast<std::uint32_t>(p[2]) << 8 | static_cast<std::uint32_t>(p[3]);
}

}  // namespace

std::string_view network_name(AddressNetwork network)
{
    switch (network) {
        case AddressNetwork::kUnroutable:
            return "not_publicly_routable";
        case AddressNetwork::kIpv4:
            return "ipv4";
        case AddressNetwork::kIpv6:
            return "ipv6";
        case AddressNetwork::kOnion:
            return "onion";
        case AddressNetwork::kI2p:
            return "i2p";
        case AddressNetwork::kCjdns:
            return "cjdns";
        case AddressNetwork::kInternal:
            break;
    }
    return "internal";
}

AddressNetwork network_from_name(std::string_view name)
{
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), to_lower);
    for (const auto network : {AddressNetwork::kIpv4, AddressNetwork::kIpv6, AddressNetwork::kOnion,
                               AddressNetwork::kI2p, AddressNetwork::kCjdns}) {
        if (network_name(network) == lower) return network;
    }
    return AddressNetwork::kUnroutable;
}

NetAddress::NetAddress(AddressNetwork kind, ByteSpan bytes) : kind_(kind)
{
    if (bytes.empty()) return;  // sixteen zeros: no address
    size_ = static_cast<std::uint8_t>(bytes.size());
    std::ranges::copy(bytes, bytes_.begin());
}

std::optional<NetAddress> NetAddress::from_bytes(AddressNetwork kind, ByteSpan bytes)
{
    if (bytes.size() != size_of(kind)) return std::nullopt;
    if (kind != AddressNetwork::kIpv6) return NetAddress{kind, bytes};
    std::array<std::byte, 16> v6{};
    std::ranges::copy(bytes, v6.begin());
    return ipv6(v6);
}

NetAddress NetAddress::ipv4(std::array<std::uint8_t, 4> bytes)
{
    return {AddressNetwork::kIpv4, std::as_bytes(std::span{bytes})};
}

NetAddress NetAddress::ipv6(const std::array<std::byte, 16>& bytes)
{
    const ByteSpan all{bytes};
    if (starts_with(all, kMappedIpv4)) return {AddressNetwork::kIpv4, all.subspan(12)};
    if (starts_with(all, kOnionCatPrefix)) return {};  // Tor version 2 is gone
    if (starts_with(all, kInternalPrefix)) return {AddressNetwork::kInternal, all.subspan(6)};
    return {AddressNetwork::kIpv6, all};
}

NetAddress NetAddress::onion(const std::array<std::byte, 32>& public_key)
{
    return {AddressNetwork::kOnion, public_key};
}

NetAddress NetAddress::i2p(const std::array<std::byte, 32>& hash)
{
    return {AddressNetwork::kI2p, hash};
}

NetAddress NetAddress::cjdns(const std::array<std::byte, 16>& bytes)
{
    return {AddressNetwork::kCjdns, bytes};
}

NetAddress NetAddress::internal(std::string_view name)
{
    const Hash256 hash = crypto::sha256(std::as_bytes(std::span{name}));
    return {AddressNetwork::kInternal, hash.span().first(kInternalSize)};
}

std::optional<NetAddress> NetAddress::parse(std::string_view text)
{
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    if (text.ends_with(".onion")) {
        const auto key = address_text::decode_onion(text);
        return key ? std::optional{onion(*key)} : std::nullopt;
    }
    if (text.ends_with(".b32.i2p")) {
        const auto hash = address_text::decode_i2p(text);
        return hash ? std::optional{i2p(*hash)} : std::nullopt;
    }
    if (const auto v4 = address_text::decode_ipv4(text)) return ipv4(*v4);
    if (const auto v6 = address_text::decode_ipv6(text)) return ipv6(*v6);
    return std::nullopt;
}

bool NetAddress::has_prefix(std::initializer_list<std::uint8_t> prefix) const
{
    return std::ranges::equal(prefix, bytes().first(prefix.size()),
                              [](std::uint8_t a, std::byte b) { return std::byte{a} == b; });
}

bool NetAddress::is_local() const
{
    if (is_ipv4()) return byte(0) == 127 || byte(0) == 0;
    return is_ipv6() && has_prefix({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

bool NetAddress::is_valid() const
{
    switch (kind_) {
        case AddressNetwork::kIpv4:
            return !has_prefix({0, 0, 0, 0}) && !has_prefix({255, 255, 255, 255});
        case AddressNetwork::kIpv6:
            return !std::ranges::all_of(bytes(), [](std::byte b) { return b == std::byte{0}; }) &&
                   !has_prefix({0x20, 0x01, 0x0d, 0xb8});
        case AddressNetwork::kCjdns:
            return byte(0) == 0xfc;
        case AddressNetwork::kInternal:
            return false;
        default:
            return true;
    }
}

bool NetAddress::is_reserved_ipv4() const
{
    if (!is_ipv4()) return false;
    return has_prefix({10}) || has_prefix({192, 168}) || (byte(0) == 172 && (byte(1) & 0xf0) == 16) ||
           (byte(0) == 198 && (byte(1) & 0xfe) == 18) || has_prefix({169, 254}) ||
           (byte(0) == 100 && (byte(1) & 0xc0) == 64) || has_prefix({192, 0, 2}) || has_prefix({198, 51, 100}) ||
           has_prefix({203, 0, 113});
}

bool NetAddress::is_reserved_ipv6() const
{
    if (!is_ipv6()) return false;
    return has_prefix({0xfe, 0x80, 0, 0, 0, 0, 0, 0}) || (byte(0) & 0xfe) == 0xfc ||
           (has_prefix({0x20, 0x01, 0x00}) && ((byte(3) & 0xf0) == 0x10 || (byte(3) & 0xf0) == 0x20));
}

bool NetAddress::is_routable() const
{
    return is_valid() && !is_local() && !is_internal() && !is_reserved_ipv4() && !is_reserved_ipv6();
}

AddressNetwork NetAddress::network() const
{
    if (is_internal()) return AddressNetwork::kInternal;
    return is_routable() ? kind_ : AddressNetwork::kUnroutable;
}

std::optional<std::uint32_t> NetAddress::linked_ipv4() const
{
    if (is_ipv4()) return load32(bytes_.data());
    if (!is_ipv6()) return std::nullopt;
    if (has_prefix({0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0})) return load32(&bytes_[12]);     // RFC 6145
    if (has_prefix({0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return load32(&bytes_[12]);  // RFC 6052
    if (has_prefix({0x20, 0x02})) return load32(&bytes_[2]);                                    // 6to4
    if (has_prefix({0x20, 0x01, 0, 0})) return ~load32(&bytes_[12]);                            // Teredo
    return std::nullopt;
}

AddressNetwork NetAddress::net_class() const
{
    if (is_internal()) return AddressNetwork::kInternal;
    if (!is_routable()) return AddressNetwork::kUnroutable;
    return linked_ipv4() ? AddressNetwork::kIpv4 : kind_;
}

Bytes NetAddress::group() const
{
    Bytes result{std::byte(net_class())};
    const auto take_bits = [&](std::size_t skip, std::size_t bits) {
        std::size_t i = skip;
        for (; bits >= 8; bits -= 8) result.push_back(bytes_[i++]);
        if (bits > 0) result.push_back(bytes_[i] | std::byte((1U << (8 - bits)) - 1));
    };
    if (is_local()) return result;
    if (is_internal()) {
        take_bits(0, kInternalSize * 8);
        return result;
    }
    if (!is_routable()) return result;
    if (const auto v4 = linked_ipv4()) {
        result.push_back(std::byte(*v4 >> 24));
        result.push_back(std::byte(*v4 >> 16));
        return result;
    }
    if (is_onion() || is_i2p()) {
        take_bits(0, 4);
    } else if (is_cjdns()) {
        take_bits(0, 12);  // the first byte is the same for all
    } else {
        take_bits(0, has_prefix({0x20, 0x01, 0x04, 0x70}) ? 36 : 32);  // he.net hands out /36
    }
    return result;
}

std::array<std::byte, 16> NetAddress::v1_bytes() const
{
    std::array<std::byte, 16> result{};
    const auto put = [&](ByteSpan prefix) {
        std::ranges::copy(prefix, result.begin());
        std::ranges::copy(bytes(), result.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
    };
    if (is_ipv4()) put(std::as_bytes(std::span{kMappedIpv4}));
    if (is_ipv6()) put({});
    if (is_internal()) put(std::as_bytes(std::span{kInternalPrefix}));
    return result;
}

std::string NetAddress::to_string() const
{
    switch (kind_) {
        case AddressNetwork::kIpv4:
            return address_text::encode_ipv4(bytes());
        case AddressNetwork::kOnion:
            return address_text::encode_onion(bytes());
        case AddressNetwork::kI2p:
            return address_text::encode_i2p(bytes());
        case AddressNetwork::kInternal:
            return address_text::encode_internal(bytes());
        default:
            return address_text::encode_ipv6(bytes());
    }
}

std::string Endpoint::to_string() const
{
    const std::string host = address.to_string();
    const bool brackets = address.is_ipv6() || address.is_cjdns();
    return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Bytes Endpoint::key() const
{
    const ByteSpan raw = address.bytes();
    Bytes result{std::byte(address.kind())};
    result.insert(result.end(), raw.begin(), raw.end());
    result.push_back(std::byte(port >> 8));
    result.push_back(std::byte(port & 0xff));
    return result;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text, std::uint16_t default_port)
{
    const auto parts = split_host_port(text);
    if (!parts) return std::nullopt;
    const auto address = NetAddress::parse(parts->host);
    if (!address) return std::nullopt;
    return Endpoint{*address, parts->port.value_or(default_port)};
}

std::optional<HostPort> split_host_port(std::string_view text)
{
    HostPort result;
    const std::size_t colon = text.rfind(':');
    const bool has_colon = colon != std::string_view::npos;
    const bool bracketed = has_colon && colon > 0 && text[0] == '[' && text[colon - 1] == ']';
    const bool many_colons = has_colon && colon != 0 && text.rfind(':', colon - 1) != std::string_view::npos;
    if (has_colon && (colon == 0 || bracketed || !many_colons)) {
        result.port = parse_integer<std::uint16_t>(text.substr(colon + 1));
        if (!result.port || result.port == 0) return std::nullopt;
        text = text.substr(0, colon);
    }
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    result.host = text;
    return result;
}

}  // namespace cairn::protocol
