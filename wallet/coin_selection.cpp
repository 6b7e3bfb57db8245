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

/// Candidates taken one after the other; debtors that several have count once.
class Taken {
public:
    Taken(std::span<const Candidate> candidates, const SelectionTarget& target)
        : candidates_(candidates), target_(target)
    {
    }

    void take(std::size_t i)
    {
        const Candidate& candidate = candidates_[i];
        taken_.chosen.push_back(i);
        taken_.effective += effective(candidate, target_);
        taken_.waste += candidate.fee - candidate.calm_fee;
        weight_ += candidate.weight;
        if (candidate.debtors.empty()) return;
        debtors_ = merged(debtors_, candidate.debtors);
        const Amount debt = target_.debts->sum(debtors_);
        const Amount counted_twice = taken_.debt + target_.debts->sum(candidate.debtors) - debt;
        taken_.debt = debt;
        taken_.waste -= counted_twice;
        if (!target_.ignore_fees) taken_.effective += counted_twice;
    }
    Amount effective_sum() const { return taken_.effective; }
    bool fits() const { return weight_ <= target_.most_weight; }
    Selection finish(bool with_change)
    {
        taken_.waste += with_change ? target_.cost_of_change : taken_.effective - target_.amount;
        return std::move(taken_);
    }

private:
    std::span<const Candidate> candidates_;
    const SelectionTarget& target_;
    Selection taken_;
    Weight weight_ = 0;
    std::vector<Debts::Id> debtors_;
};

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
        Taken all{candidates_, target_};
        for (const std::size_t place : taken) all.take(order_[place]);
        if (!all.fits()) return;
        Selection selection = all.finish(false);
        if (!best_ || selection.waste < best_->waste) best_ = std::move(selection);
    }

    std::span<const Candidate> candidates_;
    const SelectionTarget& target_;
    std::vector<std::size_t> order_;
    std::vector<Amount> rest_;
    std::optional<Selection> best_;
};

/// `order` is by falling value. The last one that pays for the target and for change of a decent size.
std::optional<Selection> take_smallest(const std::vector<std::size_t>& order, std::span<const Candidate> candidates,
                                       const SelectionTarget& target)
{
    const Amount wanted = target.amount + target.change_fee + target.least_change;
    const auto enough = [&](std::size_t i) {
        return effective(candidates[i], target) >= wanted && candidates[i].weight <= target.most_weight;
    };
    const auto found = std::find_if(order.rbegin(), order.rend(), enough);
    if (found == order.rend()) return std::nullopt;
    Taken one{candidates, target};
    one.take(*found);
    return one.finish(true);
}

/// Coins in the order given until they pay for the target and for change of at least `change`.
std::optional<Selection> take_in_order(const std::vector<std::size_t>& order, std::span<const Candidate> candidates,
                                       const SelectionTarget& target, Amount change)
{
    const Amount wanted = target.amount + target.change_fee + change;
    Taken taken{candidates, target};
    for (const std::size_t i : order) {
        if (taken.effective_sum() >= wanted) break;
        taken.take(i);
    }
    if (taken.effective_sum() < target.amount || !taken.fits()) return std::nullopt;
    const bool with_change = taken.effective_sum() >= wanted;
    return taken.finish(with_change);
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
    offer(take_smallest(order, candidates, target));
    offer(take_in_order(order, candidates, target, target.least_change));
    auto shuffled = order;
    random.shuffle(shuffled);
    offer(take_in_order(shuffled, candidates, target, target.least_change));
    return best;
}

}  // namespace cairn::wallet
