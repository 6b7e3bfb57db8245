// The small codecs: XOR, VARINT, amounts, coins, keys, the records of the block index.

#include <string_view>

#include <gtest/gtest.h>

#include "base/random.h"
#include "crypto/hex.h"
#include "storage/block_index_store.h"
#include "storage/coin_codec.h"
#include "storage/obfuscation.h"
#include "storage/varint.h"
#include "support/files.h"

namespace cairn::storage {
namespace {

using test::unhex;

Bytes varint(std::uint64_t value)
{
    Bytes out;
    append_varint(out, value);
    return out;
}

TEST(Obfuscation, RepeatsItsKeyFromAnyOffset)
{
    const Obfuscation obfuscation{Obfuscation::Key{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5},
                                                   std::byte{6}, std::byte{7}, std::byte{8}}};
    Bytes zeros(19);
    obfuscation.apply(zeros);
    EXPECT_EQ(to_hex(zeros), "01020304050607080102030405060708010203");
    for (std::size_t offset = 0; offset < 19; ++offset) {
        Bytes part(19 - offset);
        obfuscation.apply(part, offset);
        EXPECT_EQ(to_hex(part), to_hex(ByteSpan{zeros}.subspan(offset)));
    }
    obfuscation.apply(zeros);
    EXPECT_EQ(zeros, Bytes(19));
    Bytes text = unhex("abcdef");
    Obfuscation{}.apply(text);
    EXPECT_EQ(to_hex(text), "abcdef");
}

struct VarintCase {
    std::uint64_t value;
    std::string_view hex;
};
constexpr VarintCase kVarints[] = {
    {0, "00"},
    {0x7f, "7f"},
    {0x80, "8000"},
    {0x1234, "a334"},
    {0xffff, "82fe7f"},
    {0x123456, "c7e756"},
    {0x80123456, "86ffc7e756"},
    {0xffffffff, "8efefefe7f"},
    {0x7fffffffffffffff, "fefefefefefefefe7f"},
    {0xffffffffffffffff, "80fefefefefefefefe7f"},
};

TEST(Varint, HasOneEncodingForEachNumber)
{
    for (const auto& [value, hex] : kVarints) {
        EXPECT_EQ(to_hex(varint(value)), hex);
        const Bytes encoded = unhex(hex);
        Reader reader{encoded};
        EXPECT_EQ(read_varint(reader), value);
        EXPECT_TRUE(reader.ok() && reader.at_end());
    }
}

TEST(Varint, RefusesWhatIsTooLargeOrCut)
{
    for (const auto* hex : {"", "80", "ffff", "80fefefefefefefeff00", "ffffffffffffffffffffffffff00"}) {
        const Bytes encoded = unhex(hex);
        Reader reader{encoded};
        read_varint(reader);
        EXPECT_FALSE(reader.ok()) << hex;
    }
    const Bytes largest = varint(1000);
    Reader at{largest};
    EXPECT_EQ(read_varint(at, 1000), 1000U);
    EXPECT_TRUE(at.ok());
    const Bytes one_over = varint(1001);
    Reader over{one_over};
    read_varint(over, 1000);
    EXPECT_EQ(over.error(), DecodeError::kBadValue);
}

TEST(Amounts, CompressAsBitcoinCoreDoes)
{
    EXPECT_EQ(compress_amount(Amount{0}), 0U);
    EXPECT_EQ(compress_amount(Amount{1}), 1U);
    EXPECT_EQ(compress_amount(Amount{1'000'000}), 7U);
    EXPECT_EQ(compress_amount(kCoin), 9U);
    EXPECT_EQ(compress_amount(Amount{50 * kCoin.satoshis()}), 0x32U);
    EXPECT_EQ(compress_amount(kMaxMoney), 0x1406f40U);
}

TEST(Amounts, RoundTrip)
{
    for (std::int64_t i = 0; i < 100'000; ++i) {
        ASSERT_EQ(decompress_amount(compress_amount(Amount{i})), Amount{i});
        ASSERT_EQ(compress_amount(decompress_amount(static_cast<std::uint64_t>(i))), static_cast<std::uint64_t>(i));
    }
    base::SeededRandom random{1};
    for (int i = 0; i < 10'000; ++i) {
        const Amount amount{static_cast<std::int64_t>(random.below(2'100'000'000'000'001))};
        ASSERT_EQ(decompress_amount(compress_amount(amount)), amount);
    }
}

// The generator's key, uncompressed; y is even.
constexpr std::string_view kGenerator =
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

struct ScriptCase {
    std::string_view script;
    std::string_view compressed;
};
const ScriptCase kScripts[] = {
    {"76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ac", "00816115944e077fe7c803cfa57f29b36bf87c1d35"},
    {"a914816115944e077fe7c803cfa57f29b36bf87c1d3587", "01816115944e077fe7c803cfa57f29b36bf87c1d35"},
    {"210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798ac",
     "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
    {"4104"
     "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
     "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8ac",
     "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
    {"4104"
     "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
     "b7c52588d95c3b9aa25b0403f1eef75702e84bb7597aabe663b82f6f04ef2777ac",
     "0579be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
    {"", "06"},
    {"51", "0751"},
    {"0014816115944e077fe7c803cfa57f29b36bf87c1d35", "1c0014816115944e077fe7c803cfa57f29b36bf87c1d35"},
    // Almost a template.
    {"76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ad", "1f76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ad"},
    {"a914816115944e077fe7c803cfa57f29b36bf87c1d3588", "1da914816115944e077fe7c803cfa57f29b36bf87c1d3588"},
};

TEST(Scripts, CompressTheTemplatesAndKeepTheRest)
{
    for (const auto& [script, compressed] : kScripts) {
        Bytes out;
        append_compressed_output(out, Amount{0}, unhex(script));
        EXPECT_EQ(to_hex(out), "00" + std::string{compressed});
        Reader reader{out};
        Bytes read;
        EXPECT_EQ(read_compressed_output(reader, read), Amount{0});
        EXPECT_TRUE(reader.ok() && reader.at_end());
        EXPECT_EQ(to_hex(read), script);
    }
}

TEST(Scripts, KeepAKeyThatIsNotOnTheCurve)
{
    std::string script = "41" + std::string{kGenerator} + "ac";
    script[script.size() - 3] = '9';
    Bytes out;
    append_compressed_output(out, Amount{0}, unhex(script));
    EXPECT_EQ(to_hex(out), "0049" + script);
    // And refuse an x without a point.
    const Bytes bad = unhex("0004" + std::string(63, '0') + "5");
    Reader reader{bad};
    Bytes read;
    read_compressed_output(reader, read);
    EXPECT_EQ(reader.error(), DecodeError::kBadValue);
}

TEST(Scripts, ReadWhatIsTooLongAsOpReturn)
{
    for (const std::size_t size : {kMaxScriptSize, kMaxScriptSize + 1}) {
        Bytes out;
        append_compressed_output(out, Amount{0}, Bytes(size, std::byte{0x51}));
        Reader reader{out};
        Bytes read;
        read_compressed_output(reader, read);
        EXPECT_TRUE(reader.ok() && reader.at_end());
        EXPECT_EQ(read.size(), size == kMaxScriptSize ? size : 1);
        EXPECT_EQ(read[0], size == kMaxScriptSize ? std::byte{0x51} : std::byte{0x6a});
    }
}

TEST(Coins, AreBitcoinCoresRecords)
{
    const Bytes first = unhex("97f23c835800816115944e077fe7c803cfa57f29b36bf87c1d35");
    const auto coin = decode_coin(first);
    ASSERT_TRUE(coin);
    EXPECT_FALSE(coin->coinbase);
    EXPECT_EQ(coin->height, 203'998);
    EXPECT_EQ(coin->value, Amount{60'000'000'000});
    EXPECT_EQ(to_hex(coin->script_pubkey), "76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ac");
    Bytes again;
    append_coin(again, *coin);
    EXPECT_EQ(again, first);

    const auto coinbase = decode_coin(unhex("8ddf77bbd123008c988f1a4a4de2161e0f50aac7f17e7f9555caa4"));
    ASSERT_TRUE(coinbase);
    EXPECT_TRUE(coinbase->coinbase);
    EXPECT_EQ(coinbase->height, 120'891);
    EXPECT_EQ(coinbase->value, Amount{110'397});

    const auto smallest = decode_coin(unhex("000006"));
    ASSERT_TRUE(smallest);
    EXPECT_EQ(smallest->value, Amount{0});
    EXPECT_TRUE(smallest->script_pubkey.empty());
}

TEST(Coins, RefuseWhatIsNone)
{
    EXPECT_EQ(decode_coin({}).error(), DecodeError::kTruncated);
    EXPECT_EQ(decode_coin(unhex("000007")).error(), DecodeError::kTruncated);  // a script of one byte, cut
    EXPECT_EQ(decode_coin(unhex("00000600")).error(), DecodeError::kTrailingBytes);
    EXPECT_EQ(decode_coin(unhex("00008a95c0bb00")).error(), DecodeError::kTruncated);           // a script of 3 GB
    EXPECT_EQ(decode_coin(unhex("0080fefefefefefefefe7f06")).error(), DecodeError::kBadValue);  // more than all money
    EXPECT_EQ(decode_coin(unhex("8efefeff000006")).error(), DecodeError::kBadValue);            // a height of 33 bits
}

TEST(CoinKeys, HoldTheOutpoint)
{
    Outpoint outpoint;
    outpoint.txid.value.bytes[0] = std::byte{0xaa};
    outpoint.index = 300;
    Bytes key;
    append_coin_key(key, outpoint);
    EXPECT_EQ(to_hex(key), "43aa" + std::string(62, '0') + "812c");
    EXPECT_EQ(decode_coin_key(key), outpoint);
    outpoint.index = 0xffffffff;
    key.clear();
    append_coin_key(key, outpoint);
    EXPECT_EQ(decode_coin_key(key), outpoint);
    EXPECT_FALSE(decode_coin_key(unhex("42")));
    key.push_back(std::byte{0});
    EXPECT_EQ(decode_coin_key(key).error(), DecodeError::kTrailingBytes);
    key[0] = std::byte{'c'};
    EXPECT_FALSE(decode_coin_key(key));
}

TEST(BlockIndexRecords, RoundTripWithEachFlag)
{
    BlockIndexRecord record;
    record.header.version = 4;
    record.header.time = 1'700'000'000;
    record.header.bits = 0x207fffff;
    record.header.nonce = 7;
    record.header.previous.value.bytes[3] = std::byte{9};
    record.height = 12'345;
    record.transactions = 3;
    for (const std::uint32_t flags :
         {0U, block_status::kHaveData, block_status::kHaveUndo, block_status::kHaveData | block_status::kHaveUndo}) {
        record.status = block_status::kValidScripts | flags;
        record.file = flags != 0 ? 5 : 0;
        record.data_offset = (flags & block_status::kHaveData) != 0 ? 4'000'000'000U : 0;
        record.undo_offset = (flags & block_status::kHaveUndo) != 0 ? 99U : 0;
        const Bytes encoded = encode_block_index_record(record);
        EXPECT_EQ(decode_block_index_record(encoded), record);
        EXPECT_EQ(decode_block_index_record(ByteSpan{encoded}.first(encoded.size() - 1)).error(),
                  DecodeError::kTruncated);
    }
    Bytes trailing = encode_block_index_record(record);
    EXPECT_EQ(to_hex(ByteSpan{trailing}.first(3)), "8eed3c");  // the version number nobody reads
    trailing.push_back(std::byte{0});
    EXPECT_EQ(decode_block_index_record(trailing).error(), DecodeError::kTrailingBytes);
    Bytes negative = varint(1);
    append_varint(negative, 0x80000000U);  // a height that no int holds
    EXPECT_EQ(decode_block_index_record(negative).error(), DecodeError::kBadValue);
}

TEST(BlockFileInfo, RoundTripsAndCounts)
{
    BlockFileInfo info;
    info.add_block(10, 1000);
    info.add_block(5, 2000);
    info.add_block(20, 500);
    info.size = 123'456;
    info.undo_size = 789;
    EXPECT_EQ(info, (BlockFileInfo{3, 123'456, 789, 5, 20, 500, 2000}));
    const Bytes encoded = encode_block_file_info(info);
    EXPECT_EQ(decode_block_file_info(encoded), info);
    EXPECT_FALSE(decode_block_file_info(ByteSpan{encoded}.first(encoded.size() - 1)));
    Bytes trailing = encoded;
    trailing.push_back(std::byte{0});
    EXPECT_FALSE(decode_block_file_info(trailing));
}

}  // namespace
}  // namespace cairn::storage
