#pragma once
// Which Cairn this is.

#include <string_view>

namespace cairn::base {

/// "0.1.0"
std::string_view version();
/// "v0.1.0-g0123456789ab", with "-dirty" for a changed tree; "v0.1.0" for the tagged commit, or outside git.
std::string_view version_description();

}  // namespace cairn::base
