// SHA-256 with the SHA extensions of x86-64. Ours because Crypto++ offers them behind an object that is no plain value
// (no midstates to copy) and for one message at a time: the pieces of a Merkle level, two by two, take half the time.
// This file alone is compiled for these extensions (see CMakeLists.txt), so it uses no inline functions of other
// headers, which the linker could then choose for the whole program: hence plain arrays.

#if defined(__x86_64__)

#include <immintrin.h>

#include "crypto/sha256_compress.h"

namespace cairn::crypto {
namespace {

alignas(16) constexpr std::uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

alignas(16) constexpr std::uint32_t kStart[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// The state as the instructions want it (words a, b, e, f and c, d, g, h), and the sixteen words of a block.
struct Lane {
    __m128i abef;
    __m128i cdgh;
    __m128i words[4];
};

inline __m128i load(const void* from)
{
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}
inline void store(void* to, __m128i value)
{
    _mm_storeu_si128(static_cast<__m128i*>(to), value);
}

inline __m128i swap_bytes(__m128i value)
{
    return _mm_shuffle_epi8(value, _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));
}

inline void load_state(Lane& lane, const std::uint32_t* state)
{
    const __m128i cdab = _mm_shuffle_epi32(load(state), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(load(state + 4), 0x1b);
    lane.abef = _mm_alignr_epi8(cdab, efgh, 8);
    lane.cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
}

struct StateWords {
    __m128i a_to_d;
    __m128i e_to_h;
};

inline StateWords state_words(const Lane& lane)
{
    const __m128i feba = _mm_shuffle_epi32(lane.abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(lane.cdgh, 0xb1);
    return {_mm_blend_epi16(feba, dchg, 0xf0), _mm_alignr_epi8(dchg, feba, 8)};
}

inline void load_block(Lane& lane, const std::byte* block)
{
    for (std::size_t i = 0; i < 4; ++i) lane.words[i] = swap_bytes(load(block + 16 * i));
}

inline void set_words(Lane& lane, __m128i w0, __m128i w1, __m128i w2, __m128i w3)
{
    lane.words[0] = w0;
    lane.words[1] = w1;
    lane.words[2] = w2;
    lane.words[3] = w3;
}

/// Sixteen times four rounds on each of N independent lanes, interleaved so that one waits for no other's result.
template <std::size_t N>
inline void compress(Lane (&lanes)[N])
{
    __m128i abef[N];
    __m128i cdgh[N];
#pragma GCC unroll 4
    for (std::size_t n = 0; n < N; ++n) {
        abef[n] = lanes[n].abef;
        cdgh[n] = lanes[n].cdgh;
    }
#pragma GCC unroll 16
    for (std::size_t r = 0; r < 16; ++r) {
        const __m128i round = load(&kRound[4 * r]);
#pragma GCC unroll 4
        for (std::size_t n = 0; n < N; ++n) {
            auto& w = lanes[n].words;
            const __m128i sum = _mm_add_epi32(w[r % 4], round);
            lanes[n].cdgh = _mm_sha256rnds2_epu32(lanes[n].cdgh, lanes[n].abef, sum);
            if (r >= 3 && r < 15) {
                const __m128i middle = _mm_alignr_epi8(w[r % 4], w[(r + 3) % 4], 4);
                w[(r + 1) % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(w[(r + 1) % 4], middle), w[r % 4]);
            }
            lanes[n].abef = _mm_sha256rnds2_epu32(lanes[n].abef, lanes[n].cdgh, _mm_shuffle_epi32(sum, 0x0e));
            if (r >= 1 && r < 13) w[(r + 3) % 4] = _mm_sha256msg1_epu32(w[(r + 3) % 4], w[r % 4]);
        }
    }
#pragma GCC unroll 4
    for (std::size_t n = 0; n < N; ++n) {
        lanes[n].abef = _mm_add_epi32(lanes[n].abef, abef[n]);
        lanes[n].cdgh = _mm_add_epi32(lanes[n].cdgh, cdgh[n]);
    }
}

/// Double SHA-256 of N pieces of 64 bytes.
template <std::size_t N>
inline void double_hash(std::byte* out, const std::byte* blocks)
{
    Lane lanes[N];
    for (std::size_t n = 0; n < N; ++n) {
        load_state(lanes[n], kStart);
        load_block(lanes[n], blocks + 64 * n);
    }
    compress(lanes);
    const __m128i end_mark = _mm_set_epi32(0, 0, 0, static_cast<int>(0x80000000U));
    for (auto& lane : lanes)
        set_words(lane, end_mark, _mm_setzero_si128(), _mm_setzero_si128(), _mm_set_epi32(512, 0, 0, 0));
    compress(lanes);
    for (auto& lane : lanes) {
        const auto hash = state_words(lane);
        set_words(lane, hash.a_to_d, hash.e_to_h, end_mark, _mm_set_epi32(256, 0, 0, 0));
        load_state(lane, kStart);
    }
    compress(lanes);
    for (std::size_t n = 0; n < N; ++n) {
        const auto hash = state_words(lanes[n]);
        store(out + 32 * n, swap_bytes(hash.a_to_d));
        store(out + 32 * n + 16, swap_bytes(hash.e_to_h));
    }
}

}  // namespace

void sha256_compress_sha_ni(std::uint32_t* state, const std::byte* blocks, std::size_t count)
{
    Lane lanes[1];
    load_state(lanes[0], state);
    for (; count > 0; --count, blocks += 64) {
        load_block(lanes[0], blocks);
        compress(lanes);
    }
    const auto words = state_words(lanes[0]);
    store(state, words.a_to_d);
    store(state + 4, words.e_to_h);
}

void sha256d64_sha_ni(std::byte* out, const std::byte* blocks, std::size_t count)
{
    for (; count >= 2; count -= 2, out += 64, blocks += 128) double_hash<2>(out, blocks);
    if (count == 1) double_hash<1>(out, blocks);
}

}  // namespace cairn::crypto

#endif
