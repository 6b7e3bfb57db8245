#pragma once
// Bech32 (BIP173) and Bech32m (BIP350).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"

namespace cairn::keys {

enum class Bech32Kind : std::uint8_t { kBech32, kBech32m };

/// The longest text that is accepted.
inline constexpr std::size_t kMaxBech32Size = 90;

struct Bech32Text {
    Bech32Kind kind{};
    std::string prefix;                // in lower case
    std::vector<std::uint8_t> values;  // 5 bits each, without the checksum
};

/// `prefix` in lower case; each of `values` below 32.
std::string encode_bech32(Bech32Kind kind, std::string_view prefix, std::span<const std::uint8_t> values);
std::optional<Bech32Text> decode_bech32(std::string_view text);

/// What is wrong with a text that decode_bech32 refuses, in Bitcoin Core's words, and where: indices of characters, in
/// order; for a wrong checksum, the one or two characters whose change makes it right.
struct Bech32Error {
    std::string message;
    std::vector<int> locations;
};
Bech32Error locate_bech32_errors(std::string_view text);

/// 8-bit bytes as 5-bit values, the last padded with zeros.
std::vector<std::uint8_t> to_five_bits(ByteSpan bytes);
/// The inverse; nothing if 5 or more bits are left over or if any of them is set.
std::optional<Bytes> from_five_bits(std::span<const std::uint8_t> values);

}  // namespace cairn::keys
