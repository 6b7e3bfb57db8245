#include "consensus/check_transaction.h"

#include <algorithm>
#include <string>
#include <vector>

#include "consensus/limits.h"

namespace cairn::consensus {
namespace {

/// Up to this many inputs, comparing each with each is cheaper than sorting.
constexpr std::size_t kFewInputs = 8;

/// CONSENSUS: CVE-2018-17144: nothing later would notice an output that is spent twice by one transaction. Test:
/// CheckTransactionTest.
bool has_duplicate_inputs(std::span<const TxInput> inputs)
{
    if (inputs.size() <= kFewInputs) {
        for (std::size_t i = 1; i < inputs.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (inputs[i].prevout == inputs[j].prevout) return true;
            }
        }
        return false;
    }
    std::vector<const Outpoint*> prevouts;
    prevouts.reserve(inputs.size());
    for (const TxInput& input : inputs) prevouts.push_back(&input.prevout);
    std::ranges::sort(prevouts, {}, [](const Outpoint* prevout) -> const Outpoint& { return *prevout; });
    return std::ranges::adjacent_find(prevouts, [](const Outpoint* a, const Outpoint* b) { return *a == *b; }) !=
           prevouts.end();
}

/// CONSENSUS: CVE-2010-5139: a sum that wraps around must not pass for a small one. Test: CheckTransactionTest.
std::expected<void, Rejection> check_output_values(std::span<const TxOutput> outputs)
{
    using enum RejectReason;
    Amount total;
    for (const TxOutput& output : outputs) {
        if (output.value < Amount{}) return std::unexpected(Rejection{kOutputNegative});
        if (output.value > kMaxMoney) return std::unexpected(Rejection{kOutputTooLarge});
        total += output.value;
        if (!total.is_money()) return std::unexpected(Rejection{kOutputTotalTooLarge});
    }
    return {};
}

/// As Bitcoin Core writes amounts in reasons: at least two decimals, no more than are needed.
std::string coins(Amount amount)
{
    std::string text = format_amount(amount);
    const std::size_t shortest = text.find('.') + 3;
    while (text.size() > shortest && text.back() == '0') text.pop_back();
    return text;
}

}  // namespace

std::expected<void, Rejection> check_transaction(const Transaction& transaction)
{
    using enum RejectReason;
    if (transaction.inputs.empty()) return std::unexpected(Rejection{kNoInputs});
    if (transaction.outputs.empty()) return std::unexpected(Rejection{kNoOutputs});
    // The witness is not counted: whoever relays the transaction could have changed it.
    if (Weight{transaction.stripped_size} * kWitnessScale > kMaxBlockWeight) {
        return std::unexpected(Rejection{kOversize});
    }
    if (auto checked = check_output_values(transaction.outputs); !checked) return checked;
    if (has_duplicate_inputs(transaction.inputs)) return std::unexpected(Rejection{kDuplicateInputs});
    if (transaction.is_coinbase()) {
        const std::size_t size = transaction.inputs[0].script_sig.size();
        if (size < kMinCoinbaseScript || size > kMaxCoinbaseScript) {
            return std::unexpected(Rejection{kBadCoinbaseLength});
        }
    } else if (std::ranges::any_of(transaction.inputs, [](const TxInput& in) { return in.prevout.is_null(); })) {
        return std::unexpected(Rejection{kPrevoutNull});
    }
    return {};
}

std::expected<Amount, Rejection> check_inputs(const Transaction& transaction, std::span<const CoinRef> coins_spent,
                                              Height spend_height)
{
    using enum RejectReason;
    if (!std::ranges::all_of(coins_spent, &CoinRef::exists)) {
        return std::unexpected(Rejection{kInputsMissingOrSpent, "CheckTxInputs: inputs missing/spent"});
    }
    Amount value_in;
    for (const CoinRef& coin : coins_spent) {
        const Height depth = spend_height - coin.height;
        if (coin.coinbase && depth < kCoinbaseMaturity) {
            return std::unexpected(
                Rejection{kPrematureCoinbaseSpend, "tried to spend coinbase at depth " + std::to_string(depth)});
        }
        value_in += coin.value;
        if (!coin.value.is_money() || !value_in.is_money()) return std::unexpected(Rejection{kInputValuesOutOfRange});
    }
    const Amount value_out = output_total(transaction);
    if (value_in < value_out) {
        return std::unexpected(Rejection{kInputsBelowOutputs,
                                         "value in (" + coins(value_in) + ") < value out (" + coins(value_out) + ")"});
    }
    return value_in - value_out;
}

Amount output_total(const Transaction& transaction)
{
    Amount total;
    for (const TxOutput& output : transaction.outputs) total += output.value;
    return total;
}

}  // namespace cairn::consensus
