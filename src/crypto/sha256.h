#pragma once
// SHA-256: streaming, at once, double, and many 64-byte blocks together (Merkle levels).

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn::crypto {

/// A SHA-256 under way. A plain value: a copy goes on from the same point, which is how midstates are kept and reused.
class Sha256 {
public:
    Sha256& write(ByteSpan bytes);
    Sha256& write(std::byte byte) { return write(ByteSpan{&byte, 1}); }
    // Little-endian integers, as Bitcoin's encodings have them.
    Sha256& write_u32(std::uint32_t value);
    Sha256& write_u64(std::uint64_t value);
    Sha256& write_compact_size(std::uint64_t value);

    /// The hash of all written. The object is used up: only assigning it a new value is allowed afterwards.
    Hash256 finish();
    /// SHA-256 of finish(): Bitcoin's double hash.
    Hash256 finish_double();

private:
    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::byte, 64> buffer_;
    std::uint64_t size_ = 0;  // of what was written
};

Hash256 sha256(ByteSpan bytes);
/// SHA-256 of SHA-256.
Hash256 sha256d(ByteSpan bytes);

/// Double SHA-256 of each 64-byte piece of `blocks`, 32 bytes each to `out`. `blocks` holds 64 n bytes and `out` at
/// least 32 n; `out` may begin where `blocks` does (a Merkle level computed in place), but not overlap it otherwise.
void sha256d64(std::span<std::byte> out, ByteSpan blocks);

/// SHA-256 begun with the tag hash twice (BIP340's tagged hashes); copy it rather than make it anew.
Sha256 tagged_hasher(std::string_view tag);

}  // namespace cairn::crypto
