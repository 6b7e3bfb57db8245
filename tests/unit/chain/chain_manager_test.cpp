#include "chain_fixture.h"

namespace cairn::chain::test {
namespace {

class ChainManagerTest : public testing::Test {
protected:
    TestChain node;
};

TEST_F(ChainManagerTest, GenesisHasNoCoins)
{
    node.start();
    ASSERT_NE(node.chain().tip(), nullptr);
    EXPECT_EQ(node.tip(), node.params.genesis_hash());
    const Txid coinbase = node.genesis().transactions[0].txid;
    EXPECT_FALSE(node.chain().coin({coinbase, 0}).coin);
    EXPECT_EQ(node.chain().coin({coinbase, 0}).best, node.params.genesis_hash());
}

TEST_F(ChainManagerTest, ConnectsBlocksAndKeepsThem)
{
    node.start();
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 30);
    for (const BlockRef& block : blocks) {
        const BlockResult result = node.submit(block);
        EXPECT_EQ(result.status, BlockResult::Status::kConnected);
        EXPECT_TRUE(result.is_new);
    }
    EXPECT_EQ(node.height(), 30);
    EXPECT_EQ(node.submit(blocks[3]).status, BlockResult::Status::kDuplicate);
    const auto coin = node.chain().coin({blocks[4]->transactions[0].txid, 0});
    ASSERT_TRUE(coin.coin);
    EXPECT_EQ(coin.coin->height, 5);
    EXPECT_TRUE(coin.coin->coinbase);
    EXPECT_EQ(coin.coin->value, kCoin + Amount{49 * kCoin.satoshis()});
    const std::string hash = node.utxo_hash();
    node.restart();
    EXPECT_EQ(node.tip(), blocks.back()->hash);
    EXPECT_EQ(node.utxo_hash(), hash);
    EXPECT_EQ(node.chain().read_block(node.node(blocks[7]))->hash, blocks[7]->hash);
}

TEST_F(ChainManagerTest, TakesBlocksInAnyOrder)
{
    node.start();
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 20);
    const HeadersResult taken = node.submit_headers(blocks);
    EXPECT_FALSE(taken.rejection);
    EXPECT_EQ(taken.added, 20U);
    EXPECT_EQ(node.chain().tree().best_header()->height(), 20);
    for (auto it = blocks.rbegin(); it != blocks.rend(); ++it) {
        const auto expected = it + 1 == blocks.rend() ? BlockResult::Status::kConnected : BlockResult::Status::kStored;
        EXPECT_EQ(node.submit(*it).status, expected);
    }
    EXPECT_EQ(node.height(), 20);
}

TEST_F(ChainManagerTest, FollowsMoreWork)
{
    node.start();
    const auto a = node.miner.mine_chain(node.genesis(), 0, 5);
    const auto b = node.miner.mine_chain(*a[1], 2, 5);
    node.submit_all(a);
    EXPECT_EQ(node.tip(), a.back()->hash);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(node.submit(b[i]).status, BlockResult::Status::kStored);
    EXPECT_EQ(node.tip(), a.back()->hash) << "first seen wins";
    EXPECT_EQ(node.submit(b[3]).status, BlockResult::Status::kConnected);
    EXPECT_EQ(node.tip(), b[3]->hash);
    EXPECT_FALSE(node.chain().coin({a[3]->transactions[0].txid, 0}).coin);
    EXPECT_TRUE(node.chain().coin({b[2]->transactions[0].txid, 0}).coin);
    const auto tips = node.chain().chain_tips();
    ASSERT_EQ(tips.size(), 2U);
    EXPECT_EQ(tips[0].status, TipStatus::kActive);
    EXPECT_EQ(tips[1].status, TipStatus::kValidFork);
    EXPECT_EQ(tips[1].branch_length, 3);
}

TEST_F(ChainManagerTest, RefusesAndRemembersAnInvalidBlock)
{
    node.start();
    const auto good = node.miner.mine_chain(node.genesis(), 0, 2);
    node.submit_all(good);
    Miner::Plan plan;
    plan.claim_more = Amount{1};
    const BlockRef bad = node.miner.mine(*good[1], 3, plan);
    const BlockResult refused = node.submit(bad);
    ASSERT_EQ(refused.status, BlockResult::Status::kRejected);
    EXPECT_EQ(refused.rejection->text(), "bad-cb-amount");
    EXPECT_TRUE(node.node(bad).status().failed());
    EXPECT_EQ(node.submit(bad).rejection->text(), "duplicate-invalid");
    const BlockRef child = node.miner.mine(*bad, 4);
    EXPECT_EQ(node.submit(child).rejection->text(), "bad-prevblk");
    EXPECT_EQ(node.height(), 2);
    const BlockRef next = node.miner.mine(*good[1], 3);
    EXPECT_EQ(node.submit(next).status, BlockResult::Status::kConnected);
    node.restart();
    EXPECT_TRUE(node.node(bad).status().failed());
    EXPECT_EQ(node.chain().chain_tips().size(), 2U);
}

