#include "consensus/locks.h"

#include <map>

#include <gtest/gtest.h>

#include "consensus/limits.h"
#include "consensus/primitives/transaction_draft.h"

namespace cairn::consensus {
namespace {

/// Block n has median time past 1000 n.
class SteadyTimes final : public AncestorTimes {
public:
    std::int64_t median_time_past(Height height) const override { return std::int64_t{1000} * height; }
};

TransactionRef with_locks(std::uint32_t version, std::uint32_t lock_time,
                          std::initializer_list<std::uint32_t> sequences)
{
    TransactionDraft draft;
    draft.version = version;
    draft.lock_time = lock_time;
    for (const std::uint32_t sequence : sequences) {
        draft.inputs.push_back({{Txid{}, static_cast<std::uint32_t>(draft.inputs.size())}, {}, sequence, {}});
    }
    draft.outputs.push_back({Amount{1}, {}});
    return draft.finish();
}

SequenceLock lock_of(std::uint32_t version, std::uint32_t sequence, Height coin_height)
{
    const Height heights[] = {coin_height};
    return sequence_lock(*with_locks(version, 0, {sequence}), heights, SteadyTimes{});
}

TEST(LocksTest, AHeightLocksUntilTheBlockAfterIt)
{
    const auto transaction = with_locks(1, 100, {0});
    EXPECT_FALSE(is_final(*transaction, 100, 2'000'000'000));
    EXPECT_TRUE(is_final(*transaction, 101, 0));
    EXPECT_TRUE(is_final(*with_locks(1, 499'999'999, {0}), 500'000'000, 0));
    EXPECT_FALSE(is_final(*with_locks(1, 499'999'999, {0}), 499'999'999, 600'000'000));
}

TEST(LocksTest, ATimeLocksUntilTheClockIsPastIt)
{
    const auto transaction = with_locks(1, 500'000'000, {0});
    EXPECT_FALSE(is_final(*transaction, 700'000'000, 500'000'000));
    EXPECT_TRUE(is_final(*transaction, 0, 500'000'001));
    EXPECT_FALSE(is_final(*with_locks(1, 0xffffffff, {0}), 0, 0xffffffffLL));
    EXPECT_TRUE(is_final(*with_locks(1, 0xffffffff, {0}), 0, 0x100000000LL));
}

TEST(LocksTest, FinalSequencesSwitchTheLockOff)
{
    EXPECT_TRUE(is_final(*with_locks(1, 100, {kSequenceFinal, kSequenceFinal}), 1, 0));
    EXPECT_FALSE(is_final(*with_locks(1, 100, {kSequenceFinal, kSequenceFinal - 1}), 1, 0));
    EXPECT_TRUE(is_final(*with_locks(1, 0, {0}), 0, 0));
}

TEST(LocksTest, RelativeHeights)
{
    EXPECT_EQ(lock_of(2, 10, 50), (SequenceLock{59, -1}));
    EXPECT_EQ(lock_of(2, 0, 50), (SequenceLock{49, -1}));
    EXPECT_EQ(lock_of(2, 0xffff, 50), (SequenceLock{50 + 0xffff - 1, -1}));
    // Bits between mask and type say nothing.
    EXPECT_EQ(lock_of(2, 0x00010000 | 10, 50), (SequenceLock{59, -1}));
    EXPECT_FALSE(is_unlocked({59, -1}, 59, 0));
    EXPECT_TRUE(is_unlocked({59, -1}, 60, 0));
}

TEST(LocksTest, RelativeTimesStartBeforeTheCoinsBlock)
{
    EXPECT_EQ(lock_of(2, kSequenceTypeFlag | 3, 50), (SequenceLock{-1, 49'000 + 3 * 512 - 1}));
    EXPECT_EQ(lock_of(2, kSequenceTypeFlag | 0xffff, 1), (SequenceLock{-1, 0xffffLL * 512 - 1}));
    EXPECT_EQ(lock_of(2, kSequenceTypeFlag, 0), (SequenceLock{-1, -1}));
    EXPECT_FALSE(is_unlocked({-1, 5000}, 1, 5000));
    EXPECT_TRUE(is_unlocked({-1, 5000}, 1, 5001));
}

TEST(LocksTest, TheDisableBitAndOldVersionsHaveNoLocks)
{
    EXPECT_EQ(lock_of(2, kSequenceDisableFlag | 10, 50), SequenceLock{});
    EXPECT_EQ(lock_of(1, 10, 50), SequenceLock{});
    EXPECT_EQ(lock_of(0, 10, 50), SequenceLock{});
    EXPECT_TRUE(is_unlocked(SequenceLock{}, 0, 0));
}

TEST(LocksTest, VersionsCompareUnsigned)
{
    EXPECT_EQ(lock_of(0xffffffff, 10, 50), (SequenceLock{59, -1}));
    EXPECT_EQ(lock_of(0x80000000, 10, 50), (SequenceLock{59, -1}));
}

TEST(LocksTest, TheLatestOfEachKindCounts)
{
    const auto transaction =
        with_locks(2, 0, {10, 20, kSequenceTypeFlag | 1, kSequenceTypeFlag | 2, kSequenceDisableFlag | 0xffff});
    const Height heights[] = {50, 45, 60, 58, 1000};
    EXPECT_EQ(sequence_lock(*transaction, heights, SteadyTimes{}), (SequenceLock{64, 59'000 + 511}));
}

}  // namespace
}  // namespace cairn::consensus
