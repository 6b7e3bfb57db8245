#include "net/dialer.h"

#include <deque>

#include <boost/asio/steady_timer.hpp>

#include "net/asio_address.h"

namespace cairn::net {

namespace ip = boost::asio::ip;
using boost::system::error_code;

/// Addresses tried one after another until one answers.
class Dialer::Attempt : public std::enable_shared_from_this<Attempt> {
public:
    Attempt(Dialer& dialer, Connected connected, Failed failed)
        : dialer_(dialer),
          socket_(dialer.io_),
          timer_(dialer.io_),
          connected_(std::move(connected)),
          failed_(std::move(failed))
    {
    }

    void add(const protocol::Endpoint& endpoint)
    {
        if (const auto address = to_asio(endpoint)) endpoints_.push_back(*address);
    }

    void next()
    {
        if (done_) return;
        if (endpoints_.empty()) return finish(false);
        const auto endpoint = endpoints_.front();
        endpoints_.pop_front();
        error_code ignored;
        socket_.close(ignored);
        timer_.expires_after(dialer_.timeout_);
        timer_.async_wait([self = shared_from_this(), round = ++round_](const error_code& error) {
            // A timer that ran out when the next address was being tried already is not that one's.
            error_code unused;
            if (!error && round == self->round_) self->socket_.close(unused);
        });
        socket_.async_connect(endpoint, [self = shared_from_this()](const error_code& error) {
            self->timer_.cancel();
            if (error) return self->next();
            self->finish(true);
        });
    }

    void cancel()
    {
        done_ = true;
        timer_.cancel();
        error_code ignored;
        socket_.close(ignored);
    }

    void finish(bool success)
    {
        if (done_) return;
        done_ = true;
        const auto self = shared_from_this();
        dialer_.attempts_.erase(self);
        if (success) {
            connected_(std::move(socket_));
        } else {
            failed_();
        }
    }

private:
    Dialer& dialer_;
    ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    Connected connected_;
    Failed failed_;
    std::deque<ip::tcp::endpoint> endpoints_;
    int round_ = 0;
    bool done_ = false;
};

Dialer::Dialer(boost::asio::io_context& io, std::chrono::milliseconds timeout, Resolver resolver)
    : io_(io), timeout_(timeout), names_(io, std::move(resolver))
{
}

Dialer::~Dialer()
{
    stop();
}

/// Later, so that no caller is called back before its own call has ended.
void Dialer::begin(const std::shared_ptr<Attempt>& attempt)
{
    boost::asio::post(io_, [attempt] { attempt->next(); });
}

void Dialer::connect(const protocol::Endpoint& endpoint, Connected connected, Failed failed)
{
    const auto attempt = std::make_shared<Attempt>(*this, std::move(connected), std::move(failed));
    attempts_.insert(attempt);
    attempt->add(endpoint);
    begin(attempt);
}

void Dialer::connect(const std::string& name, std::uint16_t default_port, Connected connected, Failed failed)
{
    const auto attempt = std::make_shared<Attempt>(*this, std::move(connected), std::move(failed));
    attempts_.insert(attempt);
    const auto split = protocol::split_host_port(name);
    if (!split || split->host.empty()) return begin(attempt);
    const auto port = split->port.value_or(default_port);
    if (const auto numeric = protocol::NetAddress::parse(split->host)) {
        attempt->add({*numeric, port});
        return begin(attempt);
    }
    names_.look_up(split->host, [attempt, port](const NameLookup::Addresses& addresses) {
        for (const auto& address : addresses) attempt->add({address, port});
        attempt->next();
    });
}

void Dialer::resolve(const std::string& name, NameLookup::Found resolved)
{
    names_.look_up(name, std::move(resolved));
}

void Dialer::stop()
{
    names_.stop();
    for (const auto& attempt : attempts_) attempt->cancel();
    attempts_.clear();
}

}  // namespace cairn::net
