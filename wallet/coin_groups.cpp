#include "wallet/coin_groups.h"

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

#include "policy/standardness.h"

namespace cairn::wallet {
namespace {

/// As many unconfirmed transactions in a family as nodes without clusters relay.
constexpr std::uint64_t kMostAncestors = 25;
constexpr int kForeignConfirmations = 6;

class Grouping {
public:
    Grouping(const std::vector<PaymentCoin>& coins, const InputPrices& prices, Debts& debts)
        : coins_(coins), prices_(prices), debts_(debts)
    {
    }

    CoinGroup alone(std::size_t i)
    {
        CoinGroup group;
        add(group, i);
        settle(group);
        return group;
    }

    bool is_worth_it(std::size_t i)
    {
        const Candidate candidate = alone(i).candidate;
        return candidate.value > candidate.fee;
    }

    void add(CoinGroup& group, std::size_t i)
    {
        const PaymentCoin& coin = coins_[i];
        const auto size = policy::virtual_size(coin.input_weight);
        Candidate& sum = group.candidate;
        sum.value += coin.spent.value;
        sum.fee += prices_.rate.fee_for(size);
        sum.calm_fee += prices_.calm_rate.fee_for(size);
        sum.weight += coin.input_weight;
        group.depth = group.coins.empty() ? coin.depth : std::min(group.depth, coin.depth);
        group.type = coin.type;
        group.own = group.own && coin.own;
        group.coins.push_back(i);
        if (!coin.burden) return;
        group.ancestors += coin.burden->ancestor_count;
        group.in_cluster = std::max(group.in_cluster, coin.burden->cluster_size);
        sum.debtors = merged(sum.debtors, debts_.add(*coin.burden));
    }

    /// Once all its coins are there.
    void settle(CoinGroup& group) const { group.candidate.fee += debts_.sum(group.candidate.debtors); }

private:
    const std::vector<PaymentCoin>& coins_;
    const InputPrices& prices_;
    Debts& debts_;
};

}  // namespace

std::vector<CoinGroup> make_groups(const std::vector<PaymentCoin>& coins, const InputPrices& prices, bool by_script,
                                   Debts& debts)
{
    Grouping grouping{coins, prices, debts};
    std::vector<CoinGroup> groups;
    if (!by_script) {
        for (std::size_t i = 0; i < coins.size(); ++i) groups.push_back(grouping.alone(i));
        return groups;
    }
    std::map<Bytes, std::vector<std::size_t>> of_script;
    for (std::size_t i = 0; i < coins.size(); ++i) {
        if (grouping.is_worth_it(i)) of_script[coins[i].spent.script_pubkey].push_back(i);
    }
    for (const auto& [script, members] : of_script) {
        for (std::size_t first = 0; first < members.size(); first += kFullGroup) {
            CoinGroup group;
            const std::size_t end = std::min(first + kFullGroup, members.size());
            for (std::size_t i = first; i < end; ++i) grouping.add(group, members[i]);
            grouping.settle(group);
            group.is_rest = first > 0 && end - first < kFullGroup;
            groups.push_back(std::move(group));
        }
    }
    return groups;
}

bool share_scripts(const std::vector<PaymentCoin>& coins)
{
    std::vector<ByteSpan> scripts;
    scripts.reserve(coins.size());
    for (const PaymentCoin& coin : coins) scripts.push_back(coin.spent.script_pubkey);
    std::ranges::sort(scripts, std::ranges::lexicographical_compare);
    return std::ranges::adjacent_find(scripts, std::ranges::equal) != scripts.end();
}

bool Eligibility::admits(const CoinGroup& group) const
{
    return group.depth >= (group.own ? own_depth : foreign_depth) && group.ancestors <= most_ancestors &&
           group.in_cluster <= most_in_cluster && (rests || !group.is_rest);
}

std::vector<Eligibility> eligibilities(bool spend_unconfirmed, bool long_chains)
{
    constexpr auto kAny = std::numeric_limits<std::uint64_t>::max();
    std::vector<Eligibility> order{{1, kForeignConfirmations, 0, 0, false, false}, {1, 1, 0, 0}};
    if (!spend_unconfirmed) {
        order.push_back({1, 1, 0, 0, true});
        return order;
    }
    for (const std::uint64_t most : {std::uint64_t{2}, std::uint64_t{4}, kMostAncestors / 2}) {
        order.push_back({0, 1, most, most});
    }
    order.push_back({0, 1, kMostAncestors - 1, kMostAncestors - 1, true});
    if (long_chains) order.push_back({0, 1, kAny, kAny, true});
    return order;
}

}  // namespace cairn::wallet
