#pragma once
// Block headers, and blocks as one reference-counted buffer with its parsed index: read, parsed and hashed once.

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>

#include "consensus/encoding/decode_error.h"
#include "consensus/primitives/hashes.h"
#include "consensus/primitives/transaction.h"

namespace cairn {

struct BlockHeader {
    static constexpr std::size_t kSize = 80;

    std::int32_t version = 0;
    BlockHash previous;
    Hash256 merkle_root;
    std::uint32_t time = 0;  // seconds since 1970
    std::uint32_t bits = 0;  // the target, compact
    std::uint32_t nonce = 0;

    friend bool operator==(const BlockHeader&, const BlockHeader&) = default;
    std::array<std::byte, kSize> encode() const;
    BlockHash hash() const;
};

/// Decodes the first 80 bytes; `bytes` must hold at least that many, else kTruncated.
std::expected<BlockHeader, DecodeError> decode_header(ByteSpan bytes);

/// A parsed block. Everything in it points into the one buffer it owns; immutable, so any thread may read it.
class Block {
public:
    virtual ~Block() = default;

    BlockHeader header;
    BlockHash hash;
    /// The network's encoding, with witnesses.
    ByteSpan raw;
    std::span<const Transaction> transactions;
    /// Size of the encoding without witnesses.
    std::size_t stripped_size = 0;

    Weight weight() const { return Weight{3} * static_cast<Weight>(stripped_size) + static_cast<Weight>(raw.size()); }

protected:
    Block() = default;
};

using BlockRef = std::shared_ptr<const Block>;

/// Decodes one block from the whole of `buffer` (or its beginning), which it keeps. Computes the header's hash and
/// every txid and wtxid. Errors as decode_transaction; no limit but the bytes given.
std::expected<BlockRef, DecodeError> decode_block(std::shared_ptr<const Bytes> buffer,
                                                  TrailingBytes trailing = TrailingBytes::kRefused);
std::expected<BlockRef, DecodeError> decode_block(Bytes bytes, TrailingBytes trailing = TrailingBytes::kRefused);

/// The encoding without witnesses, for peers that ask for that.
Bytes encode_without_witness(const Block& block);

/// A transaction of the block, as a ref that keeps the block's whole buffer alive: for passing on, not for keeping.
inline TransactionRef transaction_ref(const BlockRef& block, std::size_t index)
{
    return TransactionRef(block, &block->transactions[index]);
}

}  // namespace cairn
