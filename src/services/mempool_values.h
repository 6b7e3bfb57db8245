#pragma once
// The mempool's values as api shows them.

#include <memory>

#include "api/mempool_view.h"
#include "mempool/mempool.h"

namespace cairn::services {

api::MempoolEntry to_api(const mempool::EntryInfo& entry);
api::MempoolCluster to_api(const mempool::ClusterInfo& cluster);
api::MempoolBurden to_api(const mempool::Burden& burden);
/// A refusal as submit and test_accept answer it. Missing inputs have a status of their own.
api::SubmitOutcome to_api(const policy::Refusal& refusal);
api::SubmitOutcome to_api(const mempool::Accepted& accepted);

}  // namespace cairn::services
