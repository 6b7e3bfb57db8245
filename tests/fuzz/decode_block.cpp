// USES: consensus
// Blocks: what decodes encodes to the same bytes, part by part; each transaction is the one its own bytes decode to;
// the context-free rules give an answer for anything.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "consensus/check_block.h"
#include "consensus/encoding/writer.h"
#include "consensus/params.h"

namespace {

using namespace cairn;

void require(bool condition)
{
    if (!condition) std::abort();
}

const consensus::Params& params(Network network)
{
    static const consensus::Params regtest = consensus::make_params(Network::kRegtest);
    static const consensus::Params signet = consensus::make_params(Network::kSignet);
    return network == Network::kSignet ? signet : regtest;
}

void check_header(ByteSpan in)
{
    const auto header = decode_header(in);
    require(header.has_value() == (in.size() >= BlockHeader::kSize));
    if (!header) return;
    const auto encoded = header->encode();
    require(std::ranges::equal(encoded, in.first(BlockHeader::kSize)));
    require(decode_header(encoded) == *header);
}

void check_encoding(const Block& block, ByteSpan in)
{
    Writer writer;
    writer.bytes(block.header.encode()).compact_size(block.transactions.size());
    std::size_t stripped = writer.size();
    for (const Transaction& transaction : block.transactions) {
        const auto alone = decode_transaction(transaction.raw);
        require(alone && (*alone)->txid == transaction.txid && (*alone)->wtxid == transaction.wtxid);
        writer.bytes(transaction.raw);
        stripped += transaction.stripped_size;
    }
    require(std::ranges::equal(writer.view(), in));
    require(block.hash == block.header.hash());
    require(block.stripped_size == stripped);
    const Bytes without = encode_without_witness(block);
    require(without.size() == stripped);
    require(block.weight() == static_cast<Weight>(3 * stripped + in.size()));
    const auto again = decode_block(without);
    require(again && (*again)->hash == block.hash && (*again)->transactions.size() == block.transactions.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan in{reinterpret_cast<const std::byte*>(data), size};
    check_header(in);
    const auto block = decode_block(Bytes(in.begin(), in.end()));
    const auto beginning = decode_block(Bytes(in.begin(), in.end()), TrailingBytes::kIgnored);
    require(beginning.has_value() || !block);
    if (beginning) {
        require(std::ranges::equal((*beginning)->raw, in.first((*beginning)->raw.size())));
        require(block.has_value() == ((*beginning)->raw.size() == in.size()));
        check_encoding(**beginning, (*beginning)->raw);
    }
    if (!block) return 0;
    check_encoding(**block, in);
    const consensus::CheckBlockOptions unmined{.proof_of_work = false, .merkle_root = false};
    const auto checked = consensus::check_block(**block, params(Network::kRegtest), unmined);
    if (checked) (void)consensus::check_block_in_context(**block, nullptr, params(Network::kRegtest));
    (void)consensus::check_block(**block, params(Network::kSignet));
    (void)consensus::check_block(**block, params(Network::kRegtest), {.proof_of_work = false});
    return 0;
}
