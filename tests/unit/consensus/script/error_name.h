#pragma once
// The names of script errors in the test vectors.

#include <string_view>

#include "consensus/script/script_error.h"

namespace cairn::test {

/// "OK", "EVAL_FALSE", …
std::string_view error_name(ScriptError error);

}  // namespace cairn::test
