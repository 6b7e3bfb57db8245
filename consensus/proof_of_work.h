#pragma once
// Proof of work: compact targets, the work of a header, and the target that each network requires of the next one.
// Source: Bitcoin Core 31 `pow.cpp`, `chain.cpp`; BIP94.

#include <cstdint>
#include <optional>

#include "consensus/header_node.h"
#include "consensus/params.h"
#include "consensus/uint256.h"

namespace cairn::consensus {

/// A compact target read without judgement.
struct CompactTarget {
    Uint256 value;
    bool negative = false;
    bool overflow = false;  // does not fit 256 bits; `value` is then without meaning
};
CompactTarget expand_compact(std::uint32_t bits);
/// The compact form, which keeps the top two to three bytes.
std::uint32_t to_compact(const Uint256& target);

/// The target that `bits` stands for; nothing if negative, zero, too large for 256 bits or easier than the limit.
std::optional<Uint256> derive_target(std::uint32_t bits, const Uint256& pow_limit);

/// Whether the hash meets the target that the header claims, and that target is one of the network's.
bool has_proof_of_work(const BlockHash& hash, std::uint32_t bits, const Params& params);

/// The expected number of hashes that a header of these bits takes; zero for a target that is none.
ChainWork block_proof(std::uint32_t bits);
/// How many seconds at the difficulty of `tip_bits` the difference `to` − `from` of work takes; negative if `from` is
/// more. Saturates at what 64 bits hold.
std::int64_t proof_equivalent_time(const ChainWork& to, const ChainWork& from, std::uint32_t tip_bits,
                                   const Params& params);

/// The bits that a header of time `time` on top of `parent` must have.
std::uint32_t next_work_required(const HeaderNode& parent, std::uint32_t time, const Params& params);
/// The bits of the period after the one from `first` to `last`.
std::uint32_t retarget(const HeaderNode& first, const HeaderNode& last, const Params& params);

/// Whether bits may follow each other at `height` at all, judged without times: what a headers sync that keeps no
/// headers can check.
bool is_permitted_transition(const Params& params, Height height, std::uint32_t old_bits, std::uint32_t new_bits);

}  // namespace cairn::consensus
