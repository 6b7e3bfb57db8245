#include "consensus/connect_context.h"

#include <gtest/gtest.h>

#include "support/header_tree.h"

namespace cairn::consensus {
namespace {

constexpr ScriptFlags kFromGenesis = kVerifyP2sh | kVerifyWitness | kVerifyTaproot;

BlockHash hash_of(std::string_view hex)
{
    return *BlockHash::from_hex(hex);
}

ScriptFlags flags(Height height, const BlockHash& hash = {})
{
    static const Params params = make_params(Network::kMain);
    return block_script_flags(hash, height, params);
}

/// A parent of any height and hash, alone in its tree but for one ancestor that can be asked for.
class LoneNode final : public HeaderNode {
public:
    LoneNode(Height height, Height known_height = -1, BlockHash known_hash = {})
        : height_(height), known_height_(known_height), known_hash_(known_hash)
    {
    }
    const HeaderNode* parent() const override { return nullptr; }
    const HeaderNode* ancestor(Height height) const override
    {
        if (height != known_height_ || height > height_) return nullptr;
        if (!known_) known_ = std::make_unique<LoneNode>(height, -1, known_hash_);
        return known_.get();
    }
    Height height() const override { return height_; }
    const BlockHash& hash() const override { return known_hash_; }
    std::int32_t version() const override { return 4; }
    std::uint32_t time() const override { return 1'000'000; }
    std::uint32_t bits() const override { return 0x207fffff; }

private:
    Height height_;
    Height known_height_;
    BlockHash known_hash_;
    mutable std::unique_ptr<LoneNode> known_;
};

TEST(ConnectContextTest, ScriptFlagsComeWithTheirHeights)
{
    EXPECT_EQ(flags(1), kFromGenesis);
    EXPECT_EQ(flags(363'724), kFromGenesis);
    EXPECT_EQ(flags(363'725), kFromGenesis | kVerifyDerSig);
    EXPECT_EQ(flags(388'380), kFromGenesis | kVerifyDerSig);
    EXPECT_EQ(flags(388'381), kFromGenesis | kVerifyDerSig | kVerifyCheckLockTimeVerify);
    EXPECT_EQ(flags(419'327), kFromGenesis | kVerifyDerSig | kVerifyCheckLockTimeVerify);
    EXPECT_EQ(flags(419'328), kFromGenesis | kVerifyDerSig | kVerifyCheckLockTimeVerify | kVerifyCheckSequenceVerify);
    EXPECT_FALSE(flags(481'823).has(kVerifyNullDummy));
    EXPECT_EQ(flags(481'824), kMandatoryFlags);
}

TEST(ConnectContextTest, TwoBlocksOfMainnetAreExcepted)
{
    const BlockHash bip16 = hash_of("00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22");
    EXPECT_EQ(flags(170'060, bip16), kVerifyNone);
    const BlockHash taproot = hash_of("0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad");
    EXPECT_EQ(flags(692'261, taproot), kMandatoryFlags.without(kVerifyTaproot));
    const BlockHash bip16_testnet = hash_of("00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105");
    EXPECT_EQ(block_script_flags(bip16_testnet, 514, make_params(Network::kTestnet3)), kVerifyNone);
    EXPECT_EQ(block_script_flags(bip16_testnet, 514, make_params(Network::kTestnet4)), kMandatoryFlags);
}

TEST(ConnectContextTest, Bip30HoldsButForTwoBlocks)
{
    const Params params = make_params(Network::kMain);
    const BlockHash repeat = hash_of("00000000000a4d0a398161ffc163c503763b1f4360639393e0e4c8e300e0caec");
    const BlockHash other_repeat = hash_of("00000000000743f190a18c5577a3c2d2a1f610ae9601ac046a38084ccb7cd721");
    EXPECT_TRUE(forbids_existing_txids({}, LoneNode{100}, params));
    EXPECT_FALSE(forbids_existing_txids(repeat, LoneNode{91'841}, params));
    EXPECT_FALSE(forbids_existing_txids(other_repeat, LoneNode{91'879}, params));
    // By hash and height.
    EXPECT_TRUE(forbids_existing_txids(repeat, LoneNode{91'840}, params));
    EXPECT_TRUE(forbids_existing_txids({}, LoneNode{91'841}, params));
    EXPECT_TRUE(
        is_bip30_unspendable(hash_of("00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e"), 91'722));
    EXPECT_TRUE(
        is_bip30_unspendable(hash_of("00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f"), 91'812));
    EXPECT_FALSE(
        is_bip30_unspendable(hash_of("00000000000af0aed4792b1acee3d966af36cf5def14935db8de83d6f9306f2f"), 91'722));
}

TEST(ConnectContextTest, Bip34SparesTheSearchOnTheKnownChain)
{
    const Params params = make_params(Network::kMain);
    const Height bip34 = params.buried_height(BuriedDeployment::kBip34);
    // The rule is known to hold from the block after the one at BIP34's height.
    EXPECT_TRUE(forbids_existing_txids({}, LoneNode{bip34 - 1, bip34, params.bip34_hash}, params));
    EXPECT_FALSE(forbids_existing_txids({}, LoneNode{bip34, bip34, params.bip34_hash}, params));
    EXPECT_TRUE(forbids_existing_txids({}, LoneNode{bip34, bip34, BlockHash{}}, params));
    EXPECT_FALSE(forbids_existing_txids({}, LoneNode{1'983'700, bip34, params.bip34_hash}, params));
    EXPECT_TRUE(forbids_existing_txids({}, LoneNode{1'983'701, bip34, params.bip34_hash}, params));
}

TEST(ConnectContextTest, WhereEveryCoinbaseHasItsHeightNothingIsSearched)
{
    EXPECT_FALSE(forbids_existing_txids({}, LoneNode{100}, make_params(Network::kRegtest)));
    ParamsOptions options;
    options.activation_heights = {{BuriedDeployment::kBip34, 2}};
    EXPECT_TRUE(forbids_existing_txids({}, LoneNode{100}, make_params(Network::kRegtest, options)));
}

TEST(ConnectContextTest, IsMadeForAPlaceInTheTree)
{
    ParamsOptions options;
    options.activation_heights = {{BuriedDeployment::kCsv, 21}};
    const Params params = make_params(Network::kRegtest, options);
    test::HeaderTree tree;
    const test::TestNode& parent = tree.extend(tree.add_root(params.genesis->header), 19);
    const NodeAncestorTimes times{parent};
    ConnectContext context = make_connect_context({}, parent, params, times);
    EXPECT_EQ(context.height, 20);
    EXPECT_EQ(context.median_time_past, median_time_past(parent));
    EXPECT_EQ(context.subsidy, Amount{50 * kCoin.satoshis()});
    EXPECT_FALSE(context.relative_locks);
    EXPECT_TRUE(context.check_scripts);
    EXPECT_FALSE(context.script_flags.has(kVerifyCheckSequenceVerify));
    const test::TestNode& next = tree.extend(parent, 1);
    context = make_connect_context({}, next, params, times, false);
    EXPECT_TRUE(context.relative_locks);
    EXPECT_FALSE(context.check_scripts);
    EXPECT_TRUE(context.script_flags.has(kVerifyCheckSequenceVerify));
}

}  // namespace
}  // namespace cairn::consensus
