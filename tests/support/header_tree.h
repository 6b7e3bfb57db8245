#pragma once
// A tree of headers for tests, as the rules that look back see it.

#include <cstdint>
#include <memory>
#include <vector>

#include "consensus/header_node.h"
#include "consensus/params.h"

namespace cairn::test {

class HeaderTree;

class TestNode final : public consensus::HeaderNode {
public:
    TestNode(const BlockHeader& header, const TestNode* parent, Height height)
        : header_(header), hash_(header.hash()), parent_(parent), height_(height)
    {
    }

    const TestNode* parent() const override { return parent_; }
    Height height() const override { return height_; }
    const BlockHash& hash() const override { return hash_; }
    std::int32_t version() const override { return header_.version; }
    std::uint32_t time() const override { return header_.time; }
    std::uint32_t bits() const override { return header_.bits; }
    const BlockHeader& header() const { return header_; }

private:
    BlockHeader header_;
    BlockHash hash_;
    const TestNode* parent_;
    Height height_;
};

/// Owns its nodes, which never move. Checks nothing.
class HeaderTree {
public:
    /// A root at `height`: usually the genesis block, or where a segment of a real chain begins.
    const TestNode& add_root(const BlockHeader& header, Height height = 0);
    /// On top of `parent`; header.previous is set to its hash.
    const TestNode& add(BlockHeader header, const TestNode& parent);
    /// `count` headers on top of `parent`, `spacing` seconds apart, with its bits and `version`; the last of them.
    const TestNode& extend(const TestNode& parent, int count, std::uint32_t spacing = 600,
                           std::int32_t version = 0x20000000);

private:
    std::vector<std::unique_ptr<TestNode>> nodes_;
};

}  // namespace cairn::test
