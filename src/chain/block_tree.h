#pragma once
// The tree of all headers the node knows. Append-only: nodes never move or die.

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <vector>

#include "chain/block_node.h"

namespace cairn::chain {

/// Any thread may read; one thread (the validation thread) writes, through BlockTreeWriter. A reader holds the map's
/// lock for one look-up.
class BlockTree {
public:
    /// `salt` keeps strangers from choosing hashes that collide in the map.
    explicit BlockTree(std::uint64_t salt);
    ~BlockTree();
    BlockTree(const BlockTree&) = delete;
    BlockTree& operator=(const BlockTree&) = delete;

    /// Null if unknown.
    const BlockNode* find(const BlockHash& hash) const;
    std::size_t size() const;
    /// The valid header of most work (first seen wins); null in an empty tree.
    const BlockNode* best_header() const { return best_header_.load(std::memory_order_acquire); }
    /// The failed block of most work that was seen since the start; null for none.
    const BlockNode* best_invalid() const { return best_invalid_.load(std::memory_order_acquire); }
    /// All nodes so far, parents before children.
    std::vector<const BlockNode*> nodes() const;
    /// Of a peer's locator, the first hash that `chain` contains; else its genesis block. (A hash whose block lies
    /// beyond the tip of `chain` on its own branch counts as the tip, as in Bitcoin Core.)
    const BlockNode* find_fork(std::span<const BlockHash> locator, const ChainOf& chain) const;

private:
    friend class BlockTreeWriter;
    struct Map;

    std::unique_ptr<Map> map_;
    mutable std::shared_mutex mutex_;  // guards map_ and the growth of nodes_
    std::deque<BlockNode> nodes_;
    std::atomic<const BlockNode*> best_header_{nullptr};
    std::atomic<const BlockNode*> best_invalid_{nullptr};
};

/// What only the validation thread does to the tree. Marks what it changes as dirty, for the next write of the index.
class BlockTreeWriter {
public:
    explicit BlockTreeWriter(BlockTree& tree) : tree_(tree) {}

    /// A header whose parent is in the tree (or the genesis block); nothing must be known under `hash`. Becomes the
    /// best header if it has most work.
    BlockNode& insert(const BlockHeader& header, const BlockHash& hash);
    static BlockNode& mutate(const BlockNode& node) { return const_cast<BlockNode&>(node); }

    void raise_validity(BlockNode& node, Validity validity);
    void set_data(BlockNode& node, storage::FilePosition position, std::uint32_t transactions, bool witness);
    void set_undo(BlockNode& node, storage::FilePosition position);
    void set_failed(BlockNode& node, bool failed);
    void set_chain_transactions(BlockNode& node, std::uint64_t count);
    void set_sequence(BlockNode& node, std::int32_t sequence) { node.sequence_ = sequence; }
    static std::int32_t sequence(const BlockNode& node) { return node.sequence_; }
    /// As read from the index on disk: not dirty.
    void restore(BlockNode& node, std::uint32_t status, std::uint32_t transactions, storage::FilePosition data,
                 std::uint32_t undo_offset);

    /// After failures were set or cleared: finds the best valid header anew.
    void recompute_best_header();
    void set_best_header(const BlockNode* node) { tree_.best_header_.store(node, std::memory_order_release); }
    void set_best_invalid(const BlockNode* node) { tree_.best_invalid_.store(node, std::memory_order_release); }
    /// Marks every descendant of `node` as failed; those that were not before.
    std::vector<BlockNode*> fail_descendants(const BlockNode& node);

    /// The nodes changed since the last call.
    std::vector<const BlockNode*> take_dirty();
    bool has_dirty() const { return !dirty_.empty(); }
    BlockTree& tree() { return tree_; }

    /// Whether `a` is a better tip than `b`: more work, then seen earlier, then by address as Bitcoin Core has it.
    static bool is_better(const BlockNode& a, const BlockNode& b);

private:
    void mark_dirty(BlockNode& node);
    void set_bits(BlockNode& node, std::uint32_t set, std::uint32_t clear);

    BlockTree& tree_;
    std::vector<BlockNode*> dirty_;
};

}  // namespace cairn::chain
