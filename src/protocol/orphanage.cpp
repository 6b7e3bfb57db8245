#include "protocol/orphanage.h"

#include <algorithm>

namespace cairn::protocol {

bool Orphanage::add(const TransactionRef& transaction, PeerId peer)
{
    if (transaction->weight() > kMaxOrphanWeight) return false;
    const auto [entry, is_new] = orphans_.try_emplace(transaction->wtxid);
    if (!is_new) return add_announcer(transaction->wtxid, peer);
    entry->second.transaction = transaction;
    for (const TxInput& input : transaction->inputs) by_outpoint_[input.prevout].insert(transaction->wtxid);
    weight_ += transaction->weight();
    input_scores_ += input_score(*transaction);
    announce(entry->second, peer);
    limit();
    return true;
}

bool Orphanage::add_announcer(const Wtxid& wtxid, PeerId peer)
{
    const auto entry = orphans_.find(wtxid);
    if (entry == orphans_.end() || entry->second.announcers.contains(peer)) return false;
    announce(entry->second, peer);
    limit();
    return true;
}

void Orphanage::announce(Orphan& orphan, PeerId peer)
{
    const Transaction& tx = *orphan.transaction;
    const Announcement announcement{sequence_++, Due::kNot};
    orphan.announcers[peer] = announcement;
    Usage& usage = usage_[peer];
    usage.weight += tx.weight();
    usage.latency += 1 + input_score(tx);
    usage.order[{Due::kNot, announcement.sequence}] = tx.wtxid;
    ++announcements_;
}

void Orphanage::withdraw(Orphans::iterator orphan, PeerId peer)
{
    const auto entry = orphan->second.announcers.find(peer);
    if (entry == orphan->second.announcers.end()) return;
    const Transaction& tx = *orphan->second.transaction;
    Usage& usage = usage_.at(peer);
    usage.weight -= tx.weight();
    usage.latency -= 1 + input_score(tx);
    usage.order.erase({entry->second.due, entry->second.sequence});
    if (usage.order.empty()) usage_.erase(peer);
    const Due due = entry->second.due;
    if (due != Due::kNot) --due_;
    auto& announcers = orphan->second.announcers;
    announcers.erase(entry);
    --announcements_;
    if (!announcers.empty()) {
        // Its parent is there whoever leaves.
        if (due != Due::kNot) set_due(orphan->second, *announcers.begin(), due);
        return;
    }
    for (const TxInput& input : tx.inputs) {
        const auto spenders = by_outpoint_.find(input.prevout);
        if (spenders == by_outpoint_.end()) continue;
        spenders->second.erase(tx.wtxid);
        if (spenders->second.empty()) by_outpoint_.erase(spenders);
    }
    weight_ -= tx.weight();
    input_scores_ -= input_score(tx);
    orphans_.erase(orphan);
}

void Orphanage::remove(Orphans::iterator orphan)
{
    std::vector<PeerId> peers;
    for (const auto& [peer, announcement] : orphan->second.announcers) peers.push_back(peer);
    for (const PeerId peer : peers) withdraw(orphan, peer);
}

bool Orphanage::erase(const Wtxid& wtxid)
{
    const auto entry = orphans_.find(wtxid);
    if (entry == orphans_.end()) return false;
    remove(entry);
    return true;
}

void Orphanage::erase_for_peer(PeerId peer)
{
    while (true) {
        const auto usage = usage_.find(peer);
        if (usage == usage_.end()) break;
        withdraw(orphans_.find(usage->second.order.begin()->second), peer);
    }
    limit();  // there is less to share now
}

void Orphanage::erase_for_block(const Block& block)
{
    if (orphans_.empty()) return;
    std::set<Wtxid> gone;
    for (const Transaction& tx : block.transactions) {
        for (const TxInput& input : tx.inputs) {
            const auto spenders = by_outpoint_.find(input.prevout);
            if (spenders != by_outpoint_.end()) gone.insert(spenders->second.begin(), spenders->second.end());
        }
    }
    for (const Wtxid& wtxid : gone) erase(wtxid);
}

std::vector<Wtxid> Orphanage::on_parent(const Transaction& parent, Random& random)
{
    std::set<Wtxid> children;
    for (std::uint32_t i = 0; i < parent.outputs.size(); ++i) {
        const auto spenders = by_outpoint_.find(Outpoint{parent.txid, i});
        if (spenders != by_outpoint_.end()) children.insert(spenders->second.begin(), spenders->second.end());
    }
    for (const Wtxid& wtxid : children) reconsider(orphans_.at(wtxid), random);
    return {children.begin(), children.end()};
}

void Orphanage::reconsider_all(Random& random)
{
    for (auto& [wtxid, orphan] : orphans_) reconsider(orphan, random);
}

void Orphanage::reconsider(Orphan& orphan, Random& random)
{
    auto& announcers = orphan.announcers;
    if (any_due(announcers)) return;
    auto chosen = announcers.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(random.below(announcers.size())));
    set_due(orphan, *chosen, Due::kSometime);
}

