#pragma once

#include "consensus/params.h"

namespace cairn::consensus {

/// The new coins that a block at `height` may claim.
Amount block_subsidy(Height height, const Params& params);

}  // namespace cairn::consensus
