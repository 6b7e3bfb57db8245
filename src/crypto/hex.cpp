#include "crypto/hex.h"

#include <algorithm>
#include <cstdint>

#include "crypto/hash256.h"

namespace cairn {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_byte(std::string& out, std::byte byte)
{
    out.push_back(kDigits[std::to_integer<std::size_t>(byte >> 4)]);
    out.push_back(kDigits[std::to_integer<std::size_t>(byte & std::byte{15})]);
}

/// 0 to 15, or -1.
constexpr int digit_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Nothing written for a wrong digit.
bool read_byte(std::string_view hex, std::size_t position, std::byte& out)
{
    const int high = digit_value(hex[position]);
    const int low = digit_value(hex[position + 1]);
    if (high < 0 || low < 0) return false;
    out = static_cast<std::byte>(high * 16 + low);
    return true;
}

}  // namespace

std::string to_hex(ByteSpan bytes)
{
    std::string out;
    out.reserve(2 * bytes.size());
    for (const std::byte byte : bytes) append_byte(out, byte);
    return out;
}

std::optional<Bytes> from_hex(std::string_view hex)
{
    if (hex.size() % 2 != 0) return std::nullopt;
    Bytes out(hex.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!read_byte(hex, 2 * i, out[i])) return std::nullopt;
    }
    return out;
}

std::string Hash256::to_hex() const
{
    std::string out;
    out.reserve(2 * bytes.size());
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) append_byte(out, *byte);
    return out;
}

std::optional<Hash256> Hash256::from_hex(std::string_view hex)
{
    if (hex.size() != 64) return std::nullopt;
    Hash256 out;
    for (std::size_t i = 0; i < 32; ++i) {
        if (!read_byte(hex, 2 * i, out.bytes[31 - i])) return std::nullopt;
    }
    return out;
}

}  // namespace cairn
