#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "../chain/chain_fixture.h"
#include "consensus/script/signature_verifier.h"
#include "services/mempool_bridge.h"
#include "services/mining_service.h"

namespace cairn::services {
namespace {

mempool::MempoolOptions take_anything()
{
    mempool::MempoolOptions options;
    options.policy.require_standard = false;
    return options;
}

class TemplateRenewalTest : public testing::Test {
protected:
    TemplateRenewalTest()
    {
        node.mempool = &chain_mempool;
        node.clock.set(base::Time{std::chrono::seconds{node.genesis().header.time + 200 * 600}});
        node.start();
        mempool_chain.set(node.chain());
        blocks = node.miner.mine_chain(node.genesis(), 0, 110);
        node.submit_all(blocks);
        service =
            std::make_unique<MiningService>(node.chain(), mempool, node.clock, shutdown, mining::TemplateOptions{});
    }
    ~TemplateRenewalTest() override { node.stop(); }

    /// A transaction into the mempool, by the coinbase of a block from 0 on.
    void spend(std::size_t block)
    {
        const Transaction& coinbase = blocks.at(block)->transactions.front();
        const Outpoint outpoint{coinbase.txid, 0};
        auto draft = cairn::test::make_spend({&outpoint, 1}, coinbase.outputs.front().value - Amount{10'000});
        draft.outputs.push_back({Amount{}, cairn::test::anyone_can_spend()});  // too small without
        const auto transaction = draft.finish();
        node.chain().run([&] {
            const auto accepted = mempool.accept(transaction, {.now = base::unix_seconds(node.clock.now())});
            ASSERT_TRUE(accepted) << accepted.error().to_string();
        });
    }
    api::BlockTemplate made()
    {
        auto found = service->make_template({});
        EXPECT_TRUE(found) << (found ? "" : found.error().message);
        return found.value_or(api::BlockTemplate{});
    }
    void wait(int seconds) { node.clock.advance(std::chrono::seconds{seconds}); }

    chain::test::TestChain node;
    consensus::ImmediateVerifier verifier;
    MempoolChain mempool_chain;
    MempoolEvents mempool_events{node.events};
    mempool::Mempool mempool{take_anything(), mempool_chain, verifier, mempool_events, {1, 2}};
    ChainMempool chain_mempool{mempool, mempool_chain, node.clock};
    base::ShutdownSignal shutdown;
    std::vector<BlockRef> blocks;
    std::unique_ptr<MiningService> service;
};

TEST_F(TemplateRenewalTest, ATemplateStaysForFiveSeconds)
{
    const auto first = made();
    EXPECT_TRUE(first.transactions.empty());
    spend(0);
    wait(5);
    const auto second = made();
    EXPECT_TRUE(second.transactions.empty());
    EXPECT_EQ(second.mempool_sequence, first.mempool_sequence);
    EXPECT_EQ(second.current_time, first.current_time + 5) << "its time moves on";
    wait(1);
    const auto third = made();
    EXPECT_EQ(third.transactions.size(), 1U);
    EXPECT_NE(third.mempool_sequence, first.mempool_sequence);
    // Without news it stays, however old.
    wait(1000);
    EXPECT_EQ(made().mempool_sequence, third.mempool_sequence);
    spend(1);
    EXPECT_EQ(made().transactions.size(), 2U);
}

TEST_F(TemplateRenewalTest, ANewTipMakesANewTemplateAtOnce)
{
    EXPECT_EQ(made().previous, blocks.back()->hash);
    spend(0);
    const auto next = node.miner.mine(*blocks.back(), 111);
    node.submit(next);
    const auto after = made();
    EXPECT_EQ(after.previous, next->hash);
    EXPECT_EQ(after.height, 112);
    EXPECT_EQ(after.transactions.size(), 1U);
    EXPECT_EQ(service->last_template().transactions, 1U);
}

TEST_F(TemplateRenewalTest, BlocksAreGeneratedByManyAtOnce)
{
    constexpr int kEach = 10;
    std::atomic<int> failed = 0;
    const auto generate = [&] {
        const Bytes script{std::byte{0x51}};
        for (int i = 0; i < kEach; ++i) {
            if (!service->generate_block(script, {}, true)) ++failed;
        }
    };
    std::thread other(generate);
    generate();
    other.join();
    EXPECT_EQ(failed, 0);
    EXPECT_GT(node.height(), 110);
}

}  // namespace
}  // namespace cairn::services
