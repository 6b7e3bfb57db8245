#include "net/connection.h"

#include <boost/asio/buffer.hpp>

namespace cairn::net {

Connection::Connection(boost::asio::ip::tcp::socket socket, protocol::PeerId peer, Events& events)
    : socket_(std::move(socket)), peer_(peer), events_(events)
{
}

void Connection::start()
{
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    read();
}

/// Waits before it reads: a connection on which nothing comes needs no buffer.
void Connection::read()
{
    if (closed_ || !reading_ || wait_pending_) return;
    wait_pending_ = true;
    socket_.async_wait(
        boost::asio::ip::tcp::socket::wait_read,
        [self = shared_from_this()](const boost::system::error_code& error) { self->on_readable(error); });
}

void Connection::on_readable(boost::system::error_code error)
{
    wait_pending_ = false;
    if (closed_ || !reading_) return;
    std::size_t size = 0;
    if (!error) size = socket_.read_some(boost::asio::buffer(events_.read_buffer), error);
    if (error == boost::asio::error::would_block) return read();
    if (error) return fail();
    events_.on_bytes(peer_, ByteSpan{events_.read_buffer}.first(size));
    read();
}

void Connection::send(Bytes bytes)
{
    if (closed_ || bytes.empty()) return;
    unsent_.push_back(std::move(bytes));
    write();
}

void Connection::write()
{
    if (closed_ || write_pending_ || unsent_.empty()) return;
    write_pending_ = true;
    std::vector<boost::asio::const_buffer> buffers;
    for (const auto& bytes : unsent_) {
        if (buffers.size() == kMaxGathered) break;
        const auto offset = buffers.empty() ? sent_of_first_ : 0;
        buffers.emplace_back(bytes.data() + offset, bytes.size() - offset);
    }
    socket_.async_write_some(buffers, [self = shared_from_this()](const boost::system::error_code& error,
                                                                  std::size_t size) { self->on_written(error, size); });
}

void Connection::on_written(const boost::system::error_code& error, std::size_t size)
{
    write_pending_ = false;
    if (closed_) return;
    if (error) return fail();
    sent_of_first_ += size;
    while (!unsent_.empty() && sent_of_first_ >= unsent_.front().size()) {
        sent_of_first_ -= unsent_.front().size();
        unsent_.pop_front();
    }
    write();
    events_.on_sent(peer_, size);
}

void Connection::set_reading(bool enabled)
{
    reading_ = enabled;
    read();
}

void Connection::close()
{
    if (closed_) return;
    closed_ = true;
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

void Connection::fail()
{
    close();
    events_.on_closed(peer_);
}

}  // namespace cairn::net
