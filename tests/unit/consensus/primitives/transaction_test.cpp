#include "consensus/primitives/transaction.h"

#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "crypto/hex.h"
#include "crypto/sha256.h"
#include "support/files.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn {
namespace {

using test::unhex;

// BIP143's P2WPKH example, signed: two inputs, the second with a witness.
constexpr std::string_view kSegwit =
    "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9"
    "cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618e"
    "f3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb20600000000"
    "1976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa81"
    "5988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f9030"
    "0e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357110000"
    "00";

DecodeError error_of(std::string_view hex, WitnessEncoding encoding = WitnessEncoding::kAllowed)
{
    const auto transaction = decode_transaction(unhex(hex), encoding);
    EXPECT_FALSE(transaction.has_value()) << hex;
    return transaction ? DecodeError{} : transaction.error();
}

TEST(TransactionTest, DecodesWitnesses)
{
    const Bytes raw = unhex(kSegwit);
    const auto decoded = decode_transaction(raw);
    ASSERT_TRUE(decoded);
    const Transaction& transaction = **decoded;
    EXPECT_EQ(transaction.version, 1U);
    EXPECT_EQ(transaction.lock_time, 17U);
    ASSERT_EQ(transaction.inputs.size(), 2U);
    EXPECT_EQ(transaction.inputs[0].script_sig.size(), 0x49U);
    EXPECT_EQ(transaction.inputs[0].sequence, 0xffffffeeU);
    EXPECT_TRUE(transaction.inputs[0].witness.empty());
    ASSERT_EQ(transaction.inputs[1].witness.size(), 2U);
    EXPECT_EQ(transaction.inputs[1].witness[1].size(), 33U);
    EXPECT_EQ(transaction.inputs[1].prevout.index, 1U);
    ASSERT_EQ(transaction.outputs.size(), 2U);
    EXPECT_EQ(transaction.outputs[0].value.satoshis(), 112'340'000);
    EXPECT_TRUE(transaction.has_witness());
    EXPECT_EQ(transaction.wtxid.value, crypto::sha256d(raw));
    const Bytes stripped = encode_without_witness(transaction);
    EXPECT_EQ(transaction.txid.value, crypto::sha256d(stripped));
    EXPECT_EQ(stripped.size(), transaction.stripped_size);
    EXPECT_EQ(transaction.weight(), Weight{3} * transaction.stripped_size + static_cast<Weight>(raw.size()));
}

TEST(TransactionTest, WithoutWitnessBothNamesAreEqual)
{
    const auto with = decode_transaction(unhex(kSegwit));
    ASSERT_TRUE(with);
    const Bytes stripped = encode_without_witness(**with);
    const auto without = decode_transaction(stripped);
    ASSERT_TRUE(without);
    EXPECT_EQ((*without)->txid, (*with)->txid);
    EXPECT_EQ((*without)->wtxid.value, (*without)->txid.value);
    EXPECT_NE((*without)->wtxid, (*with)->wtxid);
    EXPECT_FALSE((*without)->has_witness());
    EXPECT_EQ(encode_without_witness(**without), stripped);
    EXPECT_EQ((*without)->weight(), Weight{4} * static_cast<Weight>(stripped.size()));
}

TEST(TransactionTest, EveryTruncationIsRefused)
{
    const Bytes raw = unhex(kSegwit);
    for (std::size_t size = 0; size < raw.size(); ++size) {
        EXPECT_FALSE(decode_transaction(ByteSpan{raw}.first(size))) << size;
    }
}

TEST(TransactionTest, ErrorsAreTheDecodersOwn)
{
    EXPECT_EQ(error_of(std::string{kSegwit} + "00"), DecodeError::kTrailingBytes);
    // Marker and flag, and then one input with an empty witness.
    const std::string input = "01" + std::string(72, '0') +
                              "00"
                              "ffffffff";
    const std::string output =
        "01"
        "0000000000000000"
        "00";
    EXPECT_EQ(error_of("01000000"
                       "0001" +
                       input + output +
                       "00"
                       "00000000"),
              DecodeError::kSuperfluousWitness);
    EXPECT_EQ(error_of("01000000"
                       "0003" +
                       input + output +
                       "0100"
                       "00000000"),
              DecodeError::kUnknownFlag);
    EXPECT_EQ(error_of("01000000"
                       "0002" +
                       input + output + "00000000"),
              DecodeError::kUnknownFlag);
    EXPECT_EQ(error_of("01000000"
                       "0001"
                       "00" +
                       output + "00000000"),
              DecodeError::kSuperfluousWitness);
    EXPECT_EQ(error_of("01000000"
                       "fd0100"),
              DecodeError::kNonCanonicalSize);
    EXPECT_EQ(error_of("01000000"
                       "fe01000002"),
              DecodeError::kOversizedSize);
    // A count that the bytes cannot hold fails at once, however large.
    EXPECT_EQ(error_of("01000000"
                       "fe00000002"),
              DecodeError::kTruncated);
    EXPECT_TRUE(
        decode_transaction(unhex("01000000"
                                 "0001" +
                                 input + output +
                                 "0100"
                                 "00000000")));
}

TEST(TransactionTest, WhatFollowsMayBeIgnored)
{
    const Bytes raw = unhex(kSegwit);
    Bytes longer = raw;
    longer.resize(raw.size() + 5);
    EXPECT_FALSE(decode_transaction(longer));
    const auto decoded = decode_transaction(longer, WitnessEncoding::kAllowed, TrailingBytes::kIgnored);
    ASSERT_TRUE(decoded);
    EXPECT_EQ((*decoded)->raw.size(), raw.size());
    EXPECT_EQ((*decoded)->wtxid, (*decode_transaction(raw))->wtxid);
}

TEST(TransactionTest, NoInputsReadAsTheEncodingSays)
{
    // Zero inputs and zero outputs look the same in both forms.
    const auto empty =
        decode_transaction(unhex("01000000"
                                 "0000"
                                 "00000000"));
    ASSERT_TRUE(empty);
    EXPECT_TRUE((*empty)->inputs.empty() && (*empty)->outputs.empty());
    // With outputs, only the form without witness can say it.
    const std::string_view hex =
        "01000000"
        "00"
        "01"
        "0100000000000000"
        "00"
        "00000000";
    EXPECT_FALSE(decode_transaction(unhex(hex)));
    const auto without_inputs = decode_transaction(unhex(hex), WitnessEncoding::kForbidden);
    ASSERT_TRUE(without_inputs);
    EXPECT_EQ((*without_inputs)->outputs.size(), 1U);
    EXPECT_EQ(detach(**without_inputs)->txid, (*without_inputs)->txid);
    EXPECT_FALSE(decode_transaction(unhex(kSegwit), WitnessEncoding::kForbidden));
}

TEST(TransactionTest, ADetachedCopyStandsAlone)
{
    TransactionRef copy;
    {
        const auto decoded = decode_transaction(unhex(kSegwit));
        ASSERT_TRUE(decoded);
        copy = detach(**decoded);
    }
    EXPECT_EQ(to_hex(copy->raw), kSegwit);
    EXPECT_EQ(copy->inputs[1].witness.size(), 2U);
}

TEST(TransactionDraftTest, EncodesWhatItWasMadeFrom)
{
    const auto decoded = decode_transaction(unhex(kSegwit));
    ASSERT_TRUE(decoded);
    TransactionDraft draft{**decoded};
    EXPECT_EQ(to_hex(draft.encode()), kSegwit);
    EXPECT_EQ(draft.finish()->wtxid, (*decoded)->wtxid);
    draft.inputs[1].witness.clear();
    EXPECT_EQ(draft.encode(), encode_without_witness(**decoded));
    draft.inputs.clear();
    EXPECT_EQ(draft.finish()->outputs.size(), 2U);
}

TEST(AmountTest, MoneyHasBounds)
{
    EXPECT_TRUE(Amount{}.is_money());
    EXPECT_TRUE(kMaxMoney.is_money());
    EXPECT_FALSE((kMaxMoney + Amount{1}).is_money());
    EXPECT_FALSE(Amount{-1}.is_money());
    EXPECT_EQ((-Amount{5} - Amount{2}).satoshis(), -7);
}

// Every transaction of the vectors encodes to what it was decoded from.
TEST(TransactionTest, VectorsKeepTheirBytes)
{
    CAIRN_VECTOR_FILE(valid, "consensus/core/tx_valid.json");
    CAIRN_VECTOR_FILE(sighash, "consensus/core/sighash.json");
    std::size_t cases = 0;
    const auto check = [&cases](const std::string& hex) {
        const Bytes raw = unhex(hex);
        const auto transaction = decode_transaction(raw);
        ASSERT_TRUE(transaction) << hex;
        EXPECT_EQ(TransactionDraft{**transaction}.encode(), raw);
        ++cases;
    };
    for (const test::Json& row : test::Json::read(valid).items()) {
        if (row.size() > 1) check(row[1].string());
    }
    EXPECT_EQ(cases, 121U);
    for (const test::Json& row : test::Json::read(sighash).items()) {
        if (row.size() > 1) check(row[0].string());
    }
    EXPECT_EQ(cases, 621U);
    std::printf("transactions decoded and encoded again: %zu\n", cases);
}

}  // namespace
}  // namespace cairn
