// Random chains with spends, forks and reorganisations against a model: the coins are always those of the tip's branch.

#include <set>

#include "chain_fixture.h"

namespace cairn::chain::test {
namespace {

/// What a branch's coins are, kept per block.
struct ModelBlock {
    BlockRef block;
    Height height = 0;
    std::set<Outpoint> coins;
    std::map<Outpoint, Height> mature_from;  // coinbases
};

class SimulationTest : public testing::Test {
protected:
    SimulationTest()
    {
        node.options.max_tip_age = std::chrono::hours{24};  // never at the tip: the whole pipeline is used
        node.options.minimum_chain_work = ChainWork{};
        node.options.script_threads = 2;
    }

    const ModelBlock& root()
    {
        auto [found, made] = model.try_emplace(node.params.genesis_hash());
        if (made) found->second.block = node.params.genesis;
        return found->second;
    }
    const ModelBlock& extend(const ModelBlock& parent)
    {
        ModelBlock next = parent;
        next.height = parent.height + 1;
        Miner::Plan plan;
        std::vector<Outpoint> spends;
        for (const Outpoint& outpoint : parent.coins) {
            const auto mature = parent.mature_from.find(outpoint);
            if (mature != parent.mature_from.end() && mature->second > next.height) continue;
            if (random.below(3) == 0 && spends.size() < 12) spends.push_back(outpoint);
        }
        Outpoint in_block;
        for (std::size_t i = 0; i < spends.size(); ++i) {
            TransactionDraft draft = cairn::test::make_spend(std::vector{spends[i]}, Amount{0});
            for (std::uint64_t extra = random.below(3); extra > 0; --extra) draft.outputs.push_back(draft.outputs[0]);
            // Sometimes an output of the same block is spent too.
            if (i > 0 && random.below(4) == 0 && next.coins.contains(in_block)) {
                draft.inputs.push_back({in_block, {}, 0xffffffff, {}});
                next.coins.erase(in_block);
            }
            const TransactionRef spend = draft.finish();
            plan.transactions.push_back(spend);
            next.coins.erase(spends[i]);
            for (std::uint32_t o = 0; o < spend->outputs.size(); ++o) next.coins.insert({spend->txid, o});
            in_block = {spend->txid, 0};
        }
        next.block = node.miner.mine(*parent.block, next.height, plan);
        const Outpoint coinbase{next.block->transactions[0].txid, 0};
        next.coins.insert(coinbase);
        next.mature_from[coinbase] = next.height + 100;
        return model.emplace(next.block->hash, std::move(next)).first->second;
    }
    void expect_coins_of_tip()
    {
        const ModelBlock& tip = model.at(node.tip());
        std::set<Outpoint> coins;
        node.chain().scan_coins(
            [&](const Outpoint& outpoint, const CoinRef&) { return coins.insert(outpoint).second; });
        EXPECT_EQ(coins, tip.coins);
    }

