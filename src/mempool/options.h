#pragma once
// The operator's choices for the mempool.

#include <cstdint>
#include <optional>
#include <string>

#include "policy/options.h"

namespace cairn::mempool {

struct MempoolOptions {
    policy::PolicyOptions policy;
    std::int64_t max_bytes = policy::kDefaultMaxMempoolMb * 1'000'000;         // -maxmempool
    std::int64_t expiry_seconds = policy::kDefaultMempoolExpiryHours * 3600;   // -mempoolexpiry
    std::size_t cluster_count = policy::kDefaultClusterCount;                  // -limitclustercount, at most 64
    policy::VirtualSize cluster_size = policy::kDefaultClusterSizeKvb * 1000;  // -limitclustersize
};

/// What is wrong with the options, as Bitcoin Core says it at start; nothing if they hold.
std::optional<std::string> check_options(const MempoolOptions& options);

}  // namespace cairn::mempool
