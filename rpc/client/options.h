#pragma once
// The options of cairn-cli. Names are Bitcoin Core's.

#include "base/settings/option.h"

namespace cairn::rpc {

/// Lives as long as the program.
const base::OptionTable& client_option_table();

}  // namespace cairn::rpc
