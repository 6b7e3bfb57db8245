#pragma once
// What Settings keeps; shared by the files that implement it.

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/settings/config_text.h"
#include "base/settings/merge.h"
#include "base/settings/settings.h"
#include "base/settings/settings_file.h"

namespace cairn::base {

struct Settings::State {
    State(const OptionTable& the_table, ProgramNames the_names, FileSystem& the_files)
        : table(the_table), names(std::move(the_names)), files(the_files)
    {
    }

    void note(bool warning, std::string text) { notes.push_back({warning, std::move(text)}); }
    std::expected<SettingValue, std::string> interpret(const SettingKey& key, const std::optional<std::string>& value,
                                                       const OptionSpec& option);
    std::expected<void, std::string> take_argument(std::string_view argument);
    MergeQuery query(std::string_view name) const;

    // For set_persistent_list, which may come while others read.
    mutable std::mutex mutex;

    const OptionTable& table;
    const ProgramNames names;
    FileSystem& files;

    SettingSources sources;
    SettingsFile settings_file;
    std::vector<std::string> positional;
    std::vector<Note> notes;
    std::vector<std::string> console_warnings;
    std::vector<ConfigSection> sections;

    std::string chain;  // empty until it is known
    std::filesystem::path data_folder;
    std::filesystem::path network_folder;
    std::filesystem::path config_file;
};

}  // namespace cairn::base
