#include "rpc/methods/parse_block.h"

#include "consensus/encoding/reader.h"
#include "crypto/hex.h"

namespace cairn::rpc {

namespace {

void skip_witnesses(Reader& reader, std::uint64_t inputs)
{
    for (std::uint64_t i = 0; i < inputs && reader.ok(); ++i) {
        const std::uint64_t items = reader.compact_size();
        for (std::uint64_t item = 0; item < items && reader.ok(); ++item) reader.sized_bytes();
    }
}

void skip_transaction(Reader& reader)
{
    reader.u32();
    std::uint64_t inputs = reader.compact_size();
    bool witness = false;
    if (inputs == 0) {
        witness = reader.u8() == 1;
        if (!witness) reader.fail(DecodeError::kUnknownFlag);
        inputs = reader.compact_size();
    }
    for (std::uint64_t i = 0; i < inputs && reader.ok(); ++i) {
        reader.bytes(36);
        reader.sized_bytes();
        reader.u32();
    }
    const std::uint64_t outputs = reader.compact_size();
    for (std::uint64_t i = 0; i < outputs && reader.ok(); ++i) {
        reader.u64();
        reader.sized_bytes();
    }
    if (witness) skip_witnesses(reader, inputs);
    reader.u32();
}

/// Where the block that `bytes` begin with ends; the end of all if it is cut short.
std::size_t block_size(ByteSpan bytes)
{
    Reader reader(bytes);
    reader.bytes(BlockHeader::kSize);
    const std::uint64_t count = reader.compact_size();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) skip_transaction(reader);
    return reader.ok() ? bytes.size() - reader.rest().size() : bytes.size();
}

}  // namespace

BlockRef parse_block(const Json& hex)
{
    auto bytes = from_hex(hex.as_string());
    if (!bytes) refuse(Code::kDeserialization, "Block decode failed");
    bytes->resize(block_size(*bytes));
    auto block = decode_block(*std::move(bytes));
    if (!block) refuse(Code::kDeserialization, "Block decode failed");
    return *block;
}

BlockHeader parse_header(const Json& hex)
{
    const auto bytes = from_hex(hex.as_string());
    if (!bytes || bytes->size() < BlockHeader::kSize) refuse(Code::kDeserialization, "Block header decode failed");
    return *decode_header(*bytes);
}

}  // namespace cairn::rpc