TEST_F(ChainManagerTest, ABlockThatFallsWithAStoredOneIsNotBlamed)
{
    node.start();
    const auto good = node.miner.mine_chain(node.genesis(), 0, 3);
    node.submit_all(good);
    Miner::Plan plan;
    plan.claim_more = Amount{1};
    const BlockRef bad = node.miner.mine(*good[1], 3, plan);
    EXPECT_EQ(node.submit(bad).status, BlockResult::Status::kStored);
    // With this one the branch has the most work, and what is wrong with it comes out.
    const BlockRef child = node.miner.mine(*bad, 4);
    const BlockResult fell = node.submit(child);
    EXPECT_EQ(fell.status, BlockResult::Status::kStored);
    EXPECT_FALSE(fell.rejection);
    EXPECT_TRUE(fell.is_new);
    EXPECT_TRUE(node.node(bad).status().failed());
    EXPECT_TRUE(node.node(child).status().failed());
    EXPECT_EQ(node.submit(child).rejection->text(), "duplicate-invalid");
    EXPECT_EQ(node.submit(node.miner.mine(*child, 5)).rejection->text(), "bad-prevblk");
    EXPECT_EQ(node.tip(), good[2]->hash);
}

TEST_F(ChainManagerTest, AMutatedBodyDoesNotBlameTheHeader)
{
    node.start();
    const BlockRef good = node.miner.mine(node.genesis(), 1);
    cairn::test::BlockDraft draft(*good);
    draft.transactions.push_back(draft.transactions.back());
    const BlockRef mutated = draft.finish();
    ASSERT_EQ(mutated->hash, good->hash);
    const BlockResult refused = node.submit(mutated);
    EXPECT_EQ(refused.status, BlockResult::Status::kRejected);
    EXPECT_EQ(node.submit(good).status, BlockResult::Status::kConnected);
}

TEST_F(ChainManagerTest, UnrequestedBlocks)
{
    node.options.minimum_chain_work = ChainWork{20};
    node.start();
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 10);
    // Below the minimum of work (each block counts two): the header is taken, the block is not.
    EXPECT_EQ(node.submit(chain[0], kUnrequested).status, BlockResult::Status::kIgnored);
    EXPECT_FALSE(node.node(chain[0]).status().has_data());
    EXPECT_EQ(node.submit(node.miner.mine(*chain[0], 2), {}).rejection->text(), "too-little-chainwork");
    node.submit_all(chain);
    EXPECT_EQ(node.height(), 10);
    // As much work as the tip is stored, less is not.
    const auto fork = node.miner.mine_chain(*chain[7], 8, 2);
    EXPECT_EQ(node.submit(fork[0], kUnrequested).status, BlockResult::Status::kIgnored);
    EXPECT_EQ(node.submit(fork[0], kRequested).status, BlockResult::Status::kStored);
    EXPECT_EQ(node.submit(fork[1], kUnrequested).status, BlockResult::Status::kStored);
    EXPECT_EQ(node.tip(), chain[9]->hash);
}

TEST_F(ChainManagerTest, UnrequestedBlocksTooFarAhead)
{
    node.start();
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 289);
    node.submit_headers(chain);
    EXPECT_EQ(node.submit(chain[288], kUnrequested).status, BlockResult::Status::kIgnored);
    EXPECT_EQ(node.submit(chain[287], kUnrequested).status, BlockResult::Status::kStored);
}

TEST_F(ChainManagerTest, HeadersAreChecked)
{
    node.start();
    const BlockRef block = node.miner.mine(node.genesis(), 1);
    BlockHeader orphan = block->header;
    orphan.previous = block->hash;
    cairn::test::BlockDraft draft;
    draft.header = orphan;
    EXPECT_EQ(node.chain().submit_headers_and_wait({draft.mine().header}, true).rejection->text(),
              "prev-blk-not-found");
    EXPECT_EQ(node.chain().submit_headers_and_wait({block->header}, false).rejection->text(), "too-little-chainwork");
    cairn::test::BlockDraft early(*block);
    early.header.time = node.genesis().header.time;
    EXPECT_EQ(node.chain().submit_headers_and_wait({early.mine().header}, true).rejection->text(), "time-too-old");
    cairn::test::BlockDraft late(*block);
    late.header.time = static_cast<std::uint32_t>(base::unix_seconds(node.clock.now()) + 2 * 60 * 60 + 1);
    EXPECT_EQ(node.chain().submit_headers_and_wait({late.mine().header}, true).rejection->text(), "time-too-new");
    node.clock.advance(std::chrono::seconds{1});
    EXPECT_FALSE(node.chain().submit_headers_and_wait({late.header}, true).rejection);
}

