#pragma once
// The sources of settings, and how they are merged. Source: Bitcoin Core's behaviour, oddities included.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/settings/settings.h"

namespace cairn::base {

using SettingValues = std::vector<SettingValue>;
using SettingMap = std::map<std::string, SettingValues, std::less<>>;

struct SettingSources {
    SettingMap forced;
    SettingMap command_line;
    SettingMap persistent;                                  // settings.json
    std::map<std::string, SettingMap, std::less<>> config;  // by section; "" is the default section
};

/// How one value, or all, of `name` are looked up.
struct MergeQuery {
    std::string_view section;  // of the network in use; empty while that is not known
    std::string_view name;
    /// The option counts only in the network's own section.
    bool ignore_default_section = false;
    /// For the options that choose the chain.
    bool chain_choice = false;
};

std::optional<SettingValue> merged_value(const SettingSources& sources, const MergeQuery& query);
SettingValues merged_list(const SettingSources& sources, const MergeQuery& query);
/// Set in the default section and nowhere else.
bool only_in_default_section(const SettingSources& sources, const MergeQuery& query);

}  // namespace cairn::base
