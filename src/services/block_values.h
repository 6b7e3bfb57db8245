#pragma once
// Blocks of the tree as api shows them.

#include "api/chain_view.h"
#include "chain/chain_manager.h"

namespace cairn::services {

/// What is known of `node`, as seen from `active`.
api::BlockInfo to_api(const chain::BlockNode& node, const chain::ChainOf& active);
api::ChainTip to_api(const chain::TipInfo& tip);

}  // namespace cairn::services
