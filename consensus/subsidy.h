#pragma once
// What a block's miner may create out of nothing. Source: Bitcoin Core 31 `GetBlockSubsidy`. Pure.

#include "consensus/params.h"

namespace cairn::consensus {

/// The new coins that a block at `height` may claim beside its fees: 50 at first, half of it after each
/// params.subsidy_halving_interval blocks, rounded down to the satoshi, and nothing after 64 halvings.
Amount block_subsidy(Height height, const Params& params);

}  // namespace cairn::consensus
