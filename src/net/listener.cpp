#include "net/listener.h"

#include <boost/asio/ip/v6_only.hpp>
#include <fmt/format.h>

#include "net/asio_address.h"

namespace cairn::net {

namespace ip = boost::asio::ip;
using boost::system::error_code;

Listener::Listener(boost::asio::io_context& io, const SocketOptions::Listener& options, Accepted accepted)
    : acceptor_(io), retry_(io), options_(options), accepted_(std::move(accepted))
{
}

std::expected<void, std::string> Listener::open()
{
    const auto shown = options_.endpoint.to_string();
    const auto endpoint = to_asio(options_.endpoint);
    if (!endpoint) return std::unexpected(fmt::format("Bind address family for {} not supported", shown));
    error_code error;
    acceptor_.open(endpoint->protocol(), error);
    if (error)
        return std::unexpected(fmt::format("Couldn't open socket for incoming connections: {}", error.message()));
    error_code ignored;
    acceptor_.set_option(ip::tcp::acceptor::reuse_address(true), ignored);
    if (endpoint->address().is_v6()) acceptor_.set_option(boost::asio::ip::v6_only(true), ignored);
    acceptor_.bind(*endpoint, error);
    if (error == boost::asio::error::address_in_use) {
        return std::unexpected(
            fmt::format("Unable to bind to {} on this computer. Cairn is probably already running.", shown));
    }
    if (error) {
        return std::unexpected(
            fmt::format("Unable to bind to {} on this computer (bind returned error {})", shown, error.message()));
    }
    acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) return std::unexpected(fmt::format("Listening for incoming connections failed: {}", error.message()));
    return {};
}

void Listener::accept()
{
    acceptor_.async_accept([this](const error_code& error, ip::tcp::socket socket) {
        if (error == boost::asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (!error) {
            accepted_(std::move(socket), options_);
            return accept();
        }
        // Most likely no file descriptor is free: they come back as connections end.
        retry_.expires_after(kRetry);
        retry_.async_wait([this](const error_code& cancelled) {
            if (!cancelled && acceptor_.is_open()) accept();
        });
    });
}

void Listener::close()
{
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
}

std::uint16_t Listener::port() const
{
    error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
}

}  // namespace cairn::net
