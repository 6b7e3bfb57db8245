#pragma once
// Settings over a table of made-up options, and files in memory.

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/settings/settings.h"

namespace cairn::base {

inline constexpr std::array kOptions = std::to_array<OptionSpec>({
    {"addnode", OptionType::kText, "<ip>", "", OptionCategory::kConnection, "A node.", kNetworkOnly | kMultiple},
    {"allowignoredconf", OptionType::kBool, "", "0", OptionCategory::kGeneral, "Warn only."},
    {"blocksdir", OptionType::kPath, "<dir>", "", OptionCategory::kGeneral, "Blocks."},
    {"chain", OptionType::kText, "<chain>", "main", OptionCategory::kChain, "Chain."},
    {"conf", OptionType::kPath, "<file>", "", OptionCategory::kGeneral, "File."},
    {"datadir", OptionType::kPath, "<dir>", "", OptionCategory::kGeneral, "Folder.", kNoNegation},
    {"debug", OptionType::kText, "<category>", "", OptionCategory::kDebugTest, "Details.", kMultiple},
    {"includeconf", OptionType::kPath, "<file>", "", OptionCategory::kGeneral, "More.", kMultiple},
    {"listen", OptionType::kBool, "", "1", OptionCategory::kConnection, "Listen."},
    {"dns", OptionType::kBool, "", "1", OptionCategory::kConnection, "Names.", kAlwaysOn, OptionClass::kNotBuilt},
    {"natpmp", OptionType::kBool, "", "0", OptionCategory::kConnection, "Map.", kNoFlags, OptionClass::kNotBuilt},
    {"par", OptionType::kInteger, "<n>", "0", OptionCategory::kGeneral, "Threads."},
    {"port", OptionType::kPort, "<port>", "", OptionCategory::kConnection, "Port.", kNetworkOnly},
    {"proxy", OptionType::kText, "<ip>", "", OptionCategory::kConnection, "Proxy.", kNeedsValue},
    {"prune", OptionType::kInteger, "<n>", "0", OptionCategory::kGeneral, "Prune.", kNoFlags, OptionClass::kNotBuilt},
    {"regtest", OptionType::kBool, "", "0", OptionCategory::kChain, "Regtest."},
    {"reindex", OptionType::kBool, "", "0", OptionCategory::kGeneral, "Reindex."},
    {"queue", integer_from(0), "<n>", "", OptionCategory::kRpc, "Places."},
    {"threads", integer_between(0, 16), "<n>", "4", OptionCategory::kRpc, "Threads."},
    {"rpcpassword", OptionType::kText, "<pw>", "", OptionCategory::kRpc, "Password.", kSensitive},
    {"server", OptionType::kBool, "", "0", OptionCategory::kRpc, "Serve."},
    {"settings", OptionType::kPath, "<file>", "", OptionCategory::kGeneral, "File."},
    {"signet", OptionType::kBool, "", "0", OptionCategory::kChain, "Signet."},
    {"splash", OptionType::kBool, "", "", OptionCategory::kHidden, "", kNoFlags, OptionClass::kWithoutMeaning},
    {"testnet", OptionType::kBool, "", "0", OptionCategory::kChain, "Testnet."},
    {"testnet4", OptionType::kBool, "", "0", OptionCategory::kChain, "Testnet4."},
    {"uacomment", OptionType::kText, "<cmt>", "", OptionCategory::kDebugTest, "Comment.", kMultiple},
    {"wallet", OptionType::kText, "<path>", "", OptionCategory::kWallet, "Wallet.", kNetworkOnly | kMultiple},
});

inline const OptionTable& table()
{
    static const OptionTable options{kOptions};
    return options;
}

class SettingsTest : public testing::Test {
protected:
    SettingsTest() { files.create_directories("/data"); }

    void config(std::string_view text, const std::filesystem::path& path = "/data/cairn.conf")
    {
        replace_file(files, path, text);
    }
    std::string parse(std::vector<const char*> arguments)
    {
        const auto result = settings.parse_command_line(arguments);
        return result ? "" : result.error();
    }
    // The error of parsing and loading; empty if there is none.
    std::string load(std::vector<const char*> arguments)
    {
        arguments.push_back("-datadir=/data");
        if (auto error = parse(std::move(arguments)); !error.empty()) return error;
        const auto result = settings.load();
        return result ? "" : result.error();
    }
    std::vector<std::string> warnings() const
    {
        std::vector<std::string> texts;
        for (const auto& note : settings.notes()) {
            if (note.warning) texts.push_back(note.text);
        }
        return texts;
    }

    MemoryFileSystem files;
    Settings settings{table(), {}, files};
};

}  // namespace cairn::base
