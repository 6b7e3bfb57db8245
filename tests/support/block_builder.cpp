#include "support/block_builder.h"

#include <stdexcept>

#include "consensus/encoding/writer.h"
#include "consensus/limits.h"
#include "consensus/merkle.h"
#include "consensus/proof_of_work.h"
#include "consensus/script/script.h"
#include "consensus/subsidy.h"
#include "consensus/witness_commitment.h"

namespace cairn::test {

Bytes anyone_can_spend()
{
    return {static_cast<std::byte>(Opcode::k1)};
}

TransactionDraft make_coinbase(Height height, Amount value, Bytes script_pubkey)
{
    TransactionDraft draft;
    Bytes script_sig = ScriptWriter{}.push_number(height).take();
    while (script_sig.size() < consensus::kMinCoinbaseScript) script_sig.push_back(static_cast<std::byte>(Opcode::k0));
    draft.inputs.push_back({Outpoint{}, std::move(script_sig), consensus::kSequenceFinal, {}});
    draft.outputs.push_back({value, std::move(script_pubkey)});
    return draft;
}

void add_witness_commitment(TransactionDraft& coinbase, std::span<const TransactionRef> others, Bytes reserved_value)
{
    std::vector<Hash256> leaves{Hash256{}};
    for (const TransactionRef& other : others) leaves.push_back(other->wtxid.value);
    const Hash256 root = consensus::merkle_root(std::move(leaves)).root;
    const Hash256 commitment = consensus::witness_commitment_hash(root, reserved_value);
    coinbase.outputs.push_back({Amount{}, consensus::witness_commitment_script(commitment)});
    coinbase.inputs.at(0).witness = {std::move(reserved_value)};
}

TransactionDraft make_spend(std::span<const Outpoint> outpoints, Amount output_value)
{
    TransactionDraft draft;
    for (const Outpoint& outpoint : outpoints) {
        draft.inputs.push_back({outpoint, {}, consensus::kSequenceFinal, {}});
    }
    draft.outputs.push_back({output_value, anyone_can_spend()});
    return draft;
}

BlockDraft::BlockDraft(const Block& block) : header(block.header)
{
    for (const Transaction& transaction : block.transactions) transactions.push_back(detach(transaction));
}

BlockDraft& BlockDraft::set_merkle_root()
{
    std::vector<Hash256> leaves;
    for (const TransactionRef& transaction : transactions) leaves.push_back(transaction->txid.value);
    header.merkle_root = consensus::merkle_root(std::move(leaves)).root;
    return *this;
}

BlockDraft& BlockDraft::mine()
{
    const auto target = consensus::derive_target(header.bits, Uint256::max());
    if (!target) throw std::runtime_error("no header can meet these bits");
    while (Uint256::from_hash(header.hash().value) > *target) ++header.nonce;
    return *this;
}

Bytes BlockDraft::encode() const
{
    Writer writer;
    writer.bytes(header.encode()).compact_size(transactions.size());
    for (const TransactionRef& transaction : transactions) writer.bytes(transaction->raw);
    return writer.take();
}

BlockRef BlockDraft::finish() const
{
    auto block = decode_block(encode());
    if (!block) throw std::runtime_error("the block cannot be decoded");
    return *std::move(block);
}

BlockDraft make_block_draft(const BlockPlan& plan, const consensus::Params& params)
{
    BlockDraft draft;
    draft.header.version = plan.version;
    draft.header.previous = plan.previous;
    draft.header.time = plan.time;
    draft.header.bits = plan.bits;
    TransactionDraft coinbase =
        make_coinbase(plan.height, consensus::block_subsidy(plan.height, params) + plan.fees, plan.coinbase_script);
    if (plan.witness_commitment) add_witness_commitment(coinbase, plan.transactions);
    draft.transactions.push_back(coinbase.finish());
    draft.transactions.insert(draft.transactions.end(), plan.transactions.begin(), plan.transactions.end());
    draft.set_merkle_root();
    return draft;
}

BlockRef make_block(const BlockPlan& plan, const consensus::Params& params)
{
    return make_block_draft(plan, params).mine().finish();
}

}  // namespace cairn::test
