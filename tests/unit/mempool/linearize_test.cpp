#include "mempool/linearize.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "support/test_random.h"

namespace cairn::mempool {
namespace {

using policy::FeeFraction;

struct Cluster {
    std::vector<FeeFraction> rates;
    std::vector<PositionSet> ancestors;
    std::vector<std::uint64_t> ties;

    std::size_t add(FeeFraction rate, std::initializer_list<std::size_t> parents)
    {
        PositionSet mine = PositionSet{1} << rates.size();
        for (const std::size_t parent : parents) mine |= ancestors[parent];
        rates.push_back(rate);
        ancestors.push_back(mine);
        ties.push_back(rates.size());
        return rates.size() - 1;
    }
    Linearization linearize() const { return mempool::linearize(rates, ancestors, ties); }
    std::vector<FeeFraction> diagram(std::span<const std::uint8_t> order) const
    {
        std::vector<FeeFraction> in_order;
        for (const auto i : order) in_order.push_back(rates[i]);
        std::vector<FeeFraction> result;
        for (const auto& chunk : chunks_of(in_order)) result.push_back(chunk.rate);
        return result;
    }
};

std::vector<FeeFraction> rates_of(const Linearization& linearization)
{
    std::vector<FeeFraction> result;
    for (const auto& chunk : linearization.chunks) result.push_back(chunk.rate);
    return result;
}

bool is_topological(const Cluster& cluster, std::span<const std::uint8_t> order)
{
    PositionSet done = 0;
    for (const auto i : order) {
        done |= PositionSet{1} << i;
        if ((cluster.ancestors[i] & ~done) != 0) return false;
    }
    return static_cast<std::size_t>(std::popcount(done)) == cluster.rates.size() &&
           order.size() == cluster.rates.size();
}

Cluster random_cluster(test::TestRandom& random, std::size_t count, std::uint64_t fee_range, std::uint64_t size_range)
{
    Cluster cluster;
    const std::uint64_t density = 1 + random.below(6);
    for (std::size_t i = 0; i < count; ++i) {
        PositionSet mine = PositionSet{1} << i;
        for (std::size_t j = 0; j < i; ++j) {
            if (random.below(8) < density && random.below(i) < 3) mine |= cluster.ancestors[j];
        }
        const auto fee = static_cast<std::int64_t>(random.below(fee_range)) - static_cast<std::int64_t>(fee_range / 8);
        cluster.rates.push_back({fee, 1 + static_cast<std::int64_t>(random.below(size_range))});
        cluster.ancestors.push_back(mine);
        cluster.ties.push_back(random.u64());
    }
    return cluster;
}

void expect_well_formed(const Cluster& cluster, const Linearization& result)
{
    ASSERT_TRUE(is_topological(cluster, result.order));
    std::size_t at = 0;
    for (std::size_t c = 0; c < result.chunks.size(); ++c) {
        FeeFraction sum;
        for (std::uint32_t i = 0; i < result.chunks[c].count; ++i) sum += cluster.rates[result.order[at++]];
        EXPECT_EQ(sum, result.chunks[c].rate);
        if (c > 0) {
            EXPECT_TRUE(policy::compare_rate(result.chunks[c].rate, result.chunks[c - 1].rate) <= 0);
        }
    }
    EXPECT_EQ(at, cluster.rates.size());
    // Chunking the order itself finds the same chunks: none can be cut further from the front.
    EXPECT_EQ(cluster.diagram(result.order), rates_of(result));
}

/// Calls `visit` with every order that keeps ancestors first.
template <class Visit>
void for_each_order(const Cluster& cluster, std::vector<std::uint8_t>& order, PositionSet done, const Visit& visit)
{
    if (order.size() == cluster.rates.size()) return visit(order);
    for (std::size_t i = 0; i < cluster.rates.size(); ++i) {
        const PositionSet self = PositionSet{1} << i;
        if ((done & self) != 0 || (cluster.ancestors[i] & ~(done | self)) != 0) continue;
        order.push_back(static_cast<std::uint8_t>(i));
        for_each_order(cluster, order, done | self, visit);
        order.pop_back();
    }
}

TEST(LinearizeTest, EmptyAndSingle)
{
    EXPECT_TRUE(linearize({}, {}, {}).order.empty());
    Cluster one;
    one.add({100, 10}, {});
    const auto result = one.linearize();
    ASSERT_EQ(result.chunks.size(), 1U);
    EXPECT_EQ(result.chunks[0].rate, (FeeFraction{100, 10}));
}

TEST(LinearizeTest, ChildPaysForParent)
{
    Cluster cluster;
    const auto parent = cluster.add({1, 10}, {});
    cluster.add({100, 10}, {parent});
    cluster.add({50, 10}, {parent});
    const auto result = cluster.linearize();
    EXPECT_EQ(result.order, (std::vector<std::uint8_t>{0, 1, 2}));
    ASSERT_EQ(result.chunks.size(), 2U);
    EXPECT_EQ(result.chunks[0].rate, (FeeFraction{101, 20}));
}

TEST(LinearizeTest, TwoChildrenTogetherPayForAParent)
{
    // Neither child alone lifts the parent above the rich stranger; ancestor-set selection misses the pair.
    Cluster cluster;
    const auto parent = cluster.add({0, 100}, {});
    const auto first = cluster.add({300, 100}, {parent});
    const auto second = cluster.add({300, 100}, {parent});
    const auto other = cluster.add({160, 100}, {});
    cluster.add({0, 1}, {first, second, other});
    const auto result = cluster.linearize();
    ASSERT_GE(result.chunks.size(), 2U);
    EXPECT_EQ(result.chunks[0].rate, (FeeFraction{600, 300}));
    EXPECT_EQ(result.chunks[1].rate, (FeeFraction{160, 100}));
}

TEST(LinearizeTest, EqualRatesStaySmallChunks)
{
    Cluster cluster;
    const auto a = cluster.add({10, 10}, {});
    const auto b = cluster.add({10, 10}, {a});
    cluster.add({20, 20}, {b});
    EXPECT_EQ(cluster.linearize().chunks.size(), 3U);
    // A poor one in front binds the rich one behind it, and only that.
    Cluster bound;
    const auto poor = bound.add({0, 10}, {});
    const auto rich = bound.add({20, 10}, {poor});
    bound.add({10, 10}, {rich});
    const auto result = bound.linearize();
    ASSERT_EQ(result.chunks.size(), 2U);
    EXPECT_EQ(result.chunks[0].count, 2U);
}

TEST(LinearizeTest, OptimalAgainstEveryOrder)
{
    test::TestRandom random(7);
    for (int round = 0; round < 600; ++round) {
        const Cluster cluster = random_cluster(random, 1 + random.below(7), 1 + random.below(40), 1 + random.below(12));
        const auto result = cluster.linearize();
        expect_well_formed(cluster, result);
        const auto best = rates_of(result);
        std::vector<std::uint8_t> order;
        for_each_order(cluster, order, 0, [&](const auto& other) {
            const auto compared = compare_diagrams(best, cluster.diagram(other));
            EXPECT_TRUE(compared == std::partial_ordering::greater || compared == std::partial_ordering::equivalent);
        });
    }
}

TEST(LinearizeTest, NeverWorseThanAncestorSelectionInLargeClusters)
{
    test::TestRandom random(8);
    for (int round = 0; round < 60; ++round) {
        const Cluster cluster = random_cluster(random, kMaxClusterCount, 1'000'000'000'000, 400'000);
        const auto result = cluster.linearize();
        expect_well_formed(cluster, result);
        std::vector<std::uint8_t> greedy;
        PositionSet done = 0;
        while (greedy.size() < cluster.rates.size()) {
            FeeFraction best;
            PositionSet best_set = 0;
            for (std::size_t i = 0; i < cluster.rates.size(); ++i) {
                FeeFraction sum;
                const PositionSet set = cluster.ancestors[i] & ~done;
                for (PositionSet rest = set; rest != 0; rest &= rest - 1) {
                    sum += cluster.rates[static_cast<std::size_t>(std::countr_zero(rest))];
                }
                if (set == 0 || (best_set != 0 && policy::compare_rate(sum, best) <= 0)) continue;
                best = sum;
                best_set = set;
            }
            for (PositionSet rest = best_set; rest != 0; rest &= rest - 1) {
                greedy.push_back(static_cast<std::uint8_t>(std::countr_zero(rest)));
            }
            done |= best_set;
        }
        ASSERT_TRUE(is_topological(cluster, greedy));
        const auto compared = compare_diagrams(rates_of(result), cluster.diagram(greedy));
        EXPECT_TRUE(compared == std::partial_ordering::greater || compared == std::partial_ordering::equivalent);
    }
}

TEST(LinearizeTest, ExtremeFeesDoNotOverflow)
{
    Cluster cluster;
    std::size_t last = cluster.add({INT64_MIN / 64, 400'000}, {});
    for (std::size_t i = 1; i < kMaxClusterCount; ++i) {
        last = cluster.add({i % 2 == 0 ? INT64_MIN / 64 : INT64_MAX / 64, 400'000}, {last});
    }
    expect_well_formed(cluster, cluster.linearize());
}

TEST(CompareDiagramsTest, Cases)
{
    using Points = std::vector<FeeFraction>;
    const auto compare = [](const Points& a, const Points& b) { return compare_diagrams(a, b); };
    EXPECT_EQ(compare({}, {}), std::partial_ordering::equivalent);
    EXPECT_EQ(compare({{10, 10}}, {}), std::partial_ordering::greater);
    EXPECT_EQ(compare({}, {{10, 10}}), std::partial_ordering::less);
    EXPECT_EQ(compare({{10, 10}}, {{5, 5}, {5, 5}}), std::partial_ordering::equivalent);
    EXPECT_EQ(compare({{11, 10}}, {{10, 10}}), std::partial_ordering::greater);
    // Less in all, but better at first.
    EXPECT_EQ(compare({{10, 5}}, {{12, 10}}), std::partial_ordering::unordered);
    // The same fees in less space.
    EXPECT_EQ(compare({{10, 5}}, {{10, 10}}), std::partial_ordering::greater);
    EXPECT_EQ(compare({{10, 5}, {-1, 5}}, {{10, 5}}), std::partial_ordering::less);
}

}  // namespace
}  // namespace cairn::mempool
