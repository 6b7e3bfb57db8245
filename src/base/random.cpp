#include "base/random.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include <sys/random.h>

#include "base/io_error.h"

namespace cairn::base {

std::uint64_t Random::u64()
{
    std::array<std::byte, 8> bytes;
    fill(bytes);
    return std::bit_cast<std::uint64_t>(bytes);
}

std::uint64_t Random::below(std::uint64_t bound)
{
    assert(bound > 0);
    // Numbers below `biased` would make the first remainders likelier; they are drawn again.
    const std::uint64_t biased = (0 - bound) % bound;
    std::uint64_t value = u64();
    while (value < biased) value = u64();
    return value % bound;
}

void OsRandom::fill(std::span<std::byte> out)
{
    while (!out.empty()) {
        const ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw IoError("read random bytes", "getrandom", errno);
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

SeededRandom::SeededRandom(std::uint64_t seed)
{
    // splitmix64, to spread a small seed over the state.
    for (auto& word : state_) {
        seed += 0x9e3779b97f4a7c15U;
        std::uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        word = z ^ (z >> 31);
    }
}

// xoshiro256**
std::uint64_t SeededRandom::next()
{
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

void SeededRandom::fill(std::span<std::byte> out)
{
    while (!out.empty()) {
        const std::uint64_t word = next();
        const std::size_t size = std::min<std::size_t>(out.size(), sizeof word);
        std::memcpy(out.data(), &word, size);
        out = out.subspan(size);
    }
}

}  // namespace cairn::base
