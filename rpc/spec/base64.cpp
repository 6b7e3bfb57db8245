#include "rpc/spec/base64.h"

namespace cairn::rpc {

namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::optional<std::string> decode_base64(std::string_view text)
{
    if (text.size() % 4 != 0) return std::nullopt;
    std::string_view digits = text;
    for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.remove_suffix(1);
    std::string out;
    out.reserve(digits.size() * 3 / 4);
    unsigned bits = 0;
    unsigned buffer = 0;
    for (const char c : digits) {
        const std::size_t value = kDigits.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        buffer = (buffer << 6 | static_cast<unsigned>(value)) & 0xffffU;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<char>(buffer >> bits & 0xffU));
    }
    // What is left over must be padding: fewer than 6 bits, none of them set.
    if (bits >= 6 || (buffer & ((1U << bits) - 1)) != 0) return std::nullopt;
    return out;
}

std::string encode_base64(std::string_view bytes)
{
    std::string out;
    unsigned bits = 0;
    unsigned buffer = 0;
    for (const char c : bytes) {
        buffer = (buffer << 8 | static_cast<unsigned char>(c)) & 0xffffU;
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out.push_back(kDigits[buffer >> bits & 63U]);
        }
    }
    if (bits > 0) out.push_back(kDigits[buffer << (6 - bits) & 63U]);
    while (out.size() % 4 != 0) out.push_back('=');
    return out;
}

}  // namespace cairn::rpc
