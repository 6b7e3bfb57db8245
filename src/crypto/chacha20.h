#pragma once
// ChaCha20 (RFC 8439) and its authenticated forms.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "crypto/bytes.h"

namespace cairn::crypto {

using Key32 = std::span<const std::byte, 32>;
using Nonce12 = std::span<const std::byte, 12>;
using Nonce24 = std::span<const std::byte, 24>;

inline constexpr std::size_t kAeadTagSize = 16;

/// The keystream of ChaCha20, as a stream; wiped when it ends.
class ChaCha20 {
public:
    ChaCha20(Key32 key, Nonce12 nonce, std::uint32_t block_counter = 0);
    ~ChaCha20();
    ChaCha20(const ChaCha20&) = default;
    ChaCha20& operator=(const ChaCha20&) = default;

    /// The next bytes of the keystream.
    void keystream(std::span<std::byte> out);
    /// Exclusive-or of `in` with the next bytes; same size, `out` may be `in`.
    void crypt(ByteSpan in, std::span<std::byte> out);

private:
    void next_block();

    std::array<std::uint32_t, 16> state_;
    std::array<std::byte, 64> block_;
    std::size_t used_ = 64;
};

/// ChaCha20-Poly1305 (RFC 8439): `plain` encrypted, and the 16-byte tag after it.
Bytes chacha20_poly1305_encrypt(Key32 key, Nonce12 nonce, ByteSpan associated, ByteSpan plain);
/// The inverse; nothing if the tag does not fit. `cipher` includes the tag.
std::optional<Bytes> chacha20_poly1305_decrypt(Key32 key, Nonce12 nonce, ByteSpan associated, ByteSpan cipher);

/// The same with a 24-byte nonce, which may be random (draft-irtf-cfrg-xchacha-03).
Bytes xchacha20_poly1305_encrypt(Key32 key, Nonce24 nonce, ByteSpan associated, ByteSpan plain);
std::optional<Bytes> xchacha20_poly1305_decrypt(Key32 key, Nonce24 nonce, ByteSpan associated, ByteSpan cipher);

}  // namespace cairn::crypto
