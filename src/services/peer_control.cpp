#include "services/peer_control.h"

#include "protocol/address_manager.h"
#include "services/peer_ports.h"
#include "services/peer_values.h"

namespace cairn::services {

namespace {

using Code = api::ErrorCode;
using protocol::Engine;
using protocol::Time;

std::optional<protocol::ConnectionType> connection_type(const std::string& name)
{
    using enum protocol::ConnectionType;
    for (const auto type : {kFullOutbound, kBlockRelay, kAddrFetch, kFeeler}) {
        if (protocol::connection_type_name(type) == name) return type;
    }
    return std::nullopt;
}

const std::string kNoV2 = "Error: v2transport requested but not enabled (see -v2transport)";

std::vector<api::NetworkReach> reach(const protocol::EngineOptions& options)
{
    using enum protocol::AddressNetwork;
    std::vector<api::NetworkReach> out;
    for (const auto network : {kIpv4, kIpv6, kOnion, kI2p, kCjdns}) {
        const bool reachable = options.reachable.contains(network);
        out.push_back({std::string(protocol::network_name(network)), !reachable, reachable, "", false});
    }
    return out;
}

}  // namespace

api::NetworkInfo PeerControl::info() const
{
    return ask([](const Engine& engine, Time) {
        const auto& options = engine.options();
        api::NetworkInfo out;
        out.version = 310000;
        out.user_agent = options.user_agent;
        out.protocol_version = protocol::kProtocolVersion;
        out.local_services = engine.services();
        out.relays_transactions = !options.blocks_only;
        out.time_offset = engine.median_time_offset();
        out.connections_in = engine.inbound_count();
        out.connections_out = engine.connection_count() - engine.inbound_count();
        out.active = engine.network_active();
        out.networks = reach(options);
        for (const auto& [endpoint, score] : engine.local_addresses()) {
            out.local_addresses.push_back({endpoint.address.to_string(), endpoint.port, score});
        }
        return out;
    });
}

api::NetworkTotals PeerControl::totals() const
{
    const auto counted = host_.totals();
    return ask([&](const Engine& engine, Time now) {
        api::NetworkTotals out;
        out.bytes_received = counted.bytes_received;
        out.bytes_sent = counted.bytes_sent;
        out.upload_timeframe = protocol::kUploadCycle / std::chrono::seconds{1};
        out.upload_target = engine.options().max_upload_target;
        out.upload_target_reached = engine.upload_target_reached(false, now);
        out.serves_historical_blocks = !engine.upload_target_reached(true, now);
        if (out.upload_target == 0) return out;
        const auto used = std::min(engine.upload_cycle_bytes(), out.upload_target);
        out.bytes_left_in_cycle = out.upload_target - used;
        out.time_left_in_cycle = engine.upload_cycle_left(now) / std::chrono::seconds{1};
        return out;
    });
}

std::vector<api::PeerInfo> PeerControl::peers() const
{
    return ask([](const Engine& engine, Time now) {
        std::vector<api::PeerInfo> out;
        for (const auto& peer : engine.peers(now)) out.push_back(to_api(peer));
        return out;
    });
}

std::uint64_t PeerControl::connection_count() const
{
    return ask([](const Engine& engine, Time) { return engine.connection_count(); });
}

bool PeerControl::set_active(bool active)
{
    return ask([&](Engine& engine, Time now) {
        engine.set_network_active(active, now);
        return engine.network_active();
    });
}

api::Result<void> PeerControl::add_node(const std::string& name, bool v2_transport)
{
    if (v2_transport) return refuse(Code::kInvalidParameter, kNoV2);
    if (ask([&](Engine& engine, Time) { return engine.add_node(name); })) return {};
    return refuse(Code::kNodeAlreadyAdded, "Error: Node already added");
}

api::Result<void> PeerControl::remove_node(const std::string& name)
{
    if (ask([&](Engine& engine, Time) { return engine.remove_node(name); })) return {};
    return refuse(Code::kNodeNotAdded, "Error: Node could not be removed. It has not been added previously.");
}

api::Result<void> PeerControl::try_once(const std::string& name, bool v2_transport)
{
    if (v2_transport) return refuse(Code::kInvalidParameter, kNoV2);
    ask([&](Engine& engine, Time now) { return engine.connect_to(name, protocol::ConnectionType::kManual, now); });
    return {};
}

std::vector<api::AddedNode> PeerControl::added_nodes() const
{
    return ask([](const Engine& engine, Time) {
        std::vector<api::AddedNode> out;
        for (const auto& node : engine.added_nodes()) out.push_back(to_api(node));
        return out;
    });
}

api::Result<void> PeerControl::add_connection(const std::string& address, const std::string& type, bool v2_transport)
{
    const auto wanted = connection_type(type);
    if (!wanted) return refuse(Code::kInvalidParameter, "Invalid connection type");
    if (v2_transport) {
        return refuse(Code::kInvalidParameter,
                      "Error: Adding v2transport connections requires -v2transport init flag to be set.");
    }
    if (ask([&](Engine& engine, Time now) { return engine.connect_to(address, *wanted, now); })) return {};
    return refuse(Code::kNodeCapacityReached, "Error: Already at capacity for specified connection type.");
}

api::Result<void> PeerControl::disconnect(const std::string& address)
{
    if (ask([&](Engine& engine, Time) { return engine.disconnect(address); })) return {};
    return refuse(Code::kNodeNotConnected, "Node not found in connected nodes");
}

api::Result<void> PeerControl::disconnect(std::int64_t peer)
{
    if (ask([&](Engine& engine, Time) { return engine.disconnect(protocol::PeerId{peer}); })) return {};
    return refuse(Code::kNodeNotConnected, "Node not found in connected nodes");
}

api::Result<void> PeerControl::ping_all()
{
    host_.run([](Engine& engine, Time) { engine.ping_all(); });
    return {};
}

api::Result<void> PeerControl::ban(const std::string& subnet, std::int64_t until)
{
    const auto parsed = protocol::Subnet::parse(subnet);
    if (!parsed) return refuse(Code::kInvalidIpOrSubnet, "Error: Invalid IP/Subnet");
    // An address of a subnet that is banned is banned already; a subnet, only where it was named.
    const auto address = protocol::NetAddress::parse(subnet);
    const bool banned = ask([&](Engine& engine, Time now) {
        if (address && engine.is_banned(*address, now)) return false;
        const auto ban_time = std::chrono::duration_cast<std::chrono::seconds>(engine.options().ban_time);
        const auto end = until != 0 ? until : protocol::unix_seconds(now) + ban_time.count();
        return engine.ban(*parsed, end, now);
    });
    if (banned) return {};
    return refuse(Code::kNodeAlreadyAdded, "Error: IP/Subnet already banned");
}

api::Result<void> PeerControl::unban(const std::string& subnet)
{
    const auto parsed = protocol::Subnet::parse(subnet);
    if (!parsed) return refuse(Code::kInvalidIpOrSubnet, "Error: Invalid IP/Subnet");
    if (ask([&](Engine& engine, Time) { return engine.unban(*parsed); })) return {};
    return refuse(Code::kInvalidIpOrSubnet,
                  "Error: Unban failed. Requested address/subnet was not previously manually banned.");
}

std::vector<api::Ban> PeerControl::bans() const
{
    return ask([](const Engine& engine, Time now) {
        std::vector<api::Ban> out;
        for (const auto& ban : engine.bans(now)) out.push_back(to_api(ban));
        return out;
    });
}

void PeerControl::clear_bans()
{
    host_.run([](Engine& engine, Time) { engine.clear_bans(); });
}

api::Result<void> PeerControl::fetch_block(const BlockHash& hash, std::int64_t peer)
{
    const auto* node = chain_.tree().find(hash);
    if (!node) return refuse(Code::kMisc, "Block header missing");
    if (node->status().has_data()) return refuse(Code::kMisc, "Block already downloaded");
    const auto asked = ask([&](Engine& engine, Time now) -> std::optional<std::string> {
        const auto done = engine.fetch_block(peer, handle(node), now);
        if (done) return std::nullopt;
        return done.error();
    });
    if (asked) return refuse(Code::kMisc, *asked);
    return {};
}

std::vector<api::KnownAddress> PeerControl::known_addresses(std::size_t count, const std::string& network) const
{
    std::optional<protocol::AddressNetwork> wanted;
    if (!network.empty()) wanted = protocol::network_from_name(network);
    return ask([&](Engine& engine, Time now) {
        std::vector<api::KnownAddress> out;
        for (const auto& found : engine.addresses().sample(count, 0, wanted, now)) out.push_back(to_api(found));
        return out;
    });
}

api::Result<bool> PeerControl::add_known_address(const std::string& address, std::uint16_t port, bool tried)
{
    const auto parsed = protocol::NetAddress::parse(address);
    if (!parsed) return refuse(Code::kInvalidIpOrSubnet, "Invalid IP address");
    return ask([&](Engine& engine, Time now) {
        protocol::PeerAddress entry{{*parsed, port}, protocol::kNodeNetwork | protocol::kNodeWitness, now};
        bool added = engine.addresses().add(std::span{&entry, 1}, *parsed, protocol::Duration{0}, now);
        if (added && tried) added = engine.addresses().good(entry.endpoint, now);
        return added;
    });
}

api::Result<void> PeerControl::send_message(std::int64_t peer, const std::string& type, const Bytes& payload)
{
    if (ask([&](Engine& engine, Time now) { return engine.send_raw(peer, type, payload, now); })) return {};
    return refuse(Code::kMisc, "Error: Could not send message to peer");
}

}  // namespace cairn::services
