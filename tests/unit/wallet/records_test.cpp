#include "wallet/records.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "crypto/hex.h"
#include "support/block_builder.h"
#include "support/files.h"

namespace cairn::wallet {
namespace {

TransactionRecord record_of(TransactionState state)
{
    TransactionRecord record;
    record.transaction = test::make_coinbase(7, Amount{50}).finish();
    record.state = state;
    record.time_received = 1'700'000'000;
    record.values = {{"n", "3"}, {"timesmart", "1699999999"}, {"comment", "for you"}};
    record.messages = {{"Message", "hello"}};
    return record;
}

TEST(Records, KeepEveryStateOfATransaction)
{
    const BlockHash block{Hash256{{std::byte{9}}}};
    using Kind = TransactionState::Kind;
    const std::vector<TransactionState> states{
        {Kind::kInactive, false, {}, -1, 0},
        {Kind::kInactive, true, {}, -1, 0},
        {Kind::kConfirmed, false, block, -1, 5},
        {Kind::kConflicted, false, block, -1, -1},
    };
    for (const TransactionState& state : states) {
        const auto record = record_of(state);
        const auto again = decode_transaction_record(encode(record));
        ASSERT_TRUE(again);
        EXPECT_EQ(again->state, state);
        EXPECT_EQ(again->values, record.values);
        EXPECT_EQ(again->messages, record.messages);
        EXPECT_EQ(again->time_received, record.time_received);
        EXPECT_EQ(again->transaction->wtxid, record.transaction->wtxid);
    }
}

TEST(Records, RefuseCutValues)
{
    const Bytes whole = encode(record_of({}));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(decode_transaction_record(ByteSpan{whole}.first(size))) << size;
    }
    const DescriptorRecord descriptor{"wpkh(x)#12345678", 1'700'000'000, 3, 0, 1000};
    const Bytes encoded = encode(descriptor);
    EXPECT_EQ(decode_descriptor_record(encoded), descriptor);
    for (std::size_t size = 0; size < encoded.size(); ++size) {
        EXPECT_FALSE(decode_descriptor_record(ByteSpan{encoded}.first(size)));
    }
    auto wrong = descriptor;
    wrong.range_start = -1;
    EXPECT_FALSE(decode_descriptor_record(encode(wrong)));
    wrong = descriptor;
    wrong.range_end = -5;
    EXPECT_FALSE(decode_descriptor_record(encode(wrong)));
    EXPECT_FALSE(
        decode_locator(test::unhex("00000000"
                                   "02"
                                   "00")));
}

TEST(Records, KeysHaveCoresEncoding)
{
    const crypto::SigningContext context{std::array<std::byte, 32>{}};
    for (const bool compressed : {true, false}) {
        const auto key = keys::PrivateKey::from_bytes(Bytes(32, std::byte{5}), compressed, context);
        const Bytes der = encode_private_key(*key);
        EXPECT_EQ(der.size(), compressed ? 214U : 279U);
        // The lengths that DER states are those it has.
        const std::size_t stated =
            compressed ? std::to_integer<std::size_t>(der[2]) + 3
                       : (std::to_integer<std::size_t>(der[2]) << 8) + std::to_integer<std::size_t>(der[3]) + 4;
        EXPECT_EQ(stated, der.size());
        Bytes record = encode_key_record(*key);
        EXPECT_EQ(decode_key_record(record, key->public_key(), context), *key);
        record[40] ^= std::byte{1};
        EXPECT_FALSE(decode_key_record(record, key->public_key(), context));
        const auto other = keys::PrivateKey::from_bytes(Bytes(32, std::byte{6}), compressed, context);
        EXPECT_FALSE(decode_key_record(encode_key_record(*key), other->public_key(), context));
    }
}

TEST(Records, NamesAreSizedStrings)
{
    EXPECT_EQ(to_hex(record_key("tx")), "027478");
    EXPECT_EQ(to_hex(record_key("name", "a")), "046e616d650161");
    EXPECT_EQ(to_hex(record_key_u8("activeexternalspk", 2)).substr(34), "6b02");
    EXPECT_EQ(decode_string(encode_string("label")), "label");
    EXPECT_FALSE(decode_string(test::unhex("0561")));
    EXPECT_FALSE(decode_string(test::unhex("016161")));
}

}  // namespace
}  // namespace cairn::wallet
