// Replacement by fee: each rule, at its bound.

#include <algorithm>

#include "support/pool_fixture.h"

namespace cairn::mempool {
namespace {

using policy::Fault;

constexpr Amount kFunds{100'000'000};

class ReplacementTest : public test::PoolFixture {
protected:
    std::int64_t bandwidth_of(const TransactionRef& transaction) const
    {
        return policy::FeeRate{Amount{100}}.fee_for(policy::virtual_size(transaction->weight())).satoshis();
    }
};

TEST_F(ReplacementTest, NeedsNoSignal)
{
    const Outpoint coin = fund(kFunds);
    const auto first = spend(coin, 1000);  // final sequences
    const auto second = spend(coin, 5000);
    expect_accepted(first);
    const auto result = accept(second);
    ASSERT_TRUE(result.has_value());
    ASSERT_EQ(result->replaced.size(), 1U);
    EXPECT_EQ(result->replaced[0]->txid, first->txid);
    EXPECT_FALSE(has(first));
    EXPECT_EQ(size(), 1U);
    ASSERT_EQ(observer.log.size(), 3U);
    EXPECT_TRUE(observer.log[1].ends_with(" replaced"));
    EXPECT_EQ(observer.sequences, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(ReplacementTest, PaysForItsBandwidthAtTheBoundAndOneUnder)
{
    const Outpoint coin = fund(kFunds);
    const auto first = spend(coin, 1000);
    expect_accepted(first);
    const std::int64_t least = 1000 + bandwidth_of(first);
    expect_refused(spend(coin, 999), "insufficient fee", Fault::kReconsiderable);
    expect_refused(spend(coin, least - 1), "insufficient fee", Fault::kReconsiderable);
    expect_accepted(spend(coin, least));
}

TEST_F(ReplacementTest, SaysWhatWasMissing)
{
    const Outpoint coin = fund(kFunds);
    const auto first = spend(coin, 1000);
    expect_accepted(first);
    const auto less = spend(coin, 900);
    EXPECT_EQ(accept(less).error().to_string(), "insufficient fee, rejecting replacement " + less->txid.to_hex() +
                                                    ", less fees than conflicting txs; 0.000009 < 0.00001");
    const auto little = spend(coin, 1001);
    EXPECT_EQ(accept(little).error().detail, "rejecting replacement " + little->txid.to_hex() +
                                                 ", not enough additional fees to relay; 0.00000001 < " +
                                                 policy::format_money(Amount{bandwidth_of(little)}));
}

TEST_F(ReplacementTest, PaysForDescendantsToo)
{
    const Outpoint coin = fund(kFunds);
    const auto parent = spend(coin, 1000);
    const auto child = spend(parent, 20'000);
    expect_accepted(parent);
    expect_accepted(child);
    expect_refused(spend(coin, 20'999), "insufficient fee");
    expect_accepted(spend(coin, 22'000));
    EXPECT_EQ(size(), 1U);
    EXPECT_EQ(std::ranges::count_if(observer.log, [](const auto& line) { return line.ends_with(" replaced"); }), 2);
}

TEST_F(ReplacementTest, MustImproveTheDiagram)
{
    const Outpoint coin = fund(kFunds);
    const auto small = spend(coin, 10'000);
    expect_accepted(small);
    // More fees in all, but a lower rate: worse for the next block.
    expect_refused(pad(draft(std::array{coin}, 30'000), 2000), "replacement-failed", Fault::kReconsiderable);
    expect_accepted(spend(coin, 30'000));
}

TEST_F(ReplacementTest, MayNotSpendWhatItReplaces)
{
    const Outpoint coin = fund(kFunds);
    const auto parent = spend(coin, 1000, 2);
    expect_accepted(parent);
    expect_refused(spend(std::array{coin, Outpoint{parent->txid, 0}}, 50'000), "bad-txns-spends-conflicting-tx",
                   Fault::kConsensus);
    EXPECT_TRUE(has(parent));
}

TEST_F(ReplacementTest, ConflictingClustersAtTheBoundAndOneOver)
{
    std::vector<Outpoint> coins;
    for (std::size_t i = 0; i < policy::kMaxReplacedClusters + 1; ++i) {
        coins.push_back(fund(Amount{1'000'000}));
        expect_accepted(spend(coins.back(), 100));
    }
    expect_refused(spend(coins, 1'000'000), "too many potential replacements", Fault::kMempoolPolicy);
    coins.pop_back();
    expect_accepted(spend(coins, 1'000'000));
    EXPECT_EQ(size(), 2U);
}

TEST_F(ReplacementTest, ManyTransactionsOfOneClusterAreOneCluster)
{
    const auto root = spend(fund(kFunds), 10'000, 60);
    expect_accepted(root);
    std::vector<Outpoint> spent;
    for (std::uint32_t i = 0; i < 60; ++i) {
        spent.push_back({root->txid, i});
        expect_accepted(spend(spent.back(), 100));
    }
    expect_accepted(spend(spent, 100'000));
    EXPECT_EQ(size(), 2U);
}

TEST_F(ReplacementTest, FreesRoomInItsCluster)
{
    // A full cluster: a replacement of its last transaction fits, a new one does not.
    auto last = spend(fund(kFunds), 1000, 1);
    expect_accepted(last);
    for (int i = 1; i < 63; ++i) {
        last = spend(last, 1000);
        expect_accepted(last);
    }
    const auto tail = spend(last, 1000);
    expect_accepted(tail);
    expect_refused(spend(tail, 1000), "too-large-cluster");
    expect_accepted(spend(last, 5000));
    EXPECT_FALSE(has(tail));
}

TEST_F(ReplacementTest, TestingReplacesNothing)
{
    const Outpoint coin = fund(kFunds);
    const auto first = spend(coin, 1000);
    expect_accepted(first);
    const auto second = spend(coin, 9000);
    const auto result = pool.accept(second, {now, true, std::nullopt});
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->replaced.size(), 1U);
    EXPECT_TRUE(has(first));
    EXPECT_FALSE(has(second));
}

TEST_F(ReplacementTest, PrioritisationCountsOnBothSides)
{
    const Outpoint coin = fund(kFunds);
    const auto first = spend(coin, 1000);
    expect_accepted(first);
    pool.prioritise(first->txid, Amount{100'000});
    const auto second = spend(coin, 50'000);
    expect_refused(second, "insufficient fee");
    pool.prioritise(second->txid, Amount{60'000});
    expect_accepted(second);
}

}  // namespace
}  // namespace cairn::mempool
