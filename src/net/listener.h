#pragma once
// A port on which peers connect to us. Lives on the network thread. Not a public header of the room.

#include <expected>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/socket_options.h"

namespace cairn::net {

class Listener {
public:
    using Accepted = std::function<void(boost::asio::ip::tcp::socket, const SocketOptions::Listener&)>;

    Listener(boost::asio::io_context& io, const SocketOptions::Listener& options, Accepted accepted);

    /// The error says what could not be bound, as Bitcoin Core does.
    std::expected<void, std::string> open();
    void accept();
    void close();
    std::uint16_t port() const;
    const SocketOptions::Listener& options() const { return options_; }

private:
    /// How long to wait when the process is out of file descriptors.
    static constexpr std::chrono::milliseconds kRetry{200};

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer retry_;
    SocketOptions::Listener options_;
    Accepted accepted_;
};

}  // namespace cairn::net
