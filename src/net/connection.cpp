#include "net/connection.h"

#include <boost/asio/buffer.hpp>

namespace cairn::net {

Connection::Connection(boost::asio::ip::tcp::socket socket, protocol::PeerId peer, const Events& events)
    : socket_(std::move(socket)), peer_(peer), events_(events), buffer_(kReadSize)
{
}

void Connection::start()
{
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    read();
}

void Connection::read()
{
    if (closed_ || !reading_ || read_pending_) return;
    read_pending_ = true;
    socket_.async_read_some(boost::asio::buffer(buffer_),
                            [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
                                self->on_read(error, size);
                            });
}

void Connection::on_read(const boost::system::error_code& error, std::size_t size)
{
    read_pending_ = false;
    if (closed_) return;
    if (error) return fail();
    events_.on_bytes(peer_, ByteSpan{buffer_}.first(size));
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
