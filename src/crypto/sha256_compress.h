#pragma once
// SHA-256's compression function, by the fastest way this processor has. Inside the room only.

#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/bytes.h"

namespace cairn::crypto {

/// Takes `count` blocks of 64 bytes into `state` (eight words).
void sha256_compress(std::uint32_t* state, const std::byte* blocks, std::size_t count);

/// Double SHA-256 of each of `count` pieces of 64 bytes; each piece is read before its hash is written.
void sha256d64_pieces(std::byte* out, const std::byte* blocks, std::size_t count);

#if defined(__x86_64__)
bool has_sha_extensions();
void sha256_compress_sha_ni(std::uint32_t* state, const std::byte* blocks, std::size_t count);
void sha256d64_sha_ni(std::byte* out, const std::byte* blocks, std::size_t count);
#endif

}  // namespace cairn::crypto
