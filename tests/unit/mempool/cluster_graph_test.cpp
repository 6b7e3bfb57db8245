#include "mempool/cluster_graph.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "support/test_random.h"

namespace cairn::mempool {
namespace {

using policy::FeeFraction;
using Change = ClusterGraph::Change;

constexpr ClusterGraph::Limits kLimits{64, 404'000};

void commit(ClusterGraph& graph, const Change& change)
{
    auto proposal = graph.propose(change);
    ASSERT_FALSE(proposal.oversized());
    graph.commit(std::move(proposal));
}

void add(ClusterGraph& graph, Slot slot, FeeFraction rate, std::vector<Slot> parents)
{
    commit(graph, {{}, {}, {{slot, rate, slot, std::move(parents)}}, {}});
}

TEST(ClusterGraphTest, JoinsAndSplitsClusters)
{
    ClusterGraph graph(kLimits);
    add(graph, 0, {100, 10}, {});
    add(graph, 1, {200, 10}, {});
    EXPECT_EQ(graph.cluster_count(std::vector<Slot>{0, 1}), 2U);
    add(graph, 2, {50, 10}, {0, 1});
    EXPECT_EQ(graph.cluster_count(std::vector<Slot>{0, 1, 2}), 1U);
    EXPECT_EQ(graph.ancestors(2).size(), 3U);
    EXPECT_EQ(graph.descendants(0), (std::vector<Slot>{0, 2}));
    EXPECT_TRUE(graph.is_before(1, 0));
    EXPECT_EQ(graph.worst_chunk()->slots, std::vector<Slot>{2});
    commit(graph, {{2}, {}, {}, {}});
    EXPECT_EQ(graph.cluster_count(std::vector<Slot>{0, 1}), 2U);
    EXPECT_FALSE(graph.contains(2));
    EXPECT_TRUE(graph.is_consistent());
}

TEST(ClusterGraphTest, AProposalChangesNothing)
{
    ClusterGraph graph(kLimits);
    add(graph, 0, {100, 10}, {});
    const auto proposal = graph.propose({{0}, {}, {{1, {300, 10}, 1, {}}}, {}});
    EXPECT_EQ(proposal.diagram_before(), (std::vector<FeeFraction>{{100, 10}}));
    EXPECT_EQ(proposal.diagram_after(), (std::vector<FeeFraction>{{300, 10}}));
    EXPECT_TRUE(graph.contains(0));
    EXPECT_EQ(graph.size(), 1U);
}

TEST(ClusterGraphTest, CountLimitAtTheBoundAndOneOver)
{
    ClusterGraph graph(kLimits);
    add(graph, 0, {100, 10}, {});
    for (Slot slot = 1; slot < 64; ++slot) add(graph, slot, {100, 10}, {slot - 1});
    EXPECT_EQ(graph.ancestor_count(63), 64U);
    EXPECT_TRUE(graph.propose({{}, {}, {{64, {100, 10}, 64, {63}}}, {}}).oversized());
    // With one leaving, there is room for one.
    EXPECT_FALSE(graph.propose({{63}, {}, {{64, {100, 10}, 64, {62}}}, {}}).oversized());
}

TEST(ClusterGraphTest, SizeLimitAtTheBoundAndOneOver)
{
    ClusterGraph graph({64, 100});
    add(graph, 0, {100, 60}, {});
    EXPECT_FALSE(graph.propose({{}, {}, {{1, {1, 40}, 1, {0}}}, {}}).oversized());
    EXPECT_TRUE(graph.propose({{}, {}, {{1, {1, 41}, 1, {0}}}, {}}).oversized());
}

TEST(ClusterGraphTest, TrimDropsThePoorestWithTheirDescendants)
{
    ClusterGraph graph({3, 1000});
    add(graph, 0, {500, 10}, {});
    add(graph, 1, {400, 10}, {0});
    add(graph, 2, {100, 10}, {});
    add(graph, 3, {50, 10}, {2});
    Change change{{}, {}, {}, {{0, 2}}};
    EXPECT_TRUE(graph.propose(change).oversized());
    change.removals = graph.trim(change);
    EXPECT_EQ(change.removals, std::vector<Slot>{3});
    commit(graph, change);
    EXPECT_EQ(graph.ancestors(2), (std::vector<Slot>{0, 2}));
    EXPECT_TRUE(graph.is_consistent());
}

TEST(ClusterGraphTest, FeeChangesReorder)
{
    ClusterGraph graph(kLimits);
    add(graph, 0, {100, 10}, {});
    add(graph, 1, {50, 10}, {0});
    EXPECT_EQ(graph.chunk_rate(0), (FeeFraction{100, 10}));
    commit(graph, {{}, {{1, 900}}, {}, {}});
    EXPECT_EQ(graph.chunk_rate(0), (FeeFraction{1000, 20}));
    EXPECT_EQ(graph.rate(1), (FeeFraction{900, 10}));
}

TEST(ClusterGraphTest, SkippingAChunkSkipsTheRestOfItsCluster)
{
    ClusterGraph graph(kLimits);
    add(graph, 0, {100, 10}, {});
    add(graph, 1, {50, 10}, {0});
    add(graph, 2, {70, 10}, {});
    std::vector<Slot> seen;
    graph.visit([&](const ClusterGraph::Chunk& chunk, bool& skip) {
        seen.push_back(chunk.slots[0]);
        skip = chunk.slots[0] == 0;
        return true;
    });
    EXPECT_EQ(seen, (std::vector<Slot>{0, 2}));
}

/// The same graph as plain sets of parents.
struct Model {
    struct Node {
        FeeFraction rate;
        std::set<Slot> parents;
    };
    std::map<Slot, Node> nodes;

    std::set<Slot> closure(Slot start, bool up) const
    {
        std::set<Slot> found{start};
        for (bool grown = true; grown;) {
            grown = false;
            for (const auto& [slot, node] : nodes) {
                for (const Slot parent : node.parents) {
                    if (up && found.contains(slot)) grown |= found.insert(parent).second;
                    if (!up && found.contains(parent)) grown |= found.insert(slot).second;
                }
            }
        }
        return found;
    }
    void remove(const std::set<Slot>& gone)
    {
        for (const Slot slot : gone) nodes.erase(slot);
        for (auto& [slot, node] : nodes)
            std::erase_if(node.parents, [&](Slot parent) { return gone.contains(parent); });
    }
};

void expect_equal(const ClusterGraph& graph, const Model& model)
{
    ASSERT_TRUE(graph.is_consistent());
    ASSERT_EQ(graph.size(), model.nodes.size());
    for (const auto& [slot, node] : model.nodes) {
        ASSERT_TRUE(graph.contains(slot));
        EXPECT_EQ(graph.rate(slot), node.rate);
        const auto up = graph.ancestors(slot);
        const auto down = graph.descendants(slot);
        EXPECT_EQ(std::set<Slot>(up.begin(), up.end()), model.closure(slot, true));
        EXPECT_EQ(std::set<Slot>(down.begin(), down.end()), model.closure(slot, false));
    }
    // However the graph grew, a fresh one with the same contents has the same order.
    ClusterGraph fresh(kLimits);
    std::set<Slot> done;
    while (done.size() < model.nodes.size()) {
        for (const auto& [slot, node] : model.nodes) {
            const bool ready = std::ranges::all_of(node.parents, [&](Slot parent) { return done.contains(parent); });
            if (!ready || !done.insert(slot).second) continue;
            add(fresh, slot, node.rate, {node.parents.begin(), node.parents.end()});
        }
    }
    std::vector<std::vector<Slot>> ours;
    std::vector<std::vector<Slot>> theirs;
    const auto collect = [](std::vector<std::vector<Slot>>& into) {
        return [&into](const ClusterGraph::Chunk& chunk, bool&) {
            into.push_back(chunk.slots);
            return true;
        };
    };
    graph.visit(collect(ours));
    fresh.visit(collect(theirs));
    EXPECT_EQ(ours, theirs);
}

TEST(ClusterGraphTest, RandomChangesAgainstTheModel)
{
    test::TestRandom random(3);
    for (int run = 0; run < 12; ++run) {
        ClusterGraph graph(kLimits);
        Model model;
        Slot next = 0;
        for (int step = 0; step < 120; ++step) {
            std::vector<Slot> slots;
            for (const auto& [slot, node] : model.nodes) slots.push_back(slot);
            const auto pick = [&] { return slots[random.below(slots.size())]; };
            const std::uint64_t kind = random.below(10);
            if (slots.empty() || kind < 6) {
                Model::Node node{
                    {static_cast<std::int64_t>(random.below(1000)), 1 + static_cast<std::int64_t>(random.below(50))},
                    {}};
                for (std::uint64_t n = random.below(3); n > 0 && !slots.empty(); --n) node.parents.insert(pick());
                const Change change{{}, {}, {{next, node.rate, next, {node.parents.begin(), node.parents.end()}}}, {}};
                auto proposal = graph.propose(change);
                if (proposal.oversized()) continue;
                graph.commit(std::move(proposal));
                model.nodes[next++] = node;
            } else if (kind < 9) {
                const auto gone = model.closure(pick(), kind == 8);
                commit(graph, {{gone.begin(), gone.end()}, {}, {}, {}});
                model.remove(gone);
            } else {
                const Slot slot = pick();
                model.nodes[slot].rate.fee = static_cast<std::int64_t>(random.below(5000)) - 1000;
                commit(graph, {{}, {{slot, model.nodes[slot].rate.fee}}, {}, {}});
            }
            if (step % 10 == 9) expect_equal(graph, model);
        }
    }
}

TEST(ClusterGraphTest, MemoryFallsWithItsContents)
{
    ClusterGraph graph(kLimits);
    add(graph, 0, {1, 1}, {});
    const std::size_t one = graph.memory_bytes();
    for (Slot slot = 1; slot < 100; ++slot) add(graph, slot, {1, 1}, {});
    EXPECT_GT(graph.memory_bytes(), one + 99 * 100);
    std::vector<Slot> all;
    for (Slot slot = 0; slot < 100; ++slot) all.push_back(slot);
    const std::size_t full = graph.memory_bytes();
    commit(graph, {all, {}, {}, {}});
    EXPECT_LT(graph.memory_bytes(), full - 100 * 100);
    EXPECT_EQ(graph.size(), 0U);
}

}  // namespace
}  // namespace cairn::mempool
