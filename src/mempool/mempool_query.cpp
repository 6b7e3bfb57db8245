// The reading side of the mempool.

#include <algorithm>
#include <shared_mutex>

#include "mempool/mempool.h"
#include "mempool/state.h"
#include "policy/standardness.h"

namespace cairn::mempool {

namespace {

RelayInfo relay_info_of(const Entry& entry)
{
    return {entry.transaction, entry.fee, entry.size(), entry.time, entry.sequence};
}

Family family_of(const MempoolState& state, const std::vector<Slot>& members)
{
    Family family{members.size(), 0, {}};
    for (const Slot slot : members) {
        family.size += state.entries[slot].size();
        family.fees = policy::add_saturating(family.fees, state.entries[slot].modified_fee);
    }
    return family;
}

std::vector<Txid> txids_of(const MempoolState& state, const std::vector<Slot>& slots)
{
    std::vector<Txid> result;
    for (const Slot slot : slots) result.push_back(state.entries[slot].transaction->txid);
    return result;
}

EntryInfo info_of(const MempoolState& state, Slot slot)
{
    const Entry& entry = state.entries[slot];
    const std::vector<Slot> ancestors = state.graph.ancestors(slot);
    EntryInfo info;
    info.transaction = entry.transaction;
    info.size = entry.size();
    info.adjusted_weight = entry.adjusted_weight;
    info.fee = entry.fee;
    info.modified_fee = entry.modified_fee;
    info.time = entry.time;
    info.height = entry.height;
    info.sigop_cost = entry.sigop_cost;
    info.sequence = entry.sequence;
    info.ancestors = family_of(state, ancestors);
    info.descendants = family_of(state, state.graph.descendants(slot));
    info.chunk = state.graph.chunk_rate(slot);
    info.parents = txids_of(state, state.parents_of(*entry.transaction));
    info.children = txids_of(state, state.children_of(*entry.transaction));
    info.unbroadcast = state.unbroadcast.contains(entry.transaction->txid);
    info.signals_replacement = std::ranges::any_of(
        ancestors, [&](Slot other) { return policy::signals_replacement(*state.entries[other].transaction); });
    return info;
}

Burden burden_of(const MempoolState& state, Slot slot, const policy::FeeRate& rate)
{
    // The graph counts in weight.
    const policy::FeeFraction target{rate.fraction().fee, rate.fraction().size * consensus::kWitnessScale};
    const std::vector<Slot> ancestors = state.graph.ancestors(slot);
    Burden burden;
    burden.ancestor_count = ancestors.size();
    burden.cluster_size = state.graph.cluster_size(slot);
    for (const Slot ancestor : ancestors) {
        if (policy::compare_rate(state.graph.chunk_rate(ancestor), target) >= 0) continue;
        const Entry& entry = state.entries[ancestor];
        burden.debtors.push_back({entry.transaction->txid, {entry.modified_fee.satoshis(), entry.size()}});
    }
    return burden;
}

/// Calls `visit` with each slot in mining order.
template <class Visit>
void for_each_in_order(const MempoolState& state, const Visit& visit)
{
    state.graph.visit([&](const ClusterGraph::Chunk& chunk, bool&) {
        for (const Slot slot : chunk.slots) visit(slot);
        return true;
    });
}

std::optional<std::vector<Txid>> relatives(const MempoolState& state, const Txid& txid,
                                           std::vector<Slot> (ClusterGraph::*of)(Slot) const)
{
    const std::shared_lock lock(state.mutex);
    const Slot slot = state.entries.find(txid);
    if (slot == kNoSlot) return std::nullopt;
    std::vector<Slot> slots = (state.graph.*of)(slot);
    std::erase(slots, slot);
    return txids_of(state, slots);
}

template <class Id>
TransactionRef find_in(const MempoolState& state, const Id& id)
{
    const std::shared_lock lock(state.mutex);
    const Slot slot = state.entries.find(id);
    return slot == kNoSlot ? nullptr : state.entries[slot].transaction;
}

template <class Id>
std::optional<RelayInfo> relay_info_in(const MempoolState& state, const Id& id)
{
    const std::shared_lock lock(state.mutex);
    const Slot slot = state.entries.find(id);
    if (slot == kNoSlot) return std::nullopt;
    return relay_info_of(state.entries[slot]);
}

}  // namespace

void Mempool::visit_chunks(const std::function<ChunkVerdict(const ChunkView&)>& visitor) const
{
    // The validation thread is the only writer: it needs no lock to read.
    const MempoolState& state = *state_;
    state.graph.visit([&](const ClusterGraph::Chunk& chunk, bool& skip) {
        ChunkView view{chunk.rate, {}};
        for (const Slot slot : chunk.slots) {
            const Entry& entry = state.entries[slot];
            view.transactions.push_back(
                {entry.transaction, entry.fee, entry.modified_fee, entry.adjusted_weight, entry.sigop_cost});
        }
        const ChunkVerdict verdict = visitor(view);
        skip = verdict == ChunkVerdict::kSkip;
        return verdict != ChunkVerdict::kStop;
    });
}

const MempoolOptions& Mempool::options() const
{
    return state_->options;
}

bool Mempool::contains(const Txid& txid) const
{
    return find(txid) != nullptr;
}
bool Mempool::contains(const Wtxid& wtxid) const
{
    return find(wtxid) != nullptr;
}
TransactionRef Mempool::find(const Txid& txid) const
{
    return find_in(*state_, txid);
}
TransactionRef Mempool::find(const Wtxid& wtxid) const
{
    return find_in(*state_, wtxid);
}
std::optional<RelayInfo> Mempool::relay_info(const Txid& txid) const
{
    return relay_info_in(*state_, txid);
}
std::optional<RelayInfo> Mempool::relay_info(const Wtxid& wtxid) const
{
    return relay_info_in(*state_, wtxid);
}

std::optional<EntryInfo> Mempool::entry(const Txid& txid) const
{
    const std::shared_lock lock(state_->mutex);
    const Slot slot = state_->entries.find(txid);
    if (slot == kNoSlot) return std::nullopt;
    return info_of(*state_, slot);
}

std::vector<EntryInfo> Mempool::entries() const
{
    // Families take time: a few at once, so that the writer never waits for all of them.
    constexpr std::size_t kAtOnce = 256;
    std::vector<EntryInfo> result;
    const Snapshot all = snapshot();
    result.reserve(all.transactions.size());
    for (std::size_t i = 0; i < all.transactions.size();) {
        const std::shared_lock lock(state_->mutex);
        for (const std::size_t end = std::min(i + kAtOnce, all.transactions.size()); i < end; ++i) {
            const Slot slot = state_->entries.find(all.transactions[i].transaction->wtxid);
            if (slot != kNoSlot) result.push_back(info_of(*state_, slot));
        }
    }
    return result;
}

Snapshot Mempool::snapshot() const
{
    const std::shared_lock lock(state_->mutex);
    Snapshot snapshot;
    snapshot.sequence = state_->sequence;
    snapshot.transactions.reserve(state_->entries.size());
    for_each_in_order(*state_,
                      [&](Slot slot) { snapshot.transactions.push_back(relay_info_of(state_->entries[slot])); });
    return snapshot;
}

std::vector<Wtxid> Mempool::sort_for_mining(std::vector<Wtxid> wtxids) const
{
    const std::shared_lock lock(state_->mutex);
    std::vector<Slot> slots;
    for (const Wtxid& wtxid : wtxids) {
        if (const Slot slot = state_->entries.find(wtxid); slot != kNoSlot) slots.push_back(slot);
    }
    std::ranges::sort(slots, [&](Slot a, Slot b) { return state_->graph.is_before(a, b); });
    wtxids.clear();
    for (const Slot slot : slots) wtxids.push_back(state_->entries[slot].transaction->wtxid);
    return wtxids;
}

std::optional<ClusterInfo> Mempool::cluster(const Txid& txid) const
{
    const std::shared_lock lock(state_->mutex);
    const Slot slot = state_->entries.find(txid);
    if (slot == kNoSlot) return std::nullopt;
    ClusterInfo info;
    for (const ClusterGraph::Chunk& chunk : state_->graph.cluster_chunks(slot)) {
        info.weight += chunk.rate.size;
        info.chunks.push_back({chunk.rate, txids_of(*state_, chunk.slots)});
    }
    return info;
}

std::optional<std::vector<Txid>> Mempool::ancestors(const Txid& txid) const
{
    return relatives(*state_, txid, &ClusterGraph::ancestors);
}

std::optional<std::vector<Txid>> Mempool::descendants(const Txid& txid) const
{
    return relatives(*state_, txid, &ClusterGraph::descendants);
}

bool Mempool::has_room_for(const Transaction& transaction) const
{
    const std::shared_lock lock(state_->mutex);
    return state_->graph.has_room(state_->parents_of(transaction), transaction.weight());
}

std::vector<std::optional<Burden>> Mempool::burdens(std::span<const Txid> txids, const policy::FeeRate& rate) const
{
    const std::shared_lock lock(state_->mutex);
    std::vector<std::optional<Burden>> result;
    result.reserve(txids.size());
    for (const Txid& txid : txids) {
        const Slot slot = state_->entries.find(txid);
        result.push_back(slot == kNoSlot ? std::nullopt : std::optional(burden_of(*state_, slot, rate)));
    }
    return result;
}

std::vector<policy::FeeFraction> Mempool::fee_rate_diagram() const
{
    const std::shared_lock lock(state_->mutex);
    std::vector<policy::FeeFraction> diagram{{}};
    state_->graph.visit([&](const ClusterGraph::Chunk& chunk, bool&) {
        diagram.push_back(diagram.back() + chunk.rate);
        return true;
    });
    return diagram;
}

TransactionRef Mempool::spender(const Outpoint& outpoint) const
{
    const std::shared_lock lock(state_->mutex);
    const Slot slot = state_->entries.spender(outpoint);
    return slot == kNoSlot ? nullptr : state_->entries[slot].transaction;
}

MempoolTotals Mempool::totals() const
{
    const std::shared_lock lock(state_->mutex);
    return {state_->entries.size(), state_->virtual_bytes, state_->memory_bytes(), state_->fees,
            state_->unbroadcast.size()};
}

policy::FeeRate Mempool::min_fee_rate(std::int64_t now) const
{
    const std::shared_lock lock(state_->mutex);
    return state_->rolling_fee.rate(now, state_->memory_bytes(), state_->options.max_bytes);
}

std::uint64_t Mempool::sequence() const
{
    const std::shared_lock lock(state_->mutex);
    return state_->sequence;
}

std::uint64_t Mempool::updates() const
{
    const std::shared_lock lock(state_->mutex);
    return state_->updates;
}

std::vector<Prioritisation> Mempool::prioritisations() const
{
    const std::shared_lock lock(state_->mutex);
    std::vector<Prioritisation> result;
    for (const auto& [txid, delta] : state_->deltas) {
        const Slot slot = state_->entries.find(txid);
        const bool here = slot != kNoSlot;
        result.push_back({txid, delta, here, here ? state_->entries[slot].modified_fee : Amount{}});
    }
    return result;
}

void Mempool::add_unbroadcast(const Txid& txid)
{
    const std::unique_lock lock(state_->mutex);
    if (state_->entries.find(txid) == kNoSlot) return;
    state_->unbroadcast.insert(txid);
    state_->unbroadcast_count = state_->unbroadcast.size();
}

void Mempool::remove_unbroadcast(const Txid& txid)
{
    const std::unique_lock lock(state_->mutex);
    state_->forget_unbroadcast(txid);
}

std::vector<Txid> Mempool::unbroadcast() const
{
    const std::shared_lock lock(state_->mutex);
    return {state_->unbroadcast.begin(), state_->unbroadcast.end()};
}

}  // namespace cairn::mempool
