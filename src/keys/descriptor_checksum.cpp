#include <array>

#include "keys/descriptor.h"
#include "keys/parse_text.h"

namespace cairn::keys {
namespace {

/// BIP380: three groups of 32; a character's place in its group is one symbol, and the groups of three characters
/// together another.
constexpr std::string_view kInputAlphabet =
    "0123456789()[],'/*abcdefgh@:$%{}"
    "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
    "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
constexpr std::string_view kOutputAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumSize = 8;

std::uint64_t step(std::uint64_t remainder, std::uint64_t symbol)
{
    constexpr std::array<std::uint64_t, 5> kGenerator{0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a,
                                                      0x644d626ffd};
    const std::uint64_t top = remainder >> 35;
    remainder = ((remainder & 0x7ffffffff) << 5) ^ symbol;
    for (std::size_t bit = 0; bit < kGenerator.size(); ++bit) {
        if (((top >> bit) & 1) != 0) remainder ^= kGenerator[bit];
    }
    return remainder;
}

}  // namespace

std::string descriptor_checksum(std::string_view text)
{
    std::uint64_t remainder = 1;
    std::uint64_t groups = 0;
    std::size_t count = 0;
    for (const char c : text) {
        const std::size_t place = kInputAlphabet.find(c);
        if (place == std::string_view::npos) return "";
        remainder = step(remainder, place % 32);
        groups = groups * 3 + place / 32;
        if (++count % 3 == 0) {
            remainder = step(remainder, groups);
            groups = 0;
        }
    }
    if (count % 3 != 0) remainder = step(remainder, groups);
    for (std::size_t i = 0; i < kChecksumSize; ++i) remainder = step(remainder, 0);
    remainder ^= 1;
    std::string checksum;
    for (std::size_t i = 0; i < kChecksumSize; ++i) {
        checksum += kOutputAlphabet[(remainder >> (5 * (kChecksumSize - 1 - i))) & 31];
    }
    return checksum;
}

std::expected<std::string, std::string> checked_descriptor_checksum(std::string_view text)
{
    const std::size_t mark = text.find('#');
    const std::string_view given = mark == std::string_view::npos ? "" : text.substr(mark + 1);
    if (given.contains('#')) return refuse("Multiple '#' symbols");
    if (mark != std::string_view::npos && given.size() != kChecksumSize) {
        return refuse("Expected 8 character checksum, not " + std::to_string(given.size()) + " characters");
    }
    std::string computed = descriptor_checksum(text.substr(0, mark));
    if (computed.empty()) return refuse("Invalid characters in payload");
    if (mark != std::string_view::npos && given != computed) {
        return refuse("Provided checksum '" + std::string(given) + "' does not match computed checksum '" + computed +
                      "'");
    }
    return computed;
}

}  // namespace cairn::keys
