#include "chain/block_node.h"

#include <algorithm>

#include "consensus/proof_of_work.h"

namespace cairn::chain {

BlockNode::BlockNode(const BlockHeader& header, const BlockHash& hash, const BlockNode* parent)
    : parent_(parent),
      hash_(hash),
      merkle_root_(header.merkle_root),
      chain_work_(consensus::block_proof(header.bits)),
      version_(header.version),
      time_(header.time),
      bits_(header.bits),
      nonce_(header.nonce)
{
    skip_ = this;
    if (parent == nullptr) return;
    height_ = parent->height_ + 1;
    chain_work_ += parent->chain_work_;
    // Jump pointers by the skew-binary rule (Myers 1983): two equal jumps in a row make one of twice the length, so
    // that any ancestor is O(log n) steps away.
    const BlockNode* once = parent->skip_;
    const BlockNode* twice = once->skip_;
    const bool equal = parent->height_ - once->height_ == once->height_ - twice->height_;
    skip_ = equal ? twice : parent;
}

const BlockNode* BlockNode::ancestor(Height height) const
{
    if (height > height_ || height < 0) return nullptr;
    const BlockNode* node = this;
    while (node->height_ > height) node = node->skip_->height_ >= height ? node->skip_ : node->parent_;
    return node;
}

BlockHeader BlockNode::header() const
{
    BlockHeader header;
    header.version = version_;
    if (parent_ != nullptr) header.previous = parent_->hash_;
    header.merkle_root = merkle_root_;
    header.time = time_;
    header.bits = bits_;
    header.nonce = nonce_;
    return header;
}

storage::FilePosition BlockNode::data_position() const
{
    if (!status().has_data()) return {};
    return {file_.load(std::memory_order_relaxed), data_offset_.load(std::memory_order_relaxed)};
}

storage::FilePosition BlockNode::undo_position() const
{
    if (!status().has_undo()) return {};
    return {file_.load(std::memory_order_relaxed), undo_offset_.load(std::memory_order_relaxed)};
}

const BlockNode* last_common_ancestor(const BlockNode* a, const BlockNode* b)
{
    if (a == nullptr || b == nullptr) return nullptr;
    if (a->height() > b->height()) a = a->ancestor(b->height());
    if (b->height() > a->height()) b = b->ancestor(a->height());
    while (a != b) {
        a = a->parent();
        b = b->parent();
    }
    return a;
}

std::vector<BlockHash> make_locator(const BlockNode& node)
{
    std::vector<BlockHash> hashes;
    Height step = 1;
    for (const BlockNode* at = &node;;) {
        hashes.push_back(at->hash());
        if (at->height() == 0) return hashes;
        if (hashes.size() > 10) step *= 2;
        at = at->ancestor(std::max(at->height() - step, 0));
    }
}

}  // namespace cairn::chain
