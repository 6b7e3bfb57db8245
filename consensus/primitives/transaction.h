#pragma once
// Transactions as the node holds them: parsed once, immutable, seen through spans into the bytes they came in.
//
// A Transaction never owns its bytes; a TransactionRef keeps them alive. Inside a block, the ref shares the block's
// buffer (BlockRef); what must outlive the block's processing (mempool, orphans, wallet) takes a detached copy.
// Immutable after decoding, so any thread may read one. Source: BIP144 for the encoding, BIP141 for weight.

#include <compare>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>

#include "consensus/encoding/decode_error.h"
#include "consensus/primitives/amount.h"
#include "consensus/primitives/hashes.h"
#include "crypto/bytes.h"

namespace cairn {

/// The name of a transaction output.
struct Outpoint {
    static constexpr std::uint32_t kNullIndex = 0xffffffff;

    Txid txid;
    std::uint32_t index = kNullIndex;

    friend constexpr auto operator<=>(const Outpoint&, const Outpoint&) = default;
    /// What a coinbase's only input names.
    constexpr bool is_null() const { return index == kNullIndex && txid.is_null(); }
};

struct TxInput {
    Outpoint prevout;
    ByteSpan script_sig;
    std::uint32_t sequence = 0xffffffff;
    /// The input's witness stack, bottom first; empty where it has none.
    std::span<const ByteSpan> witness;
};

struct TxOutput {
    Amount value;
    ByteSpan script_pubkey;
};

/// One transaction. Spans point into memory that the holder of the TransactionRef or BlockRef keeps alive.
struct Transaction {
    std::uint32_t version = 0;  // unsigned in all rules: BIP68 compares it so
    std::uint32_t lock_time = 0;
    std::span<const TxInput> inputs;
    std::span<const TxOutput> outputs;
    Txid txid;
    Wtxid wtxid;
    /// The canonical encoding, with the witness where there is one.
    ByteSpan raw;
    /// Size in bytes of the encoding without any witness.
    std::uint32_t stripped_size = 0;

    bool is_coinbase() const { return inputs.size() == 1 && inputs[0].prevout.is_null(); }
    bool has_witness() const { return raw.size() != stripped_size; }
    Weight weight() const { return Weight{3} * stripped_size + static_cast<Weight>(raw.size()); }
};

/// Keeps a transaction, and the bytes it points into, alive.
using TransactionRef = std::shared_ptr<const Transaction>;

/// Whether an encoding may carry witnesses. kAllowed: as on the network (BIP144). kForbidden: the marker 0x00 reads as
/// an empty list of inputs.
enum class WitnessEncoding { kAllowed, kForbidden };

/// What may follow an encoding. Bitcoin Core's messages and its submitblock do not look at what is left after a block
/// or transaction that was read (p2p_segwit.py tests it); everything else does.
enum class TrailingBytes { kRefused, kIgnored };

/// Decodes one transaction from the whole of `bytes` (or their beginning), copying them. Errors are those that Bitcoin
/// Core's decoder knows: truncated, non-canonical size, superfluous witness, unknown flag, trailing bytes. A
/// transaction without inputs decodes (rules reject it). No limit but the bytes given.
std::expected<TransactionRef, DecodeError> decode_transaction(ByteSpan bytes,
                                                              WitnessEncoding encoding = WitnessEncoding::kAllowed,
                                                              TrailingBytes trailing = TrailingBytes::kRefused);

/// A copy of its own, independent of any block's buffer.
TransactionRef detach(const Transaction& transaction);

/// The encoding without witness: what the txid is the hash of.
Bytes encode_without_witness(const Transaction& transaction);

}  // namespace cairn
