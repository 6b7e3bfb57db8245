// From the command line to a configured program: configuration files, the network, the folders, the settings file.

#include <functional>
#include <iomanip>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "base/settings/config_text.h"
#include "base/settings/settings.h"
#include "base/settings/settings_state.h"
#include "base/thread.h"

namespace cairn::base {
namespace {

constexpr std::uint64_t kMaxConfigSize = 16U << 20;

std::string in_quotes(const std::filesystem::path& path)
{
    std::ostringstream out;
    out << std::quoted(path.string());
    return out.str();
}

std::filesystem::path absolute_path(const std::filesystem::path& path)
{
    return std::filesystem::absolute(path);
}

std::filesystem::path below(const std::filesystem::path& folder, const std::filesystem::path& path)
{
    if (path.is_absolute() || path.empty()) return path;
    return folder / path;
}

using Outcome = std::expected<void, std::string>;

// The chain asked for, by its own option or by -chain; the name may be unknown.
std::expected<std::string, std::string> chosen_chain(const Settings& settings, const SettingSources& sources)
{
    const auto asked = [&](std::string_view name) {
        const auto value = merged_value(sources, {"", name, false, true});
        return value && value->as_bool();
    };
    std::vector<std::string> chosen;
    if (const auto chain = settings.text("chain")) chosen.push_back(*chain);
    if (asked("regtest")) chosen.emplace_back("regtest");
    if (asked("signet")) chosen.emplace_back("signet");
    if (asked("testnet")) chosen.emplace_back("test");
    if (asked("testnet4")) chosen.emplace_back("testnet4");
    if (chosen.size() > 1) {
        return std::unexpected(
            "Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.");
    }
    return chosen.empty() ? "main" : chosen.front();
}

// Reads the configuration file and what it includes.
class ConfigReader {
public:
    ConfigReader(const Settings& settings, const OptionTable& table, FileSystem& files, SettingSources& sources)
        : settings_(settings), table_(table), files_(files), sources_(sources)
    {
    }

    std::function<std::expected<SettingValue, std::string>(const SettingKey&, const std::string&, const OptionSpec&)>
        interpret;
    std::function<void(bool warning, std::string)> note;
    std::vector<std::string> console_warnings;
    std::vector<ConfigSection> sections;

    Outcome read(const std::filesystem::path& path, const std::filesystem::path& data_folder)
    {
        if (path.empty()) return {};
        if (files_.is_directory(path)) {
            return std::unexpected(fmt::format("Config file \"{}\" is a directory.", path.string()));
        }
        if (!files_.exists(path)) {
            if (!settings_.is_set("conf")) return {};
            return std::unexpected(fmt::format("specified config file \"{}\" could not be opened.", path.string()));
        }
        if (auto taken = take_file(path, path.string()); !taken) return taken;
        // -noincludeconf on the command line: nothing else can stand there.
        if (sources_.command_line.contains("includeconf")) return {};
        return read_included(data_folder);
    }

private:
    Outcome take_file(const std::filesystem::path& path, const std::string& shown)
    {
        std::string text;
        try {
            text = read_text_file(files_, path, kMaxConfigSize);
        } catch (const IoError&) {
            return std::unexpected(base::describe(std::current_exception()));
        }
        const auto parsed = parse_config_text(text, shown);
        // Sections count even of a file with an error further down, but then nobody asks for them.
        if (!parsed) return std::unexpected(parsed.error());
        sections.insert(sections.end(), parsed->sections.begin(), parsed->sections.end());
        for (const ConfigLine& line : parsed->lines) {
            if (auto taken = take_line(line); !taken) return taken;
        }
        return {};
    }

    Outcome take_line(const ConfigLine& line)
    {
        const SettingKey key = parse_setting_key(line.key);
        if (key.name == "conf") {
            return std::unexpected(
                "conf cannot be set in the configuration file; use includeconf= if you want to include additional "
                "config files");
        }
        if (key.name == "reindex") {
            note(true,
                 "reindex=1 is set in the configuration file, which will significantly slow down startup. Consider "
                 "removing or commenting out this option for better performance, unless there is currently a condition "
                 "which makes rebuilding the indexes necessary");
        }
        const OptionSpec* option = table_.find(key.name);
        if (option == nullptr) {
            note(true, fmt::format("Ignoring unknown configuration value {}", line.key));
            return {};
        }
        auto value = interpret(key, line.value, *option);
        if (!value) return std::unexpected(value.error());
        sources_.config[key.section][key.name].push_back(*std::move(value));
        return {};
    }

