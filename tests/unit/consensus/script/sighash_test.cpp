#include "consensus/script/sighash.h"

#include <array>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "consensus/encoding/reader.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/opcodes.h"
#include "crypto/hex.h"
#include "script_text.h"
#include "support/sighash_reference.h"
#include "support/test_random.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::bytes_from_hex;

Hash256 random_hash(test::TestRandom& random)
{
    Hash256 hash;
    for (auto& byte : hash.bytes) byte = static_cast<std::byte>(random.u64());
    return hash;
}

Bytes random_script(test::TestRandom& random)
{
    constexpr std::array kOpcodes{Opcode::k1, Opcode::kCheckSig, Opcode::kCodeSeparator, Opcode::kIf, Opcode::k0};
    Bytes script;
    for (auto size = random.below(12); size > 0; --size) {
        script.push_back(static_cast<std::byte>(kOpcodes[random.below(kOpcodes.size())]));
    }
    return script;
}

TransactionDraft random_transaction(test::TestRandom& random)
{
    TransactionDraft draft;
    draft.version = static_cast<std::uint32_t>(random.u64());
    draft.lock_time = static_cast<std::uint32_t>(random.u64());
    for (auto count = 1 + random.below(4); count > 0; --count) {
        draft.inputs.push_back({.prevout = {Txid{random_hash(random)}, static_cast<std::uint32_t>(random.below(9))},
                                .script_sig = random_script(random),
                                .sequence = static_cast<std::uint32_t>(random.u64()),
                                .witness = {}});
        if (random.chance(1, 2)) draft.inputs.back().witness.push_back(random_script(random));
    }
    for (auto count = random.below(4); count > 0; --count) {
        draft.outputs.push_back({Amount{static_cast<std::int64_t>(random.below(1'000'000))}, random_script(random)});
    }
    return draft;
}

SpentOutputs random_spent(test::TestRandom& random, std::size_t count)
{
    SpentOutputs spent;
    for (; count > 0; --count) {
        Bytes script = random.chance(1, 2) ? Bytes(34, std::byte{0x51}) : random_script(random);
        spent.add(Amount{static_cast<std::int64_t>(random.below(1'000'000))}, script, 0, false);
    }
    return spent;
}

TEST(Sighash, EqualsTheSlowReference)
{
    test::TestRandom random{3};
    std::size_t refused = 0;
    for (int round = 0; round < 2000; ++round) {
        const TransactionDraft draft = random_transaction(random);
        const auto transaction = draft.finish();
        const SpentOutputs spent = random_spent(random, draft.inputs.size());
        const auto input = static_cast<std::uint32_t>(random.below(draft.inputs.size()));
        const Bytes code = random_script(random);
        auto hash_type = static_cast<std::uint32_t>(random.u64());
        if (round % 2 == 0) hash_type &= 0x83;
        EXPECT_EQ(sighash_legacy(*transaction, input, code, hash_type),
                  test::reference_sighash_legacy(draft, input, code, hash_type));

        const SighashCache as_needed{*transaction, spent};
        const SighashCache all{*transaction, spent, 0, SighashCache::Parts::kAll};
        const auto expected_v0 = test::reference_sighash_witness_v0(draft, input, code, Amount{round}, hash_type);
        for (const auto* cache : {&as_needed, &all}) {
            EXPECT_EQ(sighash_witness_v0(*transaction, input, code, Amount{round}, hash_type, *cache), expected_v0);
        }

        TaprootSpend spend;
        if (random.chance(1, 2)) spend.annex_hash = random_hash(random);
        if (random.chance(1, 2)) spend.leaf_hash = random_hash(random);
        if (random.chance(1, 2)) spend.code_separator_position = static_cast<std::uint32_t>(random.below(100));
        const auto byte_type = static_cast<std::uint8_t>(hash_type);
        const auto taproot = sighash_taproot(*transaction, input, spent.output(input), byte_type, all, spend);
        EXPECT_EQ(taproot, test::reference_sighash_taproot(draft, input, spent, byte_type, spend));
        if (!taproot) ++refused;
    }
    EXPECT_GT(refused, 500U);
    EXPECT_LT(refused, 1500U);
}

TEST(Sighash, CacheHasWhatWitnessesMayAskFor)
{
    TransactionDraft draft;
    draft.inputs.resize(2);
    const auto parts = [&](const char* first_script) {
        SpentOutputs spent;
        spent.add(Amount{1}, bytes_from_hex("00"), 0, false);  // before the transaction's own
        spent.add(Amount{1}, bytes_from_hex(first_script), 0, false);
        spent.add(Amount{1}, bytes_from_hex("00"), 0, false);
        const SighashCache cache{*draft.finish(), spent, 1};
        return std::pair{cache.witness_v0().has_value(), cache.taproot().has_value()};
    };
    const std::string taproot = "5120" + std::string(64, '0');
    draft.outputs.push_back({Amount{1}, {}});
    EXPECT_EQ(parts(taproot.c_str()), std::pair(false, false));
    draft.inputs[0].witness.resize(1);
    EXPECT_EQ(parts(taproot.c_str()), std::pair(false, true));
    EXPECT_EQ(parts("00"), std::pair(true, false));
    draft.inputs[1].witness.resize(1);
    EXPECT_EQ(parts(taproot.c_str()), std::pair(true, true));

    const auto transaction = draft.finish();
    EXPECT_TRUE(SighashCache{*transaction}.witness_v0());
    EXPECT_FALSE(SighashCache{*transaction}.taproot());
    const SighashCache without_spent{*transaction, SighashCache::Parts::kAll};
    EXPECT_FALSE(sighash_taproot(*transaction, 0, {}, kSighashDefault, without_spent, {}));
}

