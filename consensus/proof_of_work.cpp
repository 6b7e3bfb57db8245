#include "consensus/proof_of_work.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace cairn::consensus {
namespace {

constexpr std::uint32_t kMantissaMask = 0x007fffff;
constexpr std::uint32_t kSignBit = 0x00800000;
/// A period's measured length counts as at least a fourth, and at most four times, of what it should be.
constexpr std::int64_t kRetargetFactor = 4;

Uint256 scaled(const Uint256& target, std::int64_t timespan, const Params& params)
{
    const Uint256 result =
        target * static_cast<std::uint64_t>(timespan) / Uint256{static_cast<std::uint64_t>(params.target_timespan)};
    return std::min(result, params.pow_limit);
}

/// CONSENSUS: on networks that allow blocks of minimum difficulty after 20 minutes, the next block returns to the bits
/// of the last block that did not use that rule. The walk ends at a period's first block. Test: DifficultyTest.
std::uint32_t last_regular_bits(const HeaderNode& parent, std::uint32_t limit_bits, const Params& params)
{
    const HeaderNode* node = &parent;
    while (node->parent() != nullptr && node->height() % params.difficulty_interval() != 0 &&
           node->bits() == limit_bits) {
        node = node->parent();
    }
    return node->bits();
}

}  // namespace

CompactTarget expand_compact(std::uint32_t bits)
{
    const unsigned size = bits >> 24;
    std::uint32_t word = bits & kMantissaMask;
    if (size <= 3) word >>= 8 * (3 - size);
    CompactTarget target;
    target.value = size <= 3 ? Uint256{word} : Uint256{word} << 8 * (size - 3);
    target.negative = word != 0 && (bits & kSignBit) != 0;
    target.overflow = word != 0 && (size > 34 || (word > 0xff && size > 33) || (word > 0xffff && size > 32));
    return target;
}

std::uint32_t to_compact(const Uint256& target)
{
    unsigned size = static_cast<unsigned>(target.bits() + 7) / 8;
    auto word =
        static_cast<std::uint32_t>(size <= 3 ? target.low64() << 8 * (3 - size) : (target >> 8 * (size - 3)).low64());
    // The mantissa's highest bit is the sign: a number that reaches it moves one byte down.
    if ((word & kSignBit) != 0) {
        word >>= 8;
        ++size;
    }
    return word | size << 24;
}

std::optional<Uint256> derive_target(std::uint32_t bits, const Uint256& pow_limit)
{
    const CompactTarget target = expand_compact(bits);
    if (target.negative || target.overflow || target.value.is_zero() || target.value > pow_limit) return std::nullopt;
    return target.value;
}

bool has_proof_of_work(const BlockHash& hash, std::uint32_t bits, const Params& params)
{
    const auto target = derive_target(bits, params.pow_limit);
    return target && Uint256::from_hash(hash.value) <= *target;
}

ChainWork block_proof(std::uint32_t bits)
{
    const CompactTarget target = expand_compact(bits);
    if (target.negative || target.overflow || target.value.is_zero()) return ChainWork{};
    // 2^256 / (target + 1), in numbers that fit: (2^256 - target - 1) / (target + 1) + 1.
    return ~target.value / (target.value + Uint256{1}) + Uint256{1};
}

std::int64_t proof_equivalent_time(const ChainWork& to, const ChainWork& from, std::uint32_t tip_bits,
                                   const Params& params)
{
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::int64_t sign = to > from ? 1 : -1;
    const ChainWork difference = to > from ? to - from : from - to;
    const ChainWork proof = block_proof(tip_bits);
    if (proof.is_zero()) return sign * kMost;
    const Uint256 seconds = difference * static_cast<std::uint64_t>(params.target_spacing) / proof;
    return sign * (seconds.bits() > 63 ? kMost : static_cast<std::int64_t>(seconds.low64()));
}

std::uint32_t retarget(const HeaderNode& first, const HeaderNode& last, const Params& params)
{
    if (params.no_retargeting) return last.bits();
    const std::int64_t measured = std::int64_t{last.time()} - first.time();
    const std::int64_t timespan =
        std::clamp(measured, params.target_timespan / kRetargetFactor, params.target_timespan * kRetargetFactor);
    // CONSENSUS: BIP94 starts from the first block of the period, which cannot be one of minimum difficulty by
    // exception. Test: DifficultyTest.
    const std::uint32_t base = params.enforce_bip94 ? first.bits() : last.bits();
    return to_compact(scaled(expand_compact(base).value, timespan, params));
}

std::uint32_t next_work_required(const HeaderNode& parent, std::uint32_t time, const Params& params)
{
    const Height height = parent.height() + 1;
    if (height % params.difficulty_interval() == 0) {
        // CONSENSUS: the measured time leaves out one block, since the period's first has no parent in it.
        const HeaderNode* first = parent.ancestor(height - params.difficulty_interval());
        assert(first != nullptr);
        return retarget(*first, parent, params);
    }
    if (!params.allow_min_difficulty_blocks) return parent.bits();
    const std::uint32_t limit_bits = to_compact(params.pow_limit);
    const bool late = std::int64_t{time} > std::int64_t{parent.time()} + 2 * params.target_spacing;
    return late ? limit_bits : last_regular_bits(parent, limit_bits, params);
}

bool is_permitted_transition(const Params& params, Height height, std::uint32_t old_bits, std::uint32_t new_bits)
{
    if (params.allow_min_difficulty_blocks) return true;
    if (height % params.difficulty_interval() != 0) return old_bits == new_bits;
    const Uint256 old_target = expand_compact(old_bits).value;
    const Uint256 new_target = expand_compact(new_bits).value;
    // Compared as they look after rounding to the compact form.
    const auto bound = [&](std::int64_t timespan) {
        return expand_compact(to_compact(scaled(old_target, timespan, params))).value;
    };
    return bound(params.target_timespan / kRetargetFactor) <= new_target &&
           new_target <= bound(params.target_timespan * kRetargetFactor);
}

}  // namespace cairn::consensus
