#include "consensus/versionbits.h"

#include <gtest/gtest.h>

#include "support/header_tree.h"

namespace cairn::consensus {
namespace {

using test::HeaderTree;
using test::TestNode;
using enum ThresholdState;

constexpr std::int32_t kSignal = kVersionBitsTop | 1 << 3;
constexpr std::uint32_t kStart = 1'000'000;

class VersionBitsTest : public testing::Test {
protected:
    VersionBitsTest()
    {
        deployment_.bit = 3;
        deployment_.start_time = kStart;
        deployment_.timeout = Bip9Deployment::kNoTimeout;
        deployment_.period = 10;
        deployment_.threshold = 8;
        BlockHeader genesis;
        genesis.time = kStart + 10'000;  // already after the start
        root_ = &tree_.add_root(genesis);
    }

    ThresholdState state(const TestNode* parent)
    {
        // With and without what earlier questions left in the cache.
        ThresholdCache fresh;
        const ThresholdState with_cache = threshold_state(parent, deployment_, cache_);
        EXPECT_EQ(with_cache, threshold_state(parent, deployment_, fresh));
        return with_cache;
    }
    Height since(const TestNode* parent) { return state_since(parent, deployment_, cache_); }
    /// A period on top of `parent`, the first `count` of whose blocks signal.
    const TestNode& period(const TestNode& parent, int count)
    {
        const TestNode& signalling = tree_.extend(parent, count, 600, kSignal);
        return tree_.extend(signalling, deployment_.period - count);
    }

