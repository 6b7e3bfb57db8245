#include "mempool/entry_table.h"

#include <cassert>
#include <utility>

#include "mempool/memory.h"

namespace cairn::mempool {

namespace {

/// Room for one more, a step at a time: doubling would count half of the table's memory for nothing.
template <class T>
void make_room(std::vector<T>& vector)
{
    if (vector.size() == vector.capacity()) vector.reserve(vector.size() + vector.size() / 8 + 16);
}

}  // namespace

Slot EntryTable::next_slot() const
{
    return free_.empty() ? static_cast<Slot>(entries_.size()) : free_.back();
}

Slot EntryTable::insert(Entry entry)
{
    const Slot slot = next_slot();
    if (free_.empty()) {
        make_room(entries_);
        entries_.emplace_back();
    } else {
        free_.pop_back();
    }
    const Transaction& transaction = *entry.transaction;
    txids_.insert(hasher_(transaction.txid), {slot, 0});
    wtxids_.insert(hasher_(transaction.wtxid), {slot, 0});
    for (std::uint32_t i = 0; i < transaction.inputs.size(); ++i) {
        spends_.insert(hasher_(transaction.inputs[i].prevout), {slot, i});
    }
    transaction_bytes_ += transaction_bytes(transaction);
    entries_[slot] = std::move(entry);
    link_by_time(slot);
    return slot;
}

void EntryTable::link_by_time(Slot slot)
{
    // Times nearly always come in order; only a clock set back makes this walk.
    Slot before = newest_;
    while (before != kNoSlot && entries_[before].time > entries_[slot].time) before = entries_[before].older;
    const Slot after = before == kNoSlot ? oldest_ : entries_[before].newer;
    entries_[slot].older = before;
    entries_[slot].newer = after;
    (before == kNoSlot ? oldest_ : entries_[before].newer) = slot;
    (after == kNoSlot ? newest_ : entries_[after].older) = slot;
}

void EntryTable::erase(Slot slot)
{
    Entry& entry = entries_[slot];
    const Transaction& transaction = *entry.transaction;
    txids_.erase(hasher_(transaction.txid), {slot, 0});
    wtxids_.erase(hasher_(transaction.wtxid), {slot, 0});
    for (std::uint32_t i = 0; i < transaction.inputs.size(); ++i) {
        spends_.erase(hasher_(transaction.inputs[i].prevout), {slot, i});
    }
    transaction_bytes_ -= transaction_bytes(transaction);
    (entry.older == kNoSlot ? oldest_ : entries_[entry.older].newer) = entry.newer;
    (entry.newer == kNoSlot ? newest_ : entries_[entry.newer].older) = entry.older;
    entry = {};
    make_room(free_);
    free_.push_back(slot);
}

Slot EntryTable::find(const Txid& txid) const
{
    return txids_.find(hasher_(txid), [&](auto item) { return entries_[item.slot].transaction->txid == txid; }).slot;
}

Slot EntryTable::find(const Wtxid& wtxid) const
{
    return wtxids_.find(hasher_(wtxid), [&](auto item) { return entries_[item.slot].transaction->wtxid == wtxid; })
        .slot;
}

Slot EntryTable::spender(const Outpoint& outpoint) const
{
    const auto is_it = [&](auto item) {
        return entries_[item.slot].transaction->inputs[item.extra].prevout == outpoint;
    };
    return spends_.find(hasher_(outpoint), is_it).slot;
}

std::size_t EntryTable::memory_bytes() const
{
    return vector_bytes(entries_) + vector_bytes(free_) + txids_.memory_bytes() + wtxids_.memory_bytes() +
           spends_.memory_bytes() + transaction_bytes_;
}

}  // namespace cairn::mempool
