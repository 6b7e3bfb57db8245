#pragma once
// Base58, and Base58Check: with the first four bytes of the double SHA-256 appended.

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace cairn::keys {

std::string encode_base58(ByteSpan bytes);
/// Nothing for a character outside the alphabet and for more than `max_size` bytes. White space around the digits is
/// skipped, as Bitcoin Core does.
std::optional<Bytes> decode_base58(std::string_view text, std::size_t max_size);

std::string encode_base58_check(ByteSpan payload);
/// The payload without its checksum; nothing if the checksum is wrong or the payload longer than `max_size`.
std::optional<Bytes> decode_base58_check(std::string_view text, std::size_t max_size);

}  // namespace cairn::keys
