#pragma once
// Randomness, as it is passed in. The node's comes from the operating system's generator only.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace cairn::base {

/// A source of uniformly distributed bytes. OsRandom may be shared by threads, SeededRandom not.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;

    std::uint64_t u64();
    std::uint32_t u32() { return static_cast<std::uint32_t>(u64() >> 32); }
    bool boolean() { return (u64() >> 63) != 0; }
    /// Uniform in [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound);

    template <class Range>
    void shuffle(Range& range)
    {
        for (std::size_t i = range.size(); i > 1; --i) {
            const auto j = static_cast<std::size_t>(below(i));
            if (j != i - 1) std::swap(range[i - 1], range[j]);
        }
    }
};

/// getrandom(2). Never predictable and safe for keys; throws IoError if the kernel refuses, which it does not.
class OsRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override;
};

/// Repeats exactly for a seed. For tests and simulations; predictable, so never for keys or salts of a running node.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed);
    void fill(std::span<std::byte> out) override;

private:
    std::uint64_t next();
    std::uint64_t state_[4];
};

}  // namespace cairn::base