    // The includeconf values of a section from the `skip`-th on that no negation takes away, and how many there are.
    std::pair<std::vector<std::string>, std::size_t> includes(const std::string& section, std::size_t skip) const
    {
        std::pair<std::vector<std::string>, std::size_t> result;
        const auto map = sources_.config.find(section);
        if (map == sources_.config.end()) return result;
        const auto values = map->second.find("includeconf");
        if (values == map->second.end()) return result;
        result.second = values->second.size();
        for (std::size_t i = 0; i < values->second.size(); ++i) {
            if (values->second[i].is_false()) {
                result.first.clear();
            } else if (i >= skip) {
                result.first.push_back(values->second[i].as_text());
            }
        }
        return result;
    }

    Outcome read_included(const std::filesystem::path& data_folder)
    {
        const auto chain = chosen_chain(settings_, sources_);
        if (!chain) return std::unexpected(chain.error());
        auto [names, chain_count] = includes(*chain, 0);
        const auto [common, common_count] = includes("", 0);
        names.insert(names.end(), common.begin(), common.end());
        for (const std::string& name : names) {
            if (auto taken = include(name, below(data_folder, name)); !taken) return taken;
        }
        return warn_of_nested(*chain, chain_count, common_count);
    }

    Outcome include(const std::string& name, const std::filesystem::path& path)
    {
        if (files_.is_directory(path)) {
            return std::unexpected(fmt::format("Included config file \"{}\" is a directory.", path.string()));
        }
        if (!files_.exists(path)) return std::unexpected("Failed to include configuration file " + name);
        if (auto taken = take_file(path, name); !taken) return taken;
        note(false, "Included configuration file " + name);
        return {};
    }

    // An included file includes no other.
    Outcome warn_of_nested(const std::string& chain, std::size_t chain_count, std::size_t common_count)
    {
        auto names = includes(chain, chain_count).first;
        const auto common = includes("", common_count).first;
        names.insert(names.end(), common.begin(), common.end());
        const auto final_chain = chosen_chain(settings_, sources_);
        if (!final_chain) return std::unexpected(final_chain.error());
        if (*final_chain != chain) {
            const auto more = includes(*final_chain, 0).first;
            names.insert(names.end(), more.begin(), more.end());
        }
        for (const std::string& name : names) {
            console_warnings.push_back(
                "warning: -includeconf cannot be used from included files; ignoring -includeconf=" + name);
        }
        return {};
    }

