#include "wallet/payment.h"

#include <algorithm>
#include <map>

#include "policy/options.h"
#include "policy/standardness.h"
#include "wallet/coin_selection.h"

namespace cairn::wallet {

std::optional<Weight> input_weight(ByteSpan script, const keys::SigningProvider& provider)
{
    TransactionDraft draft;
    draft.inputs.resize(1);
    draft.outputs.resize(1);
    draft.inputs[0].prevout = {Txid{}, 0};
    const Weight empty = draft.finish()->weight();
    if (!keys::fill_with_dummies(draft.inputs[0], script, provider)) return std::nullopt;
    const auto filled = draft.finish();
    constexpr Weight kBareInput = 4 * 41;
    const Weight marker = filled->has_witness() ? 2 : -1;
    return filled->weight() - empty - marker + kBareInput;
}

namespace {

/// Version, lock time, a short count of inputs, marker and flag with their stack sizes rounded up to a virtual byte.
constexpr Weight kBaseWeight = 4 * (4 + 4 + 1 + 1);
/// What a long count of inputs takes more.
constexpr Weight kLongCount = 4 * 2;
/// Change worth making, where it can be chosen.
constexpr Amount kLeastChange{50'000};

using Result = std::expected<BuiltPayment, std::string>;

std::unexpected<std::string> refuse(std::string text)
{
    return std::unexpected(std::move(text));
}

Weight count_weight(std::size_t count)
{
    return 4 * (count < 253 ? 1 : 3);
}

Weight output_weight(ByteSpan script)
{
    return 4 * static_cast<Weight>(8 + (script.size() < 253 ? 1 : 3) + script.size());
}

class Builder {
public:
    Builder(const PaymentPlan& plan, const std::vector<PaymentCoin>& coins, const ProviderOf& provider_of,
            base::Random& random)
        : plan_(plan),
          coins_(coins),
          provider_of_(provider_of),
          random_(random),
          debts_(plan.rate),
          groups_(make_groups(coins, {plan.rate, plan.calm_rate}, plan.group_by_script, debts_))
    {
        const auto spend = input_weight(plan.change_script, plan.change_provider);
        change_spend_fee_ = plan_.discard_rate.fee_for(policy::virtual_size(spend.value_or(4 * 68)));
        change_fee_ = plan_.rate.fee_for(policy::virtual_size(output_weight(plan.change_script)));
    }

    std::optional<std::string> check() const
    {
        if (plan_.outputs.empty()) return "Transaction must have at least one recipient";
        for (const PaymentOutput& output : plan_.outputs) {
            if (output.amount < Amount{}) return "Transaction amounts must not be negative";
            if (policy::is_dust({output.amount, output.script}, plan_.dust_rate)) {
                return "Transaction amount too small";
            }
        }
        return std::nullopt;
    }

    Result build()
    {
        Amount extra;
        // The sum of rounded fees and the fee of the sum differ by satoshis: then a little more is asked for.
        for (int attempt = 0; attempt < 5; ++attempt) {
            const auto selection = select(extra);
            if (!selection) return explain_lack();
            auto built = assemble(*selection);
            if (!built) return built;
            if (built->fee >= Amount{}) return built;
            extra += -built->fee;
        }
        return explain_lack();
    }

private:
    bool recipients_pay() const { return std::ranges::any_of(plan_.outputs, &PaymentOutput::subtract_fee); }
    Amount sum_of_outputs() const
    {
        Amount sum;
        for (const PaymentOutput& output : plan_.outputs) sum += output.amount;
        return sum;
    }
    /// Without inputs and change.
    Weight fixed_weight() const
    {
        Weight weight = kBaseWeight + count_weight(plan_.outputs.size());
        for (const PaymentOutput& output : plan_.outputs) weight += output_weight(output.script);
        return weight;
    }
    Amount fixed_fee() const
    {
        return recipients_pay() ? Amount{} : plan_.rate.fee_for(policy::virtual_size(fixed_weight()));
    }
    /// What all groups bring that `wanted` says, with and without their fees.
    template <class Wanted>
    std::pair<Amount, Amount> sum_of(const Wanted& wanted) const
    {
        std::pair<Amount, Amount> sum;
        for (const CoinGroup& group : groups_) {
            if (!wanted(group)) continue;
            sum.first += group.candidate.value;
            sum.second += group.candidate.value - group.candidate.fee;
        }
        return sum;
    }
    /// Whether it is the fee that is too much, the length of chains of unconfirmed transactions, or the size.
    Result explain_lack() const
    {
        const Eligibility widest = eligibilities(plan_.spend_unconfirmed, true).back();
        const auto [available, after_fees] = sum_of([&](const CoinGroup& group) { return widest.admits(group); });
        const Amount paid = sum_of_outputs();
        if (available < paid) return refuse("Insufficient funds");
        if (!recipients_pay() && after_fees < paid + fixed_fee()) {
            return refuse("The total exceeds your balance when the " + policy::format_money(fixed_fee()) +
                          " transaction fee is included.");
        }
        const Eligibility usual = eligibilities(plan_.spend_unconfirmed, plan_.long_chains).back();
        const auto [usable, usable_after_fees] = sum_of([&](const CoinGroup& group) { return usual.admits(group); });
        if ((recipients_pay() ? usable : usable_after_fees) < paid + fixed_fee()) {
            return refuse(
                "Unconfirmed UTXOs are available, but spending them creates a chain of transactions that will be "
                "rejected by the mempool");
        }
        return refuse(
            "The inputs size exceeds the maximum weight. Please try sending a smaller amount or manually consolidating "
            "your wallet's UTXOs");
    }
    Amount least_viable_change() const
    {
        const Amount dust = policy::dust_threshold({Amount{}, plan_.change_script}, plan_.dust_rate);
        return std::max(dust, change_spend_fee_ + Amount{1});
    }

    SelectionTarget target(Amount extra) const
    {
        SelectionTarget target;
        target.ignore_fees = recipients_pay();
        target.amount = sum_of_outputs() + fixed_fee() + extra;
        target.change_fee = target.ignore_fees ? Amount{} : change_fee_;
        target.cost_of_change = change_fee_ + change_spend_fee_;
        target.least_change = std::max(kLeastChange, least_viable_change());
        target.most_weight =
            policy::kMaxStandardTransactionWeight - fixed_weight() - kLongCount - output_weight(plan_.change_script);
        target.debts = &debts_;
        return target;
    }

    /// The answer's indices are of groups.
    std::optional<Selection> select(Amount extra)
    {
        std::vector<std::size_t> tried;
        bool tried_mixed = false;
        for (const Eligibility& eligibility : eligibilities(plan_.spend_unconfirmed, plan_.long_chains)) {
            std::vector<std::size_t> eligible;
            for (std::size_t i = 0; i < groups_.size(); ++i) {
                if (eligibility.admits(groups_[i])) eligible.push_back(i);
            }
            if (eligible == tried && tried_mixed == eligibility.mixed) continue;
            if (auto selection = select_among(eligible, eligibility.mixed, target(extra))) return selection;
            tried = std::move(eligible);
            tried_mixed = eligibility.mixed;
        }
        return std::nullopt;
    }

    /// Inputs of several types would show that one owner has them: they are mixed only where none suffices alone.
    std::optional<Selection> select_among(const std::vector<std::size_t>& groups, bool mixed,
                                          const SelectionTarget& target)
    {
        std::map<keys::OutputType, std::vector<std::size_t>> by_type;
        for (const std::size_t i : groups) by_type[groups_[i].type].push_back(i);
        std::optional<Selection> best;
        for (const auto& [type, members] : by_type) {
            auto selection = select_from(members, target);
            if (selection && (!best || selection->waste < best->waste)) best = std::move(selection);
        }
        return best || !mixed || by_type.size() < 2 ? std::move(best) : select_from(groups, target);
    }

    std::optional<Selection> select_from(const std::vector<std::size_t>& groups, const SelectionTarget& target)
    {
        std::vector<Candidate> candidates;
        for (const std::size_t i : groups) candidates.push_back(groups_[i].candidate);
        auto selection = select_coins(candidates, target, random_);
        if (!selection) return std::nullopt;
        for (std::size_t& chosen : selection->chosen) chosen = groups[chosen];
        return selection;
    }

    /// The transaction's weight once it is signed.
    Weight signed_weight(const BuiltPayment& built) const
    {
        TransactionDraft draft = built.draft;
        for (std::size_t i = 0; i < draft.inputs.size(); ++i) {
            const Bytes& script = built.spent[i]->script_pubkey;
            keys::fill_with_dummies(draft.inputs[i], script, provider_of_(script));
        }
        return draft.finish()->weight();
    }
    Weight change_weight() const
    {
        const std::size_t outputs = plan_.outputs.size();
        return output_weight(plan_.change_script) + count_weight(outputs + 1) - count_weight(outputs);
    }
    Amount fee_for(Weight weight, const Selection& selection) const
    {
        return plan_.rate.fee_for(policy::virtual_size(weight)) + selection.debt;
    }

    BuiltPayment with_inputs(const Selection& selection)
    {
        BuiltPayment built;
        built.draft.lock_time = plan_.lock_time;
        std::vector<std::size_t> chosen;
        for (const std::size_t group : selection.chosen) {
            const auto& coins = groups_[group].coins;
            chosen.insert(chosen.end(), coins.begin(), coins.end());
        }
        random_.shuffle(chosen);
        for (const std::size_t i : chosen) {
            const PaymentCoin& coin = coins_[i];
            built.draft.inputs.push_back({coin.outpoint, {}, plan_.sequence, {}});
            built.spent.emplace_back(coin.spent);
        }
        for (const PaymentOutput& output : plan_.outputs) built.draft.outputs.push_back({output.amount, output.script});
        return built;
    }

    /// A negative fee in the answer says how much is missing.
    Result assemble(const Selection& selection)
    {
        BuiltPayment built = with_inputs(selection);
        Amount in;
        for (const auto& spent : built.spent) in += spent->value;
        const Amount surplus = in - sum_of_outputs();
        const Weight weight = signed_weight(built);
        const Amount fee_with_change = fee_for(weight + change_weight(), selection);
        const Amount change = recipients_pay() ? surplus : surplus - fee_with_change;
        if (change >= least_viable_change()) {
            built.fee = fee_with_change;
            place_change(built, change);
        } else {
            const Amount fee = fee_for(weight, selection);
            // Without change the recipients get what is left over too, never more than was asked for.
            built.fee = recipients_pay() ? fee : surplus;
            if (!recipients_pay() && surplus < fee) built.fee = surplus - fee;
        }
        if (built.fee >= Amount{} && recipients_pay()) {
            const Amount left = surplus - change_of(built);
            return let_recipients_pay(std::move(built), left);
        }
        return check_fee(std::move(built));
    }

    static Amount change_of(const BuiltPayment& built)
    {
        return built.change ? built.draft.outputs[*built.change].value : Amount{};
    }

    void place_change(BuiltPayment& built, Amount value)
    {
        auto& outputs = built.draft.outputs;
        const auto place = static_cast<std::uint32_t>(random_.below(outputs.size() + 1));
        outputs.insert(outputs.begin() + place, {value, plan_.change_script});
        built.change = place;
    }

    /// `given` goes to the fee already; the rest is taken from the marked outputs, the remainder from the first.
    Result let_recipients_pay(BuiltPayment built, Amount given)
    {
        const Amount due = std::max(built.fee - given, Amount{});
        built.fee = std::max(built.fee, given);
        const auto payers = std::ranges::count_if(plan_.outputs, &PaymentOutput::subtract_fee);
        Amount remainder{due.satoshis() % payers};
        for (std::size_t i = 0; i < plan_.outputs.size(); ++i) {
            if (!plan_.outputs[i].subtract_fee) continue;
            const std::size_t place = built.change && i >= *built.change ? i + 1 : i;
            TxOutputDraft& output = built.draft.outputs[place];
            output.value -= Amount{due.satoshis() / payers} + remainder;
            remainder = Amount{};
            if (output.value < Amount{}) return refuse("The transaction amount is too small to pay the fee");
            if (policy::is_dust({output.value, output.script_pubkey}, plan_.dust_rate)) {
                return refuse("The transaction amount is too small to send after the fee has been deducted");
            }
        }
        return check_fee(std::move(built));
    }

    Result check_fee(BuiltPayment built) const
    {
        if (built.fee > plan_.maximum_fee) {
            return refuse("Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
        }
        return built;
    }

    const PaymentPlan& plan_;
    const std::vector<PaymentCoin>& coins_;
    const ProviderOf& provider_of_;
    base::Random& random_;
    Debts debts_;
    std::vector<CoinGroup> groups_;
    Amount change_spend_fee_;
    Amount change_fee_;
};

}  // namespace

std::expected<BuiltPayment, std::string> build_payment(const PaymentPlan& plan, const std::vector<PaymentCoin>& coins,
                                                       const ProviderOf& provider_of, base::Random& random)
{
    Builder builder{plan, coins, provider_of, random};
    if (auto error = builder.check()) return refuse(std::move(*error));
    return builder.build();
}

}  // namespace cairn::wallet
