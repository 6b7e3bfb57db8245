#pragma once
// BIP325: a signet block carries a solution of the network's challenge, as if it spent an output of that script.

#include <expected>
#include <optional>

#include "consensus/params.h"
#include "consensus/primitives/transaction.h"

namespace cairn::consensus {

/// The two virtual transactions whose script check a block's solution is.
struct SignetTransactions {
    TransactionRef to_spend;
    TransactionRef to_sign;
};
/// Nothing if the block has no coinbase with a witness commitment, or its solution cannot be parsed.
std::optional<SignetTransactions> make_signet_transactions(const Block& block, ByteSpan challenge);

/// Whether the block's solution satisfies the challenge. The genesis block needs none.
bool has_signet_solution(const Block& block, const Params& params);

}  // namespace cairn::consensus
