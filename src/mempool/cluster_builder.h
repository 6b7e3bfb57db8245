#pragma once
// Works out what clusters a change of the graph leads to. Used by ClusterGraph alone.

#include <unordered_map>
#include <vector>

#include "mempool/cluster_graph.h"

namespace cairn::mempool {

class ClusterGraph::Builder {
public:
    Builder(const ClusterGraph& graph, const Change& change);

    /// Clusters that the change touches.
    const std::vector<std::uint32_t>& affected() const { return affected_; }
    /// The clusters that come of it; nothing if one would break the limits.
    std::optional<std::vector<Proposal::Cluster>> clusters() const;
    std::vector<Slot> trim() const;

private:
    static constexpr std::uint32_t kNone = 0xffffffff;

    /// A transaction that stays or comes.
    struct Local {
        Slot slot = kNoSlot;
        policy::FeeFraction rate;
        std::uint64_t tie = 0;
        policy::FeeFraction priority;        // for trimming: its chunk's rate now
        std::vector<std::uint32_t> parents;  // indices of locals; not all ancestors, but enough to reach them
        /// The one before it in its cluster's order now; kNone for the first, and for additions.
        std::uint32_t before = kNone;
    };

    void take_cluster(std::uint32_t cluster);
    void take_members(const Change& change);
    void add(const Addition& addition);
    void link(Slot parent, std::uint32_t child);
    std::vector<std::vector<std::uint32_t>> components() const;
    bool fits(const std::vector<std::uint32_t>& component) const;
    Proposal::Cluster linearized(std::vector<std::uint32_t> component, std::vector<std::uint32_t>& scratch) const;
    std::vector<PositionSet> ancestor_sets(const std::vector<std::uint32_t>& component,
                                           std::vector<std::uint32_t>& scratch) const;
    void trim_component(const std::vector<std::uint32_t>& component, std::vector<Slot>& removed) const;

    const ClusterGraph& graph_;
    std::vector<std::uint32_t> affected_;
    std::vector<Local> locals_;
    std::unordered_map<Slot, std::uint32_t> index_;
};

}  // namespace cairn::mempool
