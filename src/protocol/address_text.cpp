#include "protocol/address_text.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "crypto/hashes.h"
#include "crypto/text.h"

namespace cairn::protocol::address_text {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kOnionSuffix = ".onion";
constexpr std::string_view kI2pSuffix = ".b32.i2p";

std::string encode_base32(ByteSpan bytes)
{
    std::string text;
    unsigned bits = 0;
    std::uint32_t buffer = 0;
    for (const std::byte b : bytes) {
        buffer = buffer << 8 | static_cast<std::uint32_t>(b);
        bits += 8;
        for (; bits >= 5; bits -= 5) text += kBase32[(buffer >> (bits - 5)) & 31];
    }
    if (bits > 0) text += kBase32[(buffer << (5 - bits)) & 31];
    return text;
}

std::optional<Bytes> decode_base32(std::string_view text)
{
    Bytes bytes;
    unsigned bits = 0;
    std::uint32_t buffer = 0;
    for (char c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        const std::size_t value = kBase32.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        buffer = buffer << 5 | static_cast<std::uint32_t>(value);
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(std::byte(buffer >> bits & 0xff));
    }
    if ((buffer & ((1U << bits) - 1)) != 0) return std::nullopt;  // padding bits must be zero
    return bytes;
}

/// What stands at the end of a Tor v3 address after its key.
std::array<std::byte, 3> onion_tail(ByteSpan key)
{
    constexpr std::string_view kLabel = ".onion checksum";
    constexpr std::byte kVersion{3};
    const ByteSpan label = std::as_bytes(std::span{kLabel});
    Bytes input(label.begin(), label.end());
    input.insert(input.end(), key.begin(), key.end());
    input.push_back(kVersion);
    const Hash256 hash = crypto::sha3_256(input);
    return {hash.bytes[0], hash.bytes[1], kVersion};
}

/// Four decimal parts and nothing else.
std::optional<std::array<std::uint8_t, 4>> decode_dotted_quad(std::string_view text)
{
    const auto parts = split(text, '.');
    if (parts.size() != 4) return std::nullopt;
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto value = parse_integer<std::uint8_t>(parts[i]);
        if (!value || parts[i].size() > 3 || (parts[i].size() > 1 && parts[i][0] == '0')) return std::nullopt;
        bytes[i] = *value;
    }
    return bytes;
}

/// The 16-bit groups of one side of "::"; the last may be an IPv4 address.
std::optional<std::vector<std::uint16_t>> decode_groups(std::string_view text)
{
    std::vector<std::uint16_t> groups;
    if (text.empty()) return groups;
    const auto parts = split(text, ':');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
            const auto v4 = decode_dotted_quad(parts[i]);
            if (!v4) return std::nullopt;
            groups.push_back(static_cast<std::uint16_t>((*v4)[0] << 8 | (*v4)[1]));
            groups.push_back(static_cast<std::uint16_t>((*v4)[2] << 8 | (*v4)[3]));
            continue;
        }
        std::uint16_t value = 0;
        if (parts[i].empty() || parts[i].size() > 4) return std::nullopt;
        const auto [end, error] = std::from_chars(parts[i].begin(), parts[i].end(), value, 16);
        if (error != std::errc{} || end != parts[i].end()) return std::nullopt;
        groups.push_back(value);
    }
    return groups;
}

std::optional<std::uint32_t> decode_ipv4_part(std::string_view text, std::uint32_t max)
{
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.starts_with('0')) {
        base = 8;
    }
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), value, base);
    if (error != std::errc{} || end != text.end() || value > max) return std::nullopt;
    return value;
}

std::string hex_group(std::uint16_t value)
{
    std::array<char, 4> digits{};
    const auto result = std::to_chars(digits.begin(), digits.end(), value, 16);
    return {digits.begin(), result.ptr};
}

}  // namespace

