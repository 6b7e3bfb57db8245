#pragma once
// The rules a block must keep before its coins are known. Source: Bitcoin Core 31 `CheckBlock`, `ContextualCheckBlock`;
// BIP34, 113, 141, 325.

#include <expected>

#include "consensus/header_node.h"
#include "consensus/params.h"
#include "consensus/rejection.h"

namespace cairn::consensus {

struct CheckBlockOptions {
    /// Proof of work and, on signet, the solution. False for templates that nobody has mined yet.
    bool proof_of_work = true;
    /// False where the block's own Merkle root was verified already, or is not filled in yet.
    bool merkle_root = true;
};

/// What needs nothing but the block: proof of work, signet solution, Merkle root, size, coinbase, each transaction,
/// legacy signature operations. Context-free, so any thread may run it, any time.
std::expected<void, Rejection> check_block(const Block& block, const Params& params,
                                           const CheckBlockOptions& options = {});

/// What needs the block's place: finality, the height in its coinbase, witness commitment, weight. `parent` is null for
/// the genesis block. The block must have passed check_block.
std::expected<void, Rejection> check_block_in_context(const Block& block, const HeaderNode* parent,
                                                      const Params& params);

}  // namespace cairn::consensus
