#include <gtest/gtest.h>

#include "consensus/connect_context.h"
#include "support/reason.h"
#include "support/regtest_chain.h"

namespace cairn::consensus {
namespace {

using test::MapCoinsView;
using test::reason;

constexpr Amount kSubsidy{50 * kCoin.satoshis()};

class DisconnectBlockTest : public testing::Test {
protected:
    DisconnectBlockTest()
    {
        chain_.mine(105);
        before_ = chain_.coins().coins();
        // Spends coins of the view and one of its own, and makes some that stay.
        const auto first = test::make_spend(std::vector{chain_.coinbase(1), chain_.coinbase(2)}, kSubsidy).finish();
        const auto second =
            test::make_spend(std::vector<Outpoint>{{first->txid, 0}, chain_.coinbase(3)}, kSubsidy).finish();
        block_ = chain_.mine({first, second});
    }

    std::expected<DisconnectEffects, Rejection> disconnect(const SpentOutputs& spent)
    {
        return disconnect_block(*block_, chain_.height(), spent, chain_.coins());
    }
    const SpentOutputs& undo() const { return chain_.undo(chain_.height()); }

    test::RegtestChain chain_;
    std::map<Outpoint, MapCoinsView::Coin> before_;
    BlockRef block_;
};

TEST_F(DisconnectBlockTest, UndoesWhatConnectingDid)
{
    const auto effects = disconnect(undo());
    ASSERT_EQ(reason(effects), "");
    EXPECT_TRUE(effects->clean);
    // The coin that the block made and spent is in neither list.
    EXPECT_EQ(effects->removed.size(), 2U);
    EXPECT_EQ(effects->restored.size(), 3U);
    chain_.coins().apply(*effects, undo());
    EXPECT_EQ(chain_.coins().coins(), before_);
}

TEST_F(DisconnectBlockTest, UndoDataMustFit)
{
    SpentOutputs short_of_one;
    for (std::size_t i = 0; i + 1 < undo().size(); ++i) {
        short_of_one.add(undo()[i].value, undo().script_pubkey(i), undo()[i].height, undo()[i].coinbase);
    }
    EXPECT_EQ(reason(disconnect(short_of_one)), "bad-undo-data");
}

TEST_F(DisconnectBlockTest, AMissingCoinIsUnclean)
{
    const Outpoint own{block_->transactions[0].txid, 0};
    chain_.coins().remove(own);
    const auto effects = disconnect(undo());
    ASSERT_TRUE(effects);
    EXPECT_FALSE(effects->clean);
    EXPECT_EQ(effects->removed.size(), 1U);
}

TEST_F(DisconnectBlockTest, ADifferentCoinIsUncleanAndRemoved)
{
    const Outpoint own{block_->transactions[2].txid, 0};
    const MapCoinsView::Coin coin = chain_.coins().coins().at(own);
    const auto with = [&](MapCoinsView::Coin changed) {
        chain_.coins().add(own, std::move(changed));
        return disconnect(undo());
    };
    EXPECT_TRUE(with(coin)->clean);
    for (int field = 0; field < 4; ++field) {
        MapCoinsView::Coin changed = coin;
        if (field == 0) changed.value += Amount{1};
        if (field == 1) changed.height += 1;
        if (field == 2) changed.coinbase = true;
        if (field == 3) changed.script_pubkey.push_back({});
        const auto effects = with(changed);
        EXPECT_FALSE(effects->clean) << field;
        EXPECT_EQ(effects->removed.size(), 2U) << field;
    }
}

TEST_F(DisconnectBlockTest, ACoinThatIsThereAlreadyIsUnclean)
{
    chain_.coins().add(chain_.coinbase(1), {kSubsidy, test::anyone_can_spend(), 1, true});
    EXPECT_FALSE(disconnect(undo())->clean);
}

TEST_F(DisconnectBlockTest, UndoDataOfItsOwnCoinsMustAgree)
{
    SpentOutputs changed;
    for (std::size_t i = 0; i < undo().size(); ++i) {
        const Amount extra{i == 2 ? 1 : 0};
        changed.add(undo()[i].value + extra, undo().script_pubkey(i), undo()[i].height, undo()[i].coinbase);
    }
    EXPECT_FALSE(disconnect(changed)->clean);
}

// The coinbases of mainnet's blocks 91722 and 91812 were repeated, and so overwritten, by 91880 and 91842. Undoing all
// four in order finds the earlier ones gone; that is no corruption there, and would be anywhere else.
TEST(DisconnectBip30Test, OverwrittenCoinbasesAreMissedByNobody)
{
    const Params params = make_params(Network::kMain);
    test::BlockPlan plan;
    plan.height = 91'722;
    plan.witness_commitment = false;
    const BlockRef made = test::make_block_draft(plan, params).finish();

    // A block of that very hash, as far as disconnecting can see.
    class Renamed final : public Block {
    public:
        Renamed(const Block& block, std::string_view hash_hex)
        {
            header = block.header;
            hash = *BlockHash::from_hex(hash_hex);
            raw = block.raw;
            transactions = block.transactions;
            stripped_size = block.stripped_size;
        }
    };
    const Renamed excepted{*made, "00000000000271a2dc26e7667f8419f2e15416dc6955e5a6c6cdf3f2574dd08e"};
    MapCoinsView empty;
    const auto effects = disconnect_block(excepted, 91'722, SpentOutputs{}, empty);
    ASSERT_TRUE(effects);
    EXPECT_TRUE(effects->clean);
    EXPECT_TRUE(effects->removed.empty());
    EXPECT_FALSE(disconnect_block(*made, 91'722, SpentOutputs{}, empty)->clean);
    EXPECT_FALSE(disconnect_block(excepted, 91'723, SpentOutputs{}, empty)->clean);
}

}  // namespace
}  // namespace cairn::consensus
