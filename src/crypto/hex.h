#pragma once
// Bytes as hex digits, in the order of the bytes (hashes shown reversed have Hash256::to_hex).

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace cairn {

/// Two lower-case digits a byte.
std::string to_hex(ByteSpan bytes);
/// The inverse; either case. Nothing for an odd number of digits or any other character (no spaces, no "0x").
std::optional<Bytes> from_hex(std::string_view hex);

}  // namespace cairn
