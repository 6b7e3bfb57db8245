#pragma once
// The numbers of the consensus rules that are the same on every network.

#include <cstddef>
#include <cstdint>

#include "consensus/primitives/amount.h"

namespace cairn::consensus {

/// BIP141: a byte outside the witness weighs this much.
inline constexpr Weight kWitnessScale = 4;
/// BIP141: heaviest block.
inline constexpr Weight kMaxBlockWeight = 4'000'000;
/// Largest encoding of a block that could have at most that weight: what buffers and files must be able to hold.
inline constexpr std::size_t kMaxBlockSize = 4'000'000;
/// BIP141: most signature operations of a block, as cost (a legacy one costs 4).
inline constexpr std::int64_t kMaxBlockSigopCost = 80'000;
/// A coinbase's output may be spent this many blocks later.
inline constexpr Height kCoinbaseMaturity = 100;
/// Sizes a coinbase's scriptSig may have.
inline constexpr std::size_t kMinCoinbaseScript = 2;
inline constexpr std::size_t kMaxCoinbaseScript = 100;
/// An input with this sequence is final: it switches the transaction's lock time off if all have it.
inline constexpr std::uint32_t kSequenceFinal = 0xffffffff;
/// BIP68: the parts of a sequence.
inline constexpr std::uint32_t kSequenceDisableFlag = 1U << 31;
inline constexpr std::uint32_t kSequenceTypeFlag = 1U << 22;
inline constexpr std::uint32_t kSequenceMask = 0x0000ffff;
inline constexpr unsigned kSequenceGranularity = 9;  // time locks count 512 seconds
/// A header's time may be this far ahead of the node's, in seconds.
inline constexpr std::int64_t kMaxFutureBlockTime = 2 * 60 * 60;
/// BIP94: the first block of a difficulty period may be this much earlier than its parent, in seconds.
inline constexpr std::int64_t kMaxTimewarp = 600;
/// Median time past is the median of this many blocks.
inline constexpr int kMedianTimeSpan = 11;
}  // namespace cairn::consensus
