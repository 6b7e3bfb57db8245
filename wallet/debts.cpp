#include "wallet/debts.h"

#include <algorithm>

namespace cairn::wallet {

std::vector<Debts::Id> Debts::add(const api::MempoolBurden& burden)
{
    std::vector<Id> ids;
    for (const auto& debtor : burden.debtors) {
        const auto [found, is_new] = ids_.try_emplace(debtor.txid, static_cast<Id>(debtors_.size()));
        if (is_new) debtors_.push_back({debtor.fee.satoshis(), debtor.virtual_size});
        ids.push_back(found->second);
    }
    std::ranges::sort(ids);
    const auto rest = std::ranges::unique(ids);
    ids.erase(rest.begin(), rest.end());
    return ids;
}

Amount Debts::sum(std::span<const Id> ids) const
{
    policy::FeeFraction paid;
    for (const Id id : ids) paid += debtors_[id];
    return std::max(rate_.fee_for(paid.size) - Amount{paid.fee}, Amount{});
}

std::vector<Debts::Id> merged(std::span<const Debts::Id> a, std::span<const Debts::Id> b)
{
    std::vector<Debts::Id> both;
    both.reserve(a.size() + b.size());
    std::ranges::set_union(a, b, std::back_inserter(both));
    return both;
}

}  // namespace cairn::wallet
