#pragma once
// BIP9: how miners' versions activate a rule. The state belongs to a period of blocks and is found along parent links;
// what was found may be kept in a cache that the caller owns. Not thread-safe as far as a cache is shared.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "consensus/header_node.h"
#include "consensus/params.h"

namespace cairn::consensus {

inline constexpr std::int32_t kVersionBitsTop = 0x20000000;
inline constexpr std::uint32_t kVersionBitsMask = 0xe0000000;
/// Bits whose unknown use is worth a warning (BIP323 leaves the others to miners).
inline constexpr int kVersionBits = 5;

enum class ThresholdState : std::uint8_t { kDefined, kStarted, kLockedIn, kActive, kFailed };
/// "defined", "started", "locked_in", "active", "failed".
std::string_view name(ThresholdState state);

/// States by the last block of the period before (null for the first period). Holds one entry per period and branch.
using ThresholdCache = std::unordered_map<const HeaderNode*, ThresholdState>;
struct VersionBitsCache {
    std::array<ThresholdCache, kDeployments> deployments;
    std::array<ThresholdCache, kVersionBits> warnings;
};

/// Whether a block of this version signals for the deployment.
bool signals(std::int32_t version, const Bip9Deployment& deployment);

/// The deployment's state for the block that follows `parent` (null: the genesis block).
ThresholdState threshold_state(const HeaderNode* parent, const Bip9Deployment& deployment, ThresholdCache& cache);
/// The first height of that state.
Height state_since(const HeaderNode* parent, const Bip9Deployment& deployment, ThresholdCache& cache);

struct SignallingStats {
    Height period = 0;
    Height threshold = 0;
    Height elapsed = 0;  // blocks of the period so far
    Height count = 0;    // of those, how many signal
    bool possible = false;
    std::vector<bool> signalling;  // per block of the period so far, first block first
};
/// The signalling in the period that `node` belongs to, up to and with it.
SignallingStats signalling_stats(const HeaderNode& node, const Bip9Deployment& deployment);

/// What getdeploymentinfo tells of a deployment at a block.
struct DeploymentInfo {
    ThresholdState state{};       // of the block itself
    ThresholdState next_state{};  // of the one after it
    Height since = 0;
    std::optional<SignallingStats> stats;  // while started or locked in
    std::optional<Height> active_since;
};
DeploymentInfo deployment_info(const HeaderNode& node, const Bip9Deployment& deployment, ThresholdCache& cache);

/// The version that a miner gives the block after `parent`: signals all that is started or locked in.
std::int32_t compute_block_version(const HeaderNode* parent, const Params& params, VersionBitsCache& cache);

/// An activation by version bits that this program knows nothing of.
struct UnknownActivation {
    int bit;
    bool active;  // else locked in
};
std::vector<UnknownActivation> unknown_activations(const HeaderNode* tip, const Params& params,
                                                   VersionBitsCache& cache);

}  // namespace cairn::consensus
