#pragma once
// What the operator may choose about relay, and the figures that are fixed.
//
// Source: Bitcoin Core 31 policy/policy.h; option names are Core's.

#include <cstdint>
#include <optional>

#include "consensus/script/flags.h"
#include "policy/fee_rate.h"

namespace cairn::policy {

inline constexpr Weight kMaxStandardTransactionWeight = 400'000;
/// Transactions of exactly 64 bytes can pose as inner nodes of a Merkle tree (CVE-2017-12842).
inline constexpr std::size_t kMinStandardStrippedSize = 65;
inline constexpr std::size_t kMaxStandardScriptSigSize = 1650;
inline constexpr std::int64_t kMaxStandardSigopCost = 80'000 / 5;
inline constexpr std::uint32_t kMaxP2shSigops = 15;
/// Potentially executed legacy signature operations of one transaction (BIP54).
inline constexpr std::uint32_t kMaxLegacySigops = 2'500;
inline constexpr std::size_t kMaxStandardP2wshStackItems = 100;
inline constexpr std::size_t kMaxStandardP2wshStackItemSize = 80;
inline constexpr std::size_t kMaxStandardP2wshScriptSize = 3'600;
inline constexpr std::size_t kMaxStandardTapscriptStackItemSize = 80;
inline constexpr std::uint32_t kMinStandardVersion = 1;
inline constexpr std::uint32_t kMaxStandardVersion = 3;
inline constexpr std::size_t kMaxDustOutputs = 1;
/// Version of topologically restricted transactions (BIP431), and their limits in virtual bytes.
inline constexpr std::uint32_t kTrucVersion = 3;
inline constexpr VirtualSize kTrucMaxSize = 10'000;
inline constexpr VirtualSize kTrucChildMaxSize = 1'000;
/// A replacement may conflict directly with at most this many clusters.
inline constexpr std::size_t kMaxReplacedClusters = 100;

inline constexpr std::size_t kDefaultClusterCount = 64;
inline constexpr std::int64_t kDefaultClusterSizeKvb = 101;
inline constexpr std::int64_t kDefaultMaxMempoolMb = 300;
inline constexpr std::int64_t kDefaultMempoolExpiryHours = 336;

/// Script rules of a standard transaction: the mandatory ones and those that only relay asks for.
inline constexpr ScriptFlags kStandardScriptFlags =
    kMandatoryFlags | kVerifyStrictEnc | kVerifyMinimalData | kVerifyDiscourageUpgradableNops | kVerifyCleanStack |
    kVerifyMinimalIf | kVerifyNullFail | kVerifyLowS | kVerifyDiscourageUpgradableWitnessProgram |
    kVerifyWitnessPubkeyType | kVerifyConstScriptCode | kVerifyDiscourageUpgradableTaprootVersion |
    kVerifyDiscourageOpSuccess | kVerifyDiscourageUpgradablePubkeyType;

/// The operator's choices.
struct PolicyOptions {
    bool require_standard = true;      // -acceptnonstdtxn turns it off (not on mainnet)
    bool permit_bare_multisig = true;  // -permitbaremultisig
    /// All data-carrier outputs together, in script bytes; nothing: none is standard (-datacarrier=0).
    std::optional<std::size_t> max_datacarrier_bytes = static_cast<std::size_t>(kMaxStandardTransactionWeight / 4);
    FeeRate dust_relay_rate{Amount{3'000}};       // -dustrelayfee
    FeeRate min_relay_rate{Amount{100}};          // -minrelaytxfee
    FeeRate incremental_relay_rate{Amount{100}};  // -incrementalrelayfee
    std::uint32_t bytes_per_sigop = 20;           // -bytespersigop
};

/// Weight, or the weight that its signature operations stand for where that is more.
constexpr Weight sigop_adjusted_weight(Weight weight, std::int64_t sigop_cost, std::uint32_t bytes_per_sigop)
{
    const Weight by_sigops = sigop_cost * static_cast<std::int64_t>(bytes_per_sigop);
    return weight > by_sigops ? weight : by_sigops;
}
constexpr VirtualSize virtual_size(Weight weight)
{
    return (weight + 3) / 4;
}

}  // namespace cairn::policy
