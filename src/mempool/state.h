#pragma once
// The mempool's insides, shared by its writer (accept, blocks) and its readers.

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <variant>
#include <vector>

#include "mempool/cluster_graph.h"
#include "mempool/disconnected_pool.h"
#include "mempool/entry_table.h"
#include "mempool/fair_mutex.h"
#include "mempool/mempool.h"
#include "mempool/rolling_fee.h"

namespace cairn::mempool {

/// What the graph counts as fee: beyond this (over ten million coins) prioritisation goes no further, so that sums
/// over many transactions stay within 64 bits.
constexpr std::int64_t graph_fee(Amount modified_fee)
{
    constexpr std::int64_t kMost = std::int64_t{1} << 50;
    return std::clamp(modified_fee.satoshis(), -kMost, kMost);
}

/// Written by the validation thread alone, which therefore reads without the lock; every change is made under it.
struct MempoolState {
    MempoolState(const MempoolOptions& mempool_options, ChainPort& chain_port,
                 consensus::SignatureVerifier& signature_verifier, Observer& told, crypto::SipKey key);

    /// What a change of the mempool consists of.
    struct Batch {
        std::vector<Slot> removals;
        RemovalReason reason{};
        /// Proposed under entries.next_slot().
        std::optional<Entry> addition;
    };
    /// Applies the batch with what it makes of the graph, and remembers what to tell.
    void apply(ClusterGraph::Proposal&& proposal, Batch&& batch);
    void remove(const std::vector<Slot>& slots, RemovalReason reason);
    void remove_with_descendants(const std::vector<Slot>& slots, RemovalReason reason);
    /// `transaction`, or where it is not here, whatever spends its outputs; with all descendants.
    void remove_recursively(const Transaction& transaction, RemovalReason reason);
    /// Tells the observer what happened since the last call. No lock may be held.
    void tell();

    std::vector<Slot> parents_of(const Transaction& transaction) const;
    std::vector<Slot> children_of(const Transaction& transaction) const;
    Amount delta_of(const Txid& txid) const;
    std::size_t memory_bytes() const;
    void expire(std::int64_t now);
    void trim_to_size();
    void forget_unbroadcast(const Txid& txid);

    // Blocks.
    void bring_back(const std::vector<TransactionRef>& transactions, std::int64_t now, bool keep);
    void link_children(const std::vector<Txid>& parents);
    void remove_unminable();
    bool is_minable(Entry& entry);

    MempoolOptions options;
    ChainPort& chain;
    consensus::SignatureVerifier& verifier;
    Observer& observer;

    mutable FairMutex mutex;
    EntryTable entries;
    ClusterGraph graph;
    RollingFee rolling_fee;
    std::map<Txid, Amount> deltas;
    /// Changed by any thread under the lock; the count is for the validation thread's unlocked look.
    std::set<Txid> unbroadcast;
    std::atomic<std::size_t> unbroadcast_count = 0;
    std::int64_t virtual_bytes = 0;
    Amount fees;
    std::uint64_t sequence = 1;
    std::uint64_t updates = 0;

    // The validation thread's own.
    DisconnectedPool disconnected;
    /// The lowest tip since the last settling, where blocks were disconnected.
    std::optional<Height> fork_height;
    std::vector<std::variant<TransactionAdded, TransactionRemoved>> news;
};

}  // namespace cairn::mempool
