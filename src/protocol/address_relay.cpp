#include "protocol/address_relay.h"

#include <algorithm>
#include <array>

#include "protocol/engine.h"

namespace cairn::protocol {
namespace {

constexpr std::uint64_t kPurposeRelay = 0x6164647272656c61;
constexpr std::uint64_t kPurposeCache = 0x6164647263616368;

bool compatible(const Peer& peer, const PeerAddress& address)
{
    return peer.handshake.wants_addrv2 || address.endpoint.address.fits_v1();
}

}  // namespace

bool AddressRelay::set_up(Peer& peer)
{
    if (peer.type == ConnectionType::kBlockRelay || peer.type == ConnectionType::kFeeler) return false;
    if (!peer.addresses.enabled) {
        peer.addresses.enabled = true;
        peer.addresses.known.emplace(kKnownAddresses, 0.001, context_.random);
    }
    return true;
}

void AddressRelay::on_version(Peer& peer)
{
    peer.addresses.tokens_at = context_.now;
    if (peer.is_inbound() || !set_up(peer)) return;
    context_.send(peer, message::kGetAddr);
    peer.addresses.getaddr_sent = true;
    // What we asked for does not count against the rate.
    peer.addresses.tokens += kAddressBucket;
}

void AddressRelay::on_addr(Peer& peer, ByteSpan payload, bool v2)
{
    auto list = v2 ? decode_addrv2(payload) : decode_addr(payload);
    if (!list) return context_.debug(peer, "addr message that cannot be read");
    if (!set_up(peer)) return;
    if (list->oversized()) {
        const std::string type(v2 ? message::kAddrV2 : message::kAddr);
        return context_.misbehaving(peer, type + " message size = " + std::to_string(list->count));
    }
    take(peer, std::move(list->items));
}

void AddressRelay::refill_tokens(Peer& peer)
{
    AddressState& state = peer.addresses;
    if (state.tokens < kAddressBucket) {
        // floating: a time
        const double seconds = std::max(std::chrono::duration<double>(context_.now - state.tokens_at).count(), 0.0);
        state.tokens = std::min(state.tokens + seconds * kAddressRate, kAddressBucket);
    }
    state.tokens_at = context_.now;
}

bool AddressRelay::spend_token(Peer& peer)
{
    AddressState& state = peer.addresses;
    if (state.tokens >= 1.0) {
        state.tokens -= 1.0;
        return true;
    }
    if (peer.has(kPermissionAddr)) return true;
    ++state.rate_limited;
    return false;
}

bool AddressRelay::is_useful(Services services) const
{
    return (services & (kNodeNetwork | kNodeNetworkLimited)) != 0 || context_.has_desirable_services(services);
}

void AddressRelay::take(Peer& peer, std::vector<PeerAddress> addresses)
{
    AddressState& state = peer.addresses;
    const Time now = context_.now;
    refill_tokens(peer);
    const std::size_t count = addresses.size();
    std::vector<PeerAddress> good;
    shuffle(addresses, context_.random);
    for (PeerAddress& address : addresses) {
        if (!spend_token(peer)) continue;
        if (!is_useful(address.services)) continue;
        if (address.time <= from_unix(100'000'000) || address.time > now + 10min) address.time = now - 5 * 24h;
        state.known->insert(address.endpoint.key());
        const NetAddress& host = address.endpoint.address;
        if (context_.bans.is_discouraged(host) || context_.bans.is_banned(host, now)) continue;
        ++state.processed;
        const bool reachable = context_.options.reachable.contains(host.kind());
        const bool fresh = address.time > now - 10min && !state.getaddr_sent && count <= 10;
        if (fresh && host.is_routable()) pass_on(peer, address, reachable);
        if (reachable) good.push_back(address);
    }
    context_.addresses.add(good, peer.address.address, 2h, now);
    if (count < kMaxAddresses) state.getaddr_sent = false;
    // A connection made for its addresses has done its work.
    if (peer.type == ConnectionType::kAddrFetch && count > 1)
        context_.disconnect(peer, "addrfetch connection completed");
}

void AddressRelay::pass_on(const Peer& from, const PeerAddress& address, bool reachable)
{
    if (!reachable && !address.endpoint.address.is_relayable()) return;
    // The same address goes to the same peers for a day, so that repeating it does not spread it.
    const Bytes key = address.endpoint.key();
    const std::uint64_t hash = context_.keyed(kPurposeRelay, key);
    const auto day = std::chrono::duration_cast<std::chrono::seconds>(kAddressRotation).count();
    const std::uint64_t period =
        (static_cast<std::uint64_t>(unix_seconds(context_.now)) + hash % static_cast<std::uint64_t>(day)) /
        static_cast<std::uint64_t>(day);
    std::vector<std::pair<std::uint64_t, Peer*>> ranked;
    for (const auto& [id, peer] : context_.peers) {
        if (!peer->addresses.enabled || id == from.id || !compatible(*peer, address)) continue;
        const std::array<std::uint64_t, 3> input{hash, period, static_cast<std::uint64_t>(id)};
        ranked.emplace_back(context_.keyed(kPurposeRelay, std::as_bytes(std::span{input})), peer.get());
    }
    const std::size_t wanted = reachable || (hash & 1) != 0 ? 2 : 1;
    const std::size_t chosen = std::min(wanted, ranked.size());
    std::ranges::partial_sort(ranked, ranked.begin() + static_cast<std::ptrdiff_t>(chosen), std::greater{});
    for (std::size_t i = 0; i < chosen; ++i) push(*ranked[i].second, address);
}

void AddressRelay::push(Peer& peer, const PeerAddress& address)
{
    AddressState& state = peer.addresses;
    if (!address.endpoint.is_valid() || state.known->contains(address.endpoint.key()) || !compatible(peer, address)) {
        return;
    }
    if (state.to_send.size() >= kMaxAddresses) {
        state.to_send[static_cast<std::size_t>(context_.random.below(state.to_send.size()))] = address;
    } else {
        state.to_send.push_back(address);
    }
}

void AddressRelay::on_getaddr(Peer& peer)
{
    // Outbound peers could tell us apart by what we know (fingerprinting).
    if (!peer.is_inbound() || !set_up(peer) || peer.addresses.getaddr_received) return;
    peer.addresses.getaddr_received = true;
    peer.addresses.to_send.clear();
    if (peer.has(kPermissionAddr)) {
        for (const auto& address :
             context_.addresses.sample(kMaxAddresses, kMaxAddressPercent, std::nullopt, context_.now)) {
            push(peer, address);
        }
        return;
    }
    for (const PeerAddress& address : cached_answer(peer)) push(peer, address);
}

const std::vector<PeerAddress>& AddressRelay::cached_answer(const Peer& peer)
{
    Bytes socket = peer.bind ? peer.bind->key() : Bytes{};
    socket.push_back(std::byte(peer.connected_network()));
    const std::uint64_t key = context_.keyed(kPurposeCache, socket);
    if (caches_.size() >= kMaxAddressCaches && !caches_.contains(key)) {
        caches_.erase(std::ranges::min_element(caches_, {}, [](const auto& entry) { return entry.second.expires; }));
    }
    Cache& cache = caches_[key];
    if (cache.expires < context_.now) {
        cache.addresses = context_.addresses.sample(kMaxAddresses, kMaxAddressPercent, std::nullopt, context_.now);
        std::erase_if(cache.addresses, [&](const PeerAddress& address) {
            const NetAddress& host = address.endpoint.address;
            return context_.bans.is_discouraged(host) || context_.bans.is_banned(host, context_.now);
        });
        cache.expires = context_.now + kAddressCacheLifetime + context_.random.duration_below(kAddressCacheSpread);
    }
    return cache.addresses;
}

namespace {

/// How well a peer may reach an address of ours: not at all, over the other family of the internet, directly.
int reach(const NetAddress& ours, const NetAddress& theirs)
{
    if (ours.kind() == theirs.kind()) return 2;
    const auto clearnet = [](const NetAddress& address) { return address.is_ipv4() || address.is_ipv6(); };
    return clearnet(ours) && clearnet(theirs) ? 1 : 0;
}

}  // namespace

std::optional<Endpoint> AddressRelay::local_address_for(const Peer& peer) const
{
    const EngineOptions& options = context_.options;
    if (!options.listen) return std::nullopt;
    std::optional<Endpoint> best;
    std::pair<int, int> best_rank{0, 0};
    for (const auto& [endpoint, score] : context_.local_addresses) {
        const std::pair rank{reach(endpoint.address, peer.address.address), score};
        if (rank.first == 0 || rank <= best_rank) continue;
        best = endpoint;
        best_rank = rank;
    }
    // What the peer sees us as may be better than what we think, and surely is better than nothing.
    const auto& seen = peer.handshake.local;
    const bool is_confirmed = best_rank.second > Engine::kScoreGivenByOwner;  // by peers
    const bool believable = options.discover && seen && seen->address.is_routable() &&
                            options.reachable.contains(seen->address.kind()) && peer.address.address.is_routable();
    if (believable && (!best || context_.random.below(is_confirmed ? 8 : 2) == 0)) {
        // Only who connected to us knows the port as well.
        const auto listen_port = options.listen_port != 0 ? options.listen_port : options.network.default_port;
        const auto port = peer.is_inbound() ? seen->port : best ? best->port : listen_port;
        best = Endpoint{seen->address, port};
    }
    if (best && !best->address.is_routable()) return std::nullopt;
    return best;
}

void AddressRelay::announce_self(Peer& peer)
{
    AddressState& state = peer.addresses;
    const bool first = state.next_local_send == Time{};
    // Forgetting what it knows lets our own address through again.
    if (!first) state.known->clear();
    if (const auto local = local_address_for(peer)) {
        const PeerAddress self{*local, context_.options.services, context_.now};
        if (!first) {
            push(peer, self);
        } else if (compatible(peer, self)) {
            send(peer, std::span{&self, 1});
        }
    }
    state.next_local_send = context_.now + context_.random.exponential(kLocalAddressInterval);
}

void AddressRelay::send(Peer& peer, std::span<const PeerAddress> addresses)
{
    if (peer.handshake.wants_addrv2) {
        context_.send(peer, message::kAddrV2, encode_addrv2(addresses));
    } else {
        context_.send(peer, message::kAddr, encode_addr(addresses));
    }
}

void AddressRelay::maintain(Peer& peer)
{
    AddressState& state = peer.addresses;
    if (peer.type == ConnectionType::kAddrFetch && context_.now - peer.connected > 10 * kAddressInterval) {
        return context_.disconnect(peer, "addrfetch connection timeout");
    }
    if (!state.enabled) return;
    const Time now = context_.now;
    if (context_.options.listen && !context_.chain.is_initial_download() && state.next_local_send < now) {
        announce_self(peer);
    }
    if (now <= state.next_send) return;
    state.next_send = now + context_.random.exponential(kAddressInterval);
    std::erase_if(state.to_send, [&](const PeerAddress& address) {
        const Bytes key = address.endpoint.key();
        if (state.known->contains(key)) return true;
        state.known->insert(key);
        return false;
    });
    if (!state.to_send.empty()) send(peer, state.to_send);
    state.to_send.clear();
    state.to_send.shrink_to_fit();
}

}  // namespace cairn::protocol
