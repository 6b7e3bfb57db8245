#include "mempool/state.h"

#include <mutex>
#include <utility>

#include "mempool/acceptance.h"
#include "mempool/memory.h"

namespace cairn::mempool {

MempoolState::MempoolState(const MempoolOptions& mempool_options, ChainPort& chain_port,
                           consensus::SignatureVerifier& signature_verifier, Observer& told, crypto::SipKey key)
    : options(mempool_options),
      chain(chain_port),
      verifier(signature_verifier),
      observer(told),
      entries(key),
      graph({mempool_options.cluster_count, mempool_options.cluster_size * 4}),
      rolling_fee(mempool_options.policy.incremental_relay_rate),
      disconnected(key)
{
}

void MempoolState::apply(ClusterGraph::Proposal&& proposal, Batch&& batch)
{
    const std::unique_lock lock(mutex);
    graph.commit(std::move(proposal));
    // The new one first: it was proposed under the slot that is free now.
    Slot added = kNoSlot;
    if (batch.addition) added = entries.insert(std::move(*batch.addition));
    for (const Slot slot : batch.removals) {
        const Entry& entry = entries[slot];
        news.push_back(TransactionRemoved{entry.transaction, batch.reason, sequence++});
        forget_unbroadcast(entry.transaction->txid);
        virtual_bytes -= entry.size();
        fees -= entry.fee;
        entries.erase(slot);
        ++updates;
    }
    if (added == kNoSlot) return;
    const Entry& entry = entries[added];
    news.push_back(TransactionAdded{entry.transaction, entry.fee, sequence++});
    virtual_bytes += entry.size();
    fees += entry.fee;
    ++updates;
}

void MempoolState::remove(const std::vector<Slot>& slots, RemovalReason reason)
{
    if (slots.empty()) return;
    ClusterGraph::Proposal proposal = graph.propose({slots, {}, {}, {}});
    apply(std::move(proposal), {slots, reason, std::nullopt});
}

void MempoolState::remove_with_descendants(const std::vector<Slot>& slots, RemovalReason reason)
{
    remove(graph.descendants_of(slots), reason);
}

void MempoolState::remove_recursively(const Transaction& transaction, RemovalReason reason)
{
    if (const Slot slot = entries.find(transaction.txid); slot != kNoSlot) {
        remove_with_descendants({slot}, reason);
    } else {
        remove_with_descendants(children_of(transaction), reason);
    }
}

void MempoolState::tell()
{
    const auto told = std::exchange(news, {});
    for (const auto& one : told) {
        if (const auto* added = std::get_if<TransactionAdded>(&one)) {
            observer.on_transaction_added(*added);
        } else {
            observer.on_transaction_removed(std::get<TransactionRemoved>(one));
        }
    }
}

std::vector<Slot> MempoolState::parents_of(const Transaction& transaction) const
{
    std::vector<Slot> result;
    for (const TxInput& input : transaction.inputs) {
        if (const Slot slot = entries.find(input.prevout.txid); slot != kNoSlot) result.push_back(slot);
    }
    // By txid, so that what is said of the first that breaks a rule is said of the same one everywhere.
    std::ranges::sort(result, {}, [this](Slot slot) { return entries[slot].transaction->txid; });
    result.erase(std::ranges::unique(result).begin(), result.end());
    return result;
}

std::vector<Slot> MempoolState::children_of(const Transaction& transaction) const
{
    std::vector<Slot> result;
    for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
        const Slot slot = entries.spender({transaction.txid, i});
        if (slot != kNoSlot && std::ranges::find(result, slot) == result.end()) result.push_back(slot);
    }
    return result;
}

Amount MempoolState::delta_of(const Txid& txid) const
{
    const auto found = deltas.find(txid);
    return found == deltas.end() ? Amount{} : found->second;
}

std::size_t MempoolState::memory_bytes() const
{
    return entries.memory_bytes() + graph.memory_bytes() + deltas.size() * tree_node_bytes<std::pair<Txid, Amount>>() +
           unbroadcast_count * tree_node_bytes<Txid>();
}

