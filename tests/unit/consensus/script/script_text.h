#pragma once
// The notation of the script test vectors.

#include <string_view>

#include "consensus/script/flags.h"
#include "crypto/bytes.h"

namespace cairn::test {

/// Words: opcode names with or without "OP_", numbers to push, 'text' to push, 0x… for bytes as they are.
/// Throws std::runtime_error for any other word.
Bytes script_from_text(std::string_view text);
/// Names separated by commas; nothing and "NONE" for no flag. Throws std::runtime_error for a name that is none.
ScriptFlags flags_from_text(std::string_view text);
Bytes bytes_from_hex(std::string_view hex);

/// Flags without those that ask for others which are not there, and with the others added.
ScriptFlags trimmed(ScriptFlags flags);
ScriptFlags filled(ScriptFlags flags);

}  // namespace cairn::test
