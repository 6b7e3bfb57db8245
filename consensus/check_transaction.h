#pragma once
// The rules a transaction must keep: alone, and with the coins it spends (scripts and locks excepted).

#include <expected>
#include <span>

#include "consensus/coins.h"
#include "consensus/rejection.h"

namespace cairn::consensus {

/// What needs nothing but the transaction. A coinbase is judged as such (only a block may hold one).
std::expected<void, Rejection> check_transaction(const Transaction& transaction);

/// What needs the coins of its inputs, given in the inputs' order: that they exist, are mature at `spend_height`, and
/// pay for the outputs. The transaction must have passed check_transaction and be no coinbase. Returns the fee.
std::expected<Amount, Rejection> check_inputs(const Transaction& transaction, std::span<const CoinRef> coins,
                                              Height spend_height);

/// The sum of the outputs of a transaction that passed check_transaction.
Amount output_total(const Transaction& transaction);

}  // namespace cairn::consensus
