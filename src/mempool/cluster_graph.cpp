#include "mempool/cluster_graph.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <tuple>
#include <unordered_set>

#include "mempool/cluster_builder.h"
#include "mempool/memory.h"

namespace cairn::mempool {

using policy::FeeFraction;

namespace {

bool is_richer(const FeeFraction& a, const FeeFraction& b)
{
    return policy::compare_rate(a, b) > 0;
}

}  // namespace

bool ClusterGraph::ChunkKey::operator<(const ChunkKey& other) const
{
    const auto order = policy::compare_rate(rate, other.rate);
    if (order != 0) return order > 0;
    return std::tie(tie, cluster, chunk) < std::tie(other.tie, other.cluster, other.chunk);
}

std::vector<FeeFraction> ClusterGraph::Proposal::diagram_after() const
{
    std::vector<FeeFraction> result;
    for (const Cluster& cluster : clusters_) {
        for (const auto& chunk : cluster.chunks) result.push_back(chunk.rate);
    }
    std::ranges::sort(result, is_richer);
    return result;
}

ClusterGraph::Proposal ClusterGraph::propose(const Change& change) const
{
    const Builder builder(*this, change);
    Proposal proposal;
    proposal.affected_ = builder.affected();
    for (const std::uint32_t cluster : proposal.affected_) {
        for (const ChunkRange& chunk : clusters_[cluster].chunks) proposal.before_.push_back(chunk.rate);
    }
    std::ranges::sort(proposal.before_, is_richer);
    if (auto clusters = builder.clusters()) {
        proposal.clusters_ = std::move(*clusters);
    } else {
        proposal.oversized_ = true;
    }
    return proposal;
}

void ClusterGraph::commit(Proposal&& proposal)
{
    assert(!proposal.oversized_);
    for (const std::uint32_t cluster : proposal.affected_) erase_cluster(cluster);
    for (Proposal::Cluster& cluster : proposal.clusters_) insert_cluster(std::move(cluster));
}

std::vector<Slot> ClusterGraph::trim(const Change& change) const
{
    return Builder(*this, change).trim();
}

void ClusterGraph::erase_cluster(std::uint32_t number)
{
    Cluster& cluster = clusters_[number];
    for (std::uint32_t i = 0; i < cluster.chunks.size(); ++i) order_.erase(key(number, i));
    for (const Member& member : cluster.members) nodes_[member.slot] = {};
    count_ -= cluster.members.size();
    cluster_bytes_ -= bytes_of(cluster);
    cluster = {};
    free_clusters_.push_back(number);
}

void ClusterGraph::insert_cluster(Proposal::Cluster&& from)
{
    if (free_clusters_.empty()) {
        free_clusters_.push_back(static_cast<std::uint32_t>(clusters_.size()));
        clusters_.emplace_back();
    }
    const std::uint32_t number = free_clusters_.back();
    free_clusters_.pop_back();
    Cluster& cluster = clusters_[number];
    cluster.members.reserve(from.members.size());
    cluster.chunks.reserve(from.chunks.size());
    cluster.tie = ~std::uint64_t{0};
    for (std::uint32_t i = 0; i < from.members.size(); ++i) {
        const auto& member = from.members[i];
        if (member.slot >= nodes_.size()) nodes_.resize(member.slot + 1);
        nodes_[member.slot] = {number, i};
        cluster.members.push_back({member.ancestors, 0, member.rate.fee, member.tie,
                                   static_cast<std::int32_t>(member.rate.size), member.slot});
        cluster.tie = std::min(cluster.tie, member.tie);
    }
    for (std::size_t i = 0; i < cluster.members.size(); ++i) {
        for (PositionSet rest = cluster.members[i].ancestors; rest != 0; rest &= rest - 1) {
            cluster.members[static_cast<std::size_t>(std::countr_zero(rest))].descendants |= PositionSet{1} << i;
        }
    }
    std::uint32_t first = 0;
    for (const auto& chunk : from.chunks) {
        cluster.chunks.push_back({chunk.rate, first, chunk.count});
        first += chunk.count;
    }
    for (std::uint32_t i = 0; i < cluster.chunks.size(); ++i) order_.insert(key(number, i));
    count_ += cluster.members.size();
    cluster_bytes_ += bytes_of(cluster);
}

std::size_t ClusterGraph::bytes_of(const Cluster& cluster)
{
    return vector_bytes(cluster.members) + vector_bytes(cluster.chunks) +
           cluster.chunks.size() * tree_node_bytes<ChunkKey>();
}

std::size_t ClusterGraph::memory_bytes() const
{
    return vector_bytes(nodes_) + vector_bytes(clusters_) + vector_bytes(free_clusters_) + cluster_bytes_;
}

const ClusterGraph::Member& ClusterGraph::member(Slot slot) const
{
    return cluster_of(slot).members[nodes_[slot].position];
}

std::vector<Slot> ClusterGraph::slots_of(const Cluster& cluster, PositionSet positions)
{
    std::vector<Slot> result;
    result.reserve(static_cast<std::size_t>(std::popcount(positions)));
    for (; positions != 0; positions &= positions - 1) {
        result.push_back(cluster.members[static_cast<std::size_t>(std::countr_zero(positions))].slot);
    }
    return result;
}

FeeFraction ClusterGraph::rate(Slot slot) const
{
    return {member(slot).fee, member(slot).size};
}

std::uint32_t ClusterGraph::chunk_of(Slot slot) const
{
    const Cluster& cluster = cluster_of(slot);
    std::uint32_t chunk = 0;
    while (nodes_[slot].position >= cluster.chunks[chunk].first + cluster.chunks[chunk].count) ++chunk;
    return chunk;
}

FeeFraction ClusterGraph::chunk_rate(Slot slot) const
{
    return cluster_of(slot).chunks[chunk_of(slot)].rate;
}

std::vector<Slot> ClusterGraph::ancestors(Slot slot) const
{
    return slots_of(cluster_of(slot), member(slot).ancestors);
}

std::vector<Slot> ClusterGraph::descendants(Slot slot) const
{
    return slots_of(cluster_of(slot), member(slot).descendants);
}

std::vector<Slot> ClusterGraph::descendants_of(std::span<const Slot> slots) const
{
    std::vector<Slot> result;
    std::unordered_set<Slot> seen;
    for (const Slot slot : slots) {
        for (const Slot descendant : descendants(slot)) {
            if (seen.insert(descendant).second) result.push_back(descendant);
        }
    }
    return result;
}

std::size_t ClusterGraph::ancestor_count(Slot slot) const
{
    return static_cast<std::size_t>(std::popcount(member(slot).ancestors));
}

std::size_t ClusterGraph::cluster_count(std::span<const Slot> slots) const
{
    std::unordered_set<std::uint32_t> seen;
    for (const Slot slot : slots) seen.insert(nodes_[slot].cluster);
    return seen.size();
}

bool ClusterGraph::has_room(std::span<const Slot> parents, std::int64_t size) const
{
    std::size_t count = 1;
    std::unordered_set<std::uint32_t> joined;
    for (const Slot parent : parents) {
        if (!joined.insert(nodes_[parent].cluster).second) continue;
        const Cluster& cluster = cluster_of(parent);
        count += cluster.members.size();
        for (const Member& member : cluster.members) size += member.size;
    }
    return count <= limits_.count && size <= limits_.size;
}

ClusterGraph::ChunkKey ClusterGraph::key(std::uint32_t cluster, std::uint32_t chunk) const
{
    return {clusters_[cluster].chunks[chunk].rate, clusters_[cluster].tie, cluster, chunk};
}

ClusterGraph::Chunk ClusterGraph::chunk(const ChunkKey& key) const
{
    const Cluster& cluster = clusters_[key.cluster];
    const ChunkRange& range = cluster.chunks[key.chunk];
    Chunk result{range.rate, {}};
    for (std::uint32_t i = range.first; i < range.first + range.count; ++i) {
        result.slots.push_back(cluster.members[i].slot);
    }
    return result;
}

std::vector<ClusterGraph::Chunk> ClusterGraph::cluster_chunks(Slot slot) const
{
    std::vector<Chunk> result;
    const std::uint32_t cluster = nodes_[slot].cluster;
    for (std::uint32_t i = 0; i < clusters_[cluster].chunks.size(); ++i) result.push_back(chunk(key(cluster, i)));
    return result;
}

bool ClusterGraph::is_before(Slot a, Slot b) const
{
    if (nodes_[a].cluster == nodes_[b].cluster) return nodes_[a].position < nodes_[b].position;
    return key(nodes_[a].cluster, chunk_of(a)) < key(nodes_[b].cluster, chunk_of(b));
}

std::optional<ClusterGraph::Chunk> ClusterGraph::worst_chunk() const
{
    if (order_.empty()) return std::nullopt;
    return chunk(*order_.rbegin());
}

bool ClusterGraph::is_consistent() const
{
    std::size_t members = 0;
    std::size_t chunks = 0;
    for (std::uint32_t number = 0; number < clusters_.size(); ++number) {
        const Cluster& cluster = clusters_[number];
        std::vector<FeeFraction> rates;
        std::int64_t size = 0;
        for (std::uint32_t i = 0; i < cluster.members.size(); ++i) {
            const Member& member = cluster.members[i];
            const Node& node = nodes_[member.slot];
            if (node.cluster != number || node.position != i) return false;
            if ((member.ancestors >> i) != 1) return false;  // itself, and nothing after it
            rates.push_back({member.fee, member.size});
            size += member.size;
        }
        const auto expected = chunks_of(rates);
        if (expected.size() != cluster.chunks.size()) return false;
        for (std::uint32_t i = 0; i < expected.size(); ++i) {
            if (expected[i].rate != cluster.chunks[i].rate || expected[i].count != cluster.chunks[i].count)
                return false;
            if (!order_.contains(key(number, i))) return false;
        }
        if (cluster.members.size() > limits_.count || size > limits_.size) return false;
        members += cluster.members.size();
        chunks += cluster.chunks.size();
    }
    return members == count_ && chunks == order_.size();
}

}  // namespace cairn::mempool
