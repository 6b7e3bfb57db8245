#pragma once
// Addresses of Asio and of the peer-to-peer logic, one as the other. Not a public header of the room.

#include <boost/asio/ip/tcp.hpp>

#include "protocol/net_address.h"

namespace cairn::net {

protocol::Endpoint from_asio(const boost::asio::ip::tcp::endpoint& endpoint);
/// IPv4 and IPv6 (CJDNS is IPv6 to the system); nothing for networks that need a proxy.
std::optional<boost::asio::ip::tcp::endpoint> to_asio(const protocol::Endpoint& endpoint);

}  // namespace cairn::net
