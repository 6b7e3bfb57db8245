#include "protocol/tx_relay.h"

#include <algorithm>

namespace cairn::protocol {
namespace {

constexpr std::int32_t kFeeFilterVersion = 70013;
constexpr std::size_t kMaxNetworkKeys = 1024;  // beyond, timers are begun anew

__extension__ using Wide = __int128;

bool passes(const RelayInfo& info, Amount filter)
{
    // The fee that the peer asks for this size, rounded up as everywhere on the network.
    const Wide wanted = (static_cast<Wide>(filter.satoshis()) * info.virtual_size + 999) / 1000;
    return info.fee.satoshis() >= wanted;
}

Inventory announcement(const Peer& peer, const Transaction& tx)
{
    if (peer.handshake.wtxid_relay) return {InvType::kWtx, tx.wtxid.value};
    return {InvType::kTx, tx.txid.value};
}

}  // namespace

TxRelay::TxRelay(Context& context)
    : context_(context),
      next_unbroadcast_(context.now + kUnbroadcastBase + context.random.duration_below(kUnbroadcastSpread)),
      everything_(rounded_fee(kMaxMoney))
{
}

void TxRelay::announce(const Txid& txid, const Wtxid& wtxid)
{
    for (const auto& [id, peer] : context_.peers) {
        TxRelayState* relay = peer->tx_relay.get();
        // Before the first announcement is due, the handshake may not even be complete.
        if (relay == nullptr || relay->next_send == Time{}) continue;
        const Hash256& name = peer->handshake.wtxid_relay ? wtxid.value : txid.value;
        if (relay->known.contains(name) || relay->to_send.size() >= kMaxTransactionsToSend) continue;
        relay->to_send.insert(wtxid);
    }
}

void TxRelay::on_known(Peer& peer, const Hash256& name)
{
    if (peer.tx_relay) peer.tx_relay->known.insert(name);
}

bool TxRelay::is_due(Peer& peer)
{
    TxRelayState& relay = *peer.tx_relay;
    const Time now = context_.now;
    if (relay.next_send >= now) return peer.has(kPermissionNoBan);
    if (peer.is_inbound()) {
        if (next_for_inbound_.size() > kMaxNetworkKeys) next_for_inbound_.clear();
        Time& next = next_for_inbound_[peer.network_key];
        if (next < now) next = now + context_.random.exponential(kInboundTrickle);
        relay.next_send = next;
    } else {
        relay.next_send = now + context_.random.exponential(kOutboundTrickle);
    }
    return true;
}

void TxRelay::maintain(Peer& peer)
{
    if (peer.tx_relay && is_due(peer)) {
        TxRelayState& relay = *peer.tx_relay;
        std::vector<Inventory> items;
        if (!relay.relay) relay.to_send.clear();
        if (relay.send_mempool) add_whole_mempool(peer, items);
        add_batch(peer, items);
        relay.last_sequence = context_.mempool.sequence();
        context_.send_inventory(peer, message::kInv, items);
    }
    send_fee_filter(peer);
}

void TxRelay::add_whole_mempool(Peer& peer, std::vector<Inventory>& items)
{
    TxRelayState& relay = *peer.tx_relay;
    relay.send_mempool = false;
    for (const Wtxid& wtxid : context_.mempool.all()) {
        const auto info = context_.mempool.find(wtxid);
        if (!info) continue;
        relay.to_send.erase(wtxid);
        if (!passes(*info, relay.fee_filter_received)) continue;
        const Inventory item = announcement(peer, *info->transaction);
        relay.known.insert(item.hash);
        items.push_back(item);
    }
}

void TxRelay::add_batch(Peer& peer, std::vector<Inventory>& items)
{
    TxRelayState& relay = *peer.tx_relay;
    if (relay.to_send.empty()) return;
    std::vector<Wtxid> queue(relay.to_send.begin(), relay.to_send.end());
    context_.mempool.sort_for_relay(queue);
    const std::size_t limit = std::min(kBroadcastMax, kBroadcastTarget + queue.size() / 1000 * 5);
    std::size_t sent = 0;
    for (const Wtxid& wtxid : queue) {
        if (sent == limit) break;
        relay.to_send.erase(wtxid);
        const auto info = context_.mempool.find(wtxid);
        if (!info) continue;  // gone meanwhile
        const Inventory item = announcement(peer, *info->transaction);
        if (relay.known.contains(item.hash) || !passes(*info, relay.fee_filter_received)) continue;
        relay.known.insert(item.hash);
        items.push_back(item);
        ++sent;
    }
}

void TxRelay::retry_unbroadcast()
{
    if (context_.now < next_unbroadcast_) return;
    next_unbroadcast_ = context_.now + kUnbroadcastBase + context_.random.duration_below(kUnbroadcastSpread);
    for (const Txid& txid : context_.mempool.unbroadcast()) {
        if (const auto info = context_.mempool.find(txid)) {
            announce(txid, info->transaction->wtxid);
        } else {
            context_.mempool.mark_broadcast(txid);
        }
    }
}

/// Fee filters are rounded to steps of ten per cent, so that they tell little of our mempool.
Amount TxRelay::rounded_fee(Amount fee) const
{
    // floating: Bitcoin Core's steps, so that rounded fees say nothing of the node
    constexpr double kStep = 1.1;
    constexpr double kLargest = 1e7;
    double below = 0;
    double step = 50;
    while (step <= kLargest && step < static_cast<double>(fee.satoshis())) {
        below = step;
        step *= kStep;
    }
    if (step > kLargest) return Amount{static_cast<std::int64_t>(below)};
    // Mostly down, one time in three up.
    const bool up = below == 0 ? fee.satoshis() > 0 : context_.random.below(3) == 0;
    return Amount{static_cast<std::int64_t>(up ? step : below)};
}

void TxRelay::send_fee_filter(Peer& peer)
{
    if (context_.options.blocks_only || peer.handshake.common_version < kFeeFilterVersion) return;
    if (peer.has(kPermissionForceRelay) || peer.type == ConnectionType::kBlockRelay) return;
    const Time now = context_.now;
    const bool syncing = context_.chain.is_initial_download();
    // While syncing, transactions cannot be judged: nothing passes.
    const Amount current = syncing ? kMaxMoney : context_.mempool.minimum_fee_rate();
    if (!syncing && peer.fee_filter_sent == everything_) peer.next_fee_filter = {};
    if (now > peer.next_fee_filter) {
        const Amount rounded =
            syncing ? everything_ : std::max(rounded_fee(current), context_.mempool.relay_fee_rate());
        if (rounded != peer.fee_filter_sent) {
            context_.send(peer, message::kFeeFilter, encode_u64(static_cast<std::uint64_t>(rounded.satoshis())));
            peer.fee_filter_sent = rounded;
        }
        peer.next_fee_filter = now + context_.random.exponential(kFeeFilterInterval);
        return;
    }
    const std::int64_t sent = peer.fee_filter_sent.satoshis();
    const bool much_changed = current.satoshis() < 3 * sent / 4 || current.satoshis() > 4 * sent / 3;
    if (much_changed && now + kFeeFilterChangeDelay < peer.next_fee_filter) {
        peer.next_fee_filter = now + context_.random.duration_below(kFeeFilterChangeDelay);
    }
}

}  // namespace cairn::protocol
