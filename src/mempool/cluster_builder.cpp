#include "mempool/cluster_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <numeric>
#include <queue>
#include <unordered_set>

namespace cairn::mempool {

namespace {

/// Groups that grow together, with the count and size of each.
class DisjointSets {
public:
    explicit DisjointSets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0U); }

    std::uint32_t find(std::uint32_t i)
    {
        while (parent_[i] != i) {
            parent_[i] = parent_[parent_[i]];
            i = parent_[i];
        }
        return i;
    }
    void join(std::uint32_t a, std::uint32_t b) { parent_[find(a)] = find(b); }

private:
    std::vector<std::uint32_t> parent_;
};

}  // namespace

ClusterGraph::Builder::Builder(const ClusterGraph& graph, const Change& change) : graph_(graph)
{
    for (const Slot slot : change.removals) take_cluster(graph.nodes_[slot].cluster);
    for (const FeeChange& fee : change.fees) take_cluster(graph.nodes_[fee.slot].cluster);
    for (const Addition& addition : change.additions) {
        for (const Slot parent : addition.parents) {
            if (graph.contains(parent)) take_cluster(graph.nodes_[parent].cluster);
        }
    }
    for (const Link& edge : change.links) {
        if (graph.contains(edge.parent)) take_cluster(graph.nodes_[edge.parent].cluster);
        if (graph.contains(edge.child)) take_cluster(graph.nodes_[edge.child].cluster);
    }
    std::ranges::sort(affected_);
    affected_.erase(std::ranges::unique(affected_).begin(), affected_.end());
    take_members(change);
    for (const Addition& addition : change.additions) add(addition);
    for (const Link& edge : change.links) {
        if (const auto child = index_.find(edge.child); child != index_.end()) link(edge.parent, child->second);
    }
}

void ClusterGraph::Builder::take_cluster(std::uint32_t cluster)
{
    if (affected_.empty() || affected_.back() != cluster) affected_.push_back(cluster);
}

void ClusterGraph::Builder::take_members(const Change& change)
{
    const std::unordered_set<Slot> removed(change.removals.begin(), change.removals.end());
    for (const std::uint32_t number : affected_) {
        const Cluster& cluster = graph_.clusters_[number];
        std::array<std::uint32_t, kMaxClusterCount> at{};
        PositionSet staying = 0;
        std::uint32_t before = kNone;
        for (const ChunkRange& chunk : cluster.chunks) {
            for (std::uint32_t i = chunk.first; i < chunk.first + chunk.count; ++i) {
                const Member& member = cluster.members[i];
                if (removed.contains(member.slot)) continue;
                at[i] = static_cast<std::uint32_t>(locals_.size());
                index_.emplace(member.slot, at[i]);
                Local local{member.slot, {member.fee, member.size}, member.tie, chunk.rate, {}, before};
                before = at[i];
                for (PositionSet rest = member.ancestors & staying; rest != 0; rest &= rest - 1) {
                    local.parents.push_back(at[static_cast<std::size_t>(std::countr_zero(rest))]);
                }
                staying |= PositionSet{1} << i;
                locals_.push_back(std::move(local));
            }
        }
    }
    for (const FeeChange& change_of_fee : change.fees) {
        if (const auto found = index_.find(change_of_fee.slot); found != index_.end()) {
            locals_[found->second].rate.fee = change_of_fee.fee;
        }
    }
}

void ClusterGraph::Builder::add(const Addition& addition)
{
    assert(!graph_.contains(addition.slot));
    const auto local = static_cast<std::uint32_t>(locals_.size());
    index_.emplace(addition.slot, local);
    locals_.push_back({addition.slot, addition.rate, addition.tie, addition.rate, {}, kNone});
    for (const Slot parent : addition.parents) link(parent, local);
}

void ClusterGraph::Builder::link(Slot parent, std::uint32_t child)
{
    if (const auto found = index_.find(parent); found != index_.end()) locals_[child].parents.push_back(found->second);
}

std::vector<std::vector<std::uint32_t>> ClusterGraph::Builder::components() const
{
    DisjointSets sets(locals_.size());
    for (std::uint32_t i = 0; i < locals_.size(); ++i) {
        for (const std::uint32_t parent : locals_[i].parents) sets.join(i, parent);
    }
    std::vector<std::vector<std::uint32_t>> result;
    std::vector<std::uint32_t> number(locals_.size(), std::numeric_limits<std::uint32_t>::max());
    for (std::uint32_t i = 0; i < locals_.size(); ++i) {
        std::uint32_t& component = number[sets.find(i)];
        if (component == std::numeric_limits<std::uint32_t>::max()) {
            component = static_cast<std::uint32_t>(result.size());
            result.emplace_back();
        }
        result[component].push_back(i);
    }
    return result;
}

bool ClusterGraph::Builder::fits(const std::vector<std::uint32_t>& component) const
{
    std::int64_t size = 0;
    for (const std::uint32_t i : component) size += locals_[i].rate.size;
    return component.size() <= graph_.limits_.count && size <= graph_.limits_.size;
}

std::optional<std::vector<ClusterGraph::Proposal::Cluster>> ClusterGraph::Builder::clusters() const
{
    std::vector<Proposal::Cluster> result;
    const auto parts = components();
    if (!std::ranges::all_of(parts, [this](const auto& part) { return fits(part); })) return std::nullopt;
    result.reserve(parts.size());
    std::vector<std::uint32_t> scratch(locals_.size());
    for (const auto& part : parts) result.push_back(linearized(part, scratch));
    return result;
}

