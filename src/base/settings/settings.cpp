#include "base/settings/settings.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include <fmt/format.h>

#include "base/settings/config_text.h"
#include "base/settings/settings_state.h"

namespace cairn::base {

std::string SettingValue::as_text() const
{
    switch (kind) {
        case Kind::kFalse:
            return "0";
        case Kind::kTrue:
            return "1";
        case Kind::kText:
            return text;
    }
    return text;
}

bool SettingValue::as_bool() const
{
    if (kind != Kind::kText) return kind == Kind::kTrue;
    return text.empty() || lenient_integer(text) != 0;
}

std::optional<std::string_view> chain_folder(std::string_view chain)
{
    if (chain == "main") return "";
    if (chain == "test") return "testnet3";
    if (chain == "testnet4" || chain == "signet" || chain == "regtest") return chain;
    return std::nullopt;
}

std::filesystem::path default_data_folder(const ProgramNames& names)
{
    const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return std::filesystem::path{home == nullptr || home[0] == '\0' ? "/" : home} / names.data_folder;
}

Settings::Settings(const OptionTable& table, ProgramNames names, FileSystem& files)
    : state_(std::make_unique<State>(table, std::move(names), files))
{
}
Settings::~Settings() = default;
Settings::Settings(Settings&&) noexcept = default;

std::expected<SettingValue, std::string> Settings::State::interpret(const SettingKey& key,
                                                                    const std::optional<std::string>& value,
                                                                    const OptionSpec& option)
{
    if (key.negated) {
        if ((option.flags & kNoNegation) != 0) {
            return std::unexpected(fmt::format("Negating of -{} is meaningless and therefore forbidden", key.name));
        }
        if (value && !SettingValue{SettingValue::Kind::kText, *value}.as_bool()) {
            note(true, fmt::format("Parsed potentially confusing double-negative -{}={}", key.name, *value));
            return SettingValue{SettingValue::Kind::kTrue};
        }
        return SettingValue{SettingValue::Kind::kFalse};
    }
    if (!value && (option.flags & kNeedsValue) != 0) {
        return std::unexpected(
            fmt::format("Can not set -{0} with no value. Please specify value with -{0}=value.", key.name));
    }
    return SettingValue{SettingValue::Kind::kText, value.value_or("")};
}

std::expected<void, std::string> Settings::State::take_argument(std::string_view argument)
{
    const auto equals = argument.find('=');
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = argument.substr(equals + 1);
    std::string_view name = argument.substr(0, equals);
    name.remove_prefix(name.starts_with("--") ? 2 : 1);
    const SettingKey key = parse_setting_key(name);
    const OptionSpec* option = table.find(key.name);
    if (option == nullptr || !key.section.empty()) {
        return std::unexpected(fmt::format("Invalid parameter {}", argument));
    }
    auto interpreted = interpret(key, value, *option);
    if (!interpreted) return std::unexpected(interpreted.error());
    sources.command_line[key.name].push_back(*std::move(interpreted));
    return {};
}

std::expected<void, std::string> Settings::parse_command_line(std::span<const char* const> arguments)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "-") break;
        if (!argument.starts_with('-')) {
            state_->positional.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
            break;
        }
        if (auto taken = state_->take_argument(argument); !taken) return taken;
    }
    if (const auto found = state_->sources.command_line.find("includeconf");
        found != state_->sources.command_line.end() && !found->second.back().is_false()) {
        // The first that a negation did not take away is the example.
        auto example = found->second.rbegin();
        while (std::next(example) != found->second.rend() && !std::next(example)->is_false()) ++example;
        const std::string shown = example->kind == SettingValue::Kind::kText ? json_quoted(example->text) : "true";
        return std::unexpected("-includeconf cannot be used from commandline; -includeconf=" + shown);
    }
    return {};
}

bool Settings::set_if_unset(std::string_view name, std::string value)
{
    if (is_set(name)) return false;
    force(name, std::move(value));
    return true;
}

void Settings::force(std::string_view name, std::string value)
{
    assert(state_->table.find(name) != nullptr);
    state_->sources.forced[std::string{name}] = {SettingValue{SettingValue::Kind::kText, std::move(value)}};
}

// --- Reading

MergeQuery Settings::State::query(std::string_view name) const
{
    const OptionSpec* option = table.find(name);
    assert(option != nullptr && "an option that is in no table");
    const bool network_only = option != nullptr && (option->flags & kNetworkOnly) != 0;
    return {chain, name, network_only && chain != "main" && !chain.empty(), false};
}

std::optional<SettingValue> Settings::value(std::string_view name) const
{
    const std::lock_guard lock(state_->mutex);
    return merged_value(state_->sources, state_->query(name));
}

bool Settings::is_set(std::string_view name) const
{
    return value(name).has_value();
}

bool Settings::is_negated(std::string_view name) const
{
    const auto found = value(name);
    return found && found->is_false();
}

std::optional<std::string> Settings::text(std::string_view name) const
{
    const auto found = value(name);
    if (!found) return std::nullopt;
    return found->as_text();
}

std::string Settings::text_or(std::string_view name, std::string_view fallback) const
{
    return text(name).value_or(std::string{fallback});
}

