#pragma once
// The soft forks at a block, as getdeploymentinfo shows them.

#include "api/chain_view.h"
#include "chain/block_node.h"
#include "consensus/versionbits.h"

namespace cairn::services {

/// `cache` belongs to the caller, who sees to it that one thread uses it at a time.
api::DeploymentState deployment_state(const chain::BlockNode& node, const consensus::Params& params,
                                      consensus::VersionBitsCache& cache);

}  // namespace cairn::services
