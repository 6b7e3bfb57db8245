#pragma once
// Addresses as people write them: the text side of NetAddress. Decoders take text from users and files and refuse
// whatever is not exactly the form.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace cairn::protocol::address_text {

/// What inet_aton takes: one to four parts, of which the last fills what is left, decimal, octal after a 0, hexadecimal
/// after 0x. So 127.1 is 127.0.0.1.
std::optional<std::array<std::uint8_t, 4>> decode_ipv4(std::string_view text);
/// RFC 4291 forms, without scope.
std::optional<std::array<std::byte, 16>> decode_ipv6(std::string_view text);
/// 56 characters, version 3 with a right checksum, and ".onion".
std::optional<std::array<std::byte, 32>> decode_onion(std::string_view text);
/// 52 characters and ".b32.i2p".
std::optional<std::array<std::byte, 32>> decode_i2p(std::string_view text);

std::string encode_ipv4(ByteSpan bytes);
/// RFC 5952.
std::string encode_ipv6(ByteSpan bytes);
std::string encode_onion(ByteSpan public_key);
std::string encode_i2p(ByteSpan hash);
std::string encode_internal(ByteSpan bytes);

}  // namespace cairn::protocol::address_text
