#include "services/block_edit.h"

#include <algorithm>
#include <stdexcept>

#include "consensus/encoding/writer.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/witness_commitment.h"

namespace cairn::services {

namespace {

BlockRef decode_own(Bytes bytes)
{
    auto block = decode_block(std::move(bytes));
    if (!block) throw std::logic_error("a block made from a block does not decode");
    return *block;
}

}  // namespace

BlockRef with_header(const BlockRef& block, const BlockHeader& header)
{
    Bytes bytes(block->raw.begin(), block->raw.end());
    std::ranges::copy(header.encode(), bytes.begin());
    return decode_own(std::move(bytes));
}

BlockRef with_witness_nonce(const BlockRef& block)
{
    if (block->transactions.empty() || !consensus::witness_commitment_index(block->transactions[0])) return block;
    const auto& coinbase = block->transactions[0];
    if (coinbase.has_witness() || coinbase.inputs.empty()) return block;
    TransactionDraft draft(coinbase);
    draft.inputs[0].witness = {Bytes(32)};
    const auto completed = draft.finish();
    Writer writer;
    writer.bytes(block->header.encode()).compact_size(block->transactions.size()).bytes(completed->raw);
    for (const auto& transaction : block->transactions.subspan(1)) writer.bytes(transaction.raw);
    return decode_own(writer.take());
}

}  // namespace cairn::services
