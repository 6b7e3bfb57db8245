#pragma once
// Opens outgoing connections and resolves names, with a time limit. Lives on the network thread. Not a public header of
// the room.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/name_lookup.h"

namespace cairn::net {

class Dialer {
public:
    using Connected = std::function<void(boost::asio::ip::tcp::socket)>;
    using Failed = std::function<void()>;

    Dialer(boost::asio::io_context& io, std::chrono::milliseconds timeout, Resolver resolver);
    ~Dialer();

    /// Exactly one of the two is called, later, unless stop() comes first.
    void connect(const protocol::Endpoint& endpoint, Connected connected, Failed failed);
    /// `name` is "host:port", or "host" for the default port. Tries the addresses it resolves to, one after another.
    void connect(const std::string& name, std::uint16_t default_port, Connected connected, Failed failed);
    /// Empty where the name has no address.
    void resolve(const std::string& name, NameLookup::Found resolved);
    /// Calls nothing any more. Waits for nothing.
    void stop();

private:
    class Attempt;

    void begin(const std::shared_ptr<Attempt>& attempt);

    boost::asio::io_context& io_;
    std::chrono::milliseconds timeout_;
    NameLookup names_;
    std::set<std::shared_ptr<Attempt>> attempts_;  // bounded by the engine's connection slots
};

}  // namespace cairn::net