std::vector<PositionSet> ClusterGraph::Builder::ancestor_sets(const std::vector<std::uint32_t>& component,
                                                              std::vector<std::uint32_t>& position) const
{
    for (std::uint32_t i = 0; i < component.size(); ++i) position[component[i]] = i;
    std::vector<PositionSet> sets(component.size());
    for (std::size_t i = 0; i < component.size(); ++i) {
        sets[i] = PositionSet{1} << i;
        for (const std::uint32_t parent : locals_[component[i]].parents) sets[i] |= PositionSet{1} << position[parent];
    }
    // Links may point forwards, so until nothing changes: once for an order that keeps parents first.
    for (bool changed = true; changed;) {
        changed = false;
        for (PositionSet& set : sets) {
            const PositionSet before = set;
            for (PositionSet rest = before; rest != 0; rest &= rest - 1) {
                set |= sets[static_cast<std::size_t>(std::countr_zero(rest))];
            }
            changed = changed || set != before;
        }
    }
    return sets;
}

ClusterGraph::Proposal::Cluster ClusterGraph::Builder::linearized(std::vector<std::uint32_t> sorted,
                                                                  std::vector<std::uint32_t>& scratch) const
{
    // In an order that does not depend on how the cluster grew, so that neither does the result.
    std::ranges::sort(sorted, [this](std::uint32_t a, std::uint32_t b) { return locals_[a].tie < locals_[b].tie; });
    const std::vector<PositionSet> ancestors = ancestor_sets(sorted, scratch);
    std::vector<policy::FeeFraction> rates;
    std::vector<std::uint64_t> ties;
    for (const std::uint32_t i : sorted) {
        rates.push_back(locals_[i].rate);
        ties.push_back(locals_[i].tie);
    }
    Linearization linearization = linearize(rates, ancestors, ties);

    std::vector<std::size_t> place(sorted.size());
    for (std::size_t i = 0; i < place.size(); ++i) place[linearization.order[i]] = i;
    Proposal::Cluster cluster;
    cluster.members.reserve(sorted.size());
    for (const std::uint8_t from : linearization.order) {
        PositionSet in_order = 0;
        for (PositionSet rest = ancestors[from]; rest != 0; rest &= rest - 1) {
            in_order |= PositionSet{1} << place[static_cast<std::size_t>(std::countr_zero(rest))];
        }
        const Local& local = locals_[sorted[from]];
        cluster.members.push_back({local.slot, local.rate, local.tie, in_order});
    }
    cluster.chunks = std::move(linearization.chunks);
    return cluster;
}

std::vector<Slot> ClusterGraph::Builder::trim() const
{
    std::vector<Slot> removed;
    for (const auto& part : components()) {
        if (!fits(part)) trim_component(part, removed);
    }
    return removed;
}

void ClusterGraph::Builder::trim_component(const std::vector<std::uint32_t>& component,
                                           std::vector<Slot>& removed) const
{
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> children;
    std::unordered_map<std::uint32_t, std::size_t> waiting;
    std::vector<std::size_t> count(locals_.size(), 1);
    std::vector<std::int64_t> size(locals_.size());
    DisjointSets groups(locals_.size());
    const auto poorer = [this](std::uint32_t a, std::uint32_t b) {
        const auto& rate = locals_[a].priority;
        const auto& other = locals_[b].priority;
        const auto order = policy::compare_rate(rate, other);
        if (order != 0) return order < 0;
        return rate.size != other.size ? rate.size > other.size : a > b;
    };
    // As in Bitcoin Core, each cluster keeps its own order: as if each transaction needed the one before it.
    const auto needs = [this](std::uint32_t i) {
        std::vector<std::uint32_t> result = locals_[i].parents;
        if (locals_[i].before != kNone) result.push_back(locals_[i].before);
        return result;
    };
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(poorer)> ready(poorer);
    for (const std::uint32_t i : component) {
        size[i] = locals_[i].rate.size;
        const auto needed = needs(i);
        waiting[i] = needed.size();
        for (const std::uint32_t other : needed) children[other].push_back(i);
        if (needed.empty()) ready.push(i);
    }
    std::unordered_set<std::uint32_t> kept;
    while (!ready.empty()) {
        const std::uint32_t i = ready.top();
        ready.pop();
        std::vector<std::uint32_t> joined;
        for (const std::uint32_t other : needs(i)) joined.push_back(groups.find(other));
        std::ranges::sort(joined);
        joined.erase(std::ranges::unique(joined).begin(), joined.end());
        std::size_t total = 1;
        std::int64_t weight = size[i];
        for (const std::uint32_t group : joined) {
            total += count[group];
            weight += size[group];
        }
        if (total > graph_.limits_.count || weight > graph_.limits_.size) continue;
        for (const std::uint32_t group : joined) groups.join(group, i);
        count[groups.find(i)] = total;
        size[groups.find(i)] = weight;
        kept.insert(i);
        for (const std::uint32_t child : children[i]) {
            if (--waiting[child] == 0) ready.push(child);
        }
    }
    for (const std::uint32_t i : component) {
        if (!kept.contains(i)) removed.push_back(locals_[i].slot);
    }
}

}  // namespace cairn::mempool
