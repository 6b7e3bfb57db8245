#include "policy/fee_rate.h"

#include <limits>

#include <gtest/gtest.h>

#include "policy/options.h"

namespace cairn::policy {
namespace {

TEST(FeeRateTest, FeesRoundUpAndRatesDown)
{
    const FeeRate rate{Amount{1000}};
    EXPECT_EQ(rate.fee_for(0), Amount{0});
    EXPECT_EQ(rate.fee_for(1), Amount{1});
    EXPECT_EQ(FeeRate{Amount{123}}.fee_for(8), Amount{1});
    EXPECT_EQ(FeeRate{Amount{123}}.fee_for(9), Amount{2});
    EXPECT_EQ(FeeRate{Amount{-123}}.fee_for(8), Amount{-1});
    EXPECT_EQ(FeeRate(Amount{1}, 3).per_kvb(), Amount{333});
    EXPECT_EQ(FeeRate(Amount{-1}, 3).per_kvb(), Amount{-334});
    EXPECT_EQ(FeeRate(Amount{5}, 0).per_kvb(), Amount{0});
    EXPECT_EQ(FeeRate().fee_for(1000), Amount{0});
}

TEST(FeeRateTest, ComparesExactly)
{
    EXPECT_EQ(FeeRate(Amount{1}, 3), FeeRate(Amount{2}, 6));
    EXPECT_LT(FeeRate(Amount{333}, 1000), FeeRate(Amount{1}, 3));
    EXPECT_GT(FeeRate(Amount{1}, 1000), FeeRate());
    const FeeRate huge(Amount{std::numeric_limits<std::int64_t>::max()}, 1);
    EXPECT_GT(huge, FeeRate(Amount{std::numeric_limits<std::int64_t>::max()}, 2));
}

TEST(FeeRateTest, AddsPerThousand)
{
    EXPECT_EQ((FeeRate(Amount{1}, 3) + FeeRate{Amount{100}}).per_kvb(), Amount{433});
}

TEST(FeeRateTest, SaturatingSums)
{
    const Amount most{std::numeric_limits<std::int64_t>::max()};
    EXPECT_EQ(add_saturating(most, Amount{1}), most);
    EXPECT_EQ(add_saturating(-most, Amount{-5}), -most);
    EXPECT_EQ(add_saturating(Amount{3}, Amount{-5}), Amount{-2});
}

TEST(FeeRateTest, Texts)
{
    EXPECT_EQ(format_money(Amount{1000}), "0.00001");
    EXPECT_EQ(format_money(Amount{100'000'000}), "1.00");
    EXPECT_EQ(format_money(Amount{110'000'000}), "1.10");
    EXPECT_EQ(format_money(Amount{0}), "0.00");
}

TEST(PolicySizesTest, SigopsCountAsWeight)
{
    EXPECT_EQ(sigop_adjusted_weight(400, 20, 20), 400);
    EXPECT_EQ(sigop_adjusted_weight(400, 21, 20), 420);
    EXPECT_EQ(virtual_size(400), 100);
    EXPECT_EQ(virtual_size(401), 101);
}

}  // namespace
}  // namespace cairn::policy
