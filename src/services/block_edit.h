#pragma once
// Blocks made from blocks: a nonce found, a witness nonce filled in.

#include "consensus/primitives/block.h"

namespace cairn::services {

/// The block under another header.
BlockRef with_header(const BlockRef& block, const BlockHeader& header);

/// The block with the witness nonce of zeros in its coinbase, where it commits to witnesses and the coinbase has none;
/// else the block itself. Miners that know no witnesses leave it out, and Bitcoin Core adds it.
BlockRef with_witness_nonce(const BlockRef& block);

}  // namespace cairn::services
