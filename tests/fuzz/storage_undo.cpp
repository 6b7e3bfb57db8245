// USES: storage
// Undo data: the counts add up, and nothing is made that was not there (an output takes three bytes at least).

#include <cstdint>
#include <cstdlib>
#include <numeric>

#include "storage/coin_codec.h"
#include "storage/undo_codec.h"

using namespace cairn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan input = std::as_bytes(std::span{data, size});
    const auto undo = storage::decode_undo(input);
    if (!undo) return 0;
    const auto counted = std::accumulate(undo->per_transaction.begin(), undo->per_transaction.end(), std::size_t{0});
    if (counted != undo->spent.size() || counted * 3 > size) std::abort();
    for (std::size_t i = 0; i < undo->spent.size(); ++i) {
        const auto& entry = undo->spent[i];
        if (!entry.value.is_money() || entry.height < 0) std::abort();
        if (undo->spent.script_pubkey(i).size() > storage::kMaxScriptSize) std::abort();
    }
    return 0;
}