void Orphanage::set_due(const Orphan& orphan, Announcers::value_type& announcer, Due due)
{
    auto& [peer, announcement] = announcer;
    auto& order = usage_.at(peer).order;
    order.erase({announcement.due, announcement.sequence});
    if (announcement.due != Due::kNot) --due_;
    if (due != Due::kNot) ++due_;
    announcement.due = due;
    order[{due, announcement.sequence}] = orphan.transaction->wtxid;
}

void Orphanage::hurry(const Wtxid& wtxid)
{
    const auto entry = orphans_.find(wtxid);
    if (entry == orphans_.end()) return;
    for (auto& announcer : entry->second.announcers) {
        if (announcer.second.due == Due::kSometime) set_due(entry->second, announcer, Due::kSoon);
    }
}

bool Orphanage::any_due(const Announcers& announcers)
{
    return std::ranges::any_of(announcers, [](const auto& a) { return a.second.due != Due::kNot; });
}

bool Orphanage::is_due(const Wtxid& wtxid) const
{
    const auto entry = orphans_.find(wtxid);
    return entry != orphans_.end() && any_due(entry->second.announcers);
}

bool Orphanage::has_due(PeerId peer) const
{
    const auto usage = usage_.find(peer);
    return usage != usage_.end() && usage->second.has_due();
}

std::vector<PeerId> Orphanage::peers_with_due() const
{
    std::vector<PeerId> peers;
    if (due_ == 0) return peers;  // as nearly always, and asked at each input
    for (const auto& [peer, usage] : usage_) {
        if (usage.has_due()) peers.push_back(peer);
    }
    return peers;
}

TransactionRef Orphanage::take_to_reconsider(PeerId peer)
{
    const auto usage = usage_.find(peer);
    if (usage == usage_.end()) return nullptr;
    const auto& order = usage->second.order;
    auto first = order.lower_bound({Due::kSoon, 0});
    if (first == order.end()) first = order.lower_bound({Due::kSometime, 0});
    if (first == order.end()) return nullptr;
    Orphan& orphan = orphans_.at(first->second);
    set_due(orphan, *orphan.announcers.find(peer), Due::kNot);
    return orphan.transaction;
}

bool Orphanage::has_from(const Wtxid& wtxid, PeerId peer) const
{
    const auto entry = orphans_.find(wtxid);
    return entry != orphans_.end() && entry->second.announcers.contains(peer);
}

TransactionRef Orphanage::find(const Wtxid& wtxid) const
{
    const auto entry = orphans_.find(wtxid);
    return entry == orphans_.end() ? nullptr : entry->second.transaction;
}

std::int64_t Orphanage::weight_of(PeerId peer) const
{
    const auto usage = usage_.find(peer);
    return usage == usage_.end() ? 0 : usage->second.weight;
}

bool Orphanage::too_much() const
{
    const auto peers = static_cast<std::int64_t>(std::max<std::size_t>(usage_.size(), 1));
    return announcements_ + input_scores_ > kMaxOrphanLatencyScore || weight_ > kOrphanWeightPerPeer * peers;
}

/// Who exceeds its share by most, of work or of memory.
PeerId Orphanage::worst_peer() const
{
    PeerId worst = -1;
    // floating: shares of bounds
    double worst_score = -1;
    const double latency_share = static_cast<double>(kMaxOrphanLatencyScore) / static_cast<double>(usage_.size());
    for (const auto& [peer, usage] : usage_) {
        const double score = std::max(static_cast<double>(usage.latency) / latency_share,
                                      static_cast<double>(usage.weight) / static_cast<double>(kOrphanWeightPerPeer));
        if (score < worst_score) continue;
        worst = peer;
        worst_score = score;
    }
    return worst;
}

void Orphanage::limit()
{
    while (too_much() && !usage_.empty()) {
        const PeerId peer = worst_peer();
        withdraw(orphans_.find(usage_.at(peer).order.begin()->second), peer);
    }
}

std::vector<OrphanInfo> Orphanage::list() const
{
    std::vector<OrphanInfo> result;
    for (const auto& [wtxid, orphan] : orphans_) {
        OrphanInfo info{orphan.transaction, {}};
        for (const auto& [peer, announcement] : orphan.announcers) info.announcers.push_back(peer);
        result.push_back(std::move(info));
    }
    return result;
}

}  // namespace cairn::protocol
