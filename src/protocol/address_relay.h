#pragma once
// Gossip of addresses: taking in at a bounded rate, passing on new ones to one or two peers, answering getaddr from a
// cache, and announcing ourselves. Source: Bitcoin Core's ProcessAddrs and MaybeSendAddr.

#include <map>

#include "protocol/context.h"

namespace cairn::protocol {

class AddressRelay {
public:
    explicit AddressRelay(Context& context) : context_(context) {}

    /// Outbound peers are asked for addresses once the handshake has come to the version.
    void on_version(Peer& peer);
    void on_addr(Peer& peer, ByteSpan payload, bool v2);
    void on_getaddr(Peer& peer);
    void maintain(Peer& peer);

private:
    struct Cache {
        std::vector<PeerAddress> addresses;
        Time expires{};
    };

    bool set_up(Peer& peer);
    void take(Peer& peer, std::vector<PeerAddress> addresses);
    bool spend_token(Peer& peer);
    void refill_tokens(Peer& peer);
    bool is_useful(Services services) const;
    void pass_on(const Peer& from, const PeerAddress& address, bool reachable);
    void push(Peer& peer, const PeerAddress& address);
    void send(Peer& peer, std::span<const PeerAddress> addresses);
    void announce_self(Peer& peer);
    std::optional<Endpoint> local_address_for(const Peer& peer) const;
    const std::vector<PeerAddress>& cached_answer(const Peer& peer);

    Context& context_;
    std::map<std::uint64_t, Cache> caches_;
};

}  // namespace cairn::protocol
