#include "wallet/coin_selection.h"

#include <algorithm>
#include <numeric>

namespace cairn::wallet {
namespace {

constexpr int kMaxSteps = 100'000;

Amount effective(const Candidate& coin, const SelectionTarget& target)
{
    return target.ignore_fees ? coin.value : coin.value - coin.fee;
}

/// Candidates that bring more than they cost, by what they bring, largest first.
std::vector<std::size_t> useful(std::span<const Candidate> candidates, const SelectionTarget& target)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (effective(candidates[i], target) > Amount{}) order.push_back(i);
    }
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const Amount left = effective(candidates[a], target);
        const Amount right = effective(candidates[b], target);
        return left != right ? left > right : a < b;
    });
    return order;
}

Selection evaluate(std::vector<std::size_t> chosen, std::span<const Candidate> candidates,
                   const SelectionTarget& target, bool with_change)
{
    Selection selection{std::move(chosen), {}, {}};
    for (const std::size_t i : selection.chosen) {
        selection.effective += effective(candidates[i], target);
        selection.waste += candidates[i].fee - candidates[i].calm_fee;
    }
    selection.waste += with_change ? target.cost_of_change : selection.effective - target.amount;
    return selection;
}

Weight weight_of(const std::vector<std::size_t>& chosen, std::span<const Candidate> candidates)
{
    Weight weight = 0;
    for (const std::size_t i : chosen) weight += candidates[i].weight;
    return weight;
}

/// Depth first through "with" and "without" for each coin, largest first, for a sum from the target up to the cost of
/// change above it.
class ExactSearch {
public:
    ExactSearch(std::span<const Candidate> candidates, const SelectionTarget& target, std::vector<std::size_t> order)
        : candidates_(candidates), target_(target), order_(std::move(order)), rest_(order_.size() + 1)
    {
        for (std::size_t i = order_.size(); i-- > 0;) rest_[i] = rest_[i + 1] + value(i);
    }

    std::optional<Selection> run()
    {
        std::vector<std::size_t> taken;  // places in order_
        Amount sum;
        std::size_t next = 0;
        for (int step = 0; step < kMaxSteps; ++step) {
            const bool over = sum > target_.amount + target_.cost_of_change;
            const bool reached = sum >= target_.amount;
            if (reached && !over) consider(taken);
            const bool hopeless = sum + rest_[next] < target_.amount;
            if (over || reached || hopeless || next == order_.size()) {
                if (taken.empty()) break;
                // Back to the last coin taken, and on without it and without its equals.
                next = taken.back();
                taken.pop_back();
                sum -= value(next);
                const Amount skipped = value(next);
                while (next < order_.size() && value(next) == skipped) ++next;
                continue;
            }
            taken.push_back(next);
            sum += value(next);
            ++next;
        }
        return best_;
    }

private:
    Amount value(std::size_t place) const { return effective(candidates_[order_[place]], target_); }

    void consider(const std::vector<std::size_t>& taken)
    {
        std::vector<std::size_t> chosen;
        for (const std::size_t place : taken) chosen.push_back(order_[place]);
        if (weight_of(chosen, candidates_) > target_.most_weight) return;
        Selection selection = evaluate(std::move(chosen), candidates_, target_, false);
        if (!best_ || selection.waste < best_->waste) best_ = std::move(selection);
    }

    std::span<const Candidate> candidates_;
    const SelectionTarget& target_;
    std::vector<std::size_t> order_;
    std::vector<Amount> rest_;
    std::optional<Selection> best_;
};

/// Coins in the order given until they pay for the target and for change of at least `change`.
std::optional<Selection> take_in_order(const std::vector<std::size_t>& order, std::span<const Candidate> candidates,
                                       const SelectionTarget& target, Amount change)
{
    const Amount wanted = target.amount + target.change_fee + change;
    std::vector<std::size_t> chosen;
    Amount sum;
    for (const std::size_t i : order) {
        if (sum >= wanted) break;
        chosen.push_back(i);
        sum += effective(candidates[i], target);
    }
    if (sum < target.amount || weight_of(chosen, candidates) > target.most_weight) return std::nullopt;
    return evaluate(std::move(chosen), candidates, target, sum >= wanted);
}

}  // namespace

std::optional<Selection> select_coins(std::span<const Candidate> candidates, const SelectionTarget& target,
                                      base::Random& random)
{
    const auto order = useful(candidates, target);
    std::optional<Selection> best = ExactSearch{candidates, target, order}.run();
    const auto offer = [&best](std::optional<Selection> other) {
        if (other && (!best || other->waste < best->waste)) best = std::move(other);
    };
    offer(take_in_order(order, candidates, target, target.least_change));
    auto shuffled = order;
    random.shuffle(shuffled);
    offer(take_in_order(shuffled, candidates, target, target.least_change));
    return best;
}

}  // namespace cairn::wallet
