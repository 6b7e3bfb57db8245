#include "mempool/memory.h"

namespace cairn::mempool {

std::size_t transaction_bytes(const Transaction& transaction)
{
    // The control block of a shared_ptr, and the four arrays that a detached transaction owns.
    constexpr std::size_t kControl = 64;
    std::size_t witness_items = 0;
    for (const TxInput& input : transaction.inputs) witness_items += input.witness.size();
    return malloc_bytes(sizeof(Transaction) + kControl) + malloc_bytes(transaction.raw.size()) +
           malloc_bytes(transaction.inputs.size_bytes()) + malloc_bytes(transaction.outputs.size_bytes()) +
           malloc_bytes(witness_items * sizeof(ByteSpan));
}

}  // namespace cairn::mempool
