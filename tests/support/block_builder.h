#pragma once
// Blocks for tests, mined at regtest's difficulty.

#include <cstdint>
#include <span>
#include <vector>

#include "consensus/params.h"
#include "consensus/primitives/transaction_draft.h"

namespace cairn::test {

/// OP_TRUE: an output that anyone may spend with an empty script_sig.
Bytes anyone_can_spend();

/// A coinbase with the height as BIP34 asks, padded to the least size, and one output.
TransactionDraft make_coinbase(Height height, Amount value, Bytes script_pubkey = anyone_can_spend());

/// Gives `coinbase` the reserved value and the output that commit to its own block's witnesses; `others` are the
/// block's transactions without it.
void add_witness_commitment(TransactionDraft& coinbase, std::span<const TransactionRef> others,
                            Bytes reserved_value = Bytes(32));

/// A transaction that spends outputs with anyone-can-spend scripts into one such output.
TransactionDraft make_spend(std::span<const Outpoint> outpoints, Amount output_value);

/// A block whose parts can be changed one by one.
struct BlockDraft {
    BlockHeader header;
    std::vector<TransactionRef> transactions;

    BlockDraft() = default;
    explicit BlockDraft(const Block& block);

    BlockDraft& set_merkle_root();
    /// Finds a nonce for the header's bits.
    BlockDraft& mine();
    Bytes encode() const;
    /// The block as it is.
    BlockRef finish() const;
};

/// What make_block may be told; the rest is as a miner would do it.
struct BlockPlan {
    Height height = 0;
    BlockHash previous;
    std::uint32_t time = 0;
    std::vector<TransactionRef> transactions;  // without the coinbase
    Amount fees;                               // added to the subsidy
    Bytes coinbase_script = anyone_can_spend();
    std::int32_t version = 0x20000000;
    std::uint32_t bits = 0x207fffff;
    bool witness_commitment = true;
};
BlockDraft make_block_draft(const BlockPlan& plan, const consensus::Params& params);
BlockRef make_block(const BlockPlan& plan, const consensus::Params& params);

}  // namespace cairn::test
