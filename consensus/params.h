#pragma once
// What distinguishes the networks, as far as consensus goes. Figures are Bitcoin Core 31's.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/script/flags.h"
#include "consensus/uint256.h"

namespace cairn {

enum class Network : std::uint8_t { kMain, kTestnet3, kTestnet4, kSignet, kRegtest };

/// The name that -chain and RPC use: "main", "test", "testnet4", "signet", "regtest".
std::string_view name(Network network);
std::optional<Network> network_from_name(std::string_view name);

}  // namespace cairn

namespace cairn::consensus {

/// Rules that hold from a height on that is written into the program (BIP90).
enum class BuriedDeployment : std::uint8_t { kBip34, kBip66, kBip65, kCsv, kSegwit };
inline constexpr std::size_t kBuriedDeployments = 5;

/// As RPC calls it: "bip34", "bip66", "bip65", "csv", "segwit".
std::string_view name(BuriedDeployment deployment);
/// As -testactivationheight calls it: "segwit", "bip34", "dersig", "cltv", "csv".
std::optional<BuriedDeployment> buried_deployment_from_option(std::string_view name);

/// Rules that miners' versions may activate (BIP9).
enum class Deployment : std::uint8_t { kTestDummy };
inline constexpr std::size_t kDeployments = 1;

std::string_view name(Deployment deployment);
std::optional<Deployment> deployment_from_name(std::string_view name);

struct Bip9Deployment {
    static constexpr std::int64_t kNoTimeout = std::numeric_limits<std::int64_t>::max();
    /// Start times with a meaning of their own.
    static constexpr std::int64_t kAlwaysActive = -1;
    static constexpr std::int64_t kNeverActive = -2;

    int bit = 28;
    std::int64_t start_time = kNeverActive;  // median time past
    std::int64_t timeout = kNoTimeout;       // median time past
    Height min_activation_height = 0;
    Height period = 2016;
    Height threshold = 1815;
};

/// A block that breaks the script rules that hold from genesis on, and is valid all the same under `flags` in their
/// place.
struct ScriptFlagException {
    BlockHash block;
    ScriptFlags flags;
};

struct Params {
    Network network = Network::kMain;
    BlockRef genesis;

    Height subsidy_halving_interval = 210'000;
    std::vector<ScriptFlagException> script_flag_exceptions;
    /// Indexed by BuriedDeployment: the first height at which the rule holds.
    std::array<Height, kBuriedDeployments> buried_heights{};
    /// The block at BIP34's height on the chain where BIP30 needs no check above it; null where there is none.
    BlockHash bip34_hash;
    std::array<Bip9Deployment, kDeployments> deployments{};
    /// Unknown version bits below this height are those of the past.
    Height min_version_bits_warning_height = 0;

    Uint256 pow_limit;
    bool allow_min_difficulty_blocks = false;
    bool enforce_bip94 = false;
    bool no_retargeting = false;
    std::int64_t target_spacing = 10 * 60;
    std::int64_t target_timespan = 14 * 24 * 60 * 60;

    /// Defaults of -minimumchainwork and -assumevalid.
    ChainWork minimum_chain_work;
    BlockHash assume_valid;

    /// BIP325: blocks carry a solution of the challenge.
    bool signet_blocks = false;
    Bytes signet_challenge;

    Height buried_height(BuriedDeployment deployment) const
    {
        return buried_heights[static_cast<std::size_t>(deployment)];
    }
    /// Whether the rule holds for a block at `height`.
    bool is_active(BuriedDeployment deployment, Height height) const { return height >= buried_height(deployment); }
    const Bip9Deployment& deployment(Deployment id) const { return deployments[static_cast<std::size_t>(id)]; }
    Height difficulty_interval() const { return static_cast<Height>(target_timespan / target_spacing); }
    const BlockHash& genesis_hash() const { return genesis->hash; }
};

/// What options may change.
struct ParamsOptions {
    struct ActivationHeight {
        BuriedDeployment deployment;
        Height height;
    };
    struct VersionBits {
        Deployment deployment;
        std::int64_t start_time;
        std::int64_t timeout;
        Height min_activation_height = 0;
    };
    /// -signetchallenge; with it, minimum work and assumed valid block are empty. Ignored by the other networks.
    std::optional<Bytes> signet_challenge;
    /// -testactivationheight; regtest only by the caller's rule.
    std::vector<ActivationHeight> activation_heights;
    /// -vbparams; regtest only by the caller's rule.
    std::vector<VersionBits> version_bits;
    /// -test=bip94; regtest only.
    bool enforce_bip94 = false;
};

Params make_params(Network network, const ParamsOptions& options = {});

}  // namespace cairn::consensus
