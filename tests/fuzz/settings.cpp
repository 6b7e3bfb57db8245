// USES: base
// A configuration file and a command line of anything: an answer or an error, and a file without sections reads the
// same when its lines are written out again.

#include "base/settings/settings.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory_file_system.h"
#include "base/settings/config_text.h"
#include "base/settings/settings_file.h"

using namespace cairn::base;

namespace {

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"a", OptionType::kText, "<x>", "", OptionCategory::kGeneral, "A.", kMultiple},
    {"b", OptionType::kBool, "", "0", OptionCategory::kGeneral, "B.", kNetworkOnly},
    {"c", OptionType::kInteger, "<n>", "", OptionCategory::kGeneral, "C.", kNoNegation | kNeedsValue},
    {"chain", OptionType::kText, "<x>", "", OptionCategory::kChain, "Chain."},
    {"conf", OptionType::kPath, "<x>", "", OptionCategory::kGeneral, "Conf."},
    {"datadir", OptionType::kPath, "<x>", "", OptionCategory::kGeneral, "Folder."},
    {"includeconf", OptionType::kPath, "<x>", "", OptionCategory::kGeneral, "More."},
    {"allowignoredconf", OptionType::kBool, "", "", OptionCategory::kGeneral, "Allow."},
    {"settings", OptionType::kPath, "<x>", "", OptionCategory::kGeneral, "File."},
    {"regtest", OptionType::kBool, "", "", OptionCategory::kChain, "Regtest."},
    {"signet", OptionType::kBool, "", "", OptionCategory::kChain, "Signet."},
    {"testnet", OptionType::kBool, "", "", OptionCategory::kChain, "Testnet."},
    {"testnet4", OptionType::kBool, "", "", OptionCategory::kChain, "Testnet4."},
});

void check_config_text(std::string_view text)
{
    const auto parsed = parse_config_text(text, "file");
    if (!parsed || !parsed->sections.empty()) return;
    std::string again;
    for (const ConfigLine& line : parsed->lines) again += line.key + "=" + line.value + "\n";
    const auto reparsed = parse_config_text(again, "file");
    if (!reparsed || reparsed->lines.size() != parsed->lines.size()) std::abort();
    for (std::size_t i = 0; i < parsed->lines.size(); ++i) {
        if (parsed->lines[i].key != reparsed->lines[i].key) std::abort();
        if (parsed->lines[i].value != reparsed->lines[i].value) std::abort();
    }
}

void check_load(std::string_view text)
{
    static const OptionTable table{kOptions};
    MemoryFileSystem files;
    files.create_directories("/d");
    replace_file(files, "/d/cairn.conf", text);
    // Each line is an argument too.
    std::vector<std::string> lines{"-datadir=/d"};
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        lines.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::vector<const char*> arguments;
    for (const std::string& line : lines) arguments.push_back(line.c_str());
    for (const std::size_t count : {std::size_t{1}, arguments.size()}) {
        Settings settings{table, {}, files};
        if (!settings.parse_command_line(std::span{arguments}.first(count)) || !settings.load()) continue;
        for (const OptionSpec& option : kOptions) {
            settings.value(option.name);
            settings.integer(option.name);
            settings.texts(option.name);
            settings.path_or(option.name, "x");
        }
        settings.describe();
        settings.unrecognized_sections();
        settings.unbuilt_request();
        if (!chain_folder(settings.chain())) std::abort();
    }
}

void check_settings_file(std::string_view text)
{
    MemoryFileSystem files;
    files.create_directories("/d");
    replace_file(files, "/d/settings.json", text);
    SettingsFile first;
    if (!first.read(files, "/d/settings.json")) return;
    first.write(files, "/d/settings.json");
    SettingsFile second;
    if (!second.read(files, "/d/settings.json") || first.values() != second.values()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_config_text(text);
    check_load(text);
    check_settings_file(text);
    return 0;
}
