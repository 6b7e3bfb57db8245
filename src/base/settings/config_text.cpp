#include "base/settings/config_text.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace cairn::base {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

class ConfigParser {
public:
    explicit ConfigParser(const std::string& file) : file_(file) {}

    // The error, if the line has one.
    std::optional<std::string> take_line(std::string_view line)
    {
        ++number_;
        const auto hash = line.find('#');
        const bool has_hash = hash != std::string_view::npos;
        const std::string_view text = trimmed(line.substr(0, hash));
        if (text.empty()) return std::nullopt;
        if (text.front() == '[' && text.back() == ']') {
            begin_section(text.substr(1, text.size() - 2));
            return std::nullopt;
        }
        if (text.front() == '-') {
            return fmt::format(
                "parse error on line {}: {}, options in configuration file must be specified without leading -",
                number_, text);
        }
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) return no_value(text);
        return take_value(trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1)), has_hash);
    }

    ConfigText take() { return std::move(result_); }

private:
    void begin_section(std::string_view name)
    {
        result_.sections.push_back({std::string{name}, file_, number_});
        prefix_ = std::string{name} + ".";
    }

    std::string no_value(std::string_view text) const
    {
        std::string error = fmt::format("parse error on line {}: {}", number_, text);
        if (text.starts_with("no")) {
            error += fmt::format(", if you intended to specify a negated option, use {}=1 instead", text);
        }
        return error;
    }

    std::optional<std::string> take_value(std::string_view name, std::string_view value, bool has_hash)
    {
        const std::string key = prefix_ + std::string{name};
        // Whether "#" begins a comment there or belongs to the password nobody can say.
        if (has_hash && key.find("rpcpassword") != std::string::npos) {
            return fmt::format("parse error on line {}, using # in rpcpassword can be ambiguous and should be avoided",
                               number_);
        }
        const auto dot = key.rfind('.');
        if (dot != std::string::npos && prefix_.size() <= dot) {
            result_.sections.push_back({key.substr(0, dot), file_, number_});
        }
        result_.lines.push_back({key, std::string{value}});
        return std::nullopt;
    }

    const std::string& file_;
    ConfigText result_;
    std::string prefix_;
    int number_ = 0;
};

}  // namespace

SettingKey parse_setting_key(std::string_view key)
{
    SettingKey result;
    if (const auto dot = key.find('.'); dot != std::string_view::npos) {
        result.section = key.substr(0, dot);
        key.remove_prefix(dot + 1);
    }
    if (key.starts_with("no")) {
        result.negated = true;
        key.remove_prefix(2);
    }
    result.name = key;
    return result;
}

std::expected<ConfigText, std::string> parse_config_text(std::string_view text, const std::string& file)
{
    ConfigParser parser(file);
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (auto error = parser.take_line(text.substr(0, end))) return std::unexpected(*std::move(error));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parser.take();
}

std::int64_t lenient_integer(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return 0;
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) {
        return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                     : std::numeric_limits<std::int64_t>::max();
    }
    return error == std::errc{} ? value : 0;
}

bool is_whole_number(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace cairn::base
