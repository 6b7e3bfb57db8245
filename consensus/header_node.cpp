#include "consensus/header_node.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "consensus/limits.h"

namespace cairn::consensus {

const HeaderNode* HeaderNode::ancestor(Height height) const
{
    if (height < 0 || height > this->height()) return nullptr;
    const HeaderNode* node = this;
    while (node != nullptr && node->height() > height) node = node->parent();
    return node;
}

std::int64_t median_time_past(const HeaderNode& node)
{
    std::array<std::int64_t, kMedianTimeSpan> times{};
    std::size_t count = 0;
    for (const HeaderNode* at = &node; at != nullptr && count < times.size(); at = at->parent()) {
        times[count++] = at->time();
    }
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(times.begin(), middle, times.begin() + static_cast<std::ptrdiff_t>(count));
    return *middle;
}

std::int64_t NodeAncestorTimes::median_time_past(Height height) const
{
    const HeaderNode* node = parent_.ancestor(height);
    assert(node != nullptr);
    return consensus::median_time_past(*node);
}

}  // namespace cairn::consensus
