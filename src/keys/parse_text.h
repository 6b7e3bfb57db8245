#pragma once
// Steps of reading nested expressions such as "sh(multi(1,a,b))", and of saying what is wrong with them. Inner header
// of keys.

#include <expected>
#include <string>
#include <string_view>

namespace cairn::keys {

inline std::unexpected<std::string> refuse(std::string text)
{
    return std::unexpected(std::move(text));
}

inline std::string quoted(std::string_view text)
{
    return '\'' + std::string(text) + '\'';
}

inline bool strip_prefix(std::string_view& text, std::string_view prefix)
{
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

/// Leaves what is between the parentheses of "function(…)".
inline bool strip_function(std::string_view& text, std::string_view function)
{
    if (text.size() < function.size() + 2 || !text.starts_with(function)) return false;
    if (text[function.size()] != '(' || text.back() != ')') return false;
    text = text.substr(function.size() + 1, text.size() - function.size() - 2);
    return true;
}

/// Takes what comes before the next comma, brace or parenthesis that is not inside parentheses or braces.
inline std::string_view take_expression(std::string_view& text)
{
    int depth = 0;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        const bool closes = c == ')' || c == '}';
        if (depth == 0 && (closes || c == ',')) break;
        if (c == '(' || c == '{') ++depth;
        if (closes) --depth;
    }
    const std::string_view taken = text.substr(0, i);
    text.remove_prefix(i);
    return taken;
}

}  // namespace cairn::keys
