#include "wallet/coin_selection.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "support/json.h"
#include "support/vectors.h"

namespace cairn::wallet {
namespace {

std::vector<Candidate> coins_of(const std::vector<std::int64_t>& values, std::int64_t fee = 100)
{
    std::vector<Candidate> coins;
    for (const std::int64_t value : values) coins.push_back({Amount{value}, Amount{fee}, Amount{fee / 2}, 272});
    return coins;
}

SelectionTarget target_of(std::int64_t amount)
{
    SelectionTarget target;
    target.amount = Amount{amount};
    target.cost_of_change = Amount{200};
    target.change_fee = Amount{50};
    target.least_change = Amount{1'000};
    target.most_weight = 400'000;
    return target;
}

TEST(CoinSelection, FindsAnExactMatch)
{
    base::SeededRandom random{1};
    const auto coins = coins_of({10'000, 7'000, 5'000, 3'000, 1'100});
    const auto selection = select_coins(coins, target_of(9'800), random);  // 7,000 and 3,000 less their fees
    ASSERT_TRUE(selection);
    auto chosen = selection->chosen;
    std::ranges::sort(chosen);
    EXPECT_EQ(selection->effective, Amount{9'800});
    EXPECT_EQ(chosen, (std::vector<std::size_t>{1, 3}));
}

TEST(CoinSelection, AcceptsUpToTheCostOfChangeAboveIt)
{
    base::SeededRandom random{1};
    auto target = target_of(9'700);
    EXPECT_EQ(select_coins(coins_of({10'000}), target, random)->effective, Amount{9'900});
    target.amount = Amount{9'900};
    EXPECT_TRUE(select_coins(coins_of({10'000}), target, random));
    target.amount = Amount{9'901};
    EXPECT_FALSE(select_coins(coins_of({10'000}), target, random));
    target.ignore_fees = true;
    target.amount = Amount{10'000};
    EXPECT_TRUE(select_coins(coins_of({10'000}), target, random));
}

TEST(CoinSelection, LeavesOutCoinsThatCostMoreThanTheyBring)
{
    base::SeededRandom random{1};
    const auto selection = select_coins(coins_of({100, 50, 20'000}), target_of(5'000), random);
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen, std::vector<std::size_t>{2});
    EXPECT_FALSE(select_coins(coins_of({100, 99}), target_of(1), random));
    EXPECT_FALSE(select_coins({}, target_of(1), random));
}

TEST(CoinSelection, KeepsTheWeightLimit)
{
    base::SeededRandom random{1};
    auto target = target_of(2'500);
    target.most_weight = 3 * 272;
    const std::vector<std::int64_t> three(3, 1'000);
    EXPECT_TRUE(select_coins(coins_of(three), target, random));
    target.most_weight = 3 * 272 - 1;
    EXPECT_FALSE(select_coins(coins_of(three), target, random));
}

TEST(CoinSelection, TakesFewInputsWhenFeesAreHigh)
{
    base::SeededRandom random{1};
    std::vector<std::int64_t> values(50, 10'000);
    values.push_back(1'000'000);
    auto coins = coins_of(values, 5'000);
    for (Candidate& coin : coins) coin.calm_fee = Amount{100};
    const auto selection = select_coins(coins, target_of(200'000), random);
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen, std::vector<std::size_t>{50});
}

TEST(CoinSelection, TakesTheSmallestThatIsEnoughWhereAllCostTheSame)
{
    base::SeededRandom random{1};
    // 20,000 and the change output's fee and 1,000 of change
    const auto selection = select_coins(coins_of({90'000, 21'150, 21'149, 300}), target_of(20'000), random);
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen, std::vector<std::size_t>{1});
}

/// Two outputs of one unconfirmed transaction that lacks 1,000.
TEST(CoinSelection, CountsASharedDebtOnce)
{
    base::SeededRandom random{1};
    Debts debts{policy::FeeRate{Amount{10'000}}};
    const auto ids = debts.add({1, 1, {{Txid{}, Amount{1'000}, 200}}});
    auto coins = coins_of({10'000, 10'000});
    for (Candidate& coin : coins) {
        coin.debtors = ids;
        coin.fee += debts.sum(ids);
    }
    auto target = target_of(18'800);
    target.debts = &debts;
    const auto selection = select_coins(coins, target, random);
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->debt, Amount{1'000});
    EXPECT_EQ(selection->effective, Amount{18'800});
    EXPECT_EQ(selection->waste, Amount{2 * 50 + 1'000});
    target.amount = Amount{18'801};
    EXPECT_FALSE(select_coins(coins, target, random));
    target.ignore_fees = true;
    target.amount = Amount{20'000};
    EXPECT_EQ(select_coins(coins, target, random)->effective, Amount{20'000});
}

TEST(CoinSelection, PaysWhateverCanBePaid)
{
    base::SeededRandom random{7};
    for (int round = 0; round < 300; ++round) {
        std::vector<std::int64_t> values;
        std::int64_t sum = 0;
        for (std::uint64_t i = 0; i < 1 + random.below(30); ++i) {
            values.push_back(static_cast<std::int64_t>(200 + random.below(100'000)));
            sum += values.back() - 100;
        }
        const auto coins = coins_of(values);
        const auto amount = static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(sum)));
        const auto selection = select_coins(coins, target_of(amount), random);
        ASSERT_TRUE(selection);
        EXPECT_GE(selection->effective, Amount{amount});
        auto chosen = selection->chosen;
        std::ranges::sort(chosen);
        EXPECT_EQ(std::ranges::adjacent_find(chosen), chosen.end());
        EXPECT_FALSE(select_coins(coins, target_of(sum + 1), random));
    }
}

}  // namespace
}  // namespace cairn::wallet
