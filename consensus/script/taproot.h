#pragma once
// The hashes of taproot's script trees (BIP341). Tweaks and output keys are crypto::XOnlyKey's.

#include <cstddef>
#include <cstdint>

#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn::consensus {

inline constexpr std::uint8_t kTaprootLeafMask = 0xfe;
inline constexpr std::uint8_t kTaprootLeafTapscript = 0xc0;
inline constexpr std::size_t kTaprootControlBaseSize = 33;
inline constexpr std::size_t kTaprootControlNodeSize = 32;
inline constexpr std::size_t kTaprootControlMaxNodes = 128;
inline constexpr std::size_t kTaprootControlMaxSize =
    kTaprootControlBaseSize + kTaprootControlNodeSize * kTaprootControlMaxNodes;
inline constexpr std::byte kAnnexTag{0x50};

Hash256 tapleaf_hash(std::uint8_t leaf_version, ByteSpan script);
/// In either order.
Hash256 tapbranch_hash(const Hash256& a, const Hash256& b);
/// Whether a control block may have this size: 33 + 32 n bytes, n from 0 to 128.
bool is_control_block_size(std::size_t size);
/// The root that `control`, of a valid size, leads to from the leaf.
Hash256 taproot_merkle_root(ByteSpan control, const Hash256& leaf_hash);

}  // namespace cairn::consensus
