#include "consensus/primitives/transaction_draft.h"

#include <algorithm>
#include <cassert>

#include "consensus/encoding/writer.h"

namespace cairn {
namespace {

Bytes copy(ByteSpan bytes)
{
    return Bytes(bytes.begin(), bytes.end());
}

void write_witness(Writer& writer, const std::vector<Bytes>& witness)
{
    writer.compact_size(witness.size());
    for (const Bytes& item : witness) writer.sized_bytes(item);
}

}  // namespace

TransactionDraft::TransactionDraft(const Transaction& transaction)
    : version(transaction.version), lock_time(transaction.lock_time)
{
    for (const TxInput& input : transaction.inputs) {
        TxInputDraft& draft = inputs.emplace_back(input.prevout, copy(input.script_sig), input.sequence);
        for (const ByteSpan item : input.witness) draft.witness.push_back(copy(item));
    }
    for (const TxOutput& output : transaction.outputs) outputs.emplace_back(output.value, copy(output.script_pubkey));
}

Bytes TransactionDraft::encode() const
{
    const bool has_witness =
        std::ranges::any_of(inputs, [](const TxInputDraft& input) { return !input.witness.empty(); });
    Writer writer;
    writer.u32(version);
    if (has_witness) writer.u8(0).u8(1);
    writer.compact_size(inputs.size());
    for (const TxInputDraft& input : inputs) {
        writer.hash(input.prevout.txid).u32(input.prevout.index).sized_bytes(input.script_sig).u32(input.sequence);
    }
    writer.compact_size(outputs.size());
    for (const TxOutputDraft& output : outputs) writer.i64(output.value.satoshis()).sized_bytes(output.script_pubkey);
    if (has_witness) {
        for (const TxInputDraft& input : inputs) write_witness(writer, input.witness);
    }
    return writer.u32(lock_time).take();
}

TransactionRef TransactionDraft::finish() const
{
    auto transaction =
        decode_transaction(encode(), inputs.empty() ? WitnessEncoding::kForbidden : WitnessEncoding::kAllowed);
    assert(transaction.has_value());
    return *std::move(transaction);
}

}  // namespace cairn
