#pragma once
// One header of the block tree, and what is known of its block.

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "consensus/header_node.h"
#include "consensus/primitives/block.h"
#include "consensus/uint256.h"
#include "storage/file_position.h"

namespace cairn::chain {

/// How far a block was verified. Each level implies those below; values are those of Bitcoin Core's block index.
enum class Validity : std::uint8_t {
    kUnknown = 0,
    kTree = 2,          // header: proof of work, difficulty, times, parent known
    kTransactions = 3,  // the block was seen and passed what needs no coins
    kChain = 4,         // (as Bitcoin Core had it; never set here)
    kScripts = 5,       // was connected: coins, scripts, locks
};

/// A block's status: one word, as in Bitcoin Core's block index.
struct BlockStatus {
    static constexpr std::uint32_t kValidityMask = 7;
    static constexpr std::uint32_t kHaveData = 8;
    static constexpr std::uint32_t kHaveUndo = 16;
    static constexpr std::uint32_t kFailed = 32;
    static constexpr std::uint32_t kFailedChild = 64;  // written by Bitcoin Core before 31; read as failed
    static constexpr std::uint32_t kOptWitness = 128;  // stored by a program that knows segwit

    std::uint32_t bits = 0;

    Validity validity() const { return static_cast<Validity>(bits & kValidityMask); }
    bool has_data() const { return (bits & kHaveData) != 0; }
    bool has_undo() const { return (bits & kHaveUndo) != 0; }
    bool failed() const { return (bits & (kFailed | kFailedChild)) != 0; }
    /// Not failed, and verified at least so far.
    bool is_valid(Validity up_to) const { return !failed() && validity() >= up_to; }
    friend bool operator==(BlockStatus, BlockStatus) = default;
};

/// Lives as long as the tree and never moves; links and header are immutable; the rest is atomic and changed by the
/// validation thread only. So any thread may read a node, at any time, without a lock.
class BlockNode final : public consensus::HeaderNode {
public:
    BlockNode(const BlockHeader& header, const BlockHash& hash, const BlockNode* parent);

    const BlockNode* parent() const override { return parent_; }
    /// O(log n) by skip links.
    const BlockNode* ancestor(Height height) const override;
    Height height() const override { return height_; }
    const BlockHash& hash() const override { return hash_; }
    std::int32_t version() const override { return version_; }
    std::uint32_t time() const override { return time_; }
    std::uint32_t bits() const override { return bits_; }
    BlockHeader header() const;
    /// Work of the chain up to and with this block.
    const ChainWork& chain_work() const { return chain_work_; }
    bool has_ancestor(const BlockNode& node) const { return ancestor(node.height()) == &node; }

    BlockStatus status() const { return {status_.load(std::memory_order_acquire)}; }
    /// Of the block; 0 until it was received.
    std::uint32_t transaction_count() const { return transactions_.load(std::memory_order_relaxed); }
    /// Of the chain up to here; 0 until all its blocks were received.
    std::uint64_t chain_transaction_count() const { return chain_transactions_.load(std::memory_order_acquire); }
    /// Meaningful with status().has_data() and has_undo().
    storage::FilePosition data_position() const;
    storage::FilePosition undo_position() const;

private:
    friend class BlockTree;
    friend class BlockTreeWriter;

    const BlockNode* parent_;
    const BlockNode* skip_ = nullptr;
    BlockHash hash_;
    Hash256 merkle_root_;
    ChainWork chain_work_;
    Height height_ = 0;
    std::int32_t version_;
    std::uint32_t time_;
    std::uint32_t bits_;
    std::uint32_t nonce_;
    std::atomic<std::uint32_t> status_{0};
    std::atomic<std::uint32_t> transactions_{0};
    std::atomic<std::uint64_t> chain_transactions_{0};
    std::atomic<std::int32_t> file_{-1};
    std::atomic<std::uint32_t> data_offset_{0};
    std::atomic<std::uint32_t> undo_offset_{0};
    // The validation thread's own.
    std::int32_t sequence_ = 1;
    bool dirty_ = false;  // differs from the block index on disk
};

/// The last block that both branches share; null only where either argument is.
const BlockNode* last_common_ancestor(const BlockNode* a, const BlockNode* b);

/// Hashes from `node` back to the genesis block, the first ten one by one, then at doubling distance: what a peer needs
/// to find where its chain leaves ours.
std::vector<BlockHash> make_locator(const BlockNode& node);

/// A chain as seen from its tip: a value, never changing. Any thread.
class ChainOf {
public:
    explicit ChainOf(const BlockNode* tip = nullptr) : tip_(tip) {}

    /// Null where there is no block yet.
    const BlockNode* tip() const { return tip_; }
    /// -1 where there is no block yet.
    Height height() const { return tip_ == nullptr ? -1 : tip_->height(); }
    bool contains(const BlockNode& node) const { return tip_ != nullptr && tip_->has_ancestor(node); }
    /// Null above the tip or below zero.
    const BlockNode* at(Height height) const { return tip_ == nullptr ? nullptr : tip_->ancestor(height); }
    /// The block after `node`; null for the tip and for what the chain does not contain.
    const BlockNode* next(const BlockNode& node) const { return contains(node) ? at(node.height() + 1) : nullptr; }
    /// The last block of this chain that `node` builds on, itself included.
    const BlockNode* fork_of(const BlockNode& node) const { return last_common_ancestor(tip_, &node); }

private:
    const BlockNode* tip_;
};

}  // namespace cairn::chain
