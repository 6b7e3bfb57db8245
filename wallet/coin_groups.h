#pragma once
// Coins that are spent together or not at all, and which of them a payment may use.
//
// Coins of one script show the same owner once one of them is spent: taken together they show no more, and none is left
// behind whose owner is known. Source: Bitcoin Core's -avoidpartialspends, its size of groups and its order of
// preferences.

#include <cstdint>
#include <optional>
#include <vector>

#include "keys/descriptor.h"
#include "keys/sign_transaction.h"
#include "wallet/coin_selection.h"

namespace cairn::wallet {

/// A coin that a payment may spend.
struct PaymentCoin {
    Outpoint outpoint;
    keys::SpentOutput spent;
    Weight input_weight = 0;  // once it is signed; see input_weight()
    keys::OutputType type{};
    int depth = 0;
    bool own = false;                            // the wallet spent something in making it
    std::optional<api::MempoolBurden> burden{};  // where unconfirmed
};

struct CoinGroup {
    std::vector<std::size_t> coins;  // which of the coins given
    Candidate candidate;             // what they are together
    keys::OutputType type{};
    int depth = 0;  // the least
    bool own = true;
    std::uint64_t ancestors = 0;   // unconfirmed ones; of several coins the sum, which may be too much
    std::uint64_t in_cluster = 0;  // transactions of the largest cluster
    bool is_rest = false;          // there are full groups of the same script
};

/// What a payment pays for an input, now and in calm times.
struct InputPrices {
    policy::FeeRate rate;
    policy::FeeRate calm_rate;
};

/// So many coins of one script are a full group.
inline constexpr std::size_t kFullGroup = 100;

/// Each coin by itself; or by script, at most kFullGroup together, without those that cost more than they bring.
/// `debts` takes in the coins' debtors.
std::vector<CoinGroup> make_groups(const std::vector<PaymentCoin>& coins, const InputPrices& prices, bool by_script,
                                   Debts& debts);
/// Whether grouping by script would put any two together.
bool share_scripts(const std::vector<PaymentCoin>& coins);

/// Which groups may be spent.
struct Eligibility {
    int own_depth = 0;
    int foreign_depth = 0;
    std::uint64_t most_ancestors = 0;
    std::uint64_t most_in_cluster = 0;
    bool rests = false;  // also those of scripts that have full groups
    bool mixed = true;   // coins of several output types in one transaction

    bool admits(const CoinGroup& group) const;
};

/// In the order in which they are to be tried. `spend_unconfirmed`: the wallet's own, before they are confirmed.
/// `long_chains`: also where the network's nodes may refuse to relay so many unconfirmed transactions in a family.
std::vector<Eligibility> eligibilities(bool spend_unconfirmed, bool long_chains);

}  // namespace cairn::wallet
