#pragma once
// What a script's bytes alone say, as far as RPC asks. Source: Bitcoin Core's HasValidOps, IsUnspendable, IsOpSuccess.

#include <optional>

#include "crypto/bytes.h"

namespace cairn::rpc {

/// The operation at the front of `rest`, which is moved behind it and what it pushes; nothing if a push is cut short.
struct ScriptOperation {
    unsigned opcode = 0;
    std::size_t push_size = 0;
};
std::optional<ScriptOperation> next_operation(ByteSpan& rest);

/// Made of whole pushes of at most 520 bytes and operations up to OP_NOP10.
bool has_valid_operations(ByteSpan script);
/// And not larger than a script may be.
bool is_sane_script(ByteSpan script);
/// Begins with OP_RETURN, or is larger than a script may be.
bool is_unspendable(ByteSpan script);
/// Has OP_CHECKSIGADD or an OP_SUCCESS: means something in tapscript only.
bool has_tapscript_operations(ByteSpan script);

}  // namespace cairn::rpc
