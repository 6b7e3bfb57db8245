#include "consensus/primitives/block.h"

#include <gtest/gtest.h>

#include "consensus/encoding/writer.h"
#include "crypto/sha256.h"
#include "support/block_builder.h"
#include "support/files.h"

namespace cairn {
namespace {

const consensus::Params& regtest()
{
    static const consensus::Params params = consensus::make_params(Network::kRegtest);
    return params;
}

BlockRef sample_block()
{
    std::vector<TransactionRef> transactions;
    for (std::uint32_t i = 0; i < 3; ++i) {
        TransactionDraft draft = test::make_spend(std::vector<Outpoint>{{Txid{}, i}, {Txid{}, i + 1000}}, Amount{i});
        if (i != 1) draft.inputs[1].witness = {test::unhex("01"), {}, Bytes(i * 300)};
        transactions.push_back(draft.finish());
    }
    test::BlockPlan plan;
    plan.height = 5;
    plan.transactions = transactions;
    return test::make_block_draft(plan, regtest()).finish();
}

TEST(BlockHeaderTest, EncodesInEightyBytes)
{
    const BlockHeader& genesis = regtest().genesis->header;
    const auto encoded = genesis.encode();
    EXPECT_EQ(decode_header(encoded), genesis);
    EXPECT_EQ(genesis.hash(), BlockHash{crypto::sha256d(encoded)});
    EXPECT_EQ(decode_header(ByteSpan{encoded}.first(79)).error(), DecodeError::kTruncated);
    BlockHeader negative = genesis;
    negative.version = -2;
    EXPECT_EQ(decode_header(negative.encode())->version, -2);
}

TEST(BlockTest, TransactionsPointIntoTheOneBuffer)
{
    const auto buffer = std::make_shared<const Bytes>(test::BlockDraft{*sample_block()}.encode());
    const auto decoded = decode_block(buffer);
    ASSERT_TRUE(decoded);
    const Block& block = **decoded;
    EXPECT_EQ(block.raw.data(), buffer->data());
    EXPECT_EQ(block.raw.size(), buffer->size());
    ASSERT_EQ(block.transactions.size(), 4U);
    std::size_t stripped = BlockHeader::kSize + 1;
    const std::byte* next = buffer->data() + stripped;
    for (const Transaction& transaction : block.transactions) {
        EXPECT_EQ(transaction.raw.data(), next);
        next += transaction.raw.size();
        stripped += transaction.stripped_size;
        const auto alone = decode_transaction(transaction.raw);
        ASSERT_TRUE(alone);
        EXPECT_EQ((*alone)->txid, transaction.txid);
        EXPECT_EQ((*alone)->wtxid, transaction.wtxid);
    }
    EXPECT_EQ(block.stripped_size, stripped);
    EXPECT_EQ(encode_without_witness(block).size(), stripped);
    EXPECT_EQ(block.weight(), static_cast<Weight>(3 * stripped + buffer->size()));
    EXPECT_EQ(block.transactions[1].inputs[1].witness.size(), 3U);
    EXPECT_EQ(block.transactions[3].inputs[1].witness[2].size(), 600U);
    EXPECT_TRUE(block.transactions[2].inputs[1].witness.empty());
}

TEST(BlockTest, ATransactionRefKeepsTheBlockAlive)
{
    TransactionRef transaction;
    {
        const BlockRef block = sample_block();
        transaction = transaction_ref(block, 2);
    }
    EXPECT_EQ(transaction->inputs.size(), 2U);
    EXPECT_EQ(transaction->txid, detach(*transaction)->txid);
}

TEST(BlockTest, StrippedEncodingDecodes)
{
    const BlockRef block = sample_block();
    const auto stripped = decode_block(encode_without_witness(*block));
    ASSERT_TRUE(stripped);
    EXPECT_EQ((*stripped)->hash, block->hash);
    EXPECT_EQ((*stripped)->transactions[1].txid, block->transactions[1].txid);
    EXPECT_EQ((*stripped)->raw.size(), block->stripped_size);
}

TEST(BlockTest, EveryTruncationIsRefused)
{
    const Bytes raw = test::BlockDraft{*sample_block()}.encode();
    for (std::size_t size = 0; size < raw.size(); ++size) {
        const auto block = decode_block(Bytes(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(size)));
        ASSERT_FALSE(block) << size;
        EXPECT_EQ(block.error(), DecodeError::kTruncated) << size;
    }
    Bytes longer = raw;
    longer.push_back(std::byte{0});
    EXPECT_EQ(decode_block(longer).error(), DecodeError::kTrailingBytes);
    const auto beginning = decode_block(longer, TrailingBytes::kIgnored);
    ASSERT_TRUE(beginning);
    EXPECT_EQ((*beginning)->raw.size(), raw.size());
    EXPECT_EQ((*beginning)->weight(), (*decode_block(raw))->weight());
    EXPECT_EQ(test::BlockDraft{**beginning}.encode(), raw);
    const Bytes shorter(raw.begin(), raw.end() - 1);
    EXPECT_EQ(decode_block(shorter, TrailingBytes::kIgnored).error(), DecodeError::kTruncated);
}

TEST(BlockTest, CountsAreJudgedAsLengths)
{
    const auto header = regtest().genesis->header.encode();
    const auto with_count = [&](std::string_view hex) {
        return decode_block(Writer{}.bytes(header).bytes(test::unhex(hex)).take());
    };
    const auto none = with_count("00");
    ASSERT_TRUE(none);  // the rules refuse it, not the decoder
    EXPECT_TRUE((*none)->transactions.empty());
    EXPECT_EQ((*none)->stripped_size, 81U);
    EXPECT_EQ(with_count("fd0000").error(), DecodeError::kNonCanonicalSize);
    EXPECT_EQ(with_count("fe01000002").error(), DecodeError::kOversizedSize);
    EXPECT_EQ(with_count("fe00000002").error(), DecodeError::kTruncated);
}

}  // namespace
}  // namespace cairn
