#include "consensus/locks.h"

#include <algorithm>
#include <cassert>

#include "consensus/limits.h"
#include "consensus/script/script.h"

namespace cairn::consensus {

bool is_final(const Transaction& transaction, Height height, std::int64_t time)
{
    const std::int64_t lock = transaction.lock_time;
    if (lock == 0 || lock < (transaction.lock_time < kLockTimeThreshold ? std::int64_t{height} : time)) return true;
    return std::ranges::all_of(transaction.inputs,
                               [](const TxInput& input) { return input.sequence == kSequenceFinal; });
}

SequenceLock sequence_lock(const Transaction& transaction, std::span<const Height> coin_heights,
                           const AncestorTimes& times)
{
    assert(coin_heights.size() == transaction.inputs.size());
    SequenceLock lock;
    if (transaction.version < 2) return lock;
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        const std::uint32_t sequence = transaction.inputs[i].sequence;
        if ((sequence & kSequenceDisableFlag) != 0) continue;
        const std::uint32_t value = sequence & kSequenceMask;
        // What BIP68 counts is the first block or time that is allowed; a lock names the last that is not.
        if ((sequence & kSequenceTypeFlag) != 0) {
            const std::int64_t coin_time = times.median_time_past(std::max(coin_heights[i] - 1, 0));
            lock.time = std::max(lock.time, coin_time + (std::int64_t{value} << kSequenceGranularity) - 1);
        } else {
            lock.height = std::max(lock.height, coin_heights[i] + static_cast<Height>(value) - 1);
        }
    }
    return lock;
}

bool is_unlocked(const SequenceLock& lock, Height height, std::int64_t median_time_past)
{
    return lock.height < height && lock.time < median_time_past;
}

}  // namespace cairn::consensus