std::optional<std::int64_t> Settings::integer(std::string_view name) const
{
    const auto found = text(name);
    if (!found) return std::nullopt;
    return lenient_integer(*found);
}

std::int64_t Settings::integer_or(std::string_view name, std::int64_t fallback) const
{
    return integer(name).value_or(fallback);
}

std::optional<bool> Settings::boolean(std::string_view name) const
{
    const auto found = value(name);
    if (!found) return std::nullopt;
    return found->as_bool();
}

bool Settings::boolean_or(std::string_view name, bool fallback) const
{
    return boolean(name).value_or(fallback);
}

std::vector<std::string> Settings::texts(std::string_view name) const
{
    const std::lock_guard lock(state_->mutex);
    std::vector<std::string> result;
    for (const SettingValue& each : merged_list(state_->sources, state_->query(name))) result.push_back(each.as_text());
    return result;
}

bool Settings::has_only_texts(std::string_view name) const
{
    const std::lock_guard lock(state_->mutex);
    const auto is_text = [](const SettingValue& value) { return value.kind == SettingValue::Kind::kText; };
    return std::ranges::all_of(merged_list(state_->sources, state_->query(name)), is_text) &&
           state_->settings_file.holds_only_texts(std::string{name});
}

std::filesystem::path Settings::path_or(std::string_view name, const std::filesystem::path& fallback) const
{
    const auto found = value(name);
    if (found && found->is_false()) return {};
    const std::string given = found ? found->as_text() : std::string{};
    if (given.empty()) return fallback;
    const auto path = std::filesystem::path{given}.lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

// --- What came up

const std::vector<Settings::Note>& Settings::notes() const
{
    return state_->notes;
}
const std::vector<std::string>& Settings::console_warnings() const
{
    return state_->console_warnings;
}
const std::vector<std::string>& Settings::positional() const
{
    return state_->positional;
}

std::string Settings::unrecognized_sections() const
{
    std::string result;
    for (const ConfigSection& section : state_->sections) {
        if (chain_folder(section.name)) continue;
        if (!result.empty()) result += '\n';
        result += fmt::format("{}:{} Section [{}] is not recognized.", section.file, section.line, section.name);
    }
    return result;
}

std::vector<std::string> Settings::ignored_network_options() const
{
    std::vector<std::string> result;
    if (state_->chain == "main") return result;
    for (const auto& [name, option] : state_->table.all()) {
        if ((option.flags & kNetworkOnly) == 0) continue;
        if (only_in_default_section(state_->sources, state_->query(name))) result.emplace_back(name);
    }
    return result;
}

std::vector<std::string> Settings::describe() const
{
    std::vector<std::string> lines;
    const auto add = [&](std::string_view prefix, std::string_view section, const SettingMap& map) {
        for (const auto& [name, values] : map) {
            const OptionSpec* option = state_->table.find(name);
            if (option == nullptr) continue;
            for (const SettingValue& each : values) {
                const bool secret = (option->flags & kSensitive) != 0;
                const std::string shown = secret ? "****"
                                          : each.kind == SettingValue::Kind::kText
                                              ? json_quoted(each.text)
                                              : (each.is_false() ? "false" : "true");
                lines.push_back(fmt::format("{} {}{}={}", prefix, section.empty() ? "" : fmt::format("[{}] ", section),
                                            name, shown));
            }
        }
    };
    for (const auto& [section, map] : state_->sources.config) add("Config file arg:", section, map);
    for (const auto& [name, shown] : state_->settings_file.described()) {
        lines.push_back(fmt::format("Setting file arg: {} = {}", name, shown));
    }
    add("Command-line arg:", "", state_->sources.command_line);
    return lines;
}

std::vector<std::string> Settings::options_without_meaning() const
{
    std::vector<std::string> result;
    for (const auto& [name, option] : state_->table.all()) {
        if (option.option_class == OptionClass::kWithoutMeaning && is_set(name)) result.emplace_back(name);
    }
    return result;
}

std::optional<std::string> Settings::unbuilt_request() const
{
    for (const auto& [name, option] : state_->table.all()) {
        if (option.option_class != OptionClass::kNotBuilt || !is_set(name)) continue;
        auto values = texts(name);
        if (is_negated(name)) values.emplace_back("0");
        for (const std::string& given : values) {
            const auto truth = [](std::string_view text) {
                return SettingValue{SettingValue::Kind::kText, std::string{text}}.as_bool();
            };
            const bool may_be_off = (option.flags & kAlwaysOn) == 0;
            const bool off = option.value.type == OptionType::kBool
                                 ? truth(given) == truth(option.fallback.empty() ? "0" : option.fallback) ||
                                       (may_be_off && !truth(given))
                                 : given == "0" || given == option.fallback;
            if (off || (!option.off.empty() && given == option.off)) continue;
            return fmt::format("-{0}={1} asks for something that this version of Cairn cannot do yet. Remove it{2}.",
                               name, (option.flags & kSensitive) != 0 ? "****" : given,
                               option.value.type == OptionType::kBool && may_be_off
                                   ? fmt::format(", or say -{}=0", name)
                                   : std::string{});
        }
    }
    return std::nullopt;
}

}  // namespace cairn::base
