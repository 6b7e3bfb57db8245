#include "keys/bech32.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

#include "crypto/text.h"

namespace cairn::keys {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr char kSeparator = '1';
constexpr std::size_t kChecksumSize = 6;

constexpr std::array<std::int8_t, 128> make_values()
{
    std::array<std::int8_t, 128> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        const char c = kAlphabet[i];
        const auto value = static_cast<std::int8_t>(i);
        values[static_cast<unsigned char>(c)] = value;
        if (c >= 'a') values[static_cast<unsigned char>(c - 'a' + 'A')] = value;
    }
    return values;
}

constexpr std::array<std::int8_t, 128> kValues = make_values();

constexpr std::uint32_t final_constant(Bech32Kind kind)
{
    return kind == Bech32Kind::kBech32 ? 1 : 0x2bc830a3;
}

/// The remainder of the code, one step on: BIP173's polymod.
std::uint32_t step(std::uint32_t remainder, std::uint32_t value)
{
    constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = remainder >> 25;
    remainder = ((remainder & 0x1ffffff) << 5) ^ value;
    for (std::size_t bit = 0; bit < kGenerator.size(); ++bit) {
        if ((top >> bit) & 1) remainder ^= kGenerator[bit];
    }
    return remainder;
}

std::uint32_t remainder_of(std::string_view prefix, std::span<const std::uint8_t> values)
{
    std::uint32_t remainder = 1;
    for (const char c : prefix) remainder = step(remainder, static_cast<unsigned char>(c) >> 5);
    remainder = step(remainder, 0);
    for (const char c : prefix) remainder = step(remainder, static_cast<unsigned char>(c) & 31);
    for (const std::uint8_t value : values) remainder = step(remainder, value);
    return remainder;
}

bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/// Characters that no Bech32 text has, and letters of another case than the first letter's.
std::vector<int> wrong_characters(std::string_view text)
{
    std::vector<int> wrong;
    const auto first = std::ranges::find_if(text, [](char c) { return is_upper(c) || is_lower(c); });
    const bool upper = first != text.end() && is_upper(*first);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool wrong_case = (is_upper(c) && !upper) || (is_lower(c) && upper);
        if (wrong_case || c < 33 || c > 126) wrong.push_back(static_cast<int>(i));
    }
    return wrong;
}

struct Parts {
    std::string prefix;
    std::vector<std::uint8_t> values;  // with the checksum
};

/// Cuts a text in two; or says what is wrong with it.
std::optional<Parts> split(std::string_view text, Bech32Error& error)
{
    if (text.size() > kMaxBech32Size) {
        error.message = "Bech32 string too long";
        error.locations.resize(text.size() - kMaxBech32Size);
        std::iota(error.locations.begin(), error.locations.end(), static_cast<int>(kMaxBech32Size));
        return std::nullopt;
    }
    if (error.locations = wrong_characters(text); !error.locations.empty()) {
        error.message = "Invalid character or mixed case";
        return std::nullopt;
    }
    const std::size_t separator = text.rfind(kSeparator);
    if (separator == std::string_view::npos) {
        error.message = "Missing separator";
        return std::nullopt;
    }
    if (separator == 0 || separator + kChecksumSize >= text.size()) {
        error = {"Invalid separator position", {static_cast<int>(separator)}};
        return std::nullopt;
    }
    Parts parts{std::string(text.substr(0, separator)), {}};
    std::ranges::transform(parts.prefix, parts.prefix.begin(), to_lower);
    for (std::size_t i = separator + 1; i < text.size(); ++i) {
        const std::int8_t value = kValues[static_cast<unsigned char>(text[i])];
        if (value < 0) {
            error = {"Invalid Base 32 character", {static_cast<int>(i)}};
            return std::nullopt;
        }
        parts.values.push_back(static_cast<std::uint8_t>(value));
    }
    return parts;
}

