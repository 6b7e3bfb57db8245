// The network as the node sees it.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

/// Seconds, with the decimals that there are.
Json seconds_json(std::chrono::microseconds time)
{
    std::string text = fmt::format("{}.{:06}", time.count() / 1'000'000, time.count() % 1'000'000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return Json::number(std::move(text));
}

Json bytes_by_message(const std::map<std::string, std::uint64_t>& bytes)
{
    Json out = Json::object();
    for (const auto& [type, count] : bytes) {
        if (count > 0) out.set(type, count);
    }
    return out;
}

void append_traffic(Json& out, const api::PeerInfo& peer)
{
    out.set("lastsend", peer.last_send);
    out.set("lastrecv", peer.last_receive);
    out.set("last_transaction", peer.last_transaction);
    out.set("last_block", peer.last_block);
    out.set("bytessent", peer.bytes_sent);
    out.set("bytesrecv", peer.bytes_received);
    out.set("conntime", peer.connected_at);
    out.set("timeoffset", peer.time_offset);
    if (peer.ping_time) out.set("pingtime", seconds_json(*peer.ping_time));
    if (peer.minimum_ping) out.set("minping", seconds_json(*peer.minimum_ping));
    if (peer.ping_wait) out.set("pingwait", seconds_json(*peer.ping_wait));
}

void append_sync(Json& out, const api::PeerInfo& peer)
{
    out.set("bip152_hb_to", peer.compact_high_bandwidth_to);
    out.set("bip152_hb_from", peer.compact_high_bandwidth_from);
    out.set("presynced_headers", peer.presynced_headers);
    out.set("synced_headers", peer.synced_headers);
    out.set("synced_blocks", peer.synced_blocks);
    out.set("inflight", Json::array_of(peer.in_flight));
    out.set("addr_relay_enabled", peer.address_relay);
    out.set("addr_processed", peer.addresses_processed);
    out.set("addr_rate_limited", peer.addresses_rate_limited);
}

Json peer_json(const api::PeerInfo& peer)
{
    Json out = Json::object();
    out.set("id", peer.id);
    out.set("addr", peer.address);
    if (!peer.bind_address.empty()) out.set("addrbind", peer.bind_address);
    if (!peer.local_address.empty()) out.set("addrlocal", peer.local_address);
    out.set("network", peer.network);
    if (peer.mapped_as) out.set("mapped_as", *peer.mapped_as);
    out.set("services", fmt::format("{:016x}", peer.services));
    out.set("servicesnames", Json::array_of(api::service_names(peer.services)));
    out.set("relaytxes", peer.relays_transactions);
    out.set("last_inv_sequence", peer.last_inv_sequence);
    out.set("inv_to_send", peer.inv_to_send);
    append_traffic(out, peer);
    out.set("version", peer.version);
    out.set("subver", peer.user_agent);
    out.set("inbound", peer.inbound);
    append_sync(out, peer);
    out.set("permissions", Json::array_of(peer.permissions));
    out.set("minfeefilter", peer.minimum_fee_filter);
    out.set("bytessent_per_msg", bytes_by_message(peer.bytes_sent_per_message));
    out.set("bytesrecv_per_msg", bytes_by_message(peer.bytes_received_per_message));
    out.set("connection_type", peer.connection_type);
    out.set("transport_protocol_type", peer.transport);
    out.set("session_id", peer.session_id);
    return out;
}

Json getpeerinfo(const Call& call)
{
    Json out = Json::array();
    for (const api::PeerInfo& peer : call.network().peers()) out.push(peer_json(peer));
    return out;
}

Json getnettotals(const Call& call)
{
    const api::NetworkTotals totals = call.network().totals();
    Json upload = Json::object();
    upload.set("timeframe", totals.upload_timeframe).set("target", totals.upload_target);
    upload.set("target_reached", totals.upload_target_reached);
    upload.set("serve_historical_blocks", totals.serves_historical_blocks);
    upload.set("bytes_left_in_cycle", totals.bytes_left_in_cycle);
    upload.set("time_left_in_cycle", totals.time_left_in_cycle);
    const auto now = std::chrono::floor<std::chrono::milliseconds>(call.context.clock->now().time_since_epoch());
    Json out = Json::object();
    out.set("totalbytesrecv", totals.bytes_received).set("totalbytessent", totals.bytes_sent);
    return std::move(out.set("timemillis", now.count()).set("uploadtarget", std::move(upload)));
}

Json reach_json(const std::vector<api::NetworkReach>& networks)
{
    Json out = Json::array();
    for (const api::NetworkReach& network : networks) {
        Json one = Json::object();
        one.set("name", network.name).set("limited", network.limited).set("reachable", network.reachable);
        one.set("proxy", network.proxy).set("proxy_randomize_credentials", network.proxy_randomize_credentials);
        out.push(std::move(one));
    }
    return out;
}

Json local_json(const std::vector<api::LocalAddress>& addresses)
{
    Json out = Json::array();
    for (const api::LocalAddress& local : addresses) {
        Json one = Json::object();
        one.set("address", local.address).set("port", local.port).set("score", local.score);
        out.push(std::move(one));
    }
    return out;
}

Json getnetworkinfo(const Call& call)
{
    const api::NetworkInfo info = call.network().info();
    const api::MempoolInfo pool = call.mempool().info();
    Json out = Json::object();
    out.set("version", info.version);
    out.set("subversion", info.user_agent);
    out.set("protocolversion", info.protocol_version);
    out.set("localservices", fmt::format("{:016x}", info.local_services));
    out.set("localservicesnames", Json::array_of(api::service_names(info.local_services)));
    out.set("localrelay", info.relays_transactions);
    out.set("timeoffset", info.time_offset);
    out.set("networkactive", info.active);
    out.set("connections", info.connections_in + info.connections_out);
    out.set("connections_in", info.connections_in);
    out.set("connections_out", info.connections_out);
    out.set("networks", reach_json(info.networks));
    out.set("relayfee", pool.minimum_relay_fee);
    out.set("incrementalfee", pool.incremental_relay_fee);
    out.set("localaddresses", local_json(info.local_addresses));
    out.set("warnings", warnings_json(call.context, call.chain().warnings()));
    return out;
}

Json getnodeaddresses(const Call& call)
{
    constexpr std::array<std::string_view, 5> kNetworks{"ipv4", "ipv6", "onion", "i2p", "cjdns"};
    const int count = call["count"].as_int<int>();
    if (count < 0) refuse(Code::kInvalidParameter, "Address count out of range");
    const std::string network = call["network"].is_null() ? "" : call["network"].as_string();
    if (!call["network"].is_null() && std::ranges::find(kNetworks, network) == kNetworks.end()) {
        refuse(Code::kInvalidParameter, "Network not recognized: " + network);
    }
    Json out = Json::array();
    for (const auto& known : call.network().known_addresses(static_cast<std::size_t>(count), network)) {
        Json one = Json::object();
        one.set("time", known.time).set("services", known.services).set("address", known.address);
        out.push(std::move(one.set("port", known.port).set("network", known.network)));
    }
    return out;
}

Json addpeeraddress(const Call& call)
{
    const bool tried = call["tried"].as_bool();
    const bool added = unwrap(
        call.network().add_known_address(call["address"].as_string(), call["port"].as_int<std::uint16_t>(), tried));
    Json out = Json::object();
    if (!added) out.set("error", tried ? "failed-adding-to-tried" : "failed-adding-to-new");
    return std::move(out.set("success", added));
}

}  // namespace

std::span<const Entry> network_methods()
{
    static constexpr std::array kTable{
        Entry{"getpeerinfo", getpeerinfo}, Entry{"getnettotals", getnettotals}, Entry{"getnetworkinfo", getnetworkinfo},
        Entry{"getnodeaddresses", getnodeaddresses}, Entry{"addpeeraddress", addpeeraddress}};
    return kTable;
}

}  // namespace cairn::rpc
