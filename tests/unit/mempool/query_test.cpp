// What readers are shown.

#include "base/random.h"
#include "support/pool_fixture.h"

namespace cairn::mempool {
namespace {

constexpr Amount kFunds{100'000'000};

class QueryTest : public test::PoolFixture {
protected:
    void SetUp() override
    {
        parent = spend(fund(kFunds), 1000, 2);
        child = spend(Outpoint{parent->txid, 0}, 9000);
        grandchild = spend(child, 200);
        other = spend(fund(kFunds), 3000);
        for (const auto& transaction : {parent, child, grandchild, other}) expect_accepted(transaction);
    }
    policy::VirtualSize size_of(const TransactionRef& transaction) const
    {
        return policy::virtual_size(transaction->weight());
    }

    TransactionRef parent;
    TransactionRef child;
    TransactionRef grandchild;
    TransactionRef other;
};

TEST_F(QueryTest, Entry)
{
    const auto entry = pool.entry(child->txid);
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(entry->transaction, child);
    EXPECT_EQ(entry->size, size_of(child));
    EXPECT_EQ(entry->adjusted_weight, child->weight());
    EXPECT_EQ(entry->fee, Amount{9000});
    EXPECT_EQ(entry->time, now);
    EXPECT_EQ(entry->height, chain.height);
    EXPECT_EQ(entry->ancestors.count, 2U);
    EXPECT_EQ(entry->ancestors.size, size_of(parent) + size_of(child));
    EXPECT_EQ(entry->ancestors.fees, Amount{10'000});
    EXPECT_EQ(entry->descendants.count, 2U);
    EXPECT_EQ(entry->descendants.fees, Amount{9200});
    EXPECT_EQ(entry->chunk, (policy::FeeFraction{10'000, parent->weight() + child->weight()}));
    EXPECT_EQ(entry->parents, std::vector<Txid>{parent->txid});
    EXPECT_EQ(entry->children, std::vector<Txid>{grandchild->txid});
    EXPECT_FALSE(entry->signals_replacement);
    EXPECT_FALSE(entry->unbroadcast);
    EXPECT_FALSE(pool.entry(Txid{}).has_value());
}

TEST_F(QueryTest, ReplacementSignalIsInherited)
{
    auto signals = draft(std::array{fund(kFunds)}, 1000);
    signals.inputs[0].sequence = 0xfffffffd;
    const auto first = finish(signals);
    const auto second = spend(first, 1000);
    expect_accepted(first);
    expect_accepted(second);
    EXPECT_TRUE(pool.entry(first->txid)->signals_replacement);
    EXPECT_TRUE(pool.entry(second->txid)->signals_replacement);
}

TEST_F(QueryTest, OrderAndDiagram)
{
    const auto snapshot = pool.snapshot();
    ASSERT_EQ(snapshot.transactions.size(), 4U);
    EXPECT_EQ(snapshot.sequence, 5U);
    EXPECT_EQ(snapshot.transactions[0].transaction, parent);
    EXPECT_EQ(snapshot.transactions[1].transaction, child);
    EXPECT_EQ(snapshot.transactions[2].transaction, other);
    EXPECT_EQ(snapshot.transactions[3].transaction, grandchild);
    EXPECT_EQ(pool.sort_for_mining({grandchild->wtxid, Wtxid{}, other->wtxid, child->wtxid}),
              (std::vector<Wtxid>{child->wtxid, other->wtxid, grandchild->wtxid}));
    const auto diagram = pool.fee_rate_diagram();
    ASSERT_EQ(diagram.size(), 4U);
    EXPECT_EQ(diagram[0], (policy::FeeFraction{0, 0}));
    EXPECT_EQ(diagram[1].fee, 10'000);
    EXPECT_EQ(diagram[3].fee, 13'200);
    std::vector<Txid> visited;
    pool.visit_chunks([&](const ChunkView& chunk) {
        visited.push_back(chunk.transactions[0].transaction->txid);
        return visited.size() == 2 ? ChunkVerdict::kStop : ChunkVerdict::kInclude;
    });
    EXPECT_EQ(visited, (std::vector<Txid>{parent->txid, other->txid}));
}

TEST_F(QueryTest, Relatives)
{
    EXPECT_EQ(pool.ancestors(grandchild->txid), (std::vector<Txid>{parent->txid, child->txid}));
    EXPECT_EQ(pool.descendants(parent->txid), (std::vector<Txid>{child->txid, grandchild->txid}));
    EXPECT_EQ(pool.descendants(other->txid), std::vector<Txid>{});
    EXPECT_EQ(pool.ancestors(Txid{}), std::nullopt);
    const auto cluster = pool.cluster(child->txid);
    ASSERT_TRUE(cluster.has_value());
    ASSERT_EQ(cluster->chunks.size(), 2U);
    EXPECT_EQ(cluster->chunks[0].transactions, (std::vector<Txid>{parent->txid, child->txid}));
    EXPECT_EQ(cluster->weight, parent->weight() + child->weight() + grandchild->weight());
    EXPECT_FALSE(pool.cluster(Txid{}).has_value());
}

TEST_F(QueryTest, BurdenIsWhatNobodyElsePaysFor)
{
    const auto debtors_at = [&](const TransactionRef& transaction, std::int64_t rate) {
        std::vector<Txid> found;
        const auto burdens = pool.burdens(std::array{transaction->txid}, policy::FeeRate{Amount{rate}});
        for (const auto& debtor : burdens.at(0).value().debtors) found.push_back(debtor.txid);
        return found;
    };
    // Parent and child are mined together, the grandchild after them.
    const policy::FeeRate together{Amount{10'000}, size_of(parent) + size_of(child)};
    const std::int64_t reached = together.per_kvb().satoshis();
    EXPECT_TRUE(debtors_at(parent, reached).empty());
    EXPECT_TRUE(debtors_at(child, reached).empty());
    EXPECT_EQ(debtors_at(grandchild, reached), std::vector<Txid>{grandchild->txid});
    // Where the child is too poor to pay for its parent, it is of no concern to who spends from the parent alone.
    const std::int64_t beyond = reached + 10 * 1000;
    EXPECT_EQ(debtors_at(parent, beyond), std::vector<Txid>{parent->txid});
    EXPECT_EQ(debtors_at(grandchild, beyond), (std::vector<Txid>{parent->txid, child->txid, grandchild->txid}));
    const auto burdens = pool.burdens(std::array{Txid{}, grandchild->txid}, policy::FeeRate{Amount{beyond}});
    ASSERT_EQ(burdens.size(), 2U);
    EXPECT_FALSE(burdens[0]);
    EXPECT_EQ(burdens[1]->ancestor_count, 3U);
    EXPECT_EQ(burdens[1]->cluster_size, 3U);
    EXPECT_EQ(burdens[1]->debtors[1].paid, (policy::FeeFraction{9000, size_of(child)}));
    pool.prioritise(child->txid, Amount{100'000});
    EXPECT_TRUE(debtors_at(parent, beyond).empty());
}

/// Families at random, and a child of some of them that pays for itself and what they lack: it is mined at the rate.
TEST_F(QueryTest, WhoPaysTheBurdenIsMinedAtTheRate)
{
    base::SeededRandom random{5};
    const policy::FeeRate rate{Amount{20'000}};
    for (int round = 0; round < 60; ++round) {
        std::vector<Outpoint> open;
        std::vector<TransactionRef> family;
        for (std::uint64_t i = 0; i < 2 + random.below(10); ++i) {
            std::vector<Outpoint> inputs{fund(kFunds)};
            while (!open.empty() && random.below(2) == 0) {
                random.shuffle(open);
                inputs.push_back(open.back());
                open.pop_back();
            }
            const auto fee = static_cast<std::int64_t>(300 + random.below(8000));
            family.push_back(spend(inputs, fee, 2));
            expect_accepted(family.back());
            for (std::uint32_t n = 0; n < 2; ++n) open.push_back({family.back()->txid, n});
        }
        random.shuffle(open);
        open.resize(1 + random.below(std::min<std::size_t>(open.size(), 4)));
        std::vector<Txid> parents;
        for (const Outpoint& outpoint : open) parents.push_back(outpoint.txid);
        std::map<Txid, policy::FeeFraction> debtors;
        for (const auto& burden : pool.burdens(parents, rate)) {
            for (const auto& debtor : burden->debtors) debtors.emplace(debtor.txid, debtor.paid);
        }
        policy::FeeFraction owed;
        for (const auto& [txid, paid] : debtors) owed += paid;
        const Amount lack = rate.fee_for(owed.size) - Amount{owed.fee};
        EXPECT_GE(lack, Amount{});
        const auto size = size_of(spend(open, 10'000));
        const auto child_of_all = spend(open, (rate.fee_for(size) + lack).satoshis());
        expect_accepted(child_of_all);
        const auto chunk = pool.entry(child_of_all->txid)->chunk;
        const policy::FeeFraction target{20'000, 4'000};
        EXPECT_TRUE(policy::compare_rate(chunk, target) >= 0);
    }
}

TEST_F(QueryTest, ForRelay)
{
    const auto info = pool.relay_info(child->wtxid);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->transaction, child);
    EXPECT_EQ(info->sequence, 2U);
    EXPECT_EQ(pool.relay_info(child->txid)->fee, Amount{9000});
    EXPECT_FALSE(pool.relay_info(Txid{}).has_value());
    EXPECT_FALSE(pool.relay_info(Wtxid{}).has_value());
    EXPECT_EQ(pool.find(Txid{}), nullptr);
    EXPECT_TRUE(pool.contains(child->wtxid));
    EXPECT_EQ(pool.spender({parent->txid, 0}), child);
    EXPECT_EQ(pool.spender({parent->txid, 1}), nullptr);
}

TEST_F(QueryTest, Totals)
{
    const auto totals = pool.totals();
    EXPECT_EQ(totals.transactions, 4U);
    EXPECT_EQ(totals.virtual_bytes, size_of(parent) + size_of(child) + size_of(grandchild) + size_of(other));
    EXPECT_EQ(totals.fees, Amount{13'200});
    EXPECT_GT(totals.memory_bytes, 4 * sizeof(Transaction));
    EXPECT_EQ(pool.updates(), 4U);
}

TEST_F(QueryTest, Unbroadcast)
{
    pool.add_unbroadcast(child->txid);
    pool.add_unbroadcast(Txid{});  // not in the mempool: not ours to tell
    EXPECT_EQ(pool.unbroadcast(), std::vector<Txid>{child->txid});
    EXPECT_TRUE(pool.entry(child->txid)->unbroadcast);
    EXPECT_EQ(pool.totals().unbroadcast, 1U);
    pool.remove_unbroadcast(child->txid);
    EXPECT_TRUE(pool.unbroadcast().empty());
    pool.add_unbroadcast(child->txid);
    connect({parent, child});
    EXPECT_TRUE(pool.unbroadcast().empty());
}

}  // namespace
}  // namespace cairn::mempool
