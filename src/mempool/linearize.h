#pragma once
// The best order in which to mine the transactions of one cluster, and the chunks that order falls into.
//
// The result is optimal: no order of the same transactions has, at any size, collected more fees by whole chunks. It is
// found by maximum closures: of a set with fee rate r, the transactions (with their ancestors) that together pay most
// above r form a minimum cut of a flow network; they come first, and each half is cut in turn. What cannot be cut is
// one chunk, or several of the same rate, which are told apart by the strongly connected parts of the residual network,
// so that chunks are as small as they can be. The result depends on the arguments alone, never on how the cluster grew.

#include <cstdint>
#include <span>
#include <vector>

#include "policy/fee_rate.h"

namespace cairn::mempool {

inline constexpr std::size_t kMaxClusterCount = 64;

/// A set of positions in a cluster.
using PositionSet = std::uint64_t;

struct Linearization {
    struct Chunk {
        policy::FeeFraction rate;
        std::uint32_t count = 0;
    };
    /// Positions in mining order: ancestors before descendants.
    std::vector<std::uint8_t> order;
    /// Consecutive parts of `order`, by falling (not always strictly) fee rate.
    std::vector<Chunk> chunks;
};

/// Of n <= 64 transactions: `rates` (sizes > 0, with |fee| < 2^63 and sizes summing below 2^32), `ancestors` (each its
/// own and all its ancestors' positions), `ties` (the lower first where rates do not decide).
Linearization linearize(std::span<const policy::FeeFraction> rates, std::span<const PositionSet> ancestors,
                        std::span<const std::uint64_t> ties);

/// The chunks of a given order: each as large as makes its rate no lower than the following one's.
std::vector<Linearization::Chunk> chunks_of(std::span<const policy::FeeFraction> rates_in_order);

/// How two diagrams of chunks, each by falling rate, compare at every size: less, greater, equal, or unordered when
/// each is better somewhere.
std::partial_ordering compare_diagrams(std::span<const policy::FeeFraction> a, std::span<const policy::FeeFraction> b);

}  // namespace cairn::mempool