std::optional<std::array<std::uint8_t, 4>> decode_ipv4(std::string_view text)
{
    const auto parts = split(text, '.');
    if (parts.size() > 4) return std::nullopt;
    const std::size_t last = parts.size() - 1;
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < last; ++i) {
        const auto value = decode_ipv4_part(parts[i], 255);
        if (!value) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(*value);
    }
    auto rest = decode_ipv4_part(parts[last], UINT32_MAX >> (8 * last));
    if (!rest) return std::nullopt;
    for (std::size_t i = 4; i > last; --i) {
        bytes[i - 1] = static_cast<std::uint8_t>(*rest);
        *rest >>= 8;
    }
    return bytes;
}

std::optional<std::array<std::byte, 16>> decode_ipv6(std::string_view text)
{
    const std::size_t gap = text.find("::");
    const bool has_gap = gap != std::string_view::npos;
    const auto head = decode_groups(text.substr(0, gap));
    const auto tail = decode_groups(has_gap ? text.substr(gap + 2) : std::string_view{});
    if (!head || !tail) return std::nullopt;
    const std::size_t count = head->size() + tail->size();
    if (has_gap ? count > 7 : count != 8) return std::nullopt;
    if (has_gap && text.substr(0, gap).find('.') != std::string_view::npos) return std::nullopt;
    std::array<std::byte, 16> bytes{};
    const auto put = [&](std::size_t index, std::uint16_t group) {
        bytes[2 * index] = std::byte(group >> 8);
        bytes[2 * index + 1] = std::byte(group & 0xff);
    };
    for (std::size_t i = 0; i < head->size(); ++i) put(i, (*head)[i]);
    for (std::size_t i = 0; i < tail->size(); ++i) put(8 - tail->size() + i, (*tail)[i]);
    return bytes;
}

std::optional<std::array<std::byte, 32>> decode_onion(std::string_view text)
{
    constexpr std::size_t kLength = 56;
    if (text.size() != kLength + kOnionSuffix.size()) return std::nullopt;
    const auto bytes = decode_base32(text.substr(0, kLength));
    if (!bytes || bytes->size() != 35) return std::nullopt;
    std::array<std::byte, 32> key{};
    std::ranges::copy_n(bytes->begin(), 32, key.begin());
    const auto tail = onion_tail(key);
    if (!std::equal(tail.begin(), tail.end(), bytes->begin() + 32)) return std::nullopt;
    return key;
}

std::optional<std::array<std::byte, 32>> decode_i2p(std::string_view text)
{
    constexpr std::size_t kLength = 52;
    if (text.size() != kLength + kI2pSuffix.size()) return std::nullopt;
    const auto bytes = decode_base32(text.substr(0, kLength));
    if (!bytes || bytes->size() != 32) return std::nullopt;
    std::array<std::byte, 32> hash{};
    std::ranges::copy(*bytes, hash.begin());
    return hash;
}

std::string encode_ipv4(ByteSpan bytes)
{
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0) text += '.';
        text += std::to_string(static_cast<unsigned>(bytes[i]));
    }
    return text;
}

std::string encode_ipv6(ByteSpan bytes)
{
    std::array<std::uint16_t, 8> groups{};
    for (std::size_t i = 0; i < 8; ++i) {
        groups[i] = static_cast<std::uint16_t>(static_cast<unsigned>(bytes[2 * i]) << 8 |
                                               static_cast<unsigned>(bytes[2 * i + 1]));
    }
    // The first longest run of at least two zero groups becomes "::".
    std::size_t best = 8;
    std::size_t best_length = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t length = 0;
        while (i + length < 8 && groups[i + length] == 0) ++length;
        if (length > best_length) {
            best = i;
            best_length = length;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) {
            text += "::";
            i += best_length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        text += hex_group(groups[i]);
    }
    return text;
}

std::string encode_onion(ByteSpan public_key)
{
    Bytes all(public_key.begin(), public_key.end());
    const auto tail = onion_tail(public_key);
    all.insert(all.end(), tail.begin(), tail.end());
    return encode_base32(all) + std::string(kOnionSuffix);
}

std::string encode_i2p(ByteSpan hash)
{
    return encode_base32(hash) + std::string(kI2pSuffix);
}

std::string encode_internal(ByteSpan bytes)
{
    return encode_base32(bytes) + ".internal";
}

}  // namespace cairn::protocol::address_text
