#include "net/asio_address.h"

#include <algorithm>

namespace cairn::net {

namespace ip = boost::asio::ip;

protocol::Endpoint from_asio(const ip::tcp::endpoint& endpoint)
{
    using enum protocol::AddressNetwork;
    const auto read = [&](protocol::AddressNetwork kind, const auto& bytes) -> protocol::Endpoint {
        return {
            protocol::NetAddress::from_bytes(kind, std::as_bytes(std::span{bytes})).value_or(protocol::NetAddress{}),
            endpoint.port()};
    };
    const auto address = endpoint.address();
    return address.is_v4() ? read(kIpv4, address.to_v4().to_bytes()) : read(kIpv6, address.to_v6().to_bytes());
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
