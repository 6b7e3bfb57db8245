#pragma once
// Options that imply others, unless the owner set those too. Source: Bitcoin Core 31's parameter interactions.

#include "base/settings/settings.h"

namespace cairn::node {

/// Each implication made is one line in the log. Called once, after the settings are loaded.
void apply_interactions(base::Settings& settings);

}  // namespace cairn::node
