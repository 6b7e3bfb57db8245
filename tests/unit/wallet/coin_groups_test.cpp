#include "wallet/coin_groups.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cairn::wallet {
namespace {

constexpr InputPrices kPrices{policy::FeeRate{Amount{10'000}}, policy::FeeRate{Amount{5'000}}};
constexpr Weight kInput = 272;  // 680 satoshis at that rate

PaymentCoin coin_of(std::int64_t value, char script, int depth = 6, bool own = true)
{
    PaymentCoin coin;
    coin.spent = {Amount{value}, Bytes(22, std::byte(script))};
    coin.input_weight = kInput;
    coin.type = keys::OutputType::kBech32;
    coin.depth = depth;
    coin.own = own;
    return coin;
}

api::MempoolBurden burden_of(std::uint64_t ancestors, std::vector<std::uint8_t> debtors)
{
    api::MempoolBurden burden{ancestors, ancestors, {}};
    for (const std::uint8_t debtor : debtors) {
        Txid txid;
        txid.value.bytes[0] = std::byte{debtor};
        burden.debtors.push_back({txid, Amount{100}, 200});  // lacks 1,900
    }
    return burden;
}

std::vector<std::size_t> sizes(const std::vector<CoinGroup>& groups)
{
    std::vector<std::size_t> sizes;
    for (const CoinGroup& group : groups) sizes.push_back(group.coins.size());
    std::ranges::sort(sizes);
    return sizes;
}

TEST(CoinGroups, AloneOrByScript)
{
    const std::vector<PaymentCoin> coins{coin_of(10'000, 'a'), coin_of(20'000, 'b', 2, false), coin_of(30'000, 'a', 1)};
    Debts debts{kPrices.rate};
    EXPECT_EQ(make_groups(coins, kPrices, false, debts).size(), 3U);
    const auto groups = make_groups(coins, kPrices, true, debts);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].coins, (std::vector<std::size_t>{0, 2}));
    EXPECT_EQ(groups[0].candidate.value, Amount{40'000});
    EXPECT_EQ(groups[0].candidate.fee, Amount{2 * 680});
    EXPECT_EQ(groups[0].candidate.calm_fee, Amount{2 * 340});
    EXPECT_EQ(groups[0].candidate.weight, 2 * kInput);
    EXPECT_EQ(groups[0].depth, 1);
    EXPECT_TRUE(groups[0].own);
    EXPECT_FALSE(groups[1].own);
    EXPECT_TRUE(share_scripts(coins));
    EXPECT_FALSE(share_scripts({coins[0], coins[1]}));
}

TEST(CoinGroups, HoldAHundred)
{
    Debts debts{kPrices.rate};
    std::vector<PaymentCoin> coins(100, coin_of(10'000, 'a'));
    auto groups = make_groups(coins, kPrices, true, debts);
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_FALSE(groups[0].is_rest);
    coins.push_back(coin_of(10'000, 'a'));
    groups = make_groups(coins, kPrices, true, debts);
    EXPECT_EQ(sizes(groups), (std::vector<std::size_t>{1, 100}));
    EXPECT_TRUE(
        std::ranges::all_of(groups, [](const CoinGroup& group) { return group.is_rest == (group.coins.size() == 1); }));
    coins.resize(200, coin_of(10'000, 'a'));
    groups = make_groups(coins, kPrices, true, debts);
    EXPECT_EQ(sizes(groups), (std::vector<std::size_t>{100, 100}));
    EXPECT_TRUE(std::ranges::none_of(groups, &CoinGroup::is_rest));
}

TEST(CoinGroups, LeaveOutWhatCostsMoreThanItBrings)
{
    Debts debts{kPrices.rate};
    EXPECT_EQ(sizes(make_groups({coin_of(681, 'a'), coin_of(680, 'a')}, kPrices, true, debts)),
              std::vector<std::size_t>{1});
    // Alone, the selection leaves it out.
    EXPECT_EQ(make_groups({coin_of(680, 'a')}, kPrices, false, debts).size(), 1U);
    auto burdened = coin_of(680 + 1'900, 'a', 0);
    burdened.burden = burden_of(1, {1});
    EXPECT_TRUE(make_groups({burdened}, kPrices, true, debts).empty());
    burdened.spent.value += Amount{1};
    EXPECT_EQ(make_groups({burdened}, kPrices, true, debts).size(), 1U);
}

TEST(CoinGroups, CountASharedAncestorOnce)
{
    Debts debts{kPrices.rate};
    auto first = coin_of(50'000, 'a', 0);
    auto second = coin_of(50'000, 'a', 0);
    first.burden = burden_of(2, {1, 2});
    second.burden = burden_of(3, {2, 3});
    const auto groups = make_groups({first, second}, kPrices, true, debts);
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_EQ(groups[0].candidate.debtors, (std::vector<Debts::Id>{0, 1, 2}));
    EXPECT_EQ(groups[0].candidate.fee, Amount{2 * 680 + 3 * 1'900});
    EXPECT_EQ(groups[0].ancestors, 5U);  // not known to be shared
    EXPECT_EQ(groups[0].in_cluster, 3U);
}

TEST(CoinGroups, AreEligibleByDepthAndFamily)
{
    CoinGroup group;
    group.depth = 5;
    group.own = false;
    const auto order = eligibilities(true, false);
    const auto first = [&](const CoinGroup& one) {
        return std::ranges::find_if(order, [&](const Eligibility& rule) { return rule.admits(one); }) - order.begin();
    };
    EXPECT_EQ(first(group), 1);
    group.depth = 6;
    EXPECT_EQ(first(group), 0);
    group.depth = 1;
    EXPECT_EQ(first(group), 1);
    group.own = true;
    EXPECT_EQ(first(group), 0);
    group.is_rest = true;
    EXPECT_EQ(first(group), 5);
    group.is_rest = false;
    group.depth = 0;
    const std::vector<std::pair<std::uint64_t, std::ptrdiff_t>> bounds{{2, 2},  {3, 3},  {4, 3}, {5, 4},
                                                                       {12, 4}, {13, 5}, {24, 5}};
    for (const auto& [family, place] : bounds) {
        group.ancestors = family;
        group.in_cluster = 1;
        EXPECT_EQ(first(group), place) << family;
        std::swap(group.ancestors, group.in_cluster);
        EXPECT_EQ(first(group), place) << family;
    }
    group.in_cluster = 25;
    EXPECT_EQ(first(group), static_cast<std::ptrdiff_t>(order.size()));
    EXPECT_TRUE(eligibilities(true, true).back().admits(group));
    group.in_cluster = 1;
    for (const Eligibility& rule : eligibilities(false, true)) EXPECT_FALSE(rule.admits(group));
    group.depth = 1;
    group.ancestors = group.in_cluster = 0;
    group.is_rest = true;
    EXPECT_TRUE(eligibilities(false, false).back().admits(group));
    group.own = false;
    group.depth = 0;
    EXPECT_FALSE(eligibilities(true, true).back().admits(group));
}

}  // namespace
}  // namespace cairn::wallet
