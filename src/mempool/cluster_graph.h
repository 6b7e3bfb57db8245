#pragma once
// The mempool as fees, sizes and dependencies: connected transactions form clusters, each kept linearised into chunks,
// and all chunks of all clusters stand in one order. It knows nothing of transactions themselves.
//
// A change is first proposed: the clusters that it would leave are computed aside, so that a replacement can be judged
// (and a test dropped) without touching anything; then it is committed as a whole. Not thread-safe: the mempool's
// writer proposes while others read, and commits under its lock.

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "mempool/linearize.h"
#include "policy/fee_rate.h"

namespace cairn::mempool {

/// A transaction's place in the graph, and in the mempool's table of entries. Reused after removal.
using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = 0xffffffff;

class ClusterGraph {
public:
    struct Limits {
        std::size_t count = kMaxClusterCount;  // at most kMaxClusterCount
        std::int64_t size = 0;                 // sum of sizes
    };

    struct Addition {
        Slot slot = kNoSlot;  // not in the graph
        policy::FeeFraction rate;
        std::uint64_t tie = 0;
        std::vector<Slot> parents{};  // in the graph or added before
    };
    struct FeeChange {
        Slot slot = kNoSlot;
        std::int64_t fee = 0;
    };
    struct Link {
        Slot parent = kNoSlot;
        Slot child = kNoSlot;
    };
    /// Applied in this order: removals, fees, additions, links. Whoever removes a transaction removes all its
    /// descendants or all its ancestors with it.
    struct Change {
        std::vector<Slot> removals{};
        std::vector<FeeChange> fees{};
        std::vector<Addition> additions{};
        /// Further dependencies between transactions that are (or will be) there.
        std::vector<Link> links{};
    };

    /// What a change would lead to. Valid until the graph changes.
    class Proposal {
    public:
        /// A cluster would break the limits: the proposal cannot be committed, but trimmed.
        bool oversized() const { return oversized_; }
        /// Chunk rates of the affected clusters, by falling rate: before and after. Empty after if oversized.
        const std::vector<policy::FeeFraction>& diagram_before() const { return before_; }
        std::vector<policy::FeeFraction> diagram_after() const;

    private:
        friend class ClusterGraph;
        struct Member {
            Slot slot = kNoSlot;
            policy::FeeFraction rate;
            std::uint64_t tie = 0;
            PositionSet ancestors = 0;
        };
        struct Cluster {
            std::vector<Member> members;  // in mining order
            std::vector<Linearization::Chunk> chunks;
        };
        std::vector<std::uint32_t> affected_;  // clusters that go
        std::vector<Cluster> clusters_;        // that come
        std::vector<policy::FeeFraction> before_;
        bool oversized_ = false;
    };

    explicit ClusterGraph(const Limits& limits) : limits_(limits) {}

    Proposal propose(const Change& change) const;
    /// Must not be oversized.
    void commit(Proposal&& proposal);
    /// What to remove besides, so that the change keeps the limits: the poorest, with their descendants. Each is in the
    /// graph or among the change's additions.
    std::vector<Slot> trim(const Change& change) const;

    bool contains(Slot slot) const { return slot < nodes_.size() && nodes_[slot].cluster != kNoCluster; }
    std::size_t size() const { return count_; }
    policy::FeeFraction rate(Slot slot) const;
    /// The chunk that `slot` belongs to.
    policy::FeeFraction chunk_rate(Slot slot) const;
    /// Its own slot included, ancestors first.
    std::vector<Slot> ancestors(Slot slot) const;
    std::vector<Slot> descendants(Slot slot) const;
    /// The union of the descendants of all, each once.
    std::vector<Slot> descendants_of(std::span<const Slot> slots) const;
    std::size_t ancestor_count(Slot slot) const;
    std::size_t cluster_count(std::span<const Slot> slots) const;
    /// Whether the limits leave room for one more of that size that spends from `parents`, and so joins their clusters.
    bool has_room(std::span<const Slot> parents, std::int64_t size) const;
    /// How many transactions its cluster has.
    std::size_t cluster_size(Slot slot) const { return cluster_of(slot).members.size(); }
    struct Chunk {
        policy::FeeFraction rate;
        std::vector<Slot> slots;  // in mining order
    };
    /// The whole cluster of `slot`, in mining order.
    std::vector<Chunk> cluster_chunks(Slot slot) const;

    /// Whether `a` is mined before `b`.
    bool is_before(Slot a, Slot b) const;
    /// Calls `visit(Chunk)` from the best chunk down until it returns false. After `skip` was set by the visit, later
    /// chunks of the same cluster are passed over.
    template <class Visit>
    void visit(const Visit& visit) const
    {
        std::set<std::uint32_t> skipped;
        for (const ChunkKey& key : order_) {
            if (!skipped.empty() && skipped.contains(key.cluster)) continue;
            bool skip = false;
            if (!visit(chunk(key), skip)) return;
            if (skip) skipped.insert(key.cluster);
        }
    }
    /// The chunk to evict first; nothing if empty.
    std::optional<Chunk> worst_chunk() const;

    /// Bytes that its tables take.
    std::size_t memory_bytes() const;
    /// Recomputes everything from each cluster's contents and compares: for tests and fuzzing.
    bool is_consistent() const;

private:
    static constexpr std::uint32_t kNoCluster = 0xffffffff;

    struct Node {
        std::uint32_t cluster = kNoCluster;
        std::uint32_t position = 0;
    };
    struct Member {
        PositionSet ancestors = 0;  // positions in mining order
        PositionSet descendants = 0;
        std::int64_t fee = 0;
        std::uint64_t tie = 0;
        std::int32_t size = 0;
        Slot slot = kNoSlot;
    };
    struct ChunkRange {
        policy::FeeFraction rate;
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    struct Cluster {
        std::vector<Member> members;
        std::vector<ChunkRange> chunks;
        std::uint64_t tie = 0;  // the members' lowest
    };
    /// Best first: by rate, then by what the cluster contains, then place.
    struct ChunkKey {
        policy::FeeFraction rate;
        std::uint64_t tie = 0;
        std::uint32_t cluster = 0;
        std::uint32_t chunk = 0;
        bool operator<(const ChunkKey& other) const;
    };
    class Builder;

    const Member& member(Slot slot) const;
    const Cluster& cluster_of(Slot slot) const { return clusters_[nodes_[slot].cluster]; }
    static std::vector<Slot> slots_of(const Cluster& cluster, PositionSet positions);
    static std::size_t bytes_of(const Cluster& cluster);
    ChunkKey key(std::uint32_t cluster, std::uint32_t chunk) const;
    std::uint32_t chunk_of(Slot slot) const;
    Chunk chunk(const ChunkKey& key) const;
    void erase_cluster(std::uint32_t cluster);
    void insert_cluster(Proposal::Cluster&& cluster);

    Limits limits_;
    std::vector<Node> nodes_;
    std::vector<Cluster> clusters_;
    std::vector<std::uint32_t> free_clusters_;
    std::set<ChunkKey> order_;
    std::size_t count_ = 0;
    std::size_t cluster_bytes_ = 0;
};

}  // namespace cairn::mempool
