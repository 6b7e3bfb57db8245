#pragma once
// Signature operations of a transaction as BIP141 counts them: each legacy or P2SH one costs 4, each of a witness 1.

#include <cstdint>
#include <span>

#include "consensus/coins.h"
#include "consensus/script/flags.h"

namespace cairn::consensus {

/// Those in the transaction's own scripts, counted the old way: what check_block bounds.
std::int64_t legacy_sigops(const Transaction& transaction);

/// The full cost, with the coins of the inputs in their order (none for a coinbase). All coins must exist.
std::int64_t sigop_cost(const Transaction& transaction, std::span<const CoinRef> coins, ScriptFlags flags);

}  // namespace cairn::consensus