    const Settings& settings_;
    const OptionTable& table_;
    FileSystem& files_;
    SettingSources& sources_;
};

// The folder of -datadir, or the default one; nothing if it is given and missing.
std::optional<std::filesystem::path> find_data_folder(const Settings& settings, FileSystem& files,
                                                      const ProgramNames& names)
{
    const auto given = settings.path_or("datadir", {});
    if (given.empty()) return default_data_folder(names);
    const auto path = absolute_path(given);
    if (!files.is_directory(path)) return std::nullopt;
    return path;
}

// A configuration file in the data folder that is not the one in use: the owner believes it counts.
Outcome check_ignored_config(const Settings& settings, FileSystem& files, const ProgramNames& names,
                             const std::filesystem::path& original_folder,
                             const std::function<void(bool, std::string)>& note)
{
    const auto base = settings.data_folder() / names.config_file;
    if (!files.exists(base)) return {};
    const auto folder = in_quotes(settings.data_folder());
    const auto file = in_quotes(names.config_file);
    const auto& used = settings.config_file();
    if (used.empty()) {
        note(false, fmt::format("Data directory {} contains a {} file which is explicitly ignored using -noconf.",
                                folder, file));
        return {};
    }
    std::error_code missing;
    if (used == base || std::filesystem::equivalent(used, base, missing)) return {};
    const std::string given = settings.text_or("conf", "");
    const std::string source = given.empty() ? "data directory " + in_quotes(original_folder)
                                             : "command line argument " + in_quotes("-conf=" + given);
    std::string text = fmt::format(
        "Data directory {0} contains a {1} file which is ignored, because a different configuration file {2} from {3} "
        "is "
        "being used instead. Possible ways to address this would be to:\n"
        "- Delete or rename the {1} file in data directory {0}.\n"
        "- Change datadir= or conf= options to specify one configuration file, not two, and use includeconf= to "
        "include "
        "any other configuration files.",
        folder, file, in_quotes(used), source);
    if (settings.boolean_or("allowignoredconf", false)) {
        note(true, std::move(text));
        return {};
    }
    return std::unexpected(text +
                           "\n- Set allowignoredconf=1 option to treat this condition as a warning, not an error.");
}

}  // namespace

std::expected<void, std::string> Settings::load_for_client()
{
    State& state = *state_;
    const auto folder = find_data_folder(*this, state.files, state.names);
    if (!folder) {
        return std::unexpected(fmt::format("Specified data directory \"{}\" does not exist.", text_or("datadir", "")));
    }
    state.data_folder = *folder;
    state.config_file = below(*folder, path_or("conf", state.names.config_file));

    ConfigReader reader(*this, state.table, state.files, state.sources);
    reader.note = [&](bool warning, std::string text) { state.note(warning, std::move(text)); };
    reader.interpret = [&](const SettingKey& key, const std::string& value, const OptionSpec& option) {
        return state.interpret(key, value, option);
    };
    const auto read = reader.read(state.config_file, state.data_folder);
    state.console_warnings = std::move(reader.console_warnings);
    state.sections = std::move(reader.sections);
    const auto chain = chosen_chain(*this, state.sources);
    // Asking for two networks is no file's fault: most likely it was the command line.
    if (!chain) return std::unexpected(chain.error());
    if (!read) return std::unexpected("Error reading configuration file: " + read.error());

    const auto final_folder = find_data_folder(*this, state.files, state.names);
    if (!final_folder) {
        return std::unexpected(
            fmt::format("Error reading configuration file: specified data directory \"{}\" does not exist.",
                        text_or("datadir", "")));
    }
    const auto below_data = chain_folder(*chain);
    if (!below_data) return std::unexpected(fmt::format("Unknown chain {}.", *chain));
    state.chain = *chain;
    state.data_folder = *final_folder;
    state.network_folder = below_data->empty() ? *final_folder : *final_folder / *below_data;
    if (auto wrong = malformed_value()) return std::unexpected(*std::move(wrong));
    return {};
}

std::expected<void, std::string> Settings::load()
{
    State& state = *state_;
    const auto original = find_data_folder(*this, state.files, state.names);
    if (auto loaded = load_for_client(); !loaded) return loaded;
    try {
        // A new folder gets its wallets/ now, so that wallets never lie among the other files.
        for (const auto& folder : {state.data_folder, state.network_folder}) {
            if (!state.files.exists(folder)) state.files.create_directories(folder / "wallets");
        }
        const auto note = [&](bool warning, std::string text) { state.note(warning, std::move(text)); };
        if (auto fine = check_ignored_config(*this, state.files, state.names, *original, note); !fine) return fine;

        const auto file = path_or("settings", state.names.settings_file);
        if (file.empty()) return {};
        const auto path = below(state.network_folder, file);
        if (auto read = state.settings_file.read(state.files, path); !read) {
            return std::unexpected("Settings file could not be read:\n- " + read.error());
        }
        state.sources.persistent = state.settings_file.values();
        if (auto wrong = malformed_value()) return std::unexpected(*std::move(wrong));
        for (const auto& [key, values] : state.sources.persistent) {
            if (state.table.find(parse_setting_key(key).name) == nullptr) {
                state.note(true, fmt::format("Ignoring unknown rw_settings value {}", key));
            }
        }
        state.settings_file.write(state.files, path);
    } catch (const IoError&) {
        return std::unexpected(base::describe(std::current_exception()));
    }
    return {};
}

const std::string& Settings::chain() const
{
    return state_->chain;
}
const std::filesystem::path& Settings::data_folder() const
{
    return state_->data_folder;
}
const std::filesystem::path& Settings::network_folder() const
{
    return state_->network_folder;
}
const std::filesystem::path& Settings::config_file() const
{
    return state_->config_file;
}

std::expected<std::filesystem::path, std::string> Settings::blocks_folder() const
{
    std::filesystem::path folder = state_->data_folder;
    if (is_set("blocksdir")) {
        folder = absolute_path(path_or("blocksdir", {}));
        if (!state_->files.is_directory(folder)) {
            return std::unexpected(
                fmt::format("Specified blocks directory \"{}\" does not exist.", text_or("blocksdir", "")));
        }
    }
    return folder / *chain_folder(state_->chain) / "blocks";
}

std::filesystem::path Settings::resolve(const std::filesystem::path& path, bool below_network) const
{
    return below(below_network ? state_->network_folder : state_->data_folder, path);
}

std::vector<std::string> Settings::persistent_list(std::string_view name) const
{
    const std::lock_guard lock(state_->mutex);
    std::vector<std::string> result;
    const auto found = state_->sources.persistent.find(name);
    if (found == state_->sources.persistent.end()) return result;
    for (const SettingValue& each : found->second) result.push_back(each.as_text());
    return result;
}

void Settings::set_persistent_list(std::string_view name, const std::vector<std::string>& values)
{
    const auto file = path_or("settings", state_->names.settings_file);
    const std::lock_guard lock(state_->mutex);
    state_->settings_file.set_list(std::string{name}, values);
    state_->sources.persistent = state_->settings_file.values();
    if (!file.empty()) state_->settings_file.write(state_->files, below(state_->network_folder, file));
}

}  // namespace cairn::base
