#pragma once
// settings.json: what the program itself remembers between runs. An object; texts, numbers, booleans, and lists of
// them.

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/settings/merge.h"

namespace cairn::base {

class SettingsFile {
public:
    SettingsFile();
    ~SettingsFile();
    SettingsFile(SettingsFile&&) noexcept;

    /// The content of `path`, nothing if it is missing. The error is a line of details, Bitcoin Core's.
    std::expected<void, std::string> read(FileSystem& files, const std::filesystem::path& path);
    /// In one step. Throws IoError.
    void write(FileSystem& files, const std::filesystem::path& path) const;

    /// Every setting in it.
    SettingMap values() const;
    /// Each with its value as JSON, for the log.
    std::vector<std::pair<std::string, std::string>> described() const;
    /// Whether every value of `name`, and of the list if it is one, is a text.
    bool holds_only_texts(const std::string& name) const;
    void set_list(const std::string& name, const std::vector<std::string>& values);

private:
    struct Json;
    std::unique_ptr<Json> json_;
};

/// `text` as a JSON string, in quotes.
std::string json_quoted(std::string_view text);

}  // namespace cairn::base
