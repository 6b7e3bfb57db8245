#include <cstdlib>

#include "rpc/spec/json.h"

namespace cairn::rpc {

namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text)
{
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

bool take(std::string_view& text, char c)
{
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// The number behind "e", 0 where there is none; nothing if there is no number or one of more than 17 digits.
std::optional<std::int64_t> take_exponent(std::string_view& text)
{
    if (!take(text, 'e') && !take(text, 'E')) return 0;
    const bool negative = !take(text, '+') && take(text, '-');
    std::string_view digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    if (digits.size() > 17) return std::nullopt;
    const std::int64_t value = std::strtoll(std::string(digits).c_str(), nullptr, 10);
    return negative ? -value : value;
}

}  // namespace

std::optional<std::int64_t> parse_fixed_point(std::string_view text, int decimals)
{
    constexpr std::size_t kMaxDigits = 18;
    const bool negative = take(text, '-');
    const std::string_view whole = take_digits(text);
    if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
    std::string digits(whole == "0" ? std::string_view{} : whole);
    std::int64_t exponent = decimals;
    if (take(text, '.')) {
        const std::string_view fraction = take_digits(text);
        if (fraction.empty()) return std::nullopt;
        digits += fraction;
        exponent -= static_cast<std::int64_t>(fraction.size());
    }
    const auto shift = take_exponent(text);
    if (!shift || !text.empty()) return std::nullopt;
    exponent += *shift;
    while (!digits.empty() && digits.back() == '0') {
        digits.pop_back();
        ++exponent;
    }
    digits.erase(0, digits.find_first_not_of('0'));
    if (exponent < 0 || exponent >= static_cast<std::int64_t>(kMaxDigits) || digits.size() > kMaxDigits)
        return std::nullopt;
    if (digits.empty()) return 0;
    digits.append(static_cast<std::size_t>(exponent), '0');
    if (digits.size() > kMaxDigits) return std::nullopt;
    const std::int64_t value = std::strtoll(digits.c_str(), nullptr, 10);
    return negative ? -value : value;
}

}  // namespace cairn::rpc
