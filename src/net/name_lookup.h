#pragma once
// Names to addresses, by the system's resolver, which may take a minute and cannot be given up: on threads that nobody
// waits for. Lives on the network thread. Not a public header of the room.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "net/socket_options.h"

namespace cairn::net {

class NameLookup {
public:
    using Addresses = std::vector<protocol::NetAddress>;
    using Found = std::function<void(const Addresses&)>;

    /// So many at a time.
    static constexpr std::size_t kMaxThreads = 4;
    /// And so many more that wait; a name beyond that is answered as if it had no address.
    static constexpr std::size_t kMaxWaiting = 128;

    /// An empty `resolver` stands for the system's.
    NameLookup(boost::asio::io_context& io, Resolver resolver);
    /// stop()
    ~NameLookup();
    NameLookup(const NameLookup&) = delete;
    NameLookup& operator=(const NameLookup&) = delete;

    /// `found` is called later, on the network thread, unless stop() comes first. Empty where there is no address.
    void look_up(std::string name, Found found);
    /// Forgets all that was asked. Lookups under way end by themselves, and touch nothing of this object any more.
    void stop();

private:
    struct Shared;

    bool start_thread();
    static void work(const std::shared_ptr<Shared>& self);

    std::shared_ptr<Shared> shared_;
};

}  // namespace cairn::net
