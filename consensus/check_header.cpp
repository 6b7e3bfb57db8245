#include "consensus/check_header.h"

#include <array>
#include <string>

#include "consensus/limits.h"
#include "consensus/proof_of_work.h"

namespace cairn::consensus {
namespace {

std::string version_hex(std::int32_t version)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto bits = static_cast<std::uint32_t>(version);
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[bits >> shift & 0xf];
    return text;
}

/// Blocks of old versions are refused from the height on at which the rule they do not know holds (BIP34, 66, 65).
bool is_version_outdated(std::int32_t version, Height height, const Params& params)
{
    return (version < 2 && params.is_active(BuriedDeployment::kBip34, height)) ||
           (version < 3 && params.is_active(BuriedDeployment::kBip66, height)) ||
           (version < 4 && params.is_active(BuriedDeployment::kBip65, height));
}

/// CONSENSUS: BIP94, so that the last block of a period cannot be dated far ahead of the next one's first. Test:
/// CheckHeaderTest.
bool is_timewarp(const BlockHeader& header, const HeaderNode& parent, const Params& params)
{
    return params.enforce_bip94 && (parent.height() + 1) % params.difficulty_interval() == 0 &&
           std::int64_t{header.time} < std::int64_t{parent.time()} - kMaxTimewarp;
}

}  // namespace

std::expected<void, Rejection> check_header(const BlockHeader& header, const BlockHash& hash, const Params& params)
{
    if (!has_proof_of_work(hash, header.bits, params)) {
        return std::unexpected(Rejection{RejectReason::kHighHash, "proof of work failed"});
    }
    return {};
}

std::expected<void, Rejection> check_header_in_context(const BlockHeader& header, const HeaderNode& parent,
                                                       std::int64_t now, const Params& params)
{
    using enum RejectReason;
    if (header.bits != next_work_required(parent, header.time, params)) {
        return std::unexpected(Rejection{kBadDifficultyBits, "incorrect proof of work"});
    }
    if (header.time <= median_time_past(parent)) {
        return std::unexpected(Rejection{kTimeTooOld, "block's timestamp is too early"});
    }
    if (is_timewarp(header, parent, params)) {
        return std::unexpected(Rejection{kTimewarpAttack, "block's timestamp is too early on diff adjustment block"});
    }
    if (header.time > now + kMaxFutureBlockTime) {
        return std::unexpected(Rejection{kTimeTooNew, "block timestamp too far in the future"});
    }
    if (is_version_outdated(header.version, parent.height() + 1, params)) {
        const std::string version = version_hex(header.version);
        return std::unexpected(
            Rejection{kBadVersion, "rejected nVersion=" + version + " block", "bad-version(" + version + ")"});
    }
    return {};
}

}  // namespace cairn::consensus
