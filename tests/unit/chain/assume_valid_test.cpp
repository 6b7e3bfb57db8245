// -assumevalid: a block whose script fails connects exactly where all five conditions hold.

#include "chain_fixture.h"

namespace cairn::chain::test {
namespace {

class AssumeValidTest : public testing::Test {
protected:
    AssumeValidTest()
    {
        chain = node.miner.mine_chain(node.genesis(), 0, 101);
        TransactionDraft failing =
            cairn::test::make_spend(std::vector{Outpoint{chain[0]->transactions[0].txid, 0}}, Amount{1});
        failing.inputs[0].script_sig = {std::byte{0x6a}};
        Miner::Plan plan;
        plan.transactions = {failing.finish()};
        bad = node.miner.mine(*chain.back(), 102, plan);
        chain.push_back(bad);
        // Two weeks of work at ten minutes a block are 2016 blocks on top.
        const auto above = node.miner.mine_chain(*bad, 102, 2100);
        chain.insert(chain.end(), above.begin(), above.end());
    }
    BlockHash hash_at(Height height) const { return chain[static_cast<std::size_t>(height) - 1]->hash; }
    /// With headers up to `headers`, whether the bad block connects.
    bool connects(Height headers)
    {
        node.start();
        std::vector<BlockHeader> all;
        for (Height i = 0; i < headers; ++i) all.push_back(chain[static_cast<std::size_t>(i)]->header);
        node.chain().submit_headers_and_wait(all, true);
        for (Height i = 0; i < 102; ++i) {
            node.chain().submit_block(chain[static_cast<std::size_t>(i)], kRequested, nullptr);
        }
        node.chain().submit_block_and_wait(chain[0], kRequested);
        node.settle();
        return node.height() == 102;
    }

    TestChain node;
    std::vector<BlockRef> chain;
    BlockRef bad;
};

TEST_F(AssumeValidTest, AllConditionsHold)
{
    node.options.assume_valid = hash_at(110);
    EXPECT_TRUE(connects(2120));
}

TEST_F(AssumeValidTest, SwitchedOff)
{
    node.options.assume_valid = BlockHash{};
    EXPECT_FALSE(connects(2120));
    EXPECT_TRUE(node.node(bad).status().failed());
}

TEST_F(AssumeValidTest, AssumedBlockIsUnknown)
{
    node.options.assume_valid = hash_at(2200);
    EXPECT_FALSE(connects(2120));
}

TEST_F(AssumeValidTest, BlockIsAboveTheAssumedOne)
{
    node.options.assume_valid = hash_at(101);
    EXPECT_FALSE(connects(2120));
}

TEST_F(AssumeValidTest, BlockItselfIsTheAssumedOne)
{
    node.options.assume_valid = hash_at(102);
    EXPECT_TRUE(connects(2120));
}

TEST_F(AssumeValidTest, BlockIsOnAnotherBranchThanTheAssumedOne)
{
    const auto fork = node.miner.mine_chain(*chain[99], 100, 5);
    node.options.assume_valid = fork.back()->hash;
    node.start();
    std::vector<BlockHeader> all;
    for (const BlockRef& block : fork) all.push_back(block->header);
    for (int i = 0; i < 100; ++i) node.chain().submit_block(chain[static_cast<std::size_t>(i)], kRequested, nullptr);
    node.settle();
    EXPECT_FALSE(node.chain().submit_headers_and_wait(all, true).rejection);
    node.stop();
    EXPECT_FALSE(connects(2120));
}

TEST_F(AssumeValidTest, BlockIsNotOnTheBestHeaderChain)
{
    const auto fork = node.miner.mine_chain(*chain[99], 100, 2200);
    node.options.assume_valid = hash_at(110);
    node.start();
    for (int i = 0; i < 100; ++i) node.chain().submit_block(chain[static_cast<std::size_t>(i)], kRequested, nullptr);
    node.settle();
    std::vector<BlockHeader> all;
    for (const BlockRef& block : fork) all.push_back(block->header);
    EXPECT_FALSE(node.chain().submit_headers_and_wait(all, true).rejection);
    node.stop();
    EXPECT_FALSE(connects(2120));
}

TEST_F(AssumeValidTest, BestHeaderHasTooLittleWork)
{
    node.options.assume_valid = hash_at(110);
    node.options.minimum_chain_work = ChainWork{2 * 2122};
    EXPECT_FALSE(connects(2120));
    node.stop();
}

TEST_F(AssumeValidTest, TooRecent)
{
    // 2016 blocks on top are two weeks, which is not more than two weeks.
    node.options.assume_valid = hash_at(110);
    EXPECT_FALSE(connects(102 + 2016));
}

TEST_F(AssumeValidTest, JustOldEnough)
{
    node.options.assume_valid = hash_at(110);
    EXPECT_TRUE(connects(102 + 2017));
}

}  // namespace
}  // namespace cairn::chain::test
