#include "rpc/methods/parse_block.h"

#include "crypto/hex.h"

namespace cairn::rpc {

BlockRef parse_block(const Json& hex)
{
    auto bytes = from_hex(hex.as_string());
    if (!bytes) refuse(Code::kDeserialization, "Block decode failed");
    auto block = decode_block(*std::move(bytes), TrailingBytes::kIgnored);
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
