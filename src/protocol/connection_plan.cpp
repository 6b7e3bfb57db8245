// The automatic half of ConnectionManager: seeds, outbound connections of each kind, and their turnover.

#include <algorithm>
#include <limits>

#include "protocol/connection_manager.h"

namespace cairn::protocol {
namespace {

constexpr int kMaxTries = 100;
constexpr Duration kConnectRetry = 1s;

}  // namespace

void ConnectionManager::start()
{
    const Time now = context_.now;
    started_ = true;
    started_at_ = now;
    next_feeler_ = now + context_.random.exponential(kFeelerInterval);
    next_extra_block_relay_ = now + context_.random.exponential(kExtraBlockRelayInterval);
    next_save_ = now + kSaveAddressesInterval;
    next_extra_check_ = now + kExtraPeerCheckInterval;
    next_stale_check_ = now + kStaleTipCheckInterval;
    seeds_.start();
}

void ConnectionManager::tick(bool anything_in_flight, Time last_tip_update)
{
    if (!started_ || context_.stopped || context_.now < next_round_) return;
    next_round_ = context_.now + kConnectInterval;
    if (!context_.network_active) return;
    if (context_.now >= next_save_) {
        next_save_ = context_.now + kSaveAddressesInterval;
        context_.act(Save{Save::What::kAddresses});
    }
    try_manual(connect_, kConnectRetry, std::numeric_limits<int>::max());
    try_manual(added_, kManualRetryInterval, kMaxManual);
    seeds_.query_dns(static_cast<int>(std::ranges::count_if(context_.peers, [](const auto& entry) {
        return entry.second->type == ConnectionType::kFullOutbound && entry.second->handshake.complete;
    })));
    if (!context_.options.connect_given) open_automatic();
    evict_extra();
    check_stale_tip(anything_in_flight, last_tip_update);
}

ConnectionManager::Outbound ConnectionManager::survey() const
{
    Outbound result;
    for (const auto& [id, peer] : context_.peers) {
        if (peer->disconnecting) continue;
        if (peer->type == ConnectionType::kFullOutbound) ++result.full;
        if (peer->type == ConnectionType::kBlockRelay) ++result.block_relay;
        if (peer->type == ConnectionType::kFeeler) ++result.feelers;
        const bool lasting = peer->type == ConnectionType::kManual || peer->is_outbound_or_block_relay();
        const NetAddress& address = peer->address.address;
        if (lasting && (address.is_ipv4() || address.is_ipv6())) result.groups.insert(address.group());
    }
    return result;
}

std::optional<ConnectionType> ConnectionManager::next_type(const Outbound& outbound)
{
    const Time now = context_.now;
    if (outbound.full < max_full_) return ConnectionType::kFullOutbound;
    if (outbound.block_relay < max_block_relay_) return ConnectionType::kBlockRelay;
    if (try_extra_full_) return ConnectionType::kFullOutbound;
    if (extra_block_relay_ && now > next_extra_block_relay_) {
        next_extra_block_relay_ = now + context_.random.exponential(kExtraBlockRelayInterval);
        return ConnectionType::kBlockRelay;
    }
    if (outbound.feelers < kMaxFeelers && now > next_feeler_) {
        next_feeler_ = now + context_.random.exponential(kFeelerInterval);
        return ConnectionType::kFeeler;
    }
    return std::nullopt;
}

void ConnectionManager::open_automatic()
{
    const bool busy =
        std::ranges::any_of(attempts_, [](const auto& entry) { return entry.second.type != ConnectionType::kManual; });
    if (busy) return;
    const Outbound outbound = survey();
    if (const auto source = seeds_.take_address_source(outbound.full)) connect_to(*source, ConnectionType::kAddrFetch);
    const auto type = next_type(outbound);
    if (!type) return;
    context_.addresses.resolve_collisions(context_.now);
    const auto choice = choose_address(*type, outbound);
    if (!choice) return;
    const int automatic = max_full_ + max_block_relay_ + kMaxFeelers;
    Attempt attempt{*type, choice->address.endpoint, {}, false};
    // With connections into several networks we are surely online: a failure is the address's.
    attempt.count_failure = static_cast<int>(outbound.groups.size()) >= std::min(automatic - 1, 2);
    begin(std::move(attempt));
}

std::optional<AddressChoice> ConnectionManager::choose_address(ConnectionType type, const Outbound& outbound)
{
    const auto& reachable = context_.options.reachable;
    const bool feeler = type == ConnectionType::kFeeler;
    for (int tries = 1; tries <= kMaxTries; ++tries) {
        std::optional<AddressChoice> choice;
        if (feeler) {
            choice = context_.addresses.select_tried_collision();
            if (choice && is_connected(choice->address.endpoint)) {
                // It is there: no need to test it again.
                context_.addresses.good(choice->address.endpoint, context_.now);
                choice.reset();
            }
        }
        if (!choice) choice = context_.addresses.select(feeler, reachable, context_.now);
        if (!choice) return std::nullopt;
        if (is_suitable(*choice, type, outbound, tries)) return choice;
    }
    return std::nullopt;
}

bool ConnectionManager::is_suitable(const AddressChoice& choice, ConnectionType type, const Outbound& outbound,
                                    int tries) const
{
    const NetAddress& address = choice.address.endpoint.address;
    const bool feeler = type == ConnectionType::kFeeler;
    if (!address.is_valid() || context_.local_addresses.contains(choice.address.endpoint)) return false;
    if (!context_.options.reachable.contains(address.kind())) return false;
    if (!feeler && outbound.groups.contains(address.group())) return false;
    if (tries < 30 && context_.now - choice.last_try < 10min) return false;
    const Services services = choice.address.services;
    const bool useful = (services & (kNodeNetwork | kNodeNetworkLimited)) != 0;
    if (feeler ? !useful : !context_.has_desirable_services(services)) return false;
    if (context_.bans.is_banned(address, context_.now) || context_.bans.is_discouraged(address)) return false;
    return !is_connected(choice.address.endpoint);
}

// --- Turnover.

void ConnectionManager::evict_extra()
{
    if (context_.now < next_extra_check_) return;
    next_extra_check_ = context_.now + kExtraPeerCheckInterval;
    if (count(ConnectionType::kBlockRelay) > max_block_relay_) evict_extra_block_relay();
    if (count(ConnectionType::kFullOutbound) > max_full_) evict_extra_full();
    if (!extra_block_relay_ && context_.can_direct_fetch()) extra_block_relay_ = true;
}

/// Of the two youngest, the one that gave us a block less recently goes.
void ConnectionManager::evict_extra_block_relay()
{
    Peer* youngest = nullptr;
    Peer* next = nullptr;
    for (const auto& [id, peer] : context_.peers) {
        if (peer->type != ConnectionType::kBlockRelay || peer->disconnecting) continue;
        next = youngest;
        youngest = peer.get();
    }
    if (youngest == nullptr || next == nullptr) return;
    Peer& loser = youngest->last_block > next->last_block ? *next : *youngest;
    if (context_.now - loser.connected >= kMinimumConnectTime && loser.download.in_flight.empty()) {
        context_.disconnect(loser, "extra block-relay-only peer");
    }
}

/// The one that announced a block longest ago goes.
void ConnectionManager::evict_extra_full()
{
    Peer* worst = nullptr;
    for (const auto& [id, peer] : context_.peers) {
        if (peer->type != ConnectionType::kFullOutbound || peer->disconnecting || peer->headers.chain_protected)
            continue;
        const bool worse =
            worst == nullptr || peer->headers.last_block_announcement <= worst->headers.last_block_announcement;
        if (worse) worst = peer.get();
    }
    if (worst == nullptr) return;
    if (context_.now - worst->connected > kMinimumConnectTime && worst->download.in_flight.empty()) {
        context_.disconnect(*worst, "extra outbound peer");
        try_extra_full_ = false;
    }
}

void ConnectionManager::check_stale_tip(bool anything_in_flight, Time last_tip_update)
{
    if (context_.now < next_stale_check_) return;
    next_stale_check_ = context_.now + kStaleTipCheckInterval;
    const Time since = std::max(last_tip_update, started_at_);
    const bool stale = since < context_.now - context_.options.network.block_interval * 3 && !anything_in_flight;
    try_extra_full_ = stale && !context_.chain.is_importing() && !context_.options.connect_given;
    if (try_extra_full_) {
        context_.log(Log::Level::kInfo, "Potential stale tip detected, will try using extra outbound peer");
    }
}

}  // namespace cairn::protocol
