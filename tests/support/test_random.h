#pragma once
// A generator for tests of rooms that do not see base: repeats exactly for a seed.

#include <cstdint>

namespace cairn::test {

class TestRandom {
public:
    explicit TestRandom(std::uint64_t seed) : state_(seed) {}

    // SplitMix64.
    std::uint64_t u64()
    {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    /// In [0, bound); bound > 0. (Uniform enough for tests.)
    std::uint64_t below(std::uint64_t bound) { return u64() % bound; }
    bool chance(std::uint64_t of, std::uint64_t in) { return below(in) < of; }

private:
    std::uint64_t state_;
};

}  // namespace cairn::test
