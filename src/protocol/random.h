#pragma once
// Randomness as a port: the node gives a cryptographically secure source, the simulator a seeded one.

#include <cstdint>

#include "protocol/time.h"

namespace cairn::protocol {

class Random {
public:
    virtual ~Random() = default;
    /// 64 uniform bits.
    virtual std::uint64_t next() = 0;

    /// Uniform in [0, bound); 0 for bound 0.
    std::uint64_t below(std::uint64_t bound);
    bool flip() { return (next() & 1) != 0; }
    /// An interval of a Poisson process with this mean.
    Duration exponential(Duration mean);
    Duration duration_below(Duration bound)
    {
        return Duration{static_cast<Duration::rep>(below(static_cast<std::uint64_t>(bound.count())))};
    }
};

/// Puts a range with random access in random order.
template <class Range>
void shuffle(Range& range, Random& random)
{
    using std::swap;
    for (std::size_t i = range.size(); i > 1; --i) {
        swap(range[i - 1], range[static_cast<std::size_t>(random.below(i))]);
    }
}

}  // namespace cairn::protocol
