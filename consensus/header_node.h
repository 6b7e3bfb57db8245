#pragma once
// A header's place in the tree of headers, as the rules that look back along a branch see it. The chain's block tree
// implements it; so do tests. All looking back follows parent links: never an index by height, which would be of one
// branch only.

#include <cstdint>

#include "consensus/locks.h"
#include "consensus/primitives/block.h"

namespace cairn::consensus {

class HeaderNode {
public:
    virtual ~HeaderNode() = default;

    /// Null for the genesis block.
    virtual const HeaderNode* parent() const = 0;
    /// The node at `height` on this branch, itself included; null if height is negative or above its own. The default
    /// walks parents; implementations with skip links do better.
    virtual const HeaderNode* ancestor(Height height) const;
    virtual Height height() const = 0;
    virtual const BlockHash& hash() const = 0;
    virtual std::int32_t version() const = 0;
    virtual std::uint32_t time() const = 0;
    virtual std::uint32_t bits() const = 0;

protected:
    HeaderNode() = default;
    HeaderNode(const HeaderNode&) = default;
    HeaderNode& operator=(const HeaderNode&) = default;
};

/// The median of the times of the node and its up to ten ancestors (BIP113).
std::int64_t median_time_past(const HeaderNode& node);

/// Ancestor times of the block that builds on `parent`, which must outlive this.
class NodeAncestorTimes final : public AncestorTimes {
public:
    explicit NodeAncestorTimes(const HeaderNode& parent) : parent_(parent) {}
    std::int64_t median_time_past(Height height) const override;

private:
    const HeaderNode& parent_;
};

}  // namespace cairn::consensus
