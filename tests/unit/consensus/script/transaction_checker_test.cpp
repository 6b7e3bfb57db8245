// What a script may ask about the transaction that spends: signatures over it, and its lock times.

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "support/test_random.h"

namespace cairn::consensus {
namespace {

/// Keeps the hash it was asked about.
class RecordingVerifier final : public SignatureVerifier {
public:
    bool verify_ecdsa(ByteSpan, ByteSpan signature, const Hash256& sighash) override
    {
        size = signature.size();
        hash = sighash;
        ++asked;
        return true;
    }
    bool verify_schnorr(ByteSpan, ByteSpan signature, const Hash256& sighash) override
    {
        return verify_ecdsa({}, signature, sighash);
    }

    Hash256 hash;
    std::size_t size = 0;
    int asked = 0;
};

Bytes key()
{
    return Bytes(33, std::byte{2});
}

TransactionDraft make_draft(std::size_t inputs)
{
    TransactionDraft draft;
    draft.inputs.resize(inputs);
    for (std::size_t i = 0; i < inputs; ++i) draft.inputs[i].prevout.index = static_cast<std::uint32_t>(i);
    draft.outputs.push_back({Amount{5}, Bytes(25)});
    draft.outputs.push_back({Amount{6}, Bytes(22)});
    return draft;
}

// One checker, many signatures: what it remembers between them changes no hash.
TEST(TransactionChecker, RememberedHashesAreTheSame)
{
    test::TestRandom random{5};
    for (const std::size_t inputs : {1U, 20U}) {
        const auto transaction = make_draft(inputs).finish();
        const SighashCache cache{*transaction, SighashCache::Parts::kAll};
        RecordingVerifier verifier;
        for (std::uint32_t input = 0; input < inputs; input += 2) {
            TransactionChecker checker{*transaction, input, TxOutput{Amount{9}, {}}, cache, verifier};
            for (int i = 0; i < 200; ++i) {
                const Bytes code(random.chance(1, 2) ? 300 : 30, static_cast<std::byte>(0x61 + random.below(3)));
                const auto type = static_cast<std::uint8_t>(random.u64());
                const Bytes signature{std::byte{1}, std::byte{type}};
                ASSERT_TRUE(checker.check_ecdsa(signature, key(), code, SigVersion::kBase));
                ASSERT_EQ(verifier.hash, sighash_legacy(*transaction, input, code, type));
                ASSERT_EQ(verifier.size, 1U);
                ASSERT_TRUE(checker.check_ecdsa(signature, key(), code, SigVersion::kWitnessV0));
                ASSERT_EQ(verifier.hash, sighash_witness_v0(*transaction, input, code, Amount{9}, type, cache));
            }
        }
    }
}

TEST(TransactionChecker, NoQuestionAboutWhatIsNoKey)
{
    const auto transaction = make_draft(1).finish();
    const SighashCache cache{*transaction};
    RecordingVerifier verifier;
    TransactionChecker checker{*transaction, 0, {}, cache, verifier};
    const Bytes signature{std::byte{1}, std::byte{1}};
    EXPECT_FALSE(checker.check_ecdsa(signature, {}, {}, SigVersion::kBase));
    EXPECT_FALSE(checker.check_ecdsa(signature, Bytes(33), {}, SigVersion::kBase));
    EXPECT_FALSE(checker.check_ecdsa(signature, Bytes(34, std::byte{2}), {}, SigVersion::kBase));
    EXPECT_FALSE(checker.check_ecdsa({}, key(), {}, SigVersion::kBase));
    EXPECT_EQ(verifier.asked, 0);
}

// A witness signature covers the amount; one below zero is none, and no signature over it is valid.
TEST(TransactionChecker, NegativeAmountHasNoWitnessSignature)
{
    const auto transaction = make_draft(1).finish();
    const SighashCache cache{*transaction, SighashCache::Parts::kAll};
    RecordingVerifier verifier;
    const Bytes signature{std::byte{1}, std::byte{1}};
    const auto check = [&](std::int64_t satoshis, SigVersion version) {
        TransactionChecker checker{*transaction, 0, TxOutput{Amount{satoshis}, {}}, cache, verifier};
        return checker.check_ecdsa(signature, key(), {}, version);
    };
    EXPECT_TRUE(check(0, SigVersion::kWitnessV0));
    EXPECT_FALSE(check(-1, SigVersion::kWitnessV0));
    EXPECT_FALSE(check(INT64_MIN, SigVersion::kWitnessV0));
    EXPECT_TRUE(check(-1, SigVersion::kBase));
    EXPECT_EQ(verifier.asked, 2);
}

TEST(TransactionChecker, SchnorrSizesAndTypes)
{
    const auto transaction = make_draft(1).finish();
    SpentOutputs spent;
    spent.add(Amount{1}, {}, 0, false);
    const SighashCache cache{*transaction, spent, 0, SighashCache::Parts::kAll};
    RecordingVerifier verifier;
    TransactionChecker checker{*transaction, 0, spent.output(0), cache, verifier};
    const auto check = [&](std::size_t size, unsigned last) {
        Bytes signature(size, std::byte{7});
        if (size == 65) signature.back() = static_cast<std::byte>(last);
        return checker.check_schnorr(signature, Bytes(32), {});
    };
    EXPECT_EQ(check(64, 0), ScriptError::kOk);
    EXPECT_EQ(verifier.hash, sighash_taproot(*transaction, 0, spent.output(0), kSighashDefault, cache, {}));
    EXPECT_EQ(check(65, 0x83), ScriptError::kOk);
    EXPECT_EQ(verifier.hash, sighash_taproot(*transaction, 0, spent.output(0), 0x83, cache, {}));
    EXPECT_EQ(verifier.size, 64U);
    EXPECT_EQ(check(65, 0), ScriptError::kSchnorrSigHashtype);
    EXPECT_EQ(check(65, 4), ScriptError::kSchnorrSigHashtype);
    EXPECT_EQ(check(63, 0), ScriptError::kSchnorrSigSize);
    EXPECT_EQ(check(66, 0), ScriptError::kSchnorrSigSize);
    EXPECT_EQ(check(0, 0), ScriptError::kSchnorrSigSize);
}

bool lock_time_holds(std::uint32_t own, std::uint32_t sequence, std::int64_t wanted)
{
    TransactionDraft draft = make_draft(1);
    draft.lock_time = own;
    draft.inputs[0].sequence = sequence;
    const auto transaction = draft.finish();
    const SighashCache cache{*transaction};
    RecordingVerifier verifier;
    return TransactionChecker{*transaction, 0, {}, cache, verifier}.check_lock_time(wanted);
}

TEST(TransactionChecker, LockTimes)
{
    EXPECT_TRUE(lock_time_holds(100, 0, 100));
    EXPECT_TRUE(lock_time_holds(100, 0xfffffffe, 0));
    EXPECT_FALSE(lock_time_holds(100, 0, 101));
    EXPECT_FALSE(lock_time_holds(100, 0xffffffff, 100));
    // Heights and times are not compared.
    EXPECT_TRUE(lock_time_holds(499'999'999, 0, 499'999'999));
    EXPECT_FALSE(lock_time_holds(500'000'000, 0, 499'999'999));
    EXPECT_TRUE(lock_time_holds(500'000'001, 0, 500'000'000));
    EXPECT_FALSE(lock_time_holds(499'999'999, 0, 500'000'000));
    EXPECT_TRUE(lock_time_holds(0xffffffff, 0, 0xffffffff));
    EXPECT_FALSE(lock_time_holds(0xffffffff, 0, 0x100000000));
}

bool sequence_holds(std::uint32_t version, std::uint32_t own, std::int64_t wanted)
{
    TransactionDraft draft = make_draft(1);
    draft.version = version;
    draft.inputs[0].sequence = own;
    const auto transaction = draft.finish();
    const SighashCache cache{*transaction};
    RecordingVerifier verifier;
    return TransactionChecker{*transaction, 0, {}, cache, verifier}.check_sequence(wanted);
}

TEST(TransactionChecker, Sequences)
{
    constexpr std::uint32_t kTime = 1U << 22;
    EXPECT_TRUE(sequence_holds(2, 10, 10));
    EXPECT_TRUE(sequence_holds(2, 11, 10));
    EXPECT_FALSE(sequence_holds(2, 9, 10));
    EXPECT_FALSE(sequence_holds(1, 10, 10));
    EXPECT_FALSE(sequence_holds(0, 10, 10));
    // The version is unsigned: what looks negative is a high one.
    EXPECT_TRUE(sequence_holds(0xffffffff, 10, 10));
    EXPECT_FALSE(sequence_holds(2, 0x80000000 | 10, 10));
    EXPECT_TRUE(sequence_holds(2, kTime | 10, kTime | 10));
    EXPECT_FALSE(sequence_holds(2, kTime | 10, 10));
    EXPECT_FALSE(sequence_holds(2, 10, kTime | 10));
    // Bits without meaning are not compared, on either side.
    EXPECT_TRUE(sequence_holds(2, 10, 0x7fbf0000 | 10));
    EXPECT_TRUE(sequence_holds(2, 0x003f0000 | 10, 10));
    EXPECT_FALSE(sequence_holds(2, 0x003f0000 | 9, 10));
    EXPECT_TRUE(sequence_holds(2, 10, 0x100000000 | 10));
}

}  // namespace
}  // namespace cairn::consensus
