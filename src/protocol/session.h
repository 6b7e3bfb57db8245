#pragma once
// The handshake (which messages may come when), what is agreed on in it, and whether the peer is alive.

#include <map>

#include "protocol/context.h"

namespace cairn::protocol {

class Session {
public:
    explicit Session(Context& context) : context_(context) {}

    void send_version(Peer& peer);
    /// What belongs to handshake and liveness is dealt with here, and what may not come yet is dropped. False: the
    /// message is for others.
    bool on_message(Peer& peer, const Received& message);
    /// Timeouts, pings.
    void maintain(Peer& peer);
    std::int64_t median_time_offset() const;

private:
    using Handler = void (Session::*)(Peer&, ByteSpan);
    static const std::map<std::string_view, Handler>& handlers();

    void on_version(Peer& peer, ByteSpan payload);
    bool accept_version(Peer& peer, const VersionMessage& version);
    void adopt_version(Peer& peer, const VersionMessage& version);
    void confirm_local(const NetAddress& address);
    void answer_version(Peer& peer);
    void on_verack(Peer& peer, ByteSpan payload);
    void on_wtxidrelay(Peer& peer, ByteSpan payload);
    void on_sendaddrv2(Peer& peer, ByteSpan payload);
    void on_sendheaders(Peer& peer, ByteSpan payload);
    void on_sendcmpct(Peer& peer, ByteSpan payload);
    void on_ping(Peer& peer, ByteSpan payload);
    void on_pong(Peer& peer, ByteSpan payload);
    void on_filter(Peer& peer, ByteSpan payload);
    void on_feefilter(Peer& peer, ByteSpan payload);
    void on_ignored(Peer& peer, ByteSpan payload);
    void on_filter_index_request(Peer& peer, ByteSpan payload);
    bool is_inactive(Peer& peer);
    bool is_own_nonce(std::uint64_t nonce) const;

    Context& context_;
    std::vector<std::int64_t> outbound_offsets_;  // of the latest outbound peers
    std::size_t next_offset_ = 0;
};

}  // namespace cairn::protocol
