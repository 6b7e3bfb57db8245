#include "mempool/rolling_fee.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace cairn::mempool {
namespace {

using policy::FeeRate;

constexpr FeeRate kIncremental{Amount{100}};
constexpr std::int64_t kMax = 1'000'000;
constexpr std::size_t kFull = 900'000;
constexpr std::int64_t kStart = 1'700'000'000;

std::int64_t per_kvb(const RollingFee& fee, std::int64_t now, std::size_t used = kFull)
{
    return fee.rate(now, used, kMax).per_kvb().satoshis();
}

TEST(RollingFeeTest, StaysUntilABlockComes)
{
    RollingFee fee(kIncremental);
    EXPECT_EQ(per_kvb(fee, kStart), 0);
    fee.raise_above(FeeRate{Amount{5000}});
    EXPECT_EQ(per_kvb(fee, kStart), 5100);
    EXPECT_EQ(per_kvb(fee, kStart + 100 * RollingFee::kHalfLife), 5100);
}

TEST(RollingFeeTest, HalvesInTwelveHoursAndFasterWhenEmptier)
{
    RollingFee fee(kIncremental);
    fee.raise_above(FeeRate{Amount{7900}});
    fee.on_block(kStart);
    EXPECT_EQ(per_kvb(fee, kStart + RollingFee::kHalfLife), 4000);
    EXPECT_EQ(per_kvb(fee, kStart + RollingFee::kHalfLife / 2), 5657);  // 8000 / sqrt 2
    EXPECT_EQ(per_kvb(fee, kStart + RollingFee::kHalfLife, 499'999), 2000);
    EXPECT_EQ(per_kvb(fee, kStart + RollingFee::kHalfLife, 249'999), 500);
    // Nothing moves within ten seconds.
    EXPECT_EQ(per_kvb(fee, kStart + 10), 8000);
    EXPECT_LT(per_kvb(fee, kStart + 100), 8000);
}

TEST(RollingFeeTest, EndsBelowHalfTheIncrementalRate)
{
    RollingFee fee(kIncremental);
    fee.raise_above(FeeRate{Amount{0}});
    fee.on_block(kStart);
    // 100, falling: while it is at least 50, the incremental rate is asked for.
    EXPECT_EQ(per_kvb(fee, kStart + RollingFee::kHalfLife - 100), 100);
    EXPECT_EQ(per_kvb(fee, kStart + RollingFee::kHalfLife + 100), 0);
    fee.settle(kStart + RollingFee::kHalfLife + 100, kFull, kMax);
    EXPECT_EQ(per_kvb(fee, kStart), 0);
}

TEST(RollingFeeTest, OnlyRises)
{
    RollingFee fee(kIncremental);
    fee.raise_above(FeeRate{Amount{5000}});
    fee.raise_above(FeeRate{Amount{1000}});
    EXPECT_EQ(per_kvb(fee, kStart), 5100);
}

TEST(RollingFeeTest, SettlingInStepsIsTheSame)
{
    RollingFee one(kIncremental);
    RollingFee steps(kIncremental);
    for (RollingFee* fee : {&one, &steps}) {
        fee->raise_above(FeeRate{Amount{1'000'000}});
        fee->on_block(kStart);
    }
    for (std::int64_t t = 0; t <= 36'000; t += 60) steps.settle(kStart + t, kFull, kMax);
    const std::int64_t at_once = per_kvb(one, kStart + 36'000);
    EXPECT_LE(std::abs(at_once - per_kvb(steps, kStart + 36'000)), 600);  // of about 561,000
}

}  // namespace
}  // namespace cairn::mempool
