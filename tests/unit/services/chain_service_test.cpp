// The chain as rpc and the wallets see it.

#include <future>

#include <gmock/gmock.h>

#include "services_fixture.h"

namespace cairn::services {
namespace {

using testing::ElementsAre;

class ChainServiceTest : public test::ServicesFixture {};

TEST_F(ChainServiceTest, ShowsWhereItStands)
{
    const auto blocks = mine(3);
    const auto overview = chain->overview();
    EXPECT_EQ(overview.network, "regtest");
    EXPECT_EQ(overview.tip.hash, blocks[2]->hash);
    EXPECT_EQ(overview.tip.height, 3);
    EXPECT_EQ(overview.tip.confirmations, 1);
    EXPECT_EQ(overview.best_header_height, 3);
    EXPECT_FALSE(overview.initial_block_download);
    EXPECT_FALSE(overview.signet_challenge);
    EXPECT_THAT(overview.warnings, ElementsAre("a notice"));
    EXPECT_EQ(chain->chain_states().size(), 1U);
    EXPECT_EQ(chain->chain_states()[0].tip.hash, blocks[2]->hash);
}

TEST_F(ChainServiceTest, FindsBlocksByHashHeightAndAncestor)
{
    const auto blocks = mine(3);
    const auto middle = chain->block_info(blocks[1]->hash);
    ASSERT_TRUE(middle);
    EXPECT_EQ(middle->height, 2);
    EXPECT_EQ(middle->confirmations, 2);
    EXPECT_EQ(middle->next, blocks[2]->hash);
    EXPECT_TRUE(middle->in_active_chain && middle->has_block);
    EXPECT_EQ(chain->block_info(Height{1})->hash, blocks[0]->hash);
    EXPECT_FALSE(chain->block_info(Height{4}));
    EXPECT_FALSE(chain->block_info(BlockHash{}));
    EXPECT_EQ(chain->ancestor(blocks[2]->hash, 1)->hash, blocks[0]->hash);
    EXPECT_FALSE(chain->ancestor(blocks[2]->hash, 4));
    EXPECT_FALSE(chain->ancestor(BlockHash{}, 1));
}

TEST_F(ChainServiceTest, ReadsBlocksAndWhatTheySpent)
{
    const auto blocks = mine(101);
    const auto paid = spend({coinbase_of(blocks[0])}, kSubsidy - Amount{1000});
    ASSERT_EQ(mempool->submit(paid, {}).status, api::SubmitStatus::kAccepted);
    const auto last = mine(1).front();
    EXPECT_TRUE(std::ranges::equal((*chain->block(last->hash))->raw, last->raw));
    const auto spent = *chain->spent_outputs(last->hash);
    ASSERT_EQ(spent->size(), 1U);
    EXPECT_EQ((*chain->spent_outputs(node.genesis().hash))->size(), 0U);
    EXPECT_EQ(chain->block(BlockHash{}).error().message, "Block not found");
    EXPECT_EQ(chain->spent_outputs(BlockHash{}).error().message, "Block not found");
    const auto header_only = node.miner.mine(*last, 103);
    ASSERT_TRUE(mining->submit_header(header_only->header));
    EXPECT_EQ(chain->block(header_only->hash).error().message, "Block not available (not fully downloaded)");
    EXPECT_EQ(chain->spent_outputs(header_only->hash).error().message, "Undo data not available");
}

TEST_F(ChainServiceTest, CoinsAreThoseOfTheTipOrOfTheMempoolOnIt)
{
    const auto blocks = mine(101);
    const Outpoint coin = coinbase_of(blocks[0]);
    const auto paid = spend({coin}, kSubsidy - Amount{1000});
    const Outpoint change{paid->txid, 0};
    ASSERT_EQ(mempool->submit(paid, {}).status, api::SubmitStatus::kAccepted);
    EXPECT_EQ(chain->coin(coin, false).coin->value, kSubsidy);
    EXPECT_EQ(chain->coin(coin, false).best_height, 101);
    EXPECT_FALSE(chain->coin(coin, true).coin) << "the mempool spends it";
    EXPECT_FALSE(chain->coin(change, false).coin);
    const auto unconfirmed = chain->coin(change, true);
    ASSERT_TRUE(unconfirmed.coin);
    EXPECT_EQ(unconfirmed.coin->height, api::UnspentOutput::kMempoolHeight);
    EXPECT_FALSE(chain->coin({paid->txid, 7}, true).coin);
    EXPECT_EQ(chain->any_coin_of(coin.txid)->value, kSubsidy);
    EXPECT_FALSE(chain->any_coin_of(paid->txid));
    mine(1);
    EXPECT_TRUE(chain->coin(change, false).coin);
    EXPECT_FALSE(chain->coin(coin, false).coin);
}

TEST_F(ChainServiceTest, ScansAndSumsUntilItIsToldToStop)
{
    mine(5);
    api::JobControl control;
    const auto statistics = chain->utxo_statistics(api::UtxoHash::kMuhash, control);
    ASSERT_TRUE(statistics);
    EXPECT_EQ(statistics->outputs, 5U);
    EXPECT_EQ(statistics->total, Amount{5 * kSubsidy.satoshis()});
    EXPECT_TRUE(statistics->hash);
    std::size_t seen = 0;
    const auto whole = chain->scan_coins([&](const Outpoint&, const CoinRef&) { ++seen; }, control);
    EXPECT_TRUE(whole->completed);
    EXPECT_EQ(whole->height, 5);
    EXPECT_EQ(seen, 5U);
    seen = 0;
    const auto part = chain->scan_coins(
        [&](const Outpoint&, const CoinRef&) {
            ++seen;
            control.abort = true;
        },
        control);
    EXPECT_FALSE(part->completed);
    EXPECT_EQ(seen, 1U);
    EXPECT_FALSE(chain->utxo_statistics(api::UtxoHash::kNone, control));
}

TEST_F(ChainServiceTest, BlocksAreInvalidatedAndReconsidered)
{
    const auto blocks = mine(3);
    ASSERT_TRUE(chain->invalidate(blocks[1]->hash));
    EXPECT_EQ(chain->tip().hash, blocks[0]->hash);
    EXPECT_EQ(chain->block_info(blocks[2]->hash)->confirmations, -1);
    EXPECT_EQ(chain->chain_tips().size(), 2U);
    node.clock.advance(std::chrono::hours{1});  // else it would be the same block once more
    const auto other = mine(1).front();
    EXPECT_NE(other->hash, blocks[1]->hash);
    ASSERT_TRUE(chain->reconsider(blocks[1]->hash));
    EXPECT_EQ(chain->tip().hash, blocks[2]->hash);
    EXPECT_TRUE(chain->precious(other->hash)) << "of less work: nothing happens";
    EXPECT_EQ(chain->tip().hash, blocks[2]->hash);
    for (const auto& result :
         {chain->invalidate(BlockHash{}), chain->reconsider(BlockHash{}), chain->precious(BlockHash{})}) {
        EXPECT_EQ(result.error().message, "Block not found");
    }
    EXPECT_TRUE(chain->verify(3, 0));
    EXPECT_FALSE(chain->prune_to(1));
}

TEST_F(ChainServiceTest, WaitsForAnotherTip)
{
    const auto before = chain->tip().hash;
    EXPECT_EQ(chain->wait_for_tip_change(before, std::chrono::milliseconds{0}).hash, before);
    auto waiting = std::async(std::launch::async, [&] { return chain->wait_for_tip_change(before, std::nullopt); });
    const auto block = mine(1).front();
    EXPECT_EQ(waiting.get().hash, block->hash);
    auto ended = std::async(std::launch::async, [&] { return chain->wait_for_tip_change(block->hash, std::nullopt); });
    node.chain().interrupt();
    EXPECT_EQ(ended.get().hash, block->hash);
}

TEST_F(ChainServiceTest, KnowsTheDeploymentsAtABlock)
{
    const auto blocks = mine(1);
    EXPECT_FALSE(chain->deployments(blocks[0]->hash).deployments.empty());
    EXPECT_TRUE(chain->deployments(BlockHash{}).deployments.empty());
}

}  // namespace
}  // namespace cairn::services