    Bip9Deployment deployment_;
    HeaderTree tree_;
    const TestNode* root_;
    ThresholdCache cache_;
};

TEST_F(VersionBitsTest, GoesThroughItsStates)
{
    EXPECT_EQ(state(nullptr), kDefined);
    EXPECT_EQ(state(root_), kDefined);
    EXPECT_EQ(since(root_), 0);
    const TestNode& first = tree_.extend(*root_, 9);  // heights 0 to 9
    EXPECT_EQ(state(first.parent() == nullptr ? nullptr : &tree_.extend(*root_, 8)), kDefined);
    EXPECT_EQ(state(&first), kStarted);
    EXPECT_EQ(since(&first), 10);
    const TestNode& second = period(first, 7);
    EXPECT_EQ(state(&second), kStarted);
    EXPECT_EQ(since(&second), 10);
    const TestNode& third = period(second, 8);
    EXPECT_EQ(state(&third), kLockedIn);
    EXPECT_EQ(since(&third), 30);
    EXPECT_EQ(state(&tree_.extend(third, 9)), kLockedIn);
    const TestNode& fourth = period(third, 0);
    EXPECT_EQ(state(&fourth), kActive);
    EXPECT_EQ(since(&fourth), 40);
    const TestNode& later = period(period(fourth, 0), 0);
    EXPECT_EQ(state(&later), kActive);
    EXPECT_EQ(since(&later), 40);
}

TEST_F(VersionBitsTest, EachBranchHasItsOwnState)
{
    const TestNode& first = tree_.extend(*root_, 9);
    const TestNode& activating = period(period(first, 8), 0);
    const TestNode& idle = period(period(first, 7), 0);
    EXPECT_EQ(state(&activating), kActive);
    EXPECT_EQ(state(&idle), kStarted);
    const TestNode& late = period(period(idle, 10), 0);
    EXPECT_EQ(state(&late), kActive);
    EXPECT_EQ(since(&late), 50);
    EXPECT_EQ(since(&activating), 30);
}

TEST_F(VersionBitsTest, TheStartIsByMedianTimePast)
{
    BlockHeader early;
    early.time = kStart - 9 * 600;  // the block at height 9 has exactly the start time, its median is earlier
    const TestNode& root = tree_.add_root(early);
    const TestNode& ninth = tree_.extend(root, 9);
    ASSERT_EQ(ninth.time(), kStart);
    EXPECT_EQ(state(&ninth), kDefined);
    EXPECT_EQ(state(&tree_.extend(ninth, 10)), kStarted);
    deployment_.start_time = median_time_past(ninth);
    cache_.clear();
    EXPECT_EQ(state(&ninth), kStarted);
}

TEST_F(VersionBitsTest, FailsAtItsTimeoutButSignalsCountFirst)
{
    const TestNode& first = tree_.extend(*root_, 9);
    const TestNode& without = period(first, 7);
    const TestNode& with = period(first, 8);
    deployment_.timeout = median_time_past(without);
    EXPECT_EQ(state(&without), kFailed);
    EXPECT_EQ(since(&without), 20);
    EXPECT_EQ(state(&period(without, 10)), kFailed);
    EXPECT_EQ(state(&with), kLockedIn);
    cache_.clear();
    ++deployment_.timeout;
    EXPECT_EQ(state(&without), kStarted);
}

TEST_F(VersionBitsTest, ActivationWaitsForItsHeight)
{
    const TestNode& locked = period(tree_.extend(*root_, 9), 8);
    deployment_.min_activation_height = 41;
    const TestNode& next = period(locked, 0);
    EXPECT_EQ(state(&next), kLockedIn);
    const TestNode& after = period(next, 0);
    EXPECT_EQ(state(&after), kLockedIn);
    EXPECT_EQ(state(&period(after, 0)), kActive);
    cache_.clear();
    deployment_.min_activation_height = 40;
    EXPECT_EQ(state(&after), kActive);
}

TEST_F(VersionBitsTest, AlwaysAndNeverNeedNoBlocks)
{
    deployment_.start_time = Bip9Deployment::kAlwaysActive;
    EXPECT_EQ(state(nullptr), kActive);
    EXPECT_EQ(since(nullptr), 0);
    deployment_.start_time = Bip9Deployment::kNeverActive;
    EXPECT_EQ(state(root_), kFailed);
    EXPECT_EQ(since(root_), 0);
    EXPECT_TRUE(cache_.empty());
}

TEST_F(VersionBitsTest, OnlyVersionsOfTheRightFormSignal)
{
    EXPECT_TRUE(signals(kSignal, deployment_));
    EXPECT_FALSE(signals(kVersionBitsTop, deployment_));
    EXPECT_FALSE(signals(1 << 3, deployment_));
    EXPECT_FALSE(signals(0x40000008, deployment_));
    EXPECT_FALSE(signals(static_cast<std::int32_t>(0xe0000008), deployment_));
    EXPECT_TRUE(signals(0x3fffffff, deployment_));
}

TEST_F(VersionBitsTest, StatisticsCountThePeriodSoFar)
{
    const TestNode& first = tree_.extend(*root_, 9);
    const TestNode& some = tree_.extend(tree_.extend(first, 2, 600, kSignal), 2);
    const SignallingStats stats = signalling_stats(some, deployment_);
    EXPECT_EQ(stats.elapsed, 4);
    EXPECT_EQ(stats.count, 2);
    EXPECT_TRUE(stats.possible);
    EXPECT_EQ(stats.signalling, (std::vector{true, true, false, false}));
    EXPECT_FALSE(signalling_stats(tree_.extend(some, 1), deployment_).possible);
}

TEST_F(VersionBitsTest, InfoTellsOfBlockAndNext)
{
    const TestNode& first = tree_.extend(*root_, 9);
    DeploymentInfo info = deployment_info(first, deployment_, cache_);
    EXPECT_EQ(info.state, kDefined);
    EXPECT_EQ(info.next_state, kStarted);
    EXPECT_FALSE(info.stats);
    const TestNode& locked = period(first, 9);
    info = deployment_info(locked, deployment_, cache_);
    EXPECT_EQ(info.state, kStarted);
    EXPECT_EQ(info.stats->count, 9);
    EXPECT_EQ(info.stats->threshold, 8);
    const TestNode& last_locked = period(locked, 0);
    info = deployment_info(last_locked, deployment_, cache_);
    EXPECT_EQ(info.state, kLockedIn);
    EXPECT_EQ(info.since, 20);
    EXPECT_EQ(info.stats->threshold, 0);
    EXPECT_EQ(info.active_since, 30);
    info = deployment_info(tree_.extend(last_locked, 3), deployment_, cache_);
    EXPECT_EQ(info.state, kActive);
    EXPECT_EQ(info.active_since, 30);
    EXPECT_EQ(name(info.state), "active");
}

TEST_F(VersionBitsTest, MinersSignalWhatIsUnderWay)
{
    Params params = make_params(Network::kRegtest);
    params.deployments[0] = deployment_;
    VersionBitsCache cache;
    const TestNode& first = tree_.extend(*root_, 9);
    EXPECT_EQ(compute_block_version(nullptr, params, cache), kVersionBitsTop);
    EXPECT_EQ(compute_block_version(&first, params, cache), kSignal);
    const TestNode& locked = period(first, 8);
    EXPECT_EQ(compute_block_version(&locked, params, cache), kSignal);
    EXPECT_EQ(compute_block_version(&period(locked, 0), params, cache), kVersionBitsTop);
}

TEST_F(VersionBitsTest, UnknownActivationsAreNoticed)
{
    Params params = make_params(Network::kRegtest);
    params.target_timespan = 10 * params.target_spacing;  // periods of ten blocks
    VersionBitsCache cache;
    constexpr std::int32_t kUnknown = kVersionBitsTop | 1 << 1;
    const TestNode& first = tree_.extend(*root_, 9);
    const TestNode& signalling = tree_.extend(first, 10, 600, kUnknown);
    ASSERT_EQ(unknown_activations(&first, params, cache).size(), 0U);
    const auto locked = unknown_activations(&signalling, params, cache);
    ASSERT_EQ(locked.size(), 1U);
    EXPECT_EQ(locked[0].bit, 1);
    EXPECT_FALSE(locked[0].active);
    const auto active = unknown_activations(&tree_.extend(signalling, 10), params, cache);
    ASSERT_EQ(active.size(), 1U);
    EXPECT_TRUE(active[0].active);
    // Below the height of the network's past, nothing is unknown.
    params.min_version_bits_warning_height = 1000;
    VersionBitsCache other;
    EXPECT_TRUE(unknown_activations(&signalling, params, other).empty());
}

}  // namespace
}  // namespace cairn::consensus