void MempoolState::forget_unbroadcast(const Txid& txid)
{
    unbroadcast.erase(txid);
    unbroadcast_count = unbroadcast.size();
}

void MempoolState::expire(std::int64_t now)
{
    std::vector<Slot> expired;
    for (Slot slot = entries.oldest(); slot != kNoSlot && entries[slot].time < now - options.expiry_seconds;
         slot = entries.newer(slot)) {
        expired.push_back(slot);
    }
    remove_with_descendants(expired, RemovalReason::kExpiry);
}

void MempoolState::trim_to_size()
{
    while (entries.size() > 0 && static_cast<std::int64_t>(memory_bytes()) > options.max_bytes) {
        const ClusterGraph::Chunk worst = *graph.worst_chunk();
        {
            const std::unique_lock lock(mutex);
            rolling_fee.raise_above(policy::FeeRate{Amount{worst.rate.fee}, policy::virtual_size(worst.rate.size)});
        }
        remove(worst.slots, RemovalReason::kSizeLimit);
    }
}

void MempoolState::bring_back(const std::vector<TransactionRef>& transactions, std::int64_t now, bool keep)
{
    std::vector<Txid> back;
    for (const TransactionRef& transaction : transactions) {
        const bool accepted =
            keep && !transaction->is_coinbase() &&
            Acceptance(*this, transaction, {now, false, std::nullopt}, Judgement::kFromBlock).run().has_value();
        if (accepted) {
            back.push_back(transaction->txid);
        } else {
            remove_recursively(*transaction, RemovalReason::kReorganised);
        }
    }
    link_children(back);
}

void MempoolState::link_children(const std::vector<Txid>& parents)
{
    ClusterGraph::Change change;
    for (const Txid& txid : parents) {
        const Slot parent = entries.find(txid);
        if (parent == kNoSlot) continue;
        for (const Slot child : children_of(*entries[parent].transaction)) change.links.push_back({parent, child});
    }
    if (change.links.empty()) return;
    ClusterGraph::Proposal proposal = graph.propose(change);
    if (proposal.oversized()) {
        change.removals = graph.trim(change);
        proposal = graph.propose(change);
    }
    apply(std::move(proposal), {change.removals, RemovalReason::kSizeLimit, std::nullopt});
}

bool MempoolState::is_minable(Entry& entry)
{
    const Transaction& transaction = *entry.transaction;
    const ChainTip tip = chain.tip();
    if (!consensus::is_final(transaction, tip.height + 1, tip.median_time_past)) return false;
    const bool coins_moved = entry.highest_input > *fork_height;
    if (!coins_moved && !entry.spends_coinbase) {
        return consensus::is_unlocked(entry.lock, tip.height + 1, tip.median_time_past);
    }
    std::vector<Outpoint> outpoints;
    for (const TxInput& input : transaction.inputs) outpoints.push_back(input.prevout);
    const auto coins = chain.coins().fetch(outpoints);
    std::vector<Height> heights;
    Height highest = 0;
    for (std::size_t i = 0; i < coins.size(); ++i) {
        if (entries.find(outpoints[i].txid) != kNoSlot) {
            heights.push_back(tip.height + 1);
            continue;
        }
        if (!coins[i].exists()) return false;
        if (coins[i].coinbase && tip.height + 1 - coins[i].height < consensus::kCoinbaseMaturity) return false;
        heights.push_back(coins[i].height);
        highest = std::max(highest, coins[i].height);
    }
    const auto lock = consensus::sequence_lock(transaction, heights, ChainTimes(chain));
    if (!consensus::is_unlocked(lock, tip.height + 1, tip.median_time_past)) return false;
    const std::unique_lock guard(mutex);
    entry.lock = lock;
    entry.highest_input = highest;
    return true;
}

void MempoolState::remove_unminable()
{
    std::vector<Slot> gone;
    for (Slot slot = entries.oldest(); slot != kNoSlot; slot = entries.newer(slot)) {
        if (!is_minable(entries[slot])) gone.push_back(slot);
    }
    remove_with_descendants(gone, RemovalReason::kReorganised);
}

}  // namespace cairn::mempool