TEST(Sighash, LegacySingleWithoutOutputIsOne)
{
    TransactionDraft draft;
    draft.inputs.resize(2);
    draft.outputs.push_back({Amount{1}, {}});
    const auto transaction = draft.finish();
    for (const std::uint32_t type : {0x03U, 0x83U, 0x23U, 0xffffff03U}) {
        EXPECT_EQ(sighash_legacy(*transaction, 1, {}, type).to_hex(), std::string(63, '0') + "1");
        EXPECT_NE(sighash_legacy(*transaction, 0, {}, type).to_hex(), std::string(63, '0') + "1");
        EXPECT_FALSE(begin_sighash_legacy(*transaction, 1, {}, type));
    }
    EXPECT_NE(sighash_legacy(*transaction, 1, {}, 2).to_hex(), std::string(63, '0') + "1");
}

TEST(Sighash, TaprootHashTypes)
{
    TransactionDraft draft;
    draft.inputs.resize(2);
    draft.outputs.push_back({Amount{1}, {}});
    const auto transaction = draft.finish();
    const SpentOutputs spent = [] {
        SpentOutputs two;
        two.add(Amount{1}, {}, 0, false);
        two.add(Amount{2}, {}, 0, false);
        return two;
    }();
    const SighashCache cache{*transaction, spent, 0, SighashCache::Parts::kAll};
    for (int type = 0; type < 256; ++type) {
        const bool defined = type <= 3 || (type >= 0x81 && type <= 0x83);
        const auto hash = [&](std::uint32_t input) {
            return sighash_taproot(*transaction, input, spent.output(input), static_cast<std::uint8_t>(type), cache,
                                   {});
        };
        EXPECT_EQ(hash(0).has_value(), defined) << type;
        EXPECT_EQ(hash(1).has_value(), defined && (type & 3) != 3) << type;
    }
}

// Whatever follows `label` on the line; nothing if the line does not begin so.
std::optional<std::string> field(const std::string& line, const std::string& label)
{
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos || line.compare(begin, label.size(), label) != 0) return std::nullopt;
    std::string out;
    for (const char c : line.substr(begin + label.size())) {
        if (c == '(') break;
        if (std::isxdigit(static_cast<unsigned char>(c)) != 0) out.push_back(c);
    }
    return out;
}

// The examples in BIP143's text: fields of the preimages, and the hashes they give.
TEST(SighashVectors, Bip143Examples)
{
    CAIRN_VECTOR_FILE(path, "bips/text/bip-0143.mediawiki");
    std::ifstream in{path};
    TransactionRef transaction;
    std::uint32_t input = 0;
    Bytes code;
    Amount amount;
    std::size_t hashes = 0;
    std::uint32_t hash_type = 0;
    bool unsigned_next = false;
    for (std::string line; std::getline(in, line);) {
        if (const auto at = line.find("unsigned transaction:"); at != std::string::npos) {
            const auto same_line = field(line.substr(at), "unsigned transaction:");
            unsigned_next = same_line->empty();
            if (!unsigned_next) transaction = *decode_transaction(bytes_from_hex(*same_line));
        } else if (unsigned_next) {
            transaction = *decode_transaction(bytes_from_hex(*field(line, "")));
            unsigned_next = false;
        } else if (const auto outpoint = field(line, "outpoint:"); outpoint && outpoint->size() == 72) {
            const Bytes bytes = bytes_from_hex(*outpoint);
            Reader reader{bytes};
            const Outpoint wanted{reader.strong_hash<Txid>(), reader.u32()};
            for (input = 0; transaction->inputs[input].prevout != wanted;) ++input;
        } else if (const auto script = field(line, "scriptCode:")) {
            const Bytes bytes = bytes_from_hex(*script);
            Reader reader{bytes};
            const auto read = reader.sized_bytes();
            if (reader.ok()) code.assign(read.begin(), read.end());
        } else if (const auto value = field(line, "amount:")) {
            amount = Amount{Reader{bytes_from_hex(*value)}.i64()};
        } else if (const auto type = field(line, "nHashType:")) {
            hash_type = Reader{bytes_from_hex(type->substr(0, 8))}.u32();
        } else if (const auto hash = field(line, "sigHash:"); hash && hash->size() == 64) {
            const auto ours =
                sighash_witness_v0(*transaction, input, code, amount, hash_type, SighashCache{*transaction});
            EXPECT_EQ(to_hex(ours.span()), *hash) << "hash " << hashes;
            ++hashes;
        }
    }
    std::printf("bip-0143.mediawiki: %zu hashes\n", hashes);
    EXPECT_EQ(hashes, 13U);
}

}  // namespace
}  // namespace cairn::consensus
