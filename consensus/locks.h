#pragma once
// When a transaction may enter a block: absolute lock times (BIP113 gives the clock) and relative ones (BIP68).

#include <cstdint>
#include <span>

#include "consensus/primitives/transaction.h"

namespace cairn::consensus {

/// Median time past of the blocks that the connected block builds on, by height on its own branch (BIP68 looks up the
/// block before each spent coin's). Given by the caller, who walks parent links.
class AncestorTimes {
public:
    virtual ~AncestorTimes() = default;
    /// Of the ancestor at `height`; 0 <= height < the connected block's.
    virtual std::int64_t median_time_past(Height height) const = 0;
};

/// Whether the lock time lets the transaction into a block of `height` whose clock is `time`: the median time past of
/// its parent where BIP113 holds, else its own time.
bool is_final(const Transaction& transaction, Height height, std::int64_t time);

/// The last height and the last time at which a transaction's relative locks forbid it; -1 where nothing is forbidden.
struct SequenceLock {
    Height height = -1;
    std::int64_t time = -1;

    friend bool operator==(const SequenceLock&, const SequenceLock&) = default;
};

/// The lock of `transaction`, whose inputs spend coins of `coin_heights` (same order; a coin of the mempool has the
/// next block's height). Only to be asked where BIP68 is in force; a version below 2 has no locks.
// CONSENSUS: the version compares unsigned: 0xffffffff has locks. Test: LocksTest.
SequenceLock sequence_lock(const Transaction& transaction, std::span<const Height> coin_heights,
                           const AncestorTimes& times);

/// Whether the lock lets its transaction into a block of `height` whose parent has `median_time_past`.
bool is_unlocked(const SequenceLock& lock, Height height, std::int64_t median_time_past);

}  // namespace cairn::consensus
