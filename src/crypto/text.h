#pragma once
// Text taken apart, read and compared. It stands in this room because every room that reads text but `base` sees it,
// the pure ones too.

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// What C's isspace() takes for white space.
inline constexpr std::string_view kWhiteSpace = " \f\n\r\t\v";

/// What stands between the separators, empty parts too: at least one. The parts are seen in `text`.
inline std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

/// Without the characters of `space` at both ends.
inline std::string_view trim(std::string_view text, std::string_view space = kWhiteSpace)
{
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// What is left of a stranger's text where it is printed, or handed to a shell in single quotes: letters, digits, and
/// what means nothing there.
inline std::string sanitized(std::string_view text)
{
    constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;-_/:?@()";
    std::string result;
    for (const char c : text) {
        if (kSafe.contains(c)) result += c;
    }
    return result;
}

/// The number that all of `text` is: decimal digits, after a "-" where the type has negative numbers. Nothing for any
/// other text, and for a number that the type cannot hold.
template <std::integral Integer>
std::optional<Integer> parse_integer(std::string_view text)
{
    Integer value{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

constexpr bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/// Of the Latin letters, whatever the locale.
constexpr char to_lower(char c)
{
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace cairn
