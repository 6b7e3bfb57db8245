#pragma once
// The syntax of keys, values and configuration files, without any of their meaning.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::base {

/// "regtest.nolisten" is the section "regtest", the name "listen", negated.
struct SettingKey {
    std::string section;
    std::string name;
    bool negated = false;
};
SettingKey parse_setting_key(std::string_view key);

struct ConfigLine {
    std::string key;  // with the section before a dot
    std::string value;
};
/// A section, or a key with a section of its own, and where it was named.
struct ConfigSection {
    std::string name;
    std::string file;
    int line = 0;
};
struct ConfigText {
    std::vector<ConfigLine> lines;
    std::vector<ConfigSection> sections;
};
/// `file`: as it is shown in warnings. The error is Bitcoin Core's.
std::expected<ConfigText, std::string> parse_config_text(std::string_view text, const std::string& file);

/// As C's atoi, but 64 bits wide and without undefined ends: garbage is 0, too large is the largest.
std::int64_t lenient_integer(std::string_view text);
/// Nothing but digits, with a sign or without, and space around them: of this lenient_integer makes no garbage.
bool is_whole_number(std::string_view text);

}  // namespace cairn::base
