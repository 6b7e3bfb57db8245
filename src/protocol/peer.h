#pragma once
// Everything the engine keeps about one connection. Internal to protocol: each part is written by one class.

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/actions.h"
#include "protocol/header_presync.h"
#include "protocol/limits.h"
#include "protocol/permissions.h"
#include "protocol/rolling_filter.h"
#include "protocol/transport.h"

namespace cairn::protocol {

/// Session: the handshake and what it agreed on.
struct HandshakeState {
    std::uint64_t local_nonce = 0;
    std::int32_t version = 0;  // 0: no version message yet
    std::int32_t common_version = 0;
    bool complete = false;
    Services services = kNodeNone;
    bool has_wanted_services = false;
    std::string user_agent;
    std::optional<Endpoint> local;  // how the peer sees us
    std::int64_t time_offset = 0;
    bool wtxid_relay = false;
    bool wants_addrv2 = false;
    bool prefers_headers = false;
    bool sent_sendheaders = false;
};

struct PingState {
    std::uint64_t nonce = 0;  // 0: none under way
    Time start{};
    bool queued = false;
    std::optional<Duration> last;
    std::optional<Duration> minimum;
};

/// A headers message of the peer whose result is awaited.
struct PendingHeaders {
    bool full = false;
    bool received_new = false;
    bool presyncing = false;
};

/// HeaderSync: where the peer's chain stands.
struct HeaderState {
    HeaderHandle best_known;
    BlockHash last_unknown;
    HeaderHandle best_sent;
    bool sync_started = false;
    bool caught_up = false;  // it told us of its last header
    Time sync_timeout{};     // kFarFuture: none
    Time last_getheaders{};
    bool inv_triggered_getheaders = false;
    std::unique_ptr<HeaderPresync> presync;
    std::optional<PendingHeaders> pending;
    Time last_block_announcement{};
    // An outbound peer must show a chain with as much work as ours.
    Time chain_timeout{};
    HeaderHandle chain_work_header;
    bool chain_getheaders_sent = false;
    bool chain_protected = false;
};

struct BlockInFlight {
    HeaderHandle header;
    BlockHash hash;
    Height height = 0;
    Time requested{};
};

/// BlockDownload.
struct DownloadState {
    bool preferred = false;
    HeaderHandle last_common;
    std::list<BlockInFlight> in_flight;  // in the order asked for
    Time downloading_since{};
    Time stalling_since{};
    Time last_delivery{};
    Time not_before{};  // silent peers get no more work until then
    unsigned takeovers = 0;
};

/// BlockAnnouncer.
struct AnnounceState {
    std::vector<BlockHash> as_headers;
    std::vector<BlockHash> as_inv;
};

/// Server.
struct ServeState {
    std::deque<Inventory> requests;
    BlockHash continuation;
    std::optional<Inventory> reading;  // its block is being read from disk
};

/// TxRelay; absent for peers that take no part in transaction relay.
struct TxRelayState {
    explicit TxRelayState(Random& random) : known(kKnownTransactions, kRejectFalsePositives, random) {}

    bool relay = false;
    RollingFilter known;
    std::set<Wtxid> to_send;
    bool send_mempool = false;
    Time next_send{};
    std::uint64_t last_sequence = 1;
    Amount fee_filter_received;
};

/// AddressRelay.
struct AddressState {
    bool enabled = false;
    std::optional<RollingFilter> known;
    std::vector<PeerAddress> to_send;
    bool getaddr_sent = false;
    bool getaddr_received = false;
    Time next_send{};
    Time next_local_send{};
    double tokens = 1.0;  // floating: addresses that may still come
    Time tokens_at{};
    std::uint64_t processed = 0;
    std::uint64_t rate_limited = 0;
};

/// Results that are awaited: until they are in, no further message of the peer is decided.
struct PendingWork {
    bool headers = false;
    bool transaction = false;
    std::map<BlockHash, std::size_t> blocks;  // with their sizes
    std::size_t block_bytes = 0;

    bool idle() const { return !headers && !transaction && blocks.empty(); }
};

struct Peer {
    Peer(PeerId peer_id, ConnectionType connection_type, Magic magic)
        : id(peer_id), type(connection_type), transport(magic)
    {
    }

    PeerId id;
    ConnectionType type;
    std::string name;  // as shown: what it was asked for by, or its address
    Endpoint address;
    std::optional<Endpoint> bind;
    bool onion_bind = false;
    Permissions permissions = kPermissionNone;
    bool prefer_evict = false;
    std::uint64_t keyed_group = 0;
    std::uint64_t network_key = 0;
    Time connected{};
    bool disconnecting = false;
    bool should_discourage = false;

    TransportV1 transport;
    std::deque<Received> queue;
    std::size_t queued_bytes = 0;
    bool reading = true;
    std::size_t unsent = 0;
    PendingWork pending;

    HandshakeState handshake;
    PingState ping;
    HeaderState headers;
    DownloadState download;
    AnnounceState announce;
    ServeState serve;
    std::unique_ptr<TxRelayState> tx_relay;
    AddressState addresses;
    Amount fee_filter_sent;
    Time next_fee_filter{};

    Time last_send{};
    Time last_receive{};
    Time last_block{};
    Time last_transaction{};
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::map<std::string, std::uint64_t> sent_per_message;
    std::map<std::string, std::uint64_t> received_per_message;
    bool bip152_from = false;

    bool is_inbound() const { return type == ConnectionType::kInbound; }
    bool is_outbound_or_block_relay() const
    {
        return type == ConnectionType::kFullOutbound || type == ConnectionType::kBlockRelay;
    }
    bool has(Permissions wanted) const { return has_permission(permissions, wanted); }
    bool serves_blocks() const { return (handshake.services & (kNodeNetwork | kNodeNetworkLimited)) != 0; }
    bool is_limited() const { return serves_blocks() && (handshake.services & kNodeNetwork) == 0; }
    bool serves_witnesses() const { return (handshake.services & kNodeWitness) != 0; }
    /// The network it is connected by.
    AddressNetwork connected_network() const
    {
        return onion_bind ? AddressNetwork::kOnion : address.address.net_class();
    }
};

}  // namespace cairn::protocol