TEST_F(ChainManagerTest, InvalidateReconsiderAndPrefer)
{
    node.start();
    const auto a = node.miner.mine_chain(node.genesis(), 0, 6);
    const auto b = node.miner.mine_chain(*a[1], 2, 3);
    node.submit_all(a);
    node.submit_all(b);
    const std::string hash = node.utxo_hash();
    EXPECT_FALSE(node.chain().invalidate_block(*node.chain().tree().find(node.params.genesis_hash())));
    EXPECT_TRUE(node.chain().invalidate_block(node.node(a[2])));
    EXPECT_EQ(node.tip(), b.back()->hash);
    EXPECT_TRUE(node.node(a[5]).status().failed());
    EXPECT_EQ(node.chain().tree().best_header()->hash(), b.back()->hash);
    EXPECT_TRUE(node.chain().invalidate_block(node.node(b[0])));
    EXPECT_EQ(node.tip(), a[1]->hash);
    node.chain().reconsider_block(node.node(a[4]));
    EXPECT_EQ(node.tip(), a.back()->hash);
    EXPECT_EQ(node.utxo_hash(), hash);
    node.chain().reconsider_block(node.node(b[0]));
    EXPECT_EQ(node.tip(), a.back()->hash);
    const auto c = node.miner.mine_chain(*b.back(), 5, 1);
    node.submit_all(c);
    EXPECT_EQ(node.tip(), a.back()->hash) << "the same work, later";
    node.chain().prefer_block(node.node(c[0]));
    EXPECT_EQ(node.tip(), c[0]->hash);
    node.chain().prefer_block(node.node(a.back()));
    EXPECT_EQ(node.tip(), a.back()->hash);
    node.restart();
    EXPECT_EQ(node.tip(), a.back()->hash) << "the tip of the last run wins a tie";
}

TEST_F(ChainManagerTest, InitialDownloadIsLatched)
{
    node.options.max_tip_age = std::chrono::hours{24};
    node.start();
    EXPECT_TRUE(node.chain().in_initial_block_download());
    const auto old = node.miner.mine_chain(node.genesis(), 0, 1);
    node.submit_all(old);
    EXPECT_TRUE(node.chain().in_initial_block_download());
    Miner::Plan plan;
    const auto now = static_cast<std::uint32_t>(base::unix_seconds(node.clock.now()));
    plan.time = now - 24 * 60 * 60 - 1;
    const BlockRef almost = node.miner.mine(*old[0], 2, plan);
    node.submit(almost);
    EXPECT_TRUE(node.chain().in_initial_block_download());
    plan.time = now - 24 * 60 * 60;
    node.submit(node.miner.mine(*almost, 3, plan));
    EXPECT_FALSE(node.chain().in_initial_block_download());
    node.clock.advance(std::chrono::hours{1000});
    EXPECT_FALSE(node.chain().in_initial_block_download());
}

TEST_F(ChainManagerTest, SpendsAndTestsBlocks)
{
    node.start();
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 101);
    node.submit_all(chain);
    const Outpoint mature{chain[0]->transactions[0].txid, 0};
    const Amount value = chain[0]->transactions[0].outputs[0].value;
    const auto spend = cairn::test::make_spend(std::vector{mature}, value - Amount{1000}).finish();
    Miner::Plan plan;
    plan.transactions = {spend};
    plan.fees = Amount{1000};
    const BlockRef block = node.miner.mine(*chain[100], 102, plan);
    EXPECT_TRUE(node.chain().test_block(block, true, true));
    EXPECT_EQ(node.height(), 101);
    EXPECT_EQ(node.submit(block).status, BlockResult::Status::kConnected);
    EXPECT_FALSE(node.chain().coin(mature).coin);
    EXPECT_EQ(node.chain().test_block(block, true, true).error().text(), "inconclusive-not-best-prevblk");
    const BlockRef again = node.miner.mine(*block, 103, plan);
    EXPECT_EQ(node.chain().test_block(again, true, true).error().text(), "bad-txns-inputs-missingorspent");
    EXPECT_EQ(node.submit(again).rejection->text(), "bad-txns-inputs-missingorspent");
    const auto spent = node.chain().read_spent_outputs(node.node(block));
    ASSERT_TRUE(spent);
    ASSERT_EQ(spent->size(), 1U);
    EXPECT_EQ((*spent)[0].value, value);
    EXPECT_EQ((*spent)[0].height, 1);
    for (int level = 0; level <= 4; ++level) EXPECT_EQ(node.chain().verify(level, 0), VerifyOutcome::kGood);
}

}  // namespace
}  // namespace cairn::chain::test
