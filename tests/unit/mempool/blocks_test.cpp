// Blocks that come and go.

#include <set>

#include "support/pool_fixture.h"
#include "support/test_random.h"

namespace cairn::mempool {
namespace {

constexpr Amount kFunds{100'000'000};

class BlocksTest : public test::PoolFixture {};

TEST_F(BlocksTest, ConfirmedTransactionsLeave)
{
    const auto parent = spend(fund(kFunds), 1000);
    const auto child = spend(parent, 1000);
    expect_accepted(parent);
    expect_accepted(child);
    connect({parent});
    EXPECT_FALSE(has(parent));
    ASSERT_TRUE(has(child));
    EXPECT_EQ(pool.entry(child->txid)->ancestors.count, 1U);
    EXPECT_TRUE(observer.log.back().ends_with(" block"));
}

TEST_F(BlocksTest, ConflictsLeaveWithTheirDescendants)
{
    const Outpoint coin = fund(kFunds);
    const auto ours = spend(coin, 1000);
    const auto child = spend(ours, 1000);
    const auto other = spend(fund(kFunds), 1000);
    for (const auto& transaction : {ours, child, other}) expect_accepted(transaction);
    pool.prioritise(ours->txid, Amount{5});
    pool.prioritise(other->txid, Amount{5});
    connect({spend(coin, 2000)});
    EXPECT_FALSE(has(ours));
    EXPECT_FALSE(has(child));
    EXPECT_TRUE(has(other));
    ASSERT_EQ(pool.prioritisations().size(), 1U);
    EXPECT_EQ(pool.prioritisations()[0].txid, other->txid);
}

TEST_F(BlocksTest, PrioritisationEndsWithConfirmation)
{
    const auto transaction = spend(fund(kFunds), 1000);
    pool.prioritise(transaction->txid, Amount{100});
    connect({transaction});
    EXPECT_TRUE(pool.prioritisations().empty());
}

TEST_F(BlocksTest, DisconnectedTransactionsReturnUnderTheirChildren)
{
    const auto parent = spend(fund(kFunds), 1000);
    expect_accepted(parent);
    connect({parent});
    const auto child = spend(parent, 1000);
    expect_accepted(child);
    EXPECT_EQ(pool.entry(child->txid)->ancestors.count, 1U);
    disconnect();
    settle();
    ASSERT_TRUE(has(parent));
    ASSERT_TRUE(has(child));
    EXPECT_EQ(pool.entry(child->txid)->ancestors.count, 2U);
    EXPECT_EQ(pool.entry(parent->txid)->children, std::vector<Txid>{child->txid});
    // It was there before anything: relay may tell of it at once.
    EXPECT_EQ(pool.entry(parent->txid)->sequence, 0U);
}

TEST_F(BlocksTest, ReturnsPastTheFeeFloor)
{
    const auto free = spend(fund(kFunds), 0);
    expect_refused(free, "min relay fee not met");
    connect({free});
    disconnect();
    settle();
    EXPECT_TRUE(has(free));
}

TEST_F(BlocksTest, DroppedWhereTooManyBlocksWereTakenBack)
{
    const auto parent = spend(fund(kFunds), 1000);
    connect({parent});
    const auto child = spend(parent, 1000);
    expect_accepted(child);
    disconnect();
    pool.on_tip_settled(now, false);
    EXPECT_FALSE(has(parent));
    EXPECT_FALSE(has(child));
    EXPECT_TRUE(observer.log.back().ends_with(" reorg"));
}

TEST_F(BlocksTest, WhatTheNewChainConfirmsDoesNotReturn)
{
    const auto transaction = spend(fund(kFunds), 1000);
    connect({transaction});
    disconnect();
    connect({});
    connect({transaction});
    settle();
    EXPECT_FALSE(has(transaction));
    EXPECT_EQ(size(), 0U);
}

TEST_F(BlocksTest, WhatTheNewChainConflictsWithDoesNotReturn)
{
    const Outpoint coin = fund(kFunds);
    const auto ours = spend(coin, 1000);
    connect({ours});
    const auto child = spend(ours, 1000);
    expect_accepted(child);
    disconnect();
    connect({spend(coin, 2000)});
    settle();
    EXPECT_FALSE(has(ours));
    EXPECT_FALSE(has(child));
}

TEST_F(BlocksTest, SpendsOfADisconnectedCoinbaseGo)
{
    const BlockRef block = connect({});
    for (int i = 0; i < 100; ++i) connect({});
    auto spends = test::make_spend(std::array{Outpoint{block->transactions[0].txid, 0}}, Amount{1'000'000'000});
    spends.outputs[0].script_pubkey = test::standard_script();
    // The coinbase pays to a bare OP_TRUE, which is not standard to spend: let it come by a block.
    const auto transaction = finish(spends);
    connect({transaction});
    disconnect();
    settle();
    // Not standard, so not back; and nothing else depends on it.
    EXPECT_FALSE(has(transaction));
}

TEST_F(BlocksTest, ImmatureAfterwards)
{
    connect({});
    const auto spends = spend(fund(kFunds, chain.height - 99, true), 1000);
    expect_accepted(spends);
    const auto child = spend(spends, 1000);
    expect_accepted(child);
    disconnect();
    settle();
    EXPECT_FALSE(has(spends));
    EXPECT_FALSE(has(child));
}

TEST_F(BlocksTest, NotFinalAfterwards)
{
    connect({});
    auto locked = draft(std::array{fund(kFunds)}, 1000);
    locked.inputs[0].sequence = 0xfffffffe;
    locked.lock_time = static_cast<std::uint32_t>(chain.height);
    const auto transaction = finish(locked);
    expect_accepted(transaction);
    disconnect();
    settle();
    EXPECT_FALSE(has(transaction));
}

TEST_F(BlocksTest, RelativelyLockedAfterwards)
{
    connect({});
    auto locked = draft(std::array{fund(kFunds, chain.height - 9)}, 1000);
    locked.inputs[0].sequence = 10;
    const auto transaction = finish(locked);
    expect_accepted(transaction);
    // The coin itself moves to a higher block of the other chain.
    const auto moved = spend(fund(kFunds), 1000);
    connect({moved});
    connect({});
    auto on_moved = draft(std::array{Outpoint{moved->txid, 0}}, 1000);
    on_moved.inputs[0].sequence = 2;
    const auto later = finish(on_moved);
    expect_accepted(later);
    disconnect();
    disconnect();
    disconnect();
    settle();
    EXPECT_FALSE(has(transaction));
    EXPECT_TRUE(has(moved));
    EXPECT_FALSE(has(later));
}

TEST_F(BlocksTest, TrimsClustersThatWouldGrowTooLarge)
{
    const auto root = spend(fund(kFunds), 1000, 100);
    connect({root});
    std::vector<TransactionRef> children;
    for (std::uint32_t i = 0; i < 100; ++i) {
        children.push_back(spend(Outpoint{root->txid, i}, 1000 + 10 * i));
        expect_accepted(children.back());
    }
    disconnect();
    settle();
    EXPECT_EQ(size(), 64U);
    EXPECT_TRUE(has(root));
    EXPECT_TRUE(has(children.back()));
    EXPECT_FALSE(has(children.front()));
    EXPECT_EQ(pool.entry(root->txid)->descendants.count, 64U);
    EXPECT_TRUE(observer.log.back().ends_with(" sizelimit"));
}

TEST_F(BlocksTest, SettlingWithoutDisconnectionsDoesNothing)
{
    expect_accepted(spend(fund(kFunds), 1000));
    const auto updates = pool.updates();
    settle();
    EXPECT_EQ(pool.updates(), updates);
}

/// What must hold of any mempool: inputs exist once, families are whole, order keeps parents first.
void expect_sound(const Mempool& pool, test::FakeChain& chain)
{
    std::map<Outpoint, Txid> spent;
    std::set<Txid> before;
    for (const EntryInfo& entry : pool.entries()) {
        for (const TxInput& input : entry.transaction->inputs) {
            EXPECT_TRUE(spent.emplace(input.prevout, entry.transaction->txid).second);
            const bool confirmed = chain.view.coins().contains(input.prevout);
            EXPECT_TRUE(confirmed || before.contains(input.prevout.txid));
            EXPECT_FALSE(confirmed && pool.contains(input.prevout.txid));
        }
        before.insert(entry.transaction->txid);
    }
    EXPECT_EQ(before.size(), pool.totals().transactions);
}

TEST_F(BlocksTest, RandomChainsAgainstTheModel)
{
    test::TestRandom random(11);
    std::vector<Outpoint> coins;
    for (int i = 0; i < 20; ++i) coins.push_back(fund(kFunds));
    std::size_t blocks = 0;
    for (int step = 0; step < 1500; ++step) {
        const std::uint64_t kind = random.below(20);
        now += 60;
        if (kind < 14) {
            const auto transaction = spend(coins[random.below(coins.size())],
                                           200 + static_cast<std::int64_t>(random.below(9000)), 1 + random.below(3));
            if (accept(transaction)) {
                for (std::uint32_t i = 0; i < transaction->outputs.size(); ++i) coins.push_back({transaction->txid, i});
            }
        } else if (kind < 18 || blocks == 0) {
            // Any prefix of the mempool's order makes a block.
            std::vector<TransactionRef> chosen;
            const std::size_t most = random.below(12);
            for (const RelayInfo& info : pool.snapshot().transactions) {
                if (chosen.size() == most) break;
                chosen.push_back(info.transaction);
            }
            // Sometimes it confirms a conflict instead of the last one.
            if (!chosen.empty() && random.chance(1, 3)) {
                const std::vector<Outpoint> inputs{chosen.back()->inputs[0].prevout};
                chosen.back() = spend(inputs, 12'345);
            }
            connect(chosen);
            ++blocks;
        } else {
            for (std::size_t n = 1 + random.below(3); n > 0 && blocks > 0; --n, --blocks) disconnect();
            settle();
        }
        if (step % 25 == 0) expect_sound(pool, chain);
    }
    expect_sound(pool, chain);
}

}  // namespace
}  // namespace cairn::mempool
