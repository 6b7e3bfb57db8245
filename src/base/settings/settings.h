#pragma once
// What the user asked for: command line, settings file and configuration files, merged as Bitcoin Core merges them.
//
// Precedence: forced, command line, settings.json, the network's section of the configuration, its default section. On
// the command line the last value counts, in a configuration file the first. -noname is name=0 and drops what stood
// before it in the same place. Error texts are Bitcoin Core's.
//
// Filled by one thread at start, then read by any; set_persistent_list may be called by any at any time.

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/settings/option.h"

namespace cairn::base {

/// The names that differ between programs of this kind.
struct ProgramNames {
    std::string data_folder = ".cairn";  // below the home folder
    std::string config_file = "cairn.conf";
    std::string settings_file = "settings.json";
};

/// The folder below the data folder, and of "blocks", that belongs to a chain: "" for main, "testnet3" for test, else
/// the chain's name. Nothing for an unknown name.
std::optional<std::string_view> chain_folder(std::string_view chain);

/// A value as given: false and true come of negation, a list from the settings file only.
struct SettingValue {
    enum class Kind : std::uint8_t { kFalse, kTrue, kText };
    Kind kind = Kind::kText;
    std::string text{};

    bool is_false() const { return kind == Kind::kFalse; }
    /// "0", "1", or the text.
    std::string as_text() const;
    /// Text: true unless it is a number that is 0, or no number at all; empty is true.
    bool as_bool() const;
    friend bool operator==(const SettingValue&, const SettingValue&) = default;
};

class Settings {
public:
    explicit Settings(const OptionTable& table, ProgramNames names = {}, FileSystem& files = os_file_system());
    ~Settings();
    Settings(Settings&&) noexcept;

    // --- Filling, in this order. An error is the text to show after "Error: ".

    /// argv without the program's name. "Error parsing command line arguments: " is added by the caller.
    std::expected<void, std::string> parse_command_line(std::span<const char* const> arguments);
    /// The whole of what a program does between its command line and its work: configuration files, network, the data
    /// folder made, an ignored configuration file refused, the settings file read. Errors as Bitcoin Core's, complete.
    std::expected<void, std::string> load();
    /// load(), but without making folders and without a settings file: for command line tools.
    std::expected<void, std::string> load_for_client();
    /// Gives `value` to an option that nobody set; false if somebody did. Above all else from then on.
    bool set_if_unset(std::string_view name, std::string value);
    void force(std::string_view name, std::string value);

    // --- What came up while filling, for the log and for standard error.

    struct Note {
        bool warning = false;
        std::string text;
    };
    const std::vector<Note>& notes() const;
    /// To be written on standard error, as they are.
    const std::vector<std::string>& console_warnings() const;
    /// "<file>:<line> Section [x] is not recognized.", joined by newlines; empty if there is none.
    std::string unrecognized_sections() const;
    /// Options set in the default section only, which the network in use does not take from there.
    std::vector<std::string> ignored_network_options() const;
    /// Every setting but secrets, as the log shows it at start: `Command-line arg: addnode="x"`.
    std::vector<std::string> describe() const;
    /// Arguments that are no options: a command for cairn-cli, an error for cairnd.
    const std::vector<std::string>& positional() const;
    /// kWithoutMeaning options that were set: one log line each.
    std::vector<std::string> options_without_meaning() const;
    /// Of kNotBuilt options that ask for what is not there; nothing if there is none.
    std::optional<std::string> unbuilt_request() const;

    /// The first value that is no number or switch where the option takes one, or outside its range, with what is
    /// expected: nobody means the 0 that it would be read as. load() and load_for_client() fail with it.
    std::optional<std::string> malformed_value() const;

    // --- Reading. Asking for a name that is not in the table is a bug (assertion).

    bool is_set(std::string_view name) const;
    bool is_negated(std::string_view name) const;
    std::optional<SettingValue> value(std::string_view name) const;
    std::optional<std::string> text(std::string_view name) const;
    std::string text_or(std::string_view name, std::string_view fallback) const;
    /// As atoi: what is no number is 0, what is too large is the largest.
    std::optional<std::int64_t> integer(std::string_view name) const;
    std::int64_t integer_or(std::string_view name, std::int64_t fallback) const;
    std::optional<bool> boolean(std::string_view name) const;
    bool boolean_or(std::string_view name, bool fallback) const;
    /// All values of an option that may be given several times; "0" and "1" for false and true.
    std::vector<std::string> texts(std::string_view name) const;
    /// Whether these are texts all, as they were given: none is a switch, as -noname=0 makes one, and settings.json has
    /// nothing else for it.
    bool has_only_texts(std::string_view name) const;
    /// Normalised, without a trailing slash; empty if negated; the fallback if unset or empty.
    std::filesystem::path path_or(std::string_view name, const std::filesystem::path& fallback) const;

    // --- The network and the folders. Valid after load().

    /// "main", "test", "testnet4", "signet" or "regtest".
    const std::string& chain() const;
    const std::filesystem::path& data_folder() const;
    /// The chain's folder below data_folder().
    const std::filesystem::path& network_folder() const;
    /// Where block files are: -blocksdir or the data folder, with the chain's folder and "blocks".
    std::expected<std::filesystem::path, std::string> blocks_folder() const;
    /// `path` if absolute, else below the chain's (or the data) folder.
    std::filesystem::path resolve(const std::filesystem::path& path, bool below_network = true) const;
    /// The configuration file in use; empty with -noconf.
    const std::filesystem::path& config_file() const;

    // --- settings.json, the program's own memory between runs (wallets to load).

    /// The list stored under `name`, empty if there is none.
    std::vector<std::string> persistent_list(std::string_view name) const;
    /// Replaces it, and the file, at once. Throws IoError.
    void set_persistent_list(std::string_view name, const std::vector<std::string>& values);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// ~/<names.data_folder>, or /<…> where HOME is not set.
std::filesystem::path default_data_folder(const ProgramNames& names);

}  // namespace cairn::base
