#include <algorithm>

#include "crypto/text.h"
#include "protocol/net_address.h"

namespace cairn::protocol {
namespace {

bool has_prefixes(const NetAddress& address)
{
    return address.is_ipv4() || address.is_ipv6() || address.is_cjdns();
}

int address_bits(const NetAddress& address)
{
    return static_cast<int>(address.bytes().size() * 8);
}

/// The length of a mask written as an address: ones, then zeros only.
std::optional<int> mask_length(const NetAddress& mask)
{
    int length = 0;
    bool ended = false;
    for (const std::byte b : mask.bytes()) {
        for (int bit = 7; bit >= 0; --bit) {
            const bool one = (static_cast<unsigned>(b) >> bit & 1) != 0;
            if (one && ended) return std::nullopt;
            if (one) ++length;
            ended = ended || !one;
        }
    }
    return length;
}

std::byte mask_byte(int bits)
{
    return bits >= 8 ? std::byte{0xff} : std::byte(0xff00 >> std::max(bits, 0) & 0xff);
}

NetAddress masked(const NetAddress& address, int length)
{
    std::array<std::byte, 16> bytes{};
    for (std::size_t i = 0; i < address.bytes().size(); ++i) {
        bytes[i] = address.bytes()[i] & mask_byte(length - static_cast<int>(8 * i));
    }
    if (address.is_ipv4()) {
        return NetAddress::ipv4(
            {std::uint8_t(bytes[0]), std::uint8_t(bytes[1]), std::uint8_t(bytes[2]), std::uint8_t(bytes[3])});
    }
    return address.is_cjdns() ? NetAddress::cjdns(bytes) : NetAddress::ipv6(bytes);
}

}  // namespace

Subnet::Subnet(const NetAddress& single)
    : address_(single), prefix_length_(static_cast<std::uint8_t>(std::min(address_bits(single), 128))), valid_(true)
{
    if (single.is_internal()) valid_ = false;
}

Subnet::Subnet(const NetAddress& address, int prefix_length)
{
    if (!has_prefixes(address) || prefix_length < 0 || prefix_length > address_bits(address)) return;
    address_ = masked(address, prefix_length);
    prefix_length_ = static_cast<std::uint8_t>(prefix_length);
    valid_ = true;
}

std::optional<Subnet> Subnet::parse(std::string_view text)
{
    const std::size_t slash = text.rfind('/');
    std::string_view host = text.substr(0, slash);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto address = NetAddress::parse(host);
    if (!address) return std::nullopt;
    Subnet result;
    if (slash == std::string_view::npos) {
        result = Subnet{*address};
    } else {
        const std::string_view suffix = text.substr(slash + 1);
        if (const auto length = parse_integer<std::uint8_t>(suffix)) {
            result = Subnet{*address, *length};
        } else if (const auto mask = NetAddress::parse(suffix); mask && mask->kind() == address->kind()) {
            const auto length_of_mask = mask_length(*mask);
            if (length_of_mask) result = Subnet{*address, *length_of_mask};
        }
    }
    if (!result.is_valid()) return std::nullopt;
    return result;
}

bool Subnet::contains(const NetAddress& address) const
{
    if (!valid_ || address.kind() != address_.kind()) return false;
    if (!has_prefixes(address_)) return address == address_;
    for (std::size_t i = 0; i < address_.bytes().size(); ++i) {
        const std::byte mask = mask_byte(prefix_length_ - static_cast<int>(8 * i));
        if ((address.bytes()[i] & mask) != address_.bytes()[i]) return false;
    }
    return true;
}

std::string Subnet::to_string() const
{
    if (!has_prefixes(address_)) return address_.to_string();
    return address_.to_string() + "/" + std::to_string(prefix_length_);
}

}  // namespace cairn::protocol
