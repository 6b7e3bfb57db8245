#include "support/header_tree.h"

namespace cairn::test {

const TestNode& HeaderTree::add_root(const BlockHeader& header, Height height)
{
    return *nodes_.emplace_back(std::make_unique<TestNode>(header, nullptr, height));
}

const TestNode& HeaderTree::add(BlockHeader header, const TestNode& parent)
{
    header.previous = parent.hash();
    return *nodes_.emplace_back(std::make_unique<TestNode>(header, &parent, parent.height() + 1));
}

const TestNode& HeaderTree::extend(const TestNode& parent, int count, std::uint32_t spacing, std::int32_t version)
{
    const TestNode* tip = &parent;
    for (int i = 0; i < count; ++i) {
        BlockHeader header;
        header.version = version;
        header.time = tip->time() + spacing;
        header.bits = tip->bits();
        tip = &add(header, *tip);
    }
    return *tip;
}

}  // namespace cairn::test
