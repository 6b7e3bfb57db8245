#pragma once
// What getpeerinfo and its kin say, as values.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/actions.h"
#include "protocol/permissions.h"

namespace cairn::protocol {

struct PeerStats {
    PeerId id = 0;
    /// The peer's address as text; the name it was asked for by, where there was one.
    std::string address_name;
    Endpoint address;
    std::optional<Endpoint> bind;
    /// Our address as the peer sees it.
    std::optional<Endpoint> local;
    AddressNetwork network = AddressNetwork::kUnroutable;
    Services services = kNodeNone;
    bool relay_transactions = false;
    std::uint64_t last_inv_sequence = 0;
    std::size_t inv_to_send = 0;
    Time last_send{};
    Time last_receive{};
    Time last_transaction{};
    Time last_block{};
    Time connected{};
    std::int64_t time_offset = 0;  // seconds
    std::optional<Duration> ping;
    std::optional<Duration> minimum_ping;
    std::optional<Duration> ping_wait;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::map<std::string, std::uint64_t> bytes_sent_per_message;
    std::map<std::string, std::uint64_t> bytes_received_per_message;
    std::int32_t version = 0;
    std::string user_agent;
    bool inbound = false;
    bool bip152_hb_from = false;
    Height presynced_headers = -1;
    Height synced_headers = -1;
    Height synced_blocks = -1;
    std::vector<Height> inflight;
    bool addr_relay_enabled = false;
    std::uint64_t addr_processed = 0;
    std::uint64_t addr_rate_limited = 0;
    Permissions permissions = kPermissionNone;
    Amount minimum_fee_filter;
    ConnectionType connection_type = ConnectionType::kInbound;
    std::string transport = "v1";
    std::size_t messages_waiting = 0;
};

struct AddedNodeInfo {
    std::string name;
    bool connected = false;
    Endpoint address;  // where connected
    bool inbound = false;
};

struct BanEntry {
    Subnet subnet;
    std::int64_t created = 0;  // seconds since 1970
    std::int64_t until = 0;
};

struct OrphanInfo {
    TransactionRef transaction;
    std::vector<PeerId> announcers;
};

}  // namespace cairn::protocol
