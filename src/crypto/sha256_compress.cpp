#include "crypto/sha256_compress.h"

#include <array>
#include <cstring>

#include <cryptopp/sha.h>

#include "crypto/endian.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace cairn::crypto {
namespace {

constexpr std::array<std::uint32_t, 8> kStart{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void compress_with_cryptopp(std::uint32_t* state, const std::byte* blocks, std::size_t count)
{
    alignas(16) std::array<CryptoPP::word32, 16> words;
    alignas(16) std::array<CryptoPP::word32, 8> aligned;
    std::memcpy(aligned.data(), state, sizeof aligned);
    for (; count > 0; --count, blocks += 64) {
        for (std::size_t i = 0; i < 16; ++i) words[i] = load_big<std::uint32_t>(blocks + 4 * i);
        CryptoPP::SHA256::Transform(aligned.data(), words.data());
    }
    std::memcpy(state, aligned.data(), sizeof aligned);
}

void store_state(std::byte* out, const std::array<std::uint32_t, 8>& state)
{
    for (std::size_t i = 0; i < 8; ++i) store_big(out + 4 * i, state[i]);
}

void sha256d64_one(std::byte* out, const std::byte* block)
{
    std::array<std::byte, 128> padded{};
    std::memcpy(padded.data(), block, 64);
    padded[64] = std::byte{0x80};
    store_big<std::uint64_t>(padded.data() + 120, 512);
    auto state = kStart;
    sha256_compress(state.data(), padded.data(), 2);

    std::array<std::byte, 64> second{};
    store_state(second.data(), state);
    second[32] = std::byte{0x80};
    store_big<std::uint64_t>(second.data() + 56, 256);
    state = kStart;
    sha256_compress(state.data(), second.data(), 1);
    store_state(out, state);
}

#if defined(__x86_64__)
bool detect_sha_extensions()
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0) return false;
    const bool ssse3_and_sse41 = (c & (1U << 9)) != 0 && (c & (1U << 19)) != 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
    return ssse3_and_sse41 && (b & (1U << 29)) != 0;
}
#endif

}  // namespace

#if defined(__x86_64__)
bool has_sha_extensions()
{
    static const bool has = detect_sha_extensions();
    return has;
}
#endif

void sha256_compress(std::uint32_t* state, const std::byte* blocks, std::size_t count)
{
#if defined(__x86_64__)
    if (has_sha_extensions()) return sha256_compress_sha_ni(state, blocks, count);
#endif
    compress_with_cryptopp(state, blocks, count);
}

void sha256d64_pieces(std::byte* out, const std::byte* blocks, std::size_t count)
{
#if defined(__x86_64__)
    if (has_sha_extensions()) return sha256d64_sha_ni(out, blocks, count);
#endif
    for (; count > 0; --count, out += 32, blocks += 64) sha256d64_one(out, blocks);
}

}  // namespace cairn::crypto
