#include "keys/base58.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "crypto/sha256.h"
#include "crypto/text.h"

namespace cairn::keys {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kChecksumSize = 4;

constexpr std::array<std::int8_t, 256> make_digit_values()
{
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}

constexpr std::array<std::int8_t, 256> kDigitValues = make_digit_values();

/// number = number * multiplier + carry, least significant digit first, digits below `base`.
void multiply_add(std::vector<std::uint32_t>& number, std::uint32_t base, std::uint32_t multiplier, std::uint32_t carry)
{
    for (auto& digit : number) {
        const std::uint32_t value = digit * multiplier + carry;
        digit = value % base;
        carry = value / base;
    }
    for (; carry != 0; carry /= base) number.push_back(carry % base);
}

std::array<std::byte, kChecksumSize> checksum(ByteSpan payload)
{
    const Hash256 hash = crypto::sha256d(payload);
    std::array<std::byte, kChecksumSize> first{};
    std::ranges::copy(hash.span().first(kChecksumSize), first.begin());
    return first;
}

}  // namespace

std::string encode_base58(ByteSpan bytes)
{
    const auto first = std::ranges::find_if(bytes, [](std::byte b) { return b != std::byte{0}; });
    std::string text(static_cast<std::size_t>(first - bytes.begin()), kAlphabet[0]);
    std::vector<std::uint32_t> digits;
    digits.reserve(bytes.size() * 138 / 100 + 1);
    for (auto it = first; it != bytes.end(); ++it) multiply_add(digits, 58, 256, std::to_integer<std::uint32_t>(*it));
    for (auto it = digits.rbegin(); it != digits.rend(); ++it) text += kAlphabet[*it];
    return text;
}

std::optional<Bytes> decode_base58(std::string_view text, std::size_t max_size)
{
    text = trim(text);
    const std::size_t zeros = std::min(text.find_first_not_of(kAlphabet[0]), text.size());
    if (zeros > max_size) return std::nullopt;
    std::vector<std::uint32_t> number;
    for (const char c : text.substr(zeros)) {
        const std::int8_t value = kDigitValues[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        multiply_add(number, 256, 58, static_cast<std::uint32_t>(value));
        if (zeros + number.size() > max_size) return std::nullopt;
    }
    Bytes bytes(zeros);
    bytes.reserve(zeros + number.size());
    for (auto it = number.rbegin(); it != number.rend(); ++it) bytes.push_back(static_cast<std::byte>(*it));
    return bytes;
}

std::string encode_base58_check(ByteSpan payload)
{
    Bytes bytes(payload.begin(), payload.end());
    const auto sum = checksum(payload);
    bytes.insert(bytes.end(), sum.begin(), sum.end());
    return encode_base58(bytes);
}

std::optional<Bytes> decode_base58_check(std::string_view text, std::size_t max_size)
{
    auto bytes = decode_base58(text, max_size + kChecksumSize);
    if (!bytes || bytes->size() < kChecksumSize) return std::nullopt;
    const std::size_t size = bytes->size() - kChecksumSize;
    if (!std::ranges::equal(checksum(ByteSpan{*bytes}.first(size)), ByteSpan{*bytes}.subspan(size))) {
        return std::nullopt;
    }
    bytes->resize(size);
    return bytes;
}

}  // namespace cairn::keys
