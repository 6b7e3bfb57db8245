#pragma once
// One socket: bytes in, bytes out. Lives on the network thread. Not a public header of the room.

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "crypto/bytes.h"
#include "protocol/actions.h"

namespace cairn::net {

/// Kept alive by its pending operations; calls nothing any more once closed.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// Of all connections of a network thread.
    struct Events {
        /// What was read goes through it, one connection at a time.
        Bytes read_buffer;
        std::function<void(protocol::PeerId, ByteSpan)> on_bytes;
        std::function<void(protocol::PeerId, std::size_t)> on_sent;
        /// The peer closed, or the connection broke.
        std::function<void(protocol::PeerId)> on_closed;
    };

    /// `events` outlives the connection's being open.
    Connection(boost::asio::ip::tcp::socket socket, protocol::PeerId peer, Events& events);

    void start();
    void send(Bytes bytes);
    void set_reading(bool enabled);
    /// At once; what was not written is lost.
    void close();

private:
    static constexpr std::size_t kMaxGathered = 16;

    void read();
    void on_readable(boost::system::error_code error);
    void write();
    void on_written(const boost::system::error_code& error, std::size_t size);
    void fail();

    boost::asio::ip::tcp::socket socket_;
    const protocol::PeerId peer_;
    Events& events_;
    std::deque<Bytes> unsent_;       // bounded by the engine, which stops answering a peer that does not read
    std::size_t sent_of_first_ = 0;  // bytes of unsent_.front() that are gone
    bool reading_ = true;
    bool wait_pending_ = false;
    bool write_pending_ = false;
    bool closed_ = false;
};

}  // namespace cairn::net
