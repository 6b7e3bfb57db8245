#pragma once
// Which coins pay for a payment. Pure but for the randomness given.
//
// Several ways are tried, and the one that wastes least is taken: an exact match without change (branch and bound), the
// smallest candidate that is enough by itself, the largest ones first, which takes the fewest, and a random draw that
// leaves change of a decent size. Waste counts what inputs cost now beyond what they would cost in calm times, and the
// cost of change, or what is given away without.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "consensus/primitives/amount.h"
#include "wallet/debts.h"

namespace cairn::wallet {

/// A coin, or several that are spent together or not at all.
struct Candidate {
    Amount value;
    /// What spending it costs at the payment's fee rate, with what its debtors lack; and in calm times.
    Amount fee;
    Amount calm_fee;
    Weight weight = 0;
    std::vector<Debts::Id> debtors{};
};

struct SelectionTarget {
    /// What the coins must bring after their own fees (or, with `ignore_fees`, before them).
    Amount amount;
    /// What making change costs now and spending it later.
    Amount cost_of_change;
    /// Fee of the change output alone.
    Amount change_fee;
    /// Change smaller than this is not aimed for.
    Amount least_change;
    Weight most_weight = 0;
    /// The recipient pays the fee: coins count with all they have.
    bool ignore_fees = false;
    /// Of the candidates' debtors; null where they have none.
    const Debts* debts = nullptr;
};

struct Selection {
    std::vector<std::size_t> chosen;  // indices of candidates
    Amount effective;                 // what they bring, as `amount` counts
    Amount debt;                      // what their debtors lack together; part of the fee
    Amount waste;
};

/// Nothing if the candidates do not suffice.
std::optional<Selection> select_coins(std::span<const Candidate> candidates, const SelectionTarget& target,
                                      base::Random& random);

}  // namespace cairn::wallet
