#pragma once
// Public keys as libsecp256k1 holds them. Inside the room only.

#include <optional>

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>

#include "crypto/public_key.h"

namespace cairn::crypto {

/// Nothing unless `bytes` is the encoding of a point on the curve.
std::optional<secp256k1_pubkey> parse_point(ByteSpan bytes);
/// Nothing unless `bytes` are 32, the x coordinate of a point.
std::optional<secp256k1_xonly_pubkey> parse_x_only(ByteSpan bytes);
PublicKey compress(const secp256k1_pubkey& point);

}  // namespace cairn::crypto
