#pragma once
// ECDSA over secp256k1, as Bitcoin reads and makes signatures.

#include <array>
#include <cstddef>
#include <optional>

#include "crypto/bytes.h"
#include "crypto/hash256.h"
#include "crypto/public_key.h"
#include "crypto/secret_key.h"

namespace cairn::crypto {

/// Whether `signature` (DER, read as laxly as Bitcoin's rules do: see docs of parse_der_lax) over `hash` is by
/// `public_key` (33 or 65 bytes). A high S is taken as its negative. False for keys and signatures that are none.
bool verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& hash);

/// Whether the signature, read as verify_ecdsa does, has an S in the lower half (BIP146's LOW_S). False if unreadable.
bool has_low_s(ByteSpan signature);

/// R and S, 32 bytes each, big-endian.
using CompactSignature = std::array<std::byte, 64>;

/// Reads what OpenSSL once accepted as a DER signature, which the rules of old blocks still accept: lengths in long
/// form, padded or negative-looking integers, garbage after. An R or S that does not fit the group's order gives zeros
/// for both (a signature that never verifies). Nothing where even that reading fails.
std::optional<CompactSignature> parse_der_lax(ByteSpan signature);

enum class LowR { kAny, kGrind };

/// A deterministic (RFC 6979) low-S signature in DER. With kGrind, nonces are tried until R's highest bit is clear, so
/// that the signature is at most 70 bytes: equal to Bitcoin Core's byte for byte.
Bytes sign_ecdsa(const SigningContext& context, const SecretKey& key, const Hash256& hash, LowR low_r = LowR::kGrind);

/// A signature from which the public key can be computed, as signed messages have it.
struct RecoverableSignature {
    CompactSignature compact{};
    int recovery_id = 0;  // 0 to 3
};

RecoverableSignature sign_recoverable(const SigningContext& context, const SecretKey& key, const Hash256& hash);
/// Compressed; nothing if there is no such key. recovery_id from 0 to 3.
std::optional<PublicKey> recover(const RecoverableSignature& signature, const Hash256& hash);

}  // namespace cairn::crypto