/// The code is linear: an error of `e` in a character changes the remainder by a number that depends on `e` and the
/// character's distance from the end alone. One or two such numbers that make up the whole difference name the
/// characters. (Its minimum distance of 5 makes the answer unique.) Distances from the end, larger first.
std::vector<std::size_t> find_errors(std::uint32_t difference, std::size_t size)
{
    std::unordered_map<std::uint32_t, std::size_t> distance_of;
    for (std::uint32_t e = 1; e < 32; ++e) {
        std::uint32_t change = e;
        for (std::size_t distance = 0; distance < size; ++distance, change = step(change, 0)) {
            distance_of.emplace(change, distance);
        }
    }
    if (const auto one = distance_of.find(difference); one != distance_of.end()) return {one->second};
    for (const auto& [change, distance] : distance_of) {
        const auto other = distance_of.find(difference ^ change);
        if (other == distance_of.end() || other->second == distance) continue;
        return {std::max(distance, other->second), std::min(distance, other->second)};
    }
    return {};
}

}  // namespace

std::string encode_bech32(Bech32Kind kind, std::string_view prefix, std::span<const std::uint8_t> values)
{
    std::vector<std::uint8_t> all(values.begin(), values.end());
    all.resize(values.size() + kChecksumSize);
    const std::uint32_t checksum = remainder_of(prefix, all) ^ final_constant(kind);
    for (std::size_t i = 0; i < kChecksumSize; ++i) {
        all[values.size() + i] = static_cast<std::uint8_t>((checksum >> (5 * (kChecksumSize - 1 - i))) & 31);
    }
    std::string text(prefix);
    text += kSeparator;
    for (const std::uint8_t value : all) text += kAlphabet[value];
    return text;
}

std::optional<Bech32Text> decode_bech32(std::string_view text)
{
    Bech32Error error;
    auto parts = split(text, error);
    if (!parts) return std::nullopt;
    const std::uint32_t remainder = remainder_of(parts->prefix, parts->values);
    for (const auto kind : {Bech32Kind::kBech32, Bech32Kind::kBech32m}) {
        if (remainder != final_constant(kind)) continue;
        parts->values.resize(parts->values.size() - kChecksumSize);
        return Bech32Text{kind, std::move(parts->prefix), std::move(parts->values)};
    }
    return std::nullopt;
}

Bech32Error locate_bech32_errors(std::string_view text)
{
    Bech32Error error;
    const auto parts = split(text, error);
    if (!parts) return error;
    const std::uint32_t remainder = remainder_of(parts->prefix, parts->values);
    std::optional<Bech32Kind> likely;
    for (const auto kind : {Bech32Kind::kBech32, Bech32Kind::kBech32m}) {
        const std::uint32_t difference = remainder ^ final_constant(kind);
        if (difference == 0) return {};
        const auto found = find_errors(difference, parts->values.size());
        if (found.empty() || (likely && found.size() >= error.locations.size())) continue;
        likely = kind;
        error.locations.clear();
        for (const std::size_t distance : found)
            error.locations.push_back(static_cast<int>(text.size() - 1 - distance));
    }
    error.message = !likely                          ? "Invalid checksum"
                    : *likely == Bech32Kind::kBech32 ? "Invalid Bech32 checksum"
                                                     : "Invalid Bech32m checksum";
    return error;
}

std::vector<std::uint8_t> to_five_bits(ByteSpan bytes)
{
    std::vector<std::uint8_t> values;
    values.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t pool = 0;
    unsigned bits = 0;
    for (const std::byte byte : bytes) {
        pool = ((pool << 8) | std::to_integer<std::uint32_t>(byte)) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5) values.push_back(static_cast<std::uint8_t>((pool >> (bits - 5)) & 31));
    }
    if (bits > 0) values.push_back(static_cast<std::uint8_t>((pool << (5 - bits)) & 31));
    return values;
}

std::optional<Bytes> from_five_bits(std::span<const std::uint8_t> values)
{
    Bytes bytes;
    bytes.reserve(values.size() * 5 / 8);
    std::uint32_t pool = 0;
    unsigned bits = 0;
    for (const std::uint8_t value : values) {
        pool = ((pool << 5) | value) & 0xfff;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::byte>((pool >> bits) & 0xff));
    }
    if (bits >= 5 || (pool & ((1U << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace cairn::keys
