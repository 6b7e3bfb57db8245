#include "base/random.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(OsRandom, FillsWithDifferentBytesEachTime)
{
    OsRandom random;
    std::array<std::byte, 32> a{};
    std::array<std::byte, 32> b{};
    random.fill(a);
    random.fill(b);
    EXPECT_NE(a, b);
    random.fill({});
}

TEST(SeededRandom, RepeatsForASeed)
{
    SeededRandom a{7};
    SeededRandom b{7};
    SeededRandom c{8};
    const auto first = a.u64();
    EXPECT_EQ(first, b.u64());
    EXPECT_NE(first, c.u64());
    std::array<std::byte, 13> odd{};
    a.fill(odd);
    EXPECT_TRUE(std::ranges::any_of(odd, [](std::byte x) { return x != std::byte{0}; }));
}

TEST(Random, BelowStaysBelowAndReachesAll)
{
    SeededRandom random{1};
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto value = random.below(7);
        ASSERT_LT(value, 7U);
        seen.insert(value);
    }
    EXPECT_EQ(seen.size(), 7U);
    EXPECT_EQ(random.below(1), 0U);
    EXPECT_LT(random.below(UINT64_MAX), UINT64_MAX);
}

TEST(Random, ShuffleKeepsEveryElement)
{
    SeededRandom random{2};
    std::vector<int> values(100);
    std::iota(values.begin(), values.end(), 0);
    auto shuffled = values;
    random.shuffle(shuffled);
    EXPECT_NE(shuffled, values);
    std::ranges::sort(shuffled);
    EXPECT_EQ(shuffled, values);
}

}  // namespace
}  // namespace cairn::base
