#pragma once
// Peers and connections as rpc sees them. Implemented by `services`.
//
// Threads: any member from any thread; answers are values of one moment. Times are seconds since 1970 unless said.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/error.h"
#include "consensus/primitives/amount.h"
#include "consensus/primitives/hashes.h"
#include "crypto/bytes.h"

namespace cairn::api {

/// Everything getpeerinfo shows, in its words.
struct PeerInfo {
    std::int64_t id = 0;
    std::string address;  // host:port
    std::string bind_address;
    std::string local_address;  // as the peer sees us; empty: not said
    std::string network;        // "ipv4", "ipv6", "onion", "i2p", "cjdns", "not_publicly_routable"
    std::uint64_t services = 0;
    bool relays_transactions = false;
    std::uint64_t last_inv_sequence = 0;
    std::uint64_t inv_to_send = 0;
    std::int64_t last_send = 0;
    std::int64_t last_receive = 0;
    std::int64_t last_transaction = 0;
    std::int64_t last_block = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::int64_t connected_at = 0;
    std::int64_t time_offset = 0;
    std::optional<std::chrono::microseconds> ping_time;
    std::optional<std::chrono::microseconds> minimum_ping;
    std::optional<std::chrono::microseconds> ping_wait;
    std::int32_t version = 0;
    std::string user_agent;
    bool inbound = false;
    bool compact_high_bandwidth_to = false;
    bool compact_high_bandwidth_from = false;
    Height presynced_headers = -1;
    Height synced_headers = -1;
    Height synced_blocks = -1;
    std::vector<Height> in_flight;
    bool address_relay = false;
    std::uint64_t addresses_processed = 0;
    std::uint64_t addresses_rate_limited = 0;
    std::vector<std::string> permissions;
    Amount minimum_fee_filter;  // per kvB
    std::map<std::string, std::uint64_t> bytes_sent_per_message;
    std::map<std::string, std::uint64_t> bytes_received_per_message;
    /// "outbound-full-relay", "block-relay-only", "inbound", "manual", "addr-fetch", "feeler"
    std::string connection_type;
    /// "detecting", "v1", "v2"
    std::string transport;
    std::string session_id;
    std::optional<std::uint32_t> mapped_as;
};

struct AddedNode {
    std::string name;  // as given
    bool connected = false;
    std::string address;
    bool inbound = false;
};

struct NetworkTotals {
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::int64_t upload_timeframe = 0;  // seconds
    std::uint64_t upload_target = 0;    // bytes; 0: none
    bool upload_target_reached = false;
    bool serves_historical_blocks = true;
    std::uint64_t bytes_left_in_cycle = 0;
    std::int64_t time_left_in_cycle = 0;
};

struct NetworkReach {
    std::string name;
    bool limited = false;
    bool reachable = true;
    std::string proxy;
    bool proxy_randomize_credentials = false;
};

struct LocalAddress {
    std::string address;
    std::uint16_t port = 0;
    int score = 0;
};

struct NetworkInfo {
    std::int32_t version = 0;
    std::string user_agent;
    std::int32_t protocol_version = 0;
    std::uint64_t local_services = 0;
    bool relays_transactions = true;
    std::int64_t time_offset = 0;
    std::uint64_t connections_in = 0;
    std::uint64_t connections_out = 0;
    bool active = true;
    std::vector<NetworkReach> networks;
    std::vector<LocalAddress> local_addresses;
};

struct Ban {
    std::string subnet;
    std::int64_t created = 0;
    std::int64_t until = 0;
};

struct KnownAddress {
    std::int64_t time = 0;
    std::uint64_t services = 0;
    std::string address;
    std::uint16_t port = 0;
    std::string network;
};

/// Names of the service bits in `services`, as "NETWORK", "WITNESS"; an unknown bit n is "UNKNOWN[2^n]".
std::vector<std::string> service_names(std::uint64_t services);

class NetworkControl {
public:
    virtual ~NetworkControl() = default;

    virtual NetworkInfo info() const = 0;
    virtual NetworkTotals totals() const = 0;
    virtual std::vector<PeerInfo> peers() const = 0;
    virtual std::uint64_t connection_count() const = 0;
    /// Answers the new state.
    virtual bool set_active(bool active) = 0;

    /// Errors: kNodeAlreadyAdded, kNodeNotAdded, kInvalidParameter.
    virtual Result<void> add_node(const std::string& name, bool v2_transport) = 0;
    virtual Result<void> remove_node(const std::string& name) = 0;
    virtual Result<void> try_once(const std::string& name, bool v2_transport) = 0;
    virtual std::vector<AddedNode> added_nodes() const = 0;
    /// Tests only: a connection of a certain type. Errors: kNodeCapacityReached.
    virtual Result<void> add_connection(const std::string& address, const std::string& type, bool v2_transport) = 0;
    /// Errors: kClientNotConnected / kNodeNotConnected.
    virtual Result<void> disconnect(const std::string& address) = 0;
    virtual Result<void> disconnect(std::int64_t peer) = 0;
    virtual Result<void> ping_all() = 0;

    /// `until` is absolute; 0: for -bantime from now. Errors: kInvalidIpOrSubnet, kNodeAlreadyAdded ("Error: IP/Subnet
    /// already banned").
    virtual Result<void> ban(const std::string& subnet, std::int64_t until) = 0;
    virtual Result<void> unban(const std::string& subnet) = 0;
    virtual std::vector<Ban> bans() const = 0;
    virtual void clear_bans() = 0;

    /// Asks a peer for a block whose header is known. Errors with Bitcoin Core's texts: "Peer does not exist", …
    virtual Result<void> fetch_block(const BlockHash& hash, std::int64_t peer) = 0;
    /// Up to `count` known addresses (0: all), of one network where `network` is not empty.
    virtual std::vector<KnownAddress> known_addresses(std::size_t count, const std::string& network) const = 0;
    /// Tests only. Answers whether the table took it.
    virtual Result<bool> add_known_address(const std::string& address, std::uint16_t port, bool tried) = 0;
    /// Tests only: sends raw bytes as a message to a peer.
    virtual Result<void> send_message(std::int64_t peer, const std::string& type, const Bytes& payload) = 0;
};

}  // namespace cairn::api
