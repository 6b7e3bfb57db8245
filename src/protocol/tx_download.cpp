#include "protocol/tx_download.h"

#include <algorithm>

namespace cairn::protocol {

TxDownload::TxDownload(Context& context)
    : context_(context),
      requests_(context.random),
      rejects_(kRecentRejects, kRejectFalsePositives, context.random),
      reconsiderable_(kRecentRejects, kRejectFalsePositives, context.random),
      confirmed_(kRecentConfirmed, kRejectFalsePositives, context.random)
{
}

void TxDownload::add_peer(const Peer& peer)
{
    if (peer.handshake.wtxid_relay) ++wtxid_peers_;
}

void TxDownload::forget_peer(const Peer& peer)
{
    if (peer.handshake.complete && peer.handshake.wtxid_relay) --wtxid_peers_;
    requests_.forget_peer(peer.id);
    orphanage_.erase_for_peer(peer.id);
    awaited_.erase(peer.id);
}

std::vector<Txid> TxDownload::parents_of(const Transaction& transaction)
{
    std::vector<Txid> parents;
    for (const TxInput& input : transaction.inputs) parents.push_back(input.prevout.txid);
    std::ranges::sort(parents);
    const auto repeated = std::ranges::unique(parents);
    parents.erase(repeated.begin(), repeated.end());
    return parents;
}

bool TxDownload::already_have(const TxName& name, bool include_reconsiderable) const
{
    // A txid is looked up among wtxids too: for transactions without witness they are the same.
    if (orphanage_.has(Wtxid{name.hash})) return true;
    if (include_reconsiderable && reconsiderable_.contains(name.hash)) return true;
    if (confirmed_.contains(name.hash) || rejects_.contains(name.hash)) return true;
    return name.is_wtxid ? context_.mempool.has(Wtxid{name.hash}) : context_.mempool.has(Txid{name.hash});
}

Duration TxDownload::request_delay(const Peer& peer, bool by_txid) const
{
    Duration delay{0};
    if (!peer.download.preferred) delay += kNonPreferredDelay;
    if (by_txid && wtxid_peers_ > 0) delay += kTxidRelayDelay;
    if (!peer.has(kPermissionRelay) && requests_.count_in_flight(peer.id) >= kMaxTxRequestsInFlight) {
        delay += kOverloadedDelay;
    }
    return delay;
}

void TxDownload::on_announcement(Peer& peer, const TxName& name)
{
    if (name.is_wtxid) {
        if (const TransactionRef orphan = orphanage_.find(Wtxid{name.hash})) {
            auto parents = parents_of(*orphan);
            std::erase_if(parents, [&](const Txid& txid) { return already_have({txid.value, false}, false); });
            if (!parents.empty() && resolve_orphan_from(peer.id, parents, orphan->wtxid)) {
                orphanage_.add_announcer(orphan->wtxid, peer.id);
            }
            return;
        }
    }
    if (already_have(name, true)) return;
    if (!peer.has(kPermissionRelay) && requests_.count(peer.id) >= kMaxTxAnnouncements) return;
    requests_.announce(peer.id, name, peer.download.preferred, context_.now + request_delay(peer, !name.is_wtxid));
}

bool TxDownload::resolve_orphan_from(PeerId id, const std::vector<Txid>& parents, const Wtxid& wtxid)
{
    const Peer* peer = context_.find(id);
    if (peer == nullptr || orphanage_.has_from(wtxid, id)) return false;
    if (!peer->has(kPermissionRelay) && requests_.count(id) + parents.size() > kMaxTxAnnouncements) return false;
    const Time from = context_.now + request_delay(*peer, true);
    for (const Txid& parent : parents) requests_.announce(id, {parent.value, false}, peer->download.preferred, from);
    return true;
}

TransactionRef TxDownload::on_transaction(Peer& peer, ByteSpan payload)
{
    if (context_.rejects_transactions(peer)) {
        context_.disconnect(peer, "transaction sent in violation of protocol");
        return nullptr;
    }
    if (context_.chain.is_initial_download()) return nullptr;
    const auto decoded = decode_transaction(payload, WitnessEncoding::kAllowed, TrailingBytes::kIgnored);
    if (!decoded) {
        context_.debug(peer, "transaction that cannot be read");
        return nullptr;
    }
    const Transaction& tx = **decoded;
    if (peer.tx_relay) peer.tx_relay->known.insert(peer.handshake.wtxid_relay ? tx.wtxid.value : tx.txid.value);
    requests_.responded(peer.id, tx.txid.value);
    requests_.responded(peer.id, tx.wtxid.value);
    if (already_have({tx.wtxid.value, true}, true)) return forced(peer, *decoded);
    submitted_[peer.id] = *decoded;
    peer.pending.transaction = true;
    context_.act(SubmitTransaction{peer.id, *decoded});
    return nullptr;
}

/// What a peer with forcerelay sends again is announced again: for nodes behind us that nobody else hears.
TransactionRef TxDownload::forced(const Peer& peer, const TransactionRef& transaction)
{
    if (!peer.has(kPermissionForceRelay)) return nullptr;
    const bool there = context_.mempool.has(transaction->txid);
    const std::string names = transaction->txid.to_hex() + " (wtxid=" + transaction->wtxid.to_hex() + ")";
    const std::string from = " from peer=" + std::to_string(peer.id);
    context_.log(Log::Level::kInfo, there ? "Force relaying tx " + names + from
                                          : "Not relaying non-mempool transaction " + names + " from forcerelay" +
                                                from.substr(from.rfind(' ')));
    return there ? transaction : nullptr;
}

bool TxDownload::awaits_orphans(PeerId peer) const
{
    return tried_.contains(peer) || awaited_.contains(peer) || orphanage_.has_due(peer);
}

bool TxDownload::is_undecided(const Wtxid& orphan) const
{
    return orphanage_.is_due(orphan) ||
           std::ranges::any_of(tried_, [&](const auto& entry) { return entry.second->wtxid == orphan; });
}

std::vector<PeerId> TxDownload::try_orphans()
{
    for (const PeerId peer : orphanage_.peers_with_due()) {
        if (tried_.contains(peer)) continue;
        const TransactionRef orphan = orphanage_.take_to_reconsider(peer);
        tried_[peer] = orphan;
        context_.act(SubmitTransaction{peer, orphan});
    }
    std::vector<PeerId> released;
    for (auto it = awaited_.begin(); it != awaited_.end();) {
        auto& [orphans, until] = it->second;
        // One that was pushed out meanwhile, or came with a block, is decided as well.
        while (!orphans.empty() && !is_undecided(*orphans.begin())) orphans.erase(orphans.begin());
        if (!orphans.empty() && context_.now < until) {
            ++it;
            continue;
        }
        released.push_back(it->first);
        it = awaited_.erase(it);
    }
    return released;
}

void TxDownload::await_orphans(PeerId peer, const std::vector<Wtxid>& orphans)
{
    if (orphans.empty() || context_.find(peer) == nullptr) return;
    // Those that an orphan completed in turn do not prolong it.
    Awaited& awaited = awaited_.try_emplace(peer, Awaited{{}, context_.now + kMaxOrphanWait}).first->second;
    for (const Wtxid& wtxid : orphans) {
        awaited.orphans.insert(wtxid);
        orphanage_.hurry(wtxid);
    }
}

std::optional<TxDownload::Submitted> TxDownload::take_submitted(PeerId id, const Wtxid& wtxid)
{
    for (auto* table : {&tried_, &submitted_}) {
        const auto entry = table->find(id);
        if (entry == table->end() || entry->second->wtxid != wtxid) continue;
        const Submitted submitted{std::move(entry->second), table == &submitted_};
        table->erase(entry);
        return submitted;
    }
    return std::nullopt;
}

std::optional<Txid> TxDownload::on_result(PeerId id, const Wtxid& wtxid, const TransactionResult& result)
{
    const auto submitted = take_submitted(id, wtxid);
    if (!submitted) return std::nullopt;
    const Transaction& tx = *submitted->transaction;
    const bool accepted = result.verdict == TxVerdict::kAccepted;
    Peer* peer = context_.find(id);
    if (peer != nullptr && submitted->first_time) {
        peer->pending.transaction = false;
        if (accepted) peer->last_transaction = context_.now;
    }
    if (!accepted) {
        on_rejected(id, submitted->transaction, result.verdict, submitted->first_time);
        return std::nullopt;
    }
    const auto completed = take_in(tx);
    if (submitted->first_time) await_orphans(id, completed);
    for (const auto& [waiting, awaited] : awaited_) {
        if (awaited.orphans.contains(wtxid)) await_orphans(waiting, completed);
    }
    return tx.txid;
}

/// It is in the mempool: nobody need be asked for it, and those are returned that have only waited for it.
std::vector<Wtxid> TxDownload::take_in(const Transaction& transaction)
{
    forget(transaction);
    auto completed = orphanage_.on_parent(transaction, context_.random);
    orphanage_.erase(transaction.wtxid);
    return completed;
}

void TxDownload::forget(const Transaction& transaction)
{
    requests_.forget(transaction.txid.value);
    requests_.forget(transaction.wtxid.value);
}

void TxDownload::on_rejected(PeerId peer, const TransactionRef& transaction, TxVerdict verdict, bool first_time)
{
    const Transaction& tx = *transaction;
    switch (verdict) {
        case TxVerdict::kMissingInputs:
            if (first_time) on_missing_inputs(peer, transaction);
            return;
        case TxVerdict::kAccepted:
        case TxVerdict::kNotProcessed:
            forget(tx);
            break;
        case TxVerdict::kWitnessStripped:
            break;  // the same with its witness may be fine
        case TxVerdict::kReconsiderable:
            reconsiderable_.insert(tx.wtxid.value);
            requests_.forget(tx.wtxid.value);
            break;
        case TxVerdict::kInputsNotStandard:
            // The witness has no part in that: the txid is as bad.
            rejects_.insert(tx.txid.value);
            requests_.forget(tx.txid.value);
            [[fallthrough]];
        case TxVerdict::kAlreadyKnown:
            // Two peers gave it at the same time, or it was tried on the accounts of two: nothing is wrong with it.
            if (context_.mempool.has(tx.wtxid)) {
                forget(tx);
                break;
            }
            [[fallthrough]];
        case TxVerdict::kInvalid:
            rejects_.insert(tx.wtxid.value);
            requests_.forget(tx.wtxid.value);
            break;
    }
    orphanage_.erase(tx.wtxid);
}

void TxDownload::on_missing_inputs(PeerId id, const TransactionRef& transaction)
{
    const Transaction& tx = *transaction;
    auto parents = parents_of(tx);
    std::size_t reconsiderable = 0;
    const bool hopeless = std::ranges::any_of(parents, [&](const Txid& parent) {
        if (rejects_.contains(parent.value)) return true;
        if (reconsiderable_.contains(parent.value) && !context_.mempool.has(parent)) ++reconsiderable;
        return reconsiderable > 1;
    });
    if (hopeless) {
        rejects_.insert(tx.txid.value);
        rejects_.insert(tx.wtxid.value);
        return forget(tx);
    }
    if (Peer* peer = context_.find(id); peer != nullptr && peer->tx_relay) {
        for (const Txid& parent : parents) peer->tx_relay->known.insert(parent.value);
    }
    std::erase_if(parents, [&](const Txid& parent) { return already_have({parent.value, false}, false); });
    // Whoever announced it may have its parents.
    std::vector<PeerId> candidates{id};
    for (const Hash256& hash : {tx.txid.value, tx.wtxid.value}) {
        for (const PeerId other : requests_.candidates(hash)) candidates.push_back(other);
    }
    for (const PeerId candidate : candidates) {
        if (resolve_orphan_from(candidate, parents, tx.wtxid)) orphanage_.add(transaction, candidate);
    }
    forget(tx);
}

void TxDownload::maintain(Peer& peer)
{
    std::vector<Inventory> wanted;
    for (const TxName& name : requests_.requestable(peer.id, context_.now)) {
        if (already_have(name, false)) {
            requests_.forget(name.hash);
            continue;
        }
        requests_.requested(peer.id, name.hash, context_.now + kTxRequestExpiry);
        const InvType by_txid = peer.serves_witnesses() ? InvType::kWitnessTx : InvType::kTx;
        wanted.push_back({name.is_wtxid ? InvType::kWtx : by_txid, name.hash});
    }
    context_.send_inventory(peer, message::kGetData, wanted);
}

void TxDownload::on_notfound(Peer& peer, ByteSpan payload)
{
    const auto list = decode_inventory(payload);
    if (!list || list->oversized() || list->count > kMaxNotFound) return;
    for (const Inventory& item : list->items) {
        if (item.is_tx()) requests_.responded(peer.id, item.hash);
    }
}

void TxDownload::on_block_connected(const Block& block)
{
    orphanage_.erase_for_block(block);
    for (const Transaction& tx : block.transactions) {
        confirmed_.insert(tx.txid.value);
        if (tx.has_witness()) confirmed_.insert(tx.wtxid.value);
        forget(tx);
    }
}

void TxDownload::on_block_disconnected()
{
    // What was confirmed may come back as unconfirmed.
    confirmed_.clear();
}

void TxDownload::on_blocks_missed()
{
    // What a missed block contained is asked for once more at worst, and then refused; an orphan tells by being tried.
    on_block_disconnected();
    orphanage_.reconsider_all(context_.random);
}

void TxDownload::on_tip_changed()
{
    // What was invalid on the old tip (not final, spent) may be valid on the new one.
    rejects_.clear();
    reconsiderable_.clear();
}

}  // namespace cairn::protocol
