#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "services_fixture.h"

namespace cairn::services {
namespace {

class TemplateRenewalTest : public test::ServicesFixture {
protected:
    TemplateRenewalTest() : blocks(node.miner.mine_chain(node.genesis(), 0, 110)) { node.submit_all(blocks); }

    /// A transaction into the mempool, by the coinbase of a block from 0 on.
    void add(std::size_t block)
    {
        const auto transaction = spend({coinbase_of(blocks.at(block))}, kSubsidy - Amount{10'000});
        node.chain().run([&] {
            const auto accepted = pool.accept(transaction, {.now = base::unix_seconds(node.clock.now())});
            ASSERT_TRUE(accepted) << accepted.error().to_string();
        });
    }
    api::BlockTemplate made()
    {
        auto found = mining->make_template();
        EXPECT_TRUE(found) << (found ? "" : found.error().message);
        return found.value_or(api::BlockTemplate{});
    }
    void wait(int seconds) { node.clock.advance(std::chrono::seconds{seconds}); }

    std::vector<BlockRef> blocks;
};

TEST_F(TemplateRenewalTest, ATemplateStaysForFiveSeconds)
{
    const auto first = made();
    EXPECT_TRUE(first.transactions.empty());
    add(0);
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
    add(1);
    EXPECT_EQ(made().transactions.size(), 2U);
}

TEST_F(TemplateRenewalTest, ANewTipMakesANewTemplateAtOnce)
{
    EXPECT_EQ(made().previous, blocks.back()->hash);
    add(0);
    const auto next = node.miner.mine(*blocks.back(), 111);
    node.submit(next);
    const auto after = made();
    EXPECT_EQ(after.previous, next->hash);
    EXPECT_EQ(after.height, 112);
    EXPECT_EQ(after.transactions.size(), 1U);
    EXPECT_EQ(mining->last_template().transactions, 1U);
}

TEST_F(TemplateRenewalTest, BlocksAreGeneratedByManyAtOnce)
{
    constexpr int kEach = 10;
    std::atomic<int> failed = 0;
    const auto generate = [&] {
        const Bytes script{std::byte{0x51}};
        for (int i = 0; i < kEach; ++i) {
            if (!mining->generate_block(script, {}, true)) ++failed;
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
