#pragma once
// Which tip to follow: the candidates of most work, and the blocks that wait for their ancestors. Validation thread.
// Not a public header of the room.

#include <map>
#include <set>
#include <vector>

#include "chain/block_tree.h"

namespace cairn::chain {

/// Blocks that are valid as far as is known, whose ancestors were all received, and that are no worse than the tip.
class Candidates {
public:
    explicit Candidates(BlockTreeWriter& tree) : tree_(tree) {}

    /// Of a node not in the set: its sequence number orders it, and must not change while it is there.
    void add(const BlockNode& node) { set_.insert(&node); }
    /// Unless it is worse than `tip` (which may be null).
    void add_if_good(const BlockNode& node, const BlockNode* tip);
    /// All of the tree that are good, after the tip was lowered or failures were taken back.
    void add_all(const BlockNode* tip);
    void remove(const BlockNode& node)
    {
        set_.erase(&node);
        verified_ = nullptr;
    }
    bool contains(const BlockNode& node) const { return set_.contains(&node); }
    /// Removes all that are worse than `tip`.
    void prune(const BlockNode& tip);
    void clear()
    {
        set_.clear();
        verified_ = nullptr;
    }
    std::size_t size() const { return set_.size(); }

    /// The best candidate whose way from `tip`'s chain is wholly there and not failed; null for none. Candidates whose
    /// way is not are removed: for good if it failed; until the missing data comes, if it was pruned.
    const BlockNode* find_best(const BlockNode* tip);

    /// `node`'s data was received. Where its ancestors' were too, it and those who waited for it are numbered, counted
    /// and considered as candidates; else it waits.
    void on_received(BlockNode& node, const BlockNode* tip);
    /// From the index at start: keeps the numbers as they are.
    void on_loaded(BlockNode& node);
    /// Received, and waiting for an ancestor.
    bool is_waiting(const BlockNode& node) const;

    /// preciousblock: orders `node` before all others of its work.
    void prefer(BlockNode& node, const BlockNode& tip);

private:
    struct Worse {
        bool operator()(const BlockNode* a, const BlockNode* b) const { return BlockTreeWriter::is_better(*b, *a); }
    };

    void wait_for_parent(BlockNode& node);
    std::vector<BlockNode*> take_waiting(const BlockNode& parent);

    BlockTreeWriter& tree_;
    std::set<const BlockNode*, Worse> set_;
    /// What find_best returned last, as long as nothing failed since: its way need not be walked again.
    const BlockNode* verified_ = nullptr;
    std::multimap<const BlockNode*, BlockNode*> waiting_;  // by parent
    /// 0 is the chain of the last run, 1 everything else from disk.
    std::int32_t next_sequence_ = 2;
    std::int32_t next_preferred_ = -1;
    ChainWork last_preferred_work_;
};

}  // namespace cairn::chain
