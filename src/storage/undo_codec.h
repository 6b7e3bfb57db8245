#pragma once
// What undoing a block needs, as it is in rev files: the spent outputs, transaction by transaction. Bitcoin Core's
// format; docs/formats/block-files.md.

#include <cstdint>
#include <expected>
#include <vector>

#include "consensus/coins.h"
#include "consensus/encoding/decode_error.h"
#include "consensus/primitives/block.h"

namespace cairn::storage {

/// Undo data of one block.
struct BlockUndo {
    SpentOutputs spent;
    /// How many of them each transaction has spent, the coinbase left out.
    std::vector<std::uint32_t> per_transaction;
};

/// `spent` in the order of the block's inputs without the coinbase's, and as many.
Bytes encode_undo(const Block& block, const SpentOutputs& spent);
/// No limit but the bytes given.
std::expected<BlockUndo, DecodeError> decode_undo(ByteSpan bytes);

}  // namespace cairn::storage
