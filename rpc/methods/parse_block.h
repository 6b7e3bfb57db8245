#pragma once
// Blocks and headers as miners hand them in.

#include "consensus/primitives/block.h"
#include "rpc/methods/call.h"

namespace cairn::rpc {

/// Bytes after the block are ignored, as Bitcoin Core does. kDeserialization "Block decode failed".
BlockRef parse_block(const Json& hex);
/// kDeserialization "Block header decode failed".
BlockHeader parse_header(const Json& hex);

}  // namespace cairn::rpc
