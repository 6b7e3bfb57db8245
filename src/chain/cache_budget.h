#pragma once
// How -dbcache is divided. Not a public header of the room.

#include <algorithm>
#include <cstdint>

#include "chain/chain_options.h"

namespace cairn::chain {

/// The parts add up to the whole. LevelDB's two get little: what the coins cache does not hold is asked for once.
struct CacheBudget {
    std::uint64_t index = 0;     // LevelDB of the block index
    std::uint64_t database = 0;  // LevelDB of the coins
    std::uint64_t blocks = 0;    // handed in or read ahead, waiting to be connected
    std::uint64_t window = 0;    // blocks connected whose scripts are under way
    std::uint64_t coins = 0;     // tables (active and frozen) and layers

    explicit CacheBudget(std::uint64_t total)
    {
        constexpr std::uint64_t kMib = std::uint64_t{1} << 20;
        index = std::min(total / 8, 2 * kMib);
        database = std::min(total / 4, 32 * kMib);
        blocks = std::min(total / 16, 8 * kMib);
        window = std::min(total / 16, 16 * kMib);
        coins = total - index - database - blocks - window;
    }
};

}  // namespace cairn::chain