    TestChain node;
    base::SeededRandom random{3};
    std::map<BlockHash, ModelBlock> model;
};

TEST_F(SimulationTest, RandomReorganisationsAgreeWithTheModel)
{
    node.start();
    std::vector<const ModelBlock*> chain{&root()};
    for (int i = 0; i < 110; ++i) chain.push_back(&extend(*chain.back()));
    for (const ModelBlock* block : chain) {
        if (block->height > 0) node.chain().submit_block(block->block, kRequested, nullptr);
    }
    node.settle();
    EXPECT_EQ(node.height(), 110);
    expect_coins_of_tip();
    for (int round = 0; round < 25; ++round) {
        const std::size_t back = random.below(12);
        chain.resize(chain.size() - std::min(back, chain.size() - 101));
        for (std::uint64_t more = back + 1 + random.below(6); more > 0; --more) chain.push_back(&extend(*chain.back()));
        std::vector<BlockRef> blocks;
        for (std::size_t i = chain.size() - 25; i < chain.size(); ++i) blocks.push_back(chain[i]->block);
        random.shuffle(blocks);
        std::vector<BlockHeader> headers;
        for (const ModelBlock* block : chain) headers.push_back(block->block->header);
        node.chain().submit_headers_and_wait(headers, true);
        node.submit_all(blocks);
        ASSERT_EQ(node.tip(), chain.back()->block->hash) << node.failure();
        if (round % 5 == 0) node.restart();
        expect_coins_of_tip();
    }
    EXPECT_EQ(node.chain().verify(4, 0), VerifyOutcome::kGood);
}

TEST_F(SimulationTest, AnInvalidBlockInThePipelineDropsAllAboveIt)
{
    node.start();
    std::vector<const ModelBlock*> chain{&root()};
    for (int i = 0; i < 105; ++i) chain.push_back(&extend(*chain.back()));
    std::vector<BlockRef> blocks;
    for (std::size_t i = 1; i < chain.size(); ++i) blocks.push_back(chain[i]->block);
    node.submit_all(blocks);
    // One whose script fails: known only when the blocks above it are connected already.
    const ModelBlock& tip = *chain.back();
    Outpoint coin;
    for (const Outpoint& outpoint : tip.coins) {
        const auto mature = tip.mature_from.find(outpoint);
        if (mature == tip.mature_from.end() || mature->second <= 106) coin = outpoint;
    }
    TransactionDraft failing = cairn::test::make_spend(std::vector{coin}, Amount{1});
    failing.inputs[0].script_sig = {std::byte{0x6a}};  // OP_RETURN
    Miner::Plan plan;
    plan.transactions = {failing.finish()};
    const BlockRef bad = node.miner.mine(*tip.block, 106, plan);
    std::vector<BlockRef> branch{bad};
    for (int i = 0; i < 6; ++i) branch.push_back(node.miner.mine(*branch.back(), 107 + i));
    std::vector<const BlockNode*> seen;
    const auto listener = node.chain().on_tip([&](const BlockNode& now) { seen.push_back(&now); });
    std::vector<BlockHeader> headers;
    for (const BlockRef& block : branch) headers.push_back(block->header);
    node.chain().submit_headers_and_wait(headers, true);
    std::vector<BlockResult> results(branch.size());
    for (std::size_t i = 0; i < branch.size(); ++i) {
        const std::size_t at = branch.size() - 1 - i;
        node.chain().submit_block(branch[at], kRequested, [&results, at](const BlockResult& r) { results[at] = r; });
    }
    node.settle();
    node.chain().run([] {});
    EXPECT_EQ(node.tip(), tip.block->hash);
    EXPECT_TRUE(seen.empty()) << "nothing of it was published";
    ASSERT_EQ(results[0].status, BlockResult::Status::kRejected);
    EXPECT_TRUE(results[0].rejection->text().starts_with("block-script-verify-flag-failed ("));
    for (const BlockRef& block : branch) EXPECT_TRUE(node.node(block).status().failed());
    EXPECT_EQ(node.chain().tree().best_header()->hash(), tip.block->hash);
    expect_coins_of_tip();
    const ModelBlock& good = extend(tip);
    EXPECT_EQ(node.submit(good.block).status, BlockResult::Status::kConnected);
    expect_coins_of_tip();
}

TEST_F(SimulationTest, ABranchThatProvesInvalidLeavesTheOldOne)
{
    node.start();
    std::vector<const ModelBlock*> chain{&root()};
    for (int i = 0; i < 105; ++i) chain.push_back(&extend(*chain.back()));
    std::vector<BlockRef> blocks;
    for (std::size_t i = 1; i < chain.size(); ++i) blocks.push_back(chain[i]->block);
    node.submit_all(blocks);
    const ModelBlock* fork = chain[102];
    const ModelBlock& first = extend(*fork);
    Miner::Plan plan;
    plan.claim_more = Amount{1};
    const BlockRef bad = node.miner.mine(*first.block, 104, plan);
    const BlockRef above = node.miner.mine(*bad, 105);
    const BlockRef top = node.miner.mine(*above, 106);
    node.chain().submit_headers_and_wait({first.block->header, bad->header, above->header, top->header}, true);
    node.submit_all({top, above, bad, first.block});
    EXPECT_EQ(node.tip(), chain.back()->block->hash);
    EXPECT_TRUE(node.node(top).status().failed());
    EXPECT_FALSE(node.node(first.block).status().failed());
    expect_coins_of_tip();
}

}  // namespace
}  // namespace cairn::chain::test
