// Whether values are what their options take.

#include <limits>

#include <fmt/format.h>

#include "base/settings/config_text.h"
#include "base/settings/settings.h"
#include "base/settings/settings_state.h"

namespace cairn::base {
namespace {

std::string expected_integer(const ValueType& value)
{
    if (value.least == ValueType::kLeast) return "a whole number";
    if (value.most == ValueType::kMost) return fmt::format("a whole number, {} or more", value.least);
    return fmt::format("a whole number from {} to {}", value.least, value.most);
}

std::string example(const OptionSpec& option)
{
    return option.fallback.empty() ? std::string{} : fmt::format(", such as -{}={}", option.name, option.fallback);
}

/// What is wrong with `given`, if anything is. Empty is what -name without a value gives: true, or 0.
std::optional<std::string> check_value(const OptionSpec& option, const std::string& given)
{
    const std::int64_t number = lenient_integer(given);
    switch (option.value.type) {
        case OptionType::kBool:
            if (given.empty() || is_whole_number(given)) return std::nullopt;
            return fmt::format("-{0}={1} is neither on nor off: give -{0}=1 or -{0}=0.", option.name, given);
        case OptionType::kInteger:
            if ((given.empty() || is_whole_number(given)) && number >= option.value.least &&
                number <= option.value.most) {
                return std::nullopt;
            }
            return fmt::format("-{}={} cannot be: give {}{}.", option.name, given, expected_integer(option.value),
                               example(option));
        case OptionType::kPort:
            if (is_whole_number(given) && number >= 1 && number <= std::numeric_limits<std::uint16_t>::max()) {
                return std::nullopt;
            }
            return fmt::format("Invalid port specified in -{}: '{}'", option.name, given);
        case OptionType::kAmount:
        case OptionType::kText:
        case OptionType::kPath:
            break;  // by who uses them
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> Settings::malformed_value() const
{
    for (const auto& [name, option] : state_->table.all()) {
        const auto effective = text(name);
        if (!effective) continue;
        if (auto wrong = check_value(option, *effective)) return wrong;
        // The others may come into effect with the next change of a file.
        for (const std::string& given : texts(name)) {
            if (auto wrong = check_value(option, given)) return wrong;
        }
    }
    return std::nullopt;
}

}  // namespace cairn::base
