// USES: storage
// Coins and their keys: what decodes encodes to something that decodes to the same, in no more bytes.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "storage/coin_codec.h"

using namespace cairn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan input = std::as_bytes(std::span{data, size});
    if (const auto coin = storage::decode_coin(input)) {
        if (!coin->value.is_money() || coin->height < 0) std::abort();
        if (coin->script_pubkey.size() > storage::kMaxScriptSize) std::abort();
        Bytes encoded;
        storage::append_coin(encoded, *coin);
        if (encoded.size() > input.size()) std::abort();
        if (storage::decode_coin(encoded) != *coin) std::abort();
    }
    if (const auto outpoint = storage::decode_coin_key(input)) {
        Bytes encoded;
        storage::append_coin_key(encoded, *outpoint);
        if (!std::ranges::equal(encoded, input)) std::abort();
    }
    return 0;
}
