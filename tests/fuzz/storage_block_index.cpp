// USES: storage
// Records of the block index: numbers have one encoding, so what decodes encodes to the same bytes, but for the version
// nobody reads.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "consensus/encoding/reader.h"
#include "storage/block_index_store.h"
#include "storage/varint.h"

using namespace cairn;

namespace {

std::size_t version_size(ByteSpan input)
{
    Reader reader{input};
    storage::read_varint(reader);
    return input.size() - reader.rest().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan input = std::as_bytes(std::span{data, size});
    if (const auto record = storage::decode_block_index_record(input)) {
        if (record->height < 0 || record->file < 0) std::abort();
        const Bytes encoded = storage::encode_block_index_record(*record);
        const ByteSpan ours = ByteSpan{encoded}.subspan(version_size(encoded));
        if (!std::ranges::equal(ours, input.subspan(version_size(input)))) std::abort();
    }
    if (const auto info = storage::decode_block_file_info(input)) {
        if (!std::ranges::equal(storage::encode_block_file_info(*info), input)) std::abort();
    }
    return 0;
}
