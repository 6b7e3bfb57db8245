#pragma once
// Whether a block could be connected, without connecting it. Not a public header of the room.

#include <expected>

#include "chain/chain_context.h"

namespace cairn::chain {

/// On the tip as it stands, all checks but those switched off. Validation thread; no layers. Nothing is changed.
std::expected<void, Rejection> trial_connect(ChainContext& context, const BlockRef& block, bool check_proof_of_work,
                                             bool check_merkle_root);

}  // namespace cairn::chain
