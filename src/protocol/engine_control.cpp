// The engine as RPC sees it: connections by hand, bans, figures.

#include <algorithm>

#include "protocol/engine.h"
#include "protocol/engine_state.h"

namespace cairn::protocol {

void Engine::set_network_active(bool active, Time now)
{
    Context& context = state_->context;
    context.now = now;
    if (context.network_active == active) return;
    context.network_active = active;
    context.log(Log::Level::kInfo, std::string("SetNetworkActive: ") + (active ? "true" : "false"));
    if (active) return;
    for (const auto& [id, peer] : context.peers) context.disconnect(*peer, "network is not active");
    state_->finish();
}

bool Engine::network_active() const
{
    return state_->context.network_active;
}
bool Engine::add_node(const std::string& name)
{
    return state_->connections.add_node(name);
}
bool Engine::remove_node(const std::string& name)
{
    return state_->connections.remove_node(name);
}
std::vector<AddedNodeInfo> Engine::added_nodes() const
{
    return state_->connections.added_nodes();
}

bool Engine::connect_to(const std::string& name, ConnectionType type, Time now)
{
    state_->context.now = now;
    return state_->connections.connect_to(name, type);
}

bool Engine::disconnect(PeerId id)
{
    Peer* peer = state_->context.find(id);
    if (peer == nullptr) return false;
    state_->context.disconnect(*peer, "by request");
    state_->finish();
    return true;
}

bool Engine::disconnect(const std::string& address)
{
    for (const auto& [id, peer] : state_->context.peers) {
        if (!peer->disconnecting && peer->name == address) return disconnect(id);
    }
    return false;
}

std::size_t Engine::disconnect(const Subnet& subnet)
{
    std::size_t count = 0;
    for (const auto& [id, peer] : state_->context.peers) {
        if (peer->disconnecting || !subnet.contains(peer->address.address)) continue;
        state_->context.disconnect(*peer, "by request");
        ++count;
    }
    state_->finish();
    return count;
}

bool Engine::ban(const Subnet& subnet, std::int64_t until, Time now)
{
    Context& context = state_->context;
    context.now = now;
    if (context.bans.is_banned(subnet, now) || !context.bans.ban(subnet, unix_seconds(now), until)) return false;
    context.act(Save{Save::What::kBans});
    disconnect(subnet);
    return true;
}

bool Engine::is_banned(const NetAddress& address, Time now) const
{
    return state_->context.bans.is_banned(address, now);
}

bool Engine::unban(const Subnet& subnet)
{
    if (!state_->context.bans.unban(subnet)) return false;
    state_->context.act(Save{Save::What::kBans});
    return true;
}

void Engine::clear_bans()
{
    state_->context.bans.clear();
    state_->context.act(Save{Save::What::kBans});
}

std::vector<BanEntry> Engine::bans(Time now) const
{
    return state_->context.bans.entries(now);
}

void Engine::restore_bans(const std::vector<BanEntry>& entries, Time now)
{
    for (const BanEntry& entry : entries) state_->context.bans.ban(entry.subnet, entry.created, entry.until);
    state_->context.bans.sweep(now);
}

void Engine::ping_all()
{
    for (const auto& [id, peer] : state_->context.peers) peer->ping.queued = true;
}

void Engine::add_local_address(const Endpoint& endpoint, int score)
{
    constexpr std::size_t kMaxLocalAddresses = 64;
    auto& known = state_->context.local_addresses;
    if (known.size() >= kMaxLocalAddresses && !known.contains(endpoint)) return;
    known[endpoint] = std::max(known[endpoint], score);
}

std::vector<std::pair<Endpoint, int>> Engine::local_addresses() const
{
    const auto& known = state_->context.local_addresses;
    return {known.begin(), known.end()};
}

std::size_t Engine::connection_count() const
{
    return state_->context.peers.size();
}

std::size_t Engine::inbound_count() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(state_->context.peers, [](const auto& entry) { return entry.second->is_inbound(); }));
}

std::vector<OrphanInfo> Engine::orphans() const
{
    return state_->tx_download.orphanage().list();
}
std::int64_t Engine::median_time_offset() const
{
    return state_->session.median_time_offset();
}

bool Engine::upload_target_reached(bool historical, Time now) const
{
    state_->context.now = now;
    return state_->context.upload_target_reached(historical);
}

std::uint64_t Engine::upload_cycle_bytes() const
{
    return state_->context.cycle_bytes;
}

Duration Engine::upload_cycle_left(Time now) const
{
    return std::max(kUploadCycle - (now - state_->context.cycle_start), Duration{0});
}

AddressManager& Engine::addresses()
{
    return state_->context.addresses;
}
const AddressManager& Engine::addresses() const
{
    return state_->context.addresses;
}
const EngineOptions& Engine::options() const
{
    return state_->context.options;
}
Services Engine::services() const
{
    return state_->context.options.services;
}

}  // namespace cairn::protocol
