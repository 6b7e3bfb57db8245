#include "protocol/connection_manager.h"

#include <algorithm>

#include "protocol/eviction.h"

namespace cairn::protocol {
namespace {

constexpr std::uint64_t kPurposeGroup = 0x67726f7570;
constexpr std::uint64_t kPurposeNetwork = 0x6e6574776f726b;

}  // namespace

ConnectionManager::ConnectionManager(Context& context) : context_(context), seeds_(context)
{
    const EngineOptions& options = context.options;
    const int all = std::max(options.max_connections, 0);
    max_full_ = std::min(kMaxFullOutbound, all);
    max_block_relay_ = std::min(kMaxBlockRelayOutbound, all - max_full_);
    max_inbound_ = std::max(0, all - max_full_ - max_block_relay_ - kMaxFeelers);
    for (const std::string& name : options.add_nodes) add_node(name);
    for (const std::string& name : options.connect) {
        if (name != "0") connect_.push_back({name});
    }
}

int ConnectionManager::count(ConnectionType type) const
{
    return static_cast<int>(std::ranges::count_if(
        context_.peers, [&](const auto& entry) { return entry.second->type == type && !entry.second->disconnecting; }));
}

const Peer* ConnectionManager::find_by_name(const std::string& name) const
{
    for (const auto& [id, peer] : context_.peers) {
        if (!peer->disconnecting && peer->name == name) return peer.get();
    }
    return nullptr;
}

bool ConnectionManager::is_connected(const Endpoint& endpoint) const
{
    return std::ranges::any_of(context_.peers, [&](const auto& entry) {
        return !entry.second->disconnecting && entry.second->address == endpoint;
    });
}

bool ConnectionManager::is_attempted(const std::string& name) const
{
    return std::ranges::any_of(attempts_, [&](const auto& entry) { return entry.second.name == name; });
}

Permissions ConnectionManager::whitelisted(const NetAddress& address, bool incoming) const
{
    Permissions permissions = kPermissionNone;
    for (const WhitelistEntry& entry : context_.options.whitelist) {
        if ((incoming ? entry.incoming : entry.outgoing) && entry.subnet.contains(address)) {
            permissions |= entry.permissions;
        }
    }
    return permissions;
}

Peer& ConnectionManager::add_peer(ConnectionType type, const NewConnection& connection)
{
    const PeerId id = next_id_++;
    auto peer = std::make_unique<Peer>(id, type, context_.options.network.magic);
    peer->address = connection.address;
    peer->name = connection.address.to_string();
    peer->bind = connection.bind;
    peer->onion_bind = connection.onion_bind;
    peer->permissions = connection.permissions;
    // Whoever comes through Tor hides behind our own address: it says nothing about them.
    if (!connection.onion_bind) {
        peer->permissions |= whitelisted(connection.address.address, type == ConnectionType::kInbound);
    }
    peer->permissions =
        resolve_implicit(peer->permissions, context_.options.whitelist_relay, context_.options.whitelist_force_relay);
    peer->connected = context_.now;
    peer->keyed_group = context_.keyed(kPurposeGroup, connection.address.address.group());
    Bytes network = connection.bind ? connection.bind->key() : Bytes{};
    network.push_back(std::byte(peer->connected_network()));
    peer->network_key = context_.keyed(kPurposeNetwork, network);
    Peer& result = *peer;
    context_.peers.emplace(id, std::move(peer));
    context_.log(Log::Level::kDebug, "Added connection " + context_.shown(result));
    return result;
}

std::optional<PeerId> ConnectionManager::on_accepted(const NewConnection& connection)
{
    if (!context_.network_active || context_.stopped) return std::nullopt;
    const NetAddress& address = connection.address.address;
    Permissions permissions = connection.permissions;
    if (!connection.onion_bind) permissions |= whitelisted(address, true);
    permissions = resolve_implicit(permissions, false, false);
    const bool exempt = has_permission(permissions, kPermissionNoBan);
    const std::string from = context_.options.log_addresses ? " from " + connection.address.to_string() : "";
    if (!exempt && context_.bans.is_banned(address, context_.now)) {
        context_.log(Log::Level::kDebug, "connection" + from + " dropped (banned)");
        return std::nullopt;
    }
    const int inbound = count(ConnectionType::kInbound);
    const bool discouraged = context_.bans.is_discouraged(address);
    if (!exempt && discouraged && inbound + 1 >= max_inbound_) {
        context_.log(Log::Level::kDebug, "connection" + from + " dropped (discouraged)");
        return std::nullopt;
    }
    if (inbound >= max_inbound_ && !make_room()) return std::nullopt;
    Peer& peer = add_peer(ConnectionType::kInbound, connection);
    peer.prefer_evict = discouraged;
    return peer.id;
}

bool ConnectionManager::make_room()
{
    std::vector<EvictionCandidate> candidates;
    for (const auto& [id, peer] : context_.peers) {
        if (peer->disconnecting) continue;
        EvictionCandidate candidate;
        candidate.id = id;
        candidate.connected = peer->connected;
        candidate.minimum_ping = peer->ping.minimum.value_or(Duration::max());
        candidate.last_block = peer->last_block;
        candidate.last_transaction = peer->last_transaction;
        candidate.has_wanted_services = peer->handshake.has_wanted_services;
        candidate.relays_transactions = peer->tx_relay && peer->tx_relay->relay;
        candidate.keyed_group = peer->keyed_group;
        candidate.prefer_evict = peer->prefer_evict;
        candidate.is_local = peer->address.address.is_local();
        candidate.network = peer->connected_network();
        candidate.noban = peer->has(kPermissionNoBan);
        candidate.inbound = peer->is_inbound();
        candidates.push_back(candidate);
    }
    const auto victim = select_peer_to_evict(std::move(candidates));
    if (!victim) return false;
    if (Peer* peer = context_.find(*victim)) context_.disconnect(*peer, "selected for eviction");
    return true;
}

void ConnectionManager::begin(Attempt attempt)
{
    const std::uint64_t number = next_attempt_++;
    context_.act(Connect{number, attempt.endpoint, attempt.endpoint.is_valid() ? std::string{} : attempt.name});
    if (attempt.name.empty()) attempt.name = attempt.endpoint.to_string();
    context_.log(Log::Level::kDebug,
                 "trying v1 connection (" + std::string(connection_type_name(attempt.type)) + ") to " + attempt.name);
    attempts_.emplace(number, std::move(attempt));
}

std::optional<PeerId> ConnectionManager::on_connected(std::uint64_t number, const NewConnection& connection)
{
    const auto found = attempts_.find(number);
    if (found == attempts_.end()) return std::nullopt;
    const Attempt attempt = std::move(found->second);
    attempts_.erase(found);
    context_.addresses.attempt(connection.address, attempt.count_failure, context_.now);
    if (!context_.network_active || context_.stopped || is_connected(connection.address)) return std::nullopt;
    Peer& peer = add_peer(attempt.type, connection);
    peer.name = attempt.name;
    return peer.id;
}

void ConnectionManager::on_connect_failed(std::uint64_t number)
{
    const auto found = attempts_.find(number);
    if (found == attempts_.end()) return;
    const Attempt attempt = std::move(found->second);
    attempts_.erase(found);
    if (attempt.endpoint.is_valid()) {
        context_.addresses.attempt(attempt.endpoint, attempt.count_failure, context_.now);
    }
}

// --- By hand.

bool ConnectionManager::add_node(const std::string& name)
{
    const std::uint16_t port = context_.options.network.default_port;
    const auto endpoint = Endpoint::parse(name, port);
    const bool known = std::ranges::any_of(added_, [&](const ManualTarget& target) {
        return target.name == name || (endpoint && Endpoint::parse(target.name, port) == endpoint);
    });
    if (known) return false;
    added_.push_back({name});
    return true;
}

bool ConnectionManager::remove_node(const std::string& name)
{
    return std::erase_if(added_, [&](const ManualTarget& t) { return t.name == name; }) > 0;
}

std::vector<AddedNodeInfo> ConnectionManager::added_nodes() const
{
    std::vector<AddedNodeInfo> result;
    for (const ManualTarget& target : added_) {
        AddedNodeInfo info;
        info.name = target.name;
        const Peer* peer = find_by_name(target.name);
        const auto endpoint = Endpoint::parse(target.name, context_.options.network.default_port);
        for (const auto& [id, other] : context_.peers) {
            if (peer == nullptr && endpoint && !other->disconnecting && other->address == *endpoint) peer = other.get();
        }
        if (peer != nullptr) {
            info.connected = true;
            info.address = peer->address;
            info.inbound = peer->is_inbound();
        }
        result.push_back(std::move(info));
    }
    return result;
}

bool ConnectionManager::connect_to(const std::string& name, ConnectionType type)
{
    const auto limit = [&]() -> int {
        switch (type) {
            case ConnectionType::kFullOutbound:
                return max_full_;
            case ConnectionType::kBlockRelay:
                return max_block_relay_;
            case ConnectionType::kFeeler:
                return kMaxFeelers;
            default:
                return context_.options.max_connections;
        }
    };
    if (type == ConnectionType::kInbound || (type != ConnectionType::kManual && count(type) >= limit())) return false;
    if (find_by_name(name) != nullptr || is_attempted(name) || !context_.network_active) return true;
    Attempt attempt{type, {}, name, false};
    if (const auto endpoint = Endpoint::parse(name, context_.options.network.default_port)) {
        if (is_connected(*endpoint)) return true;
        attempt.endpoint = *endpoint;
    }
    begin(std::move(attempt));
    return true;
}

int ConnectionManager::manual_count() const
{
    const auto attempted = std::ranges::count_if(
        attempts_, [](const auto& entry) { return entry.second.type == ConnectionType::kManual; });
    return count(ConnectionType::kManual) + static_cast<int>(attempted);
}

void ConnectionManager::try_manual(std::deque<ManualTarget>& targets, Duration retry, int limit)
{
    for (ManualTarget& target : targets) {
        if (context_.now < target.next_try || manual_count() >= limit) continue;
        if (find_by_name(target.name) != nullptr || is_attempted(target.name)) continue;
        target.next_try = context_.now + retry;
        connect_to(target.name, ConnectionType::kManual);
    }
}

}  // namespace cairn::protocol
