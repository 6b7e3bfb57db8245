// Memory, eviction, expiry, and the options' own limits.

#include "mempool/disconnected_pool.h"
#include "support/pool_fixture.h"

namespace cairn::mempool {
namespace {

constexpr Amount kFunds{100'000'000};

MempoolOptions small_pool(std::int64_t bytes)
{
    MempoolOptions options;
    options.max_bytes = bytes;
    return options;
}

TEST(MempoolOptionsTest, Bounds)
{
    MempoolOptions options;
    EXPECT_EQ(check_options(options), std::nullopt);
    options.max_bytes = 0;
    EXPECT_EQ(check_options(options), std::nullopt);
    options.max_bytes = 101'000 * 40;
    EXPECT_EQ(check_options(options), std::nullopt);
    --options.max_bytes;
    EXPECT_EQ(check_options(options), "-maxmempool must be at least 5 MB");
    options = {};
    options.cluster_count = 64;
    EXPECT_EQ(check_options(options), std::nullopt);
    options.cluster_count = 65;
    EXPECT_EQ(check_options(options), "limitclustercount must be less than or equal to 64");
}

class SmallPoolTest : public test::PoolFixture {
protected:
    static constexpr std::int64_t kBytes = 200'000;
    SmallPoolTest() : PoolFixture(small_pool(kBytes)) {}
};

TEST_F(SmallPoolTest, EvictsTheWorstChunksAndAsksForMore)
{
    std::vector<TransactionRef> all;
    for (std::int64_t i = 0; i < 120; ++i) {
        all.push_back(pad(draft(std::array{fund(kFunds)}, 3000 + 100 * i), 1500));
        const auto result = accept(all.back());
        EXPECT_LE(pool.totals().memory_bytes, static_cast<std::size_t>(kBytes));
        EXPECT_TRUE(result.has_value() || result.error().reason == "mempool min fee not met" ||
                    result.error().reason == "mempool full");
    }
    // The richest stayed, the poorest went.
    EXPECT_FALSE(has(all.front()));
    EXPECT_TRUE(has(all.back()));
    EXPECT_GT(pool.min_fee_rate(now), policy::FeeRate{});
    expect_refused(spend(fund(kFunds), 20), "mempool min fee not met", policy::Fault::kReconsiderable);
    // A block, and time, bring the floor down again.
    connect({});
    now += 30 * 24 * 3600;
    EXPECT_EQ(pool.min_fee_rate(now), policy::FeeRate{});
}

TEST_F(SmallPoolTest, EvictsAChildWithItsPoorParent)
{
    const auto parent = pad(draft(std::array{fund(kFunds)}, 200), 1000);
    const auto child = pad(draft(std::array{Outpoint{parent->txid, 0}}, 300), 1000);
    expect_accepted(parent);
    expect_accepted(child);
    for (int i = 0; i < 120 && has(parent); ++i) (void)accept(pad(draft(std::array{fund(kFunds)}, 90'000), 1500));
    EXPECT_FALSE(has(parent));
    EXPECT_FALSE(has(child));
}

TEST_F(SmallPoolTest, SaysWhenItWasEvictedAtOnce)
{
    // Full of rich transactions: one that asks for little room but pays little is the first to go.
    for (int i = 0; i < 200; ++i) {
        const auto result = accept(pad(draft(std::array{fund(kFunds)}, 200'000), 1500));
        if (!result) break;
        if (pool.min_fee_rate(now) > policy::FeeRate{}) break;
    }
    connect({});  // the floor falls from here on …
    now += 90 * 24 * 3600;
    ASSERT_EQ(pool.min_fee_rate(now), policy::FeeRate{});
    now -= 90 * 24 * 3600;
    // … and the next poor one finds the mempool full.
    std::string last;
    for (int i = 0; i < 50 && last != "mempool full"; ++i) {
        now += 14 * 24 * 3600 - 100;
        const auto result = accept(pad(draft(std::array{fund(kFunds)}, 1000), 1500));
        now -= 14 * 24 * 3600 - 100;
        last = result ? "" : result.error().reason;
    }
    EXPECT_EQ(last, "mempool full");
}

class LimitsTest : public test::PoolFixture {};

TEST_F(LimitsTest, MemoryReturnsToWhereItWas)
{
    const std::size_t empty = pool.totals().memory_bytes;
    std::vector<TransactionRef> all;
    for (int i = 0; i < 300; ++i) {
        all.push_back(spend(fund(kFunds), 1000));
        expect_accepted(all.back());
    }
    const std::size_t full = pool.totals().memory_bytes;
    std::size_t raw = 0;
    for (const auto& transaction : all) raw += transaction->raw.size();
    EXPECT_GT(full, empty + raw + 300 * sizeof(Transaction));
    connect(all);
    EXPECT_EQ(size(), 0U);
    // What is left are tables without anything in them.
    EXPECT_LT(pool.totals().memory_bytes, full / 3);
    EXPECT_EQ(pool.totals().virtual_bytes, 0);
    EXPECT_EQ(pool.totals().fees, Amount{0});
}

TEST_F(LimitsTest, ExpiryAtTheBoundAndOneSecondLater)
{
    const auto old = spend(fund(kFunds), 1000);
    const auto child = spend(old, 1000);
    expect_accepted(old);
    now += 100;
    expect_accepted(child);
    const std::int64_t expiry = pool.options().expiry_seconds;
    pool.limit_size(kNow + expiry);
    EXPECT_TRUE(has(old));
    pool.limit_size(kNow + expiry + 1);
    EXPECT_FALSE(has(old));
    EXPECT_FALSE(has(child));  // cannot stay without its parent
    EXPECT_TRUE(observer.log.back().ends_with(" expiry"));
}

TEST_F(LimitsTest, ExpiryFollowsTimesThatWentBack)
{
    now = kNow + 1000;
    const auto newer = spend(fund(kFunds), 1000);
    expect_accepted(newer);
    now = kNow;
    const auto older = spend(fund(kFunds), 1000);
    expect_accepted(older);
    pool.limit_size(kNow + pool.options().expiry_seconds + 1);
    EXPECT_FALSE(has(older));
    EXPECT_TRUE(has(newer));
}

TEST(DisconnectedPoolTest, KeepsTheFirstConfirmedWithinItsBytes)
{
    static const consensus::Params params = consensus::make_params(Network::kRegtest);
    std::vector<TransactionRef> transactions;
    for (std::uint32_t i = 0; i < 4; ++i) {
        TransactionDraft draft = test::make_spend(std::array{Outpoint{Txid{}, i}}, kFunds);
        transactions.push_back(draft.finish());
    }
    test::BlockPlan plan;
    plan.height = 5;
    plan.transactions = transactions;
    const BlockRef block = test::make_block(plan, params);
    DisconnectedPool whole({1, 2});
    EXPECT_TRUE(whole.add(*block).empty());
    const std::size_t bytes = whole.memory_bytes();

    DisconnectedPool exact({1, 2}, bytes);
    EXPECT_TRUE(exact.add(*block).empty());
    DisconnectedPool less({1, 2}, bytes - 1);
    const auto dropped = less.add(*block);
    ASSERT_EQ(dropped.size(), 1U);
    EXPECT_EQ(dropped[0]->txid, transactions[3]->txid);
    EXPECT_EQ(less.take().size(), 4U);  // coinbase and three
    EXPECT_TRUE(less.empty());

    whole.remove(*block);
    EXPECT_TRUE(whole.empty());
    EXPECT_EQ(whole.memory_bytes(), 0U);
}

}  // namespace
}  // namespace cairn::mempool
