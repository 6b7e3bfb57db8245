#pragma once
// Checks the last blocks against what is on disk: -checkblocks, -checklevel, verifychain. Not a public header.

#include "chain/chain_context.h"

namespace cairn::chain {

/// Levels: 0 blocks can be read; 1 they are valid in themselves; 2 undo data can be read; 3 taking them back fits the
/// coins; 4 connecting them again succeeds. Level 3 stops where its coins would take more than the coins cache may.
/// Validation thread; no layers. Nothing is changed.
VerifyOutcome verify_chain(ChainContext& context, int level, int blocks);

}  // namespace cairn::chain
