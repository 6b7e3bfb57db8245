#include "consensus/primitives/amount.h"

#include <limits>

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(Amount, HasEightDecimals)
{
    EXPECT_EQ(format_amount(Amount{}), "0.00000000");
    EXPECT_EQ(format_amount(Amount{1}), "0.00000001");
    EXPECT_EQ(format_amount(Amount{-1}), "-0.00000001");
    EXPECT_EQ(format_amount(Amount{-100'000'000}), "-1.00000000");
    EXPECT_EQ(format_amount(kMaxMoney), "21000000.00000000");
    EXPECT_EQ(format_amount(Amount{std::numeric_limits<std::int64_t>::max()}), "92233720368.54775807");
    EXPECT_EQ(format_amount(Amount{std::numeric_limits<std::int64_t>::min()}), "-92233720368.54775808");
}

}  // namespace
}  // namespace cairn
