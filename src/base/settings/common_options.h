#pragma once
// The options that all programs share: the network to be on, which Settings itself reads, and what the program says of
// itself.

#include <span>

#include "base/settings/option.h"

namespace cairn::base {

/// A part of each program's OptionTable; lives as long as the program.
std::span<const OptionSpec> common_options();

}  // namespace cairn::base
