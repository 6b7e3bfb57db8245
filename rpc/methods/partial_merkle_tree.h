#pragma once
// A branch of a block's Merkle tree that proves some of its transactions (BIP37's merkleblock).

#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "consensus/primitives/block.h"

namespace cairn::rpc {

/// The header and the tree, as bytes; `matches` says of each txid whether it is to be proved.
Bytes encode_proof(const BlockHeader& header, std::span<const Txid> txids, const std::vector<bool>& matches);

struct Proof {
    BlockHeader header;
    std::uint32_t transactions = 0;
    /// Empty where the tree is malformed or does not lead to the header's root.
    std::vector<Txid> proved;
    bool valid = false;
};
/// Nothing if the bytes are cut short or too long.
std::optional<Proof> decode_proof(ByteSpan bytes);

}  // namespace cairn::rpc
