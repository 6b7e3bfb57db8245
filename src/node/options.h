#pragma once
// The options of cairnd: every name of Bitcoin Core's -help-debug, and what this program makes of it (base/settings).
//
// By theme in options_*.cpp. An option of class kImplemented is read somewhere; moving one out of kNotBuilt is part of
// building it.

#include <span>

#include "base/settings/option.h"

namespace cairn::node {

/// Bounds of numbers that are times in seconds: as spans, and since 1970.
constexpr std::int64_t kCentury = 3'155'760'000;
constexpr std::int64_t kLastTime = 9'223'372'035;

/// The whole table. Lives as long as the program.
const base::OptionTable& option_table();

// Its parts.
std::span<const base::OptionSpec> general_options();
std::span<const base::OptionSpec> connection_options();
std::span<const base::OptionSpec> wallet_options();
std::span<const base::OptionSpec> debug_options();
std::span<const base::OptionSpec> chain_options();
std::span<const base::OptionSpec> relay_and_mining_options();
std::span<const base::OptionSpec> server_options();

}  // namespace cairn::node
