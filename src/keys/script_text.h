#pragma once
// Scripts as RPC shows them. Source: Bitcoin Core `ScriptToAsmStr`.

#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace cairn::keys {

enum class SighashNames { kHidden, kShown };

/// The asm text: pushes of at most 4 bytes as numbers, longer ones as hex, other operations by name, and "[error]"
/// where a push is cut short. With kShown, what has the form of a signature (not in an unspendable script) ends in the
/// name of its hash type: "…[ALL]".
std::string script_to_asm(ByteSpan script, SighashNames names = SighashNames::kHidden);

}  // namespace cairn::keys
