#include "services/peer_values.h"

namespace cairn::services {

namespace {

std::int64_t seconds_or_zero(protocol::Time time)
{
    return protocol::unix_seconds(time);
}

void copy_traffic(const protocol::PeerStats& peer, api::PeerInfo& out)
{
    out.last_send = seconds_or_zero(peer.last_send);
    out.last_receive = seconds_or_zero(peer.last_receive);
    out.last_transaction = seconds_or_zero(peer.last_transaction);
    out.last_block = seconds_or_zero(peer.last_block);
    out.bytes_sent = peer.bytes_sent;
    out.bytes_received = peer.bytes_received;
    out.bytes_sent_per_message = peer.bytes_sent_per_message;
    out.bytes_received_per_message = peer.bytes_received_per_message;
    out.connected_at = seconds_or_zero(peer.connected);
    out.ping_time = peer.ping;
    out.minimum_ping = peer.minimum_ping;
    out.ping_wait = peer.ping_wait;
}

void copy_conversation(const protocol::PeerStats& peer, api::PeerInfo& out)
{
    out.services = peer.services;
    out.relays_transactions = peer.relay_transactions;
    out.last_inv_sequence = peer.last_inv_sequence;
    out.inv_to_send = peer.inv_to_send;
    out.time_offset = peer.time_offset;
    out.version = peer.version;
    out.user_agent = peer.user_agent;
    out.compact_high_bandwidth_from = peer.bip152_hb_from;
    out.presynced_headers = peer.presynced_headers;
    out.synced_headers = peer.synced_headers;
    out.synced_blocks = peer.synced_blocks;
    out.in_flight = peer.inflight;
    out.address_relay = peer.addr_relay_enabled;
    out.addresses_processed = peer.addr_processed;
    out.addresses_rate_limited = peer.addr_rate_limited;
    out.minimum_fee_filter = peer.minimum_fee_filter;
}

}  // namespace

api::PeerInfo to_api(const protocol::PeerStats& peer)
{
    api::PeerInfo out;
    out.id = peer.id;
    out.address = peer.address_name;
    if (peer.bind) out.bind_address = peer.bind->to_string();
    if (peer.local && peer.local->is_valid()) out.local_address = peer.local->to_string();
    out.network = protocol::network_name(peer.network);
    out.inbound = peer.inbound;
    out.permissions = protocol::permission_names(peer.permissions);
    out.connection_type = protocol::connection_type_name(peer.connection_type);
    out.transport = peer.transport;
    copy_traffic(peer, out);
    copy_conversation(peer, out);
    return out;
}

api::AddedNode to_api(const protocol::AddedNodeInfo& node)
{
    return {node.name, node.connected, node.connected ? node.address.to_string() : std::string{}, node.inbound};
}

api::Ban to_api(const protocol::BanEntry& ban)
{
    return {ban.subnet.to_string(), ban.created, ban.until};
}

api::KnownAddress to_api(const protocol::PeerAddress& address)
{
    return {protocol::unix_seconds(address.time), address.services, address.endpoint.address.to_string(),
            address.endpoint.port, std::string(protocol::network_name(address.endpoint.address.net_class()))};
}

}  // namespace cairn::services
