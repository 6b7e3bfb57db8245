#include "net/asio_address.h"

#include <algorithm>

namespace cairn::net {

namespace ip = boost::asio::ip;

protocol::Endpoint from_asio(const ip::tcp::endpoint& endpoint)
{
    const auto address = endpoint.address();
    if (address.is_v4()) {
        std::array<std::uint8_t, 4> bytes{};
        std::ranges::copy(address.to_v4().to_bytes(), bytes.begin());
        return {protocol::NetAddress::ipv4(bytes), endpoint.port()};
    }
    std::array<std::byte, 16> bytes{};
    std::ranges::transform(address.to_v6().to_bytes(), bytes.begin(), [](unsigned char c) { return std::byte{c}; });
    return {protocol::NetAddress::ipv6(bytes), endpoint.port()};
}

std::optional<ip::tcp::endpoint> to_asio(const protocol::Endpoint& endpoint)
{
    const auto& address = endpoint.address;
    const auto bytes = address.bytes();
    const auto as_char = [](std::byte b) { return std::to_integer<unsigned char>(b); };
    if (address.is_ipv4()) {
        ip::address_v4::bytes_type v4{};
        std::ranges::transform(bytes, v4.begin(), as_char);
        return ip::tcp::endpoint(ip::address_v4(v4), endpoint.port);
    }
    if (address.is_ipv6() || address.is_cjdns()) {
        ip::address_v6::bytes_type v6{};
        std::ranges::transform(bytes, v6.begin(), as_char);
        return ip::tcp::endpoint(ip::address_v6(v6), endpoint.port);
    }
    return std::nullopt;
}

}  // namespace cairn::net
