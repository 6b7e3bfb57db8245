#include "consensus/proof_of_work.h"

#include <limits>

#include <gtest/gtest.h>

#include "support/header_tree.h"

namespace cairn::consensus {
namespace {

const Params& main_params()
{
    static const Params params = make_params(Network::kMain);
    return params;
}

TEST(CompactTargetTest, Expands)
{
    const std::pair<std::uint32_t, std::uint64_t> cases[] = {
        {0x00000000, 0},        {0x00123456, 0},          {0x01003456, 0},
        {0x02000056, 0},        {0x01123456, 0x12},       {0x02123456, 0x1234},
        {0x03123456, 0x123456}, {0x04123456, 0x12345600}, {0x05009234, 0x92340000},
    };
    for (const auto& [bits, value] : cases) {
        const CompactTarget target = expand_compact(bits);
        EXPECT_EQ(target.value, Uint256{value}) << std::hex << bits;
        EXPECT_FALSE(target.negative || target.overflow) << std::hex << bits;
    }
    EXPECT_EQ(expand_compact(0x20123456).value, Uint256{0x123456} << 232);
}

TEST(CompactTargetTest, NegativeAndOverflowAreSeen)
{
    EXPECT_TRUE(expand_compact(0x01fedcba).negative);
    EXPECT_TRUE(expand_compact(0x04923456).negative);
    // The sign of zero says nothing.
    EXPECT_FALSE(expand_compact(0x00800000).negative);
    EXPECT_FALSE(expand_compact(0x01803456).negative);
    EXPECT_TRUE(expand_compact(0xff123456).overflow);
    EXPECT_FALSE(expand_compact(0xff000000).overflow);
    EXPECT_FALSE(expand_compact(0x220000ff).overflow);
    EXPECT_TRUE(expand_compact(0x230000ff).overflow);
    EXPECT_FALSE(expand_compact(0x2100ffff).overflow);
    EXPECT_TRUE(expand_compact(0x220000ff + 1).overflow);
    EXPECT_FALSE(expand_compact(0x207fffff).overflow);
    EXPECT_TRUE(expand_compact(0x21010000).overflow);
}

TEST(CompactTargetTest, KeepsTheTopBytes)
{
    EXPECT_EQ(to_compact(Uint256{}), 0U);
    EXPECT_EQ(to_compact(Uint256{0x12}), 0x01120000U);
    EXPECT_EQ(to_compact(Uint256{0x80}), 0x02008000U);
    EXPECT_EQ(to_compact(Uint256{0x1234}), 0x02123400U);
    EXPECT_EQ(to_compact(Uint256{0x12345678}), 0x04123456U);
    EXPECT_EQ(to_compact(Uint256{0x92340000}), 0x05009234U);
    EXPECT_EQ(to_compact(main_params().pow_limit), 0x1d00ffffU);
    EXPECT_EQ(to_compact(make_params(Network::kRegtest).pow_limit), 0x207fffffU);
    EXPECT_EQ(to_compact(make_params(Network::kSignet).pow_limit), 0x1e0377aeU);
    EXPECT_EQ(to_compact(Uint256::max()), 0x2100ffffU);
}

TEST(ProofOfWorkTest, TargetsBeyondTheLimitAreNone)
{
    const Uint256& limit = main_params().pow_limit;
    EXPECT_TRUE(derive_target(0x1d00ffff, limit));
    EXPECT_FALSE(derive_target(0x1d010000, limit));
    EXPECT_FALSE(derive_target(0x1d80ffff, limit));
    EXPECT_FALSE(derive_target(0, limit));
    EXPECT_FALSE(derive_target(0xff123456, limit));
    EXPECT_FALSE(derive_target(0x00ffffff, limit));
}

TEST(ProofOfWorkTest, AHashMayEqualItsTarget)
{
    const Uint256 target = expand_compact(0x1d00ffff).value;
    EXPECT_TRUE(has_proof_of_work(BlockHash{target.to_hash()}, 0x1d00ffff, main_params()));
    EXPECT_FALSE(has_proof_of_work(BlockHash{(target + Uint256{1}).to_hash()}, 0x1d00ffff, main_params()));
    EXPECT_TRUE(has_proof_of_work(main_params().genesis_hash(), 0x1d00ffff, main_params()));
    EXPECT_FALSE(has_proof_of_work(main_params().genesis_hash(), 0x1d010000, main_params()));
}

TEST(ProofOfWorkTest, WorkIsTheExpectedNumberOfHashes)
{
    EXPECT_EQ(block_proof(0x1d00ffff), ChainWork{0x100010001});
    EXPECT_EQ(block_proof(0x207fffff), ChainWork{2});
    EXPECT_EQ(block_proof(0x01010000), Uint256{1} << 255);
    for (const std::uint32_t none : {0U, 0x1d80ffffU, 0xff123456U, 0x01fedcbaU}) {
        EXPECT_TRUE(block_proof(none).is_zero()) << std::hex << none;
    }
}

TEST(ProofOfWorkTest, WorkCountsAsTimeAtADifficulty)
{
    const ChainWork proof = block_proof(0x1d00ffff);
    EXPECT_EQ(proof_equivalent_time(proof * 10, proof * 3, 0x1d00ffff, main_params()), 7 * 600);
    EXPECT_EQ(proof_equivalent_time(proof * 3, proof * 10, 0x1d00ffff, main_params()), -7 * 600);
    EXPECT_EQ(proof_equivalent_time(proof, proof, 0x1d00ffff, main_params()), 0);
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(proof_equivalent_time(Uint256{1} << 200, {}, 0x207fffff, main_params()), kMost);
    EXPECT_EQ(proof_equivalent_time({}, Uint256{1} << 200, 0x207fffff, main_params()), -kMost);
}

TEST(PermittedTransitionTest, OnlyRetargetsMayChangeBits)
{
    const Params& params = main_params();
    EXPECT_TRUE(is_permitted_transition(params, 1, 0x1b0404cb, 0x1b0404cb));
    EXPECT_FALSE(is_permitted_transition(params, 1, 0x1b0404cb, 0x1b0404cc));
    EXPECT_TRUE(is_permitted_transition(params, 2016, 0x1b0404cb, 0x1b0404cc));
    EXPECT_TRUE(is_permitted_transition(make_params(Network::kTestnet3), 1, 0x1b0404cb, 0x1d00ffff));
}

TEST(PermittedTransitionTest, ByAFactorOfFourAtMost)
{
    const Params& params = main_params();
    const Uint256 old_target = expand_compact(0x1b0404cb).value;
    const std::uint32_t easiest = to_compact(old_target * 4);
    const std::uint32_t hardest = to_compact(old_target / Uint256{4});
    EXPECT_TRUE(is_permitted_transition(params, 2016, 0x1b0404cb, easiest));
    EXPECT_FALSE(is_permitted_transition(params, 2016, 0x1b0404cb, easiest + 1));
    EXPECT_TRUE(is_permitted_transition(params, 2016, 0x1b0404cb, hardest));
    EXPECT_FALSE(is_permitted_transition(params, 2016, 0x1b0404cb, hardest - 1));
    EXPECT_TRUE(is_permitted_transition(params, 2016, 0x1d00ffff, 0x1d00ffff));
    EXPECT_FALSE(is_permitted_transition(params, 2016, 0x1d00ffff, 0x1d010000));
}

}  // namespace
}  // namespace cairn::consensus
