#include "consensus/primitives/block.h"

#include <algorithm>
#include <vector>

#include "consensus/encoding/writer.h"
#include "consensus/primitives/transaction_parser.h"
#include "crypto/sha256.h"

namespace cairn {
namespace {

class ParsedBlock final : public Block {
public:
    ParsedBlock(std::shared_ptr<const Bytes> buffer, const detail::PartCounter& counter) : buffer_(std::move(buffer))
    {
        counter.reserve(parts_);
        Reader reader{*buffer_};
        header = *decode_header(reader.bytes(BlockHeader::kSize));
        raw = *buffer_;
        hash = BlockHash{crypto::sha256d(raw.first(BlockHeader::kSize))};
        const std::uint64_t count = reader.compact_size();
        transactions_.reserve(static_cast<std::size_t>(count));
        stripped_size = BlockHeader::kSize + compact_size_length(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            transactions_.push_back(detail::fill_transaction(reader, WitnessEncoding::kAllowed, parts_));
            stripped_size += transactions_.back().stripped_size;
        }
        transactions = transactions_;
        raw = raw.first(raw.size() - reader.rest().size());
    }

private:
    std::shared_ptr<const Bytes> buffer_;
    detail::TransactionParts parts_;
    std::vector<Transaction> transactions_;
};

}  // namespace

std::array<std::byte, BlockHeader::kSize> BlockHeader::encode() const
{
    Writer writer;
    writer.reserve(kSize);
    writer.i32(version).hash(previous).hash256(merkle_root).u32(time).u32(bits).u32(nonce);
    std::array<std::byte, kSize> encoded;
    std::ranges::copy(writer.view(), encoded.begin());
    return encoded;
}

BlockHash BlockHeader::hash() const
{
    return BlockHash{crypto::sha256d(encode())};
}

std::expected<BlockHeader, DecodeError> decode_header(ByteSpan bytes)
{
    Reader reader{bytes};
    BlockHeader header;
    header.version = reader.i32();
    header.previous = reader.strong_hash<BlockHash>();
    header.merkle_root = reader.hash256();
    header.time = reader.u32();
    header.bits = reader.u32();
    header.nonce = reader.u32();
    if (!reader.ok()) return std::unexpected(*reader.error());
    return header;
}

std::expected<BlockRef, DecodeError> decode_block(std::shared_ptr<const Bytes> buffer, TrailingBytes trailing)
{
    Reader reader{*buffer};
    detail::PartCounter counter;
    reader.bytes(BlockHeader::kSize);
    const std::uint64_t count = reader.compact_size();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
        detail::parse_transaction(reader, WitnessEncoding::kAllowed, counter);
    }
    if (trailing == TrailingBytes::kRefused) reader.expect_end();
    if (!reader.ok()) return std::unexpected(*reader.error());
    return std::make_shared<const ParsedBlock>(std::move(buffer), counter);
}

std::expected<BlockRef, DecodeError> decode_block(Bytes bytes, TrailingBytes trailing)
{
    return decode_block(std::make_shared<const Bytes>(std::move(bytes)), trailing);
}

Bytes encode_without_witness(const Block& block)
{
    Writer writer;
    writer.reserve(block.stripped_size);
    writer.bytes(block.raw.first(BlockHeader::kSize)).compact_size(block.transactions.size());
    for (const Transaction& transaction : block.transactions) writer.bytes(encode_without_witness(transaction));
    return writer.take();
}

}  // namespace cairn
