// Hashes and set hashes, under the names bench_bitcoin gives their like.

#include <array>
#include <vector>

#include <benchmark/benchmark.h>
#include <cryptopp/sha.h>

#include "crypto/chacha20.h"
#include "crypto/ecdsa.h"
#include "crypto/hashes.h"
#include "crypto/muhash.h"
#include "crypto/schnorr.h"
#include "crypto/sha256.h"
#include "crypto/siphash.h"

namespace cairn::crypto {
namespace {

void Sha256_32b(benchmark::State& state)
{
    Hash256 hash;
    for (auto _ : state) benchmark::DoNotOptimize(hash = sha256(hash.span()));
}
BENCHMARK(Sha256_32b);

void Sha256_32b_Cryptopp(benchmark::State& state)
{
    Hash256 hash;
    auto* bytes = reinterpret_cast<CryptoPP::byte*>(hash.bytes.data());
    for (auto _ : state) CryptoPP::SHA256{}.CalculateDigest(bytes, bytes, 32);
    benchmark::DoNotOptimize(hash);
}
BENCHMARK(Sha256_32b_Cryptopp);

void Sha256_1M(benchmark::State& state)
{
    const Bytes input(1'000'000);
    for (auto _ : state) benchmark::DoNotOptimize(sha256(input));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * 1'000'000);
}
BENCHMARK(Sha256_1M);

void Sha256D64_1024(benchmark::State& state)
{
    Bytes blocks(64 * 1024);
    for (auto _ : state) {
        sha256d64(blocks, blocks);
        benchmark::DoNotOptimize(blocks.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * 64 * 1024);
}
BENCHMARK(Sha256D64_1024);

void Hash160_33b(benchmark::State& state)
{
    const Bytes key(33);
    for (auto _ : state) benchmark::DoNotOptimize(hash160(key));
}
BENCHMARK(Hash160_33b);

void SipHash_32b(benchmark::State& state)
{
    Hash256 hash;
    std::uint64_t key = 0;
    for (auto _ : state) key = siphash({key, 1}, hash);
    benchmark::DoNotOptimize(key);
}
BENCHMARK(SipHash_32b);

void MuHashInsert(benchmark::State& state)
{
    MuHash set;
    Bytes element(32);
    for (auto _ : state) {
        element[0] ^= std::byte{1};
        set.insert(element);
    }
    benchmark::DoNotOptimize(set);
}
BENCHMARK(MuHashInsert);

void MuHashFinish(benchmark::State& state)
{
    MuHash set;
    set.insert(Bytes(32)).remove(Bytes(33));
    for (auto _ : state) benchmark::DoNotOptimize(set.finish());
}
BENCHMARK(MuHashFinish);

void ChaCha20Poly1305_256b(benchmark::State& state)
{
    const std::array<std::byte, 32> key{};
    const std::array<std::byte, 12> nonce{};
    const Bytes plain(256);
    for (auto _ : state) benchmark::DoNotOptimize(chacha20_poly1305_encrypt(key, nonce, {}, plain));
}
BENCHMARK(ChaCha20Poly1305_256b);

void VerifyEcdsa(benchmark::State& state)
{
    const SigningContext context{std::array<std::byte, 32>{}};
    const auto key = *SecretKey::parse(Hash256{{std::byte{1}}}.span());
    const auto public_key = key.public_key(context);
    const Hash256 hash{};
    const Bytes signature = sign_ecdsa(context, key, hash);
    for (auto _ : state) benchmark::DoNotOptimize(verify_ecdsa(public_key.bytes(), signature, hash));
}
BENCHMARK(VerifyEcdsa);

void VerifySchnorr(benchmark::State& state)
{
    const SigningContext context{std::array<std::byte, 32>{}};
    const auto key = *SecretKey::parse(Hash256{{std::byte{1}}}.span());
    const auto public_key = XOnlyKey::of(key.public_key(context));
    const Hash256 hash{};
    const auto signature = sign_schnorr(context, key, hash, std::array<std::byte, 32>{});
    for (auto _ : state) benchmark::DoNotOptimize(verify_schnorr(public_key.bytes(), signature, hash.span()));
}
BENCHMARK(VerifySchnorr);

}  // namespace
}  // namespace cairn::crypto
