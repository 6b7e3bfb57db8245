#include "chain/block_tree.h"

#include <cassert>
#include <cstring>
#include <functional>
#include <unordered_map>
#include <utility>

namespace cairn::chain {

namespace {

struct SaltedHash {
    std::uint64_t salt;

    std::size_t operator()(const BlockHash& hash) const
    {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        std::memcpy(&low, hash.value.bytes.data(), 8);
        std::memcpy(&high, hash.value.bytes.data() + 8, 8);
        const auto product = static_cast<unsigned __int128>(low ^ salt) * (high ^ ~salt);
        return static_cast<std::size_t>(product) ^ static_cast<std::size_t>(product >> 64);
    }
};

}  // namespace

struct BlockTree::Map {
    explicit Map(std::uint64_t salt) : by_hash(0, SaltedHash{salt}) {}
    std::unordered_map<BlockHash, BlockNode*, SaltedHash> by_hash;
};

BlockTree::BlockTree(std::uint64_t salt) : map_(std::make_unique<Map>(salt)) {}

BlockTree::~BlockTree() = default;

const BlockNode* BlockTree::find(const BlockHash& hash) const
{
    const std::shared_lock lock(mutex_);
    const auto found = map_->by_hash.find(hash);
    return found == map_->by_hash.end() ? nullptr : found->second;
}

std::size_t BlockTree::size() const
{
    const std::shared_lock lock(mutex_);
    return nodes_.size();
}

std::vector<const BlockNode*> BlockTree::nodes() const
{
    const std::shared_lock lock(mutex_);
    std::vector<const BlockNode*> all;
    all.reserve(nodes_.size());
    for (const BlockNode& node : nodes_) all.push_back(&node);
    return all;
}

const BlockNode* BlockTree::find_fork(std::span<const BlockHash> locator, const ChainOf& chain) const
{
    for (const BlockHash& hash : locator) {
        const BlockNode* node = find(hash);
        if (node == nullptr) continue;
        if (chain.contains(*node)) return node;
        if (chain.tip() != nullptr && node->has_ancestor(*chain.tip())) return chain.tip();
    }
    return chain.at(0);
}

BlockNode& BlockTreeWriter::insert(const BlockHeader& header, const BlockHash& hash)
{
    const BlockNode* parent = tree_.find(header.previous);
    BlockNode* node = nullptr;
    {
        const std::unique_lock lock(tree_.mutex_);
        node = &tree_.nodes_.emplace_back(header, hash, parent);
        [[maybe_unused]] const bool inserted = tree_.map_->by_hash.emplace(hash, node).second;
        assert(inserted);
    }
    set_bits(*node, static_cast<std::uint32_t>(Validity::kTree), BlockStatus::kValidityMask);
    const BlockNode* best = tree_.best_header();
    if (best == nullptr || best->chain_work() < node->chain_work()) set_best_header(node);
    return *node;
}

void BlockTreeWriter::raise_validity(BlockNode& node, Validity validity)
{
    if (node.status().failed() || node.status().validity() >= validity) return;
    set_bits(node, static_cast<std::uint32_t>(validity), BlockStatus::kValidityMask);
}

void BlockTreeWriter::set_data(BlockNode& node, storage::FilePosition position, std::uint32_t transactions,
                               bool witness)
{
    node.file_.store(position.file, std::memory_order_relaxed);
    node.data_offset_.store(position.offset, std::memory_order_relaxed);
    node.transactions_.store(transactions, std::memory_order_relaxed);
    set_bits(node, BlockStatus::kHaveData | (witness ? BlockStatus::kOptWitness : 0), BlockStatus::kHaveUndo);
    raise_validity(node, Validity::kTransactions);
}

void BlockTreeWriter::set_undo(BlockNode& node, storage::FilePosition position)
{
    assert(position.file == node.file_.load(std::memory_order_relaxed));
    node.undo_offset_.store(position.offset, std::memory_order_relaxed);
    set_bits(node, BlockStatus::kHaveUndo, 0);
}

void BlockTreeWriter::set_failed(BlockNode& node, bool failed)
{
    set_bits(node, failed ? BlockStatus::kFailed : 0, failed ? 0 : BlockStatus::kFailed | BlockStatus::kFailedChild);
}

void BlockTreeWriter::set_chain_transactions(BlockNode& node, std::uint64_t count)
{
    node.chain_transactions_.store(count, std::memory_order_release);
}

void BlockTreeWriter::restore(BlockNode& node, std::uint32_t status, std::uint32_t transactions,
                              storage::FilePosition data, std::uint32_t undo_offset)
{
    node.file_.store(data.file, std::memory_order_relaxed);
    node.data_offset_.store(data.offset, std::memory_order_relaxed);
    node.undo_offset_.store(undo_offset, std::memory_order_relaxed);
    node.transactions_.store(transactions, std::memory_order_relaxed);
    node.status_.store(status, std::memory_order_release);
    if (!node.dirty_) return;
    node.dirty_ = false;
    std::erase(dirty_, &node);
}

void BlockTreeWriter::recompute_best_header()
{
    const BlockNode* best = nullptr;
    for (const BlockNode* node : tree_.nodes()) {
        if (!node->status().is_valid(Validity::kTree)) continue;
        if (best == nullptr || is_better(*node, *best)) best = node;
    }
    set_best_header(best);
}

std::vector<BlockNode*> BlockTreeWriter::fail_descendants(const BlockNode& failed)
{
    std::vector<BlockNode*> changed;
    for (const BlockNode* node : tree_.nodes()) {
        if (node == &failed || node->status().failed() || !node->has_ancestor(failed)) continue;
        set_failed(mutate(*node), true);
        changed.push_back(&mutate(*node));
    }
    return changed;
}

std::vector<const BlockNode*> BlockTreeWriter::take_dirty()
{
    std::vector<const BlockNode*> taken(dirty_.begin(), dirty_.end());
    for (BlockNode* node : dirty_) node->dirty_ = false;
    dirty_.clear();
    return taken;
}

bool BlockTreeWriter::is_better(const BlockNode& a, const BlockNode& b)
{
    if (a.chain_work() != b.chain_work()) return a.chain_work() > b.chain_work();
    if (a.sequence_ != b.sequence_) return a.sequence_ < b.sequence_;
    return std::less<const BlockNode*>{}(&a, &b);
}

void BlockTreeWriter::mark_dirty(BlockNode& node)
{
    if (std::exchange(node.dirty_, true)) return;
    dirty_.push_back(&node);
}

void BlockTreeWriter::set_bits(BlockNode& node, std::uint32_t set, std::uint32_t clear)
{
    const std::uint32_t before = node.status_.load(std::memory_order_relaxed);
    node.status_.store((before & ~clear) | set, std::memory_order_release);
    mark_dirty(node);
}

}  // namespace cairn::chain
