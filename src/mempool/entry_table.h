#pragma once
// The mempool's transactions by slot, found by txid, wtxid and spent outpoint, and in the order of their times.

#include <cstdint>
#include <vector>

#include "consensus/limits.h"
#include "consensus/locks.h"
#include "crypto/siphash.h"
#include "mempool/cluster_graph.h"
#include "mempool/slot_table.h"
#include "policy/options.h"

namespace cairn::mempool {

struct Entry {
    TransactionRef transaction;
    Amount fee;
    Amount modified_fee;
    std::int64_t time = 0;
    std::uint64_t sequence = 0;
    consensus::SequenceLock lock;
    /// Of the confirmed coins it spends, the highest: `lock` holds while the chain up to there stays.
    Height highest_input = 0;
    Height height = 0;  // of the tip when it entered
    std::int32_t sigop_cost = 0;
    std::int32_t adjusted_weight = 0;
    bool spends_coinbase = false;

    // Neighbours by time; EntryTable's.
    Slot older = kNoSlot;
    Slot newer = kNoSlot;

    policy::VirtualSize size() const { return policy::virtual_size(adjusted_weight); }
};

class EntryTable {
public:
    explicit EntryTable(crypto::SipKey key) : hasher_(key) {}

    /// The slot that the next insert will use.
    Slot next_slot() const;
    Slot insert(Entry entry);
    void erase(Slot slot);

    const Entry& operator[](Slot slot) const { return entries_[slot]; }
    Entry& operator[](Slot slot) { return entries_[slot]; }
    std::size_t size() const { return txids_.size(); }

    /// kNoSlot if there is none.
    Slot find(const Txid& txid) const;
    Slot find(const Wtxid& wtxid) const;
    Slot spender(const Outpoint& outpoint) const;

    /// The entry with the lowest time; and the one after `slot` by time. kNoSlot at the end.
    Slot oldest() const { return oldest_; }
    Slot newer(Slot slot) const { return entries_[slot].newer; }

    std::size_t memory_bytes() const;

private:
    void link_by_time(Slot slot);

    crypto::SaltedHasher hasher_;
    std::vector<Entry> entries_;
    std::vector<Slot> free_;
    SlotTable txids_;
    SlotTable wtxids_;
    SlotTable spends_;  // extra: index of the input
    Slot oldest_ = kNoSlot;
    Slot newest_ = kNoSlot;
    std::size_t transaction_bytes_ = 0;
};

}  // namespace cairn::mempool
