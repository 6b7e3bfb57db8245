#include "protocol/random.h"

#include <cmath>

namespace cairn::protocol {

std::uint64_t Random::below(std::uint64_t bound)
{
    if (bound <= 1) return 0;
    // Values above the last multiple of the bound would make small results more likely.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t value = next();
    while (value >= limit) value = next();
    return value % bound;
}

Duration Random::exponential(Duration mean)
{
    // floating: of an exponential distribution
    const double uniform = static_cast<double>(next() >> 11) * 0x1p-53;  // [0, 1)
    return Duration{static_cast<Duration::rep>(-std::log1p(-uniform) * static_cast<double>(mean.count()))};
}

}  // namespace cairn::protocol
