#include "consensus/script/script_batch.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"
#include "support/block_builder.h"

namespace cairn::consensus {
namespace {

constexpr std::array<std::byte, 32> kZeros{};

/// Spends P2WPKH and P2TR outputs by turns, all of one key.
class ScriptBatches : public ::testing::Test {
protected:
    ScriptBatches()
    {
        p2wpkh_ = make_witness_program_script(0, public_key_.hash160());
        p2tr_ = make_witness_program_script(1, crypto::XOnlyKey::of(public_key_).bytes());
    }

    TransactionRef make_spend(std::uint8_t seed, std::size_t inputs, SpentOutputs& spent)
    {
        TransactionDraft draft;
        for (std::size_t i = 0; i < inputs; ++i) {
            draft.inputs.push_back(
                {.prevout = {Txid{Hash256{{std::byte{seed}, std::byte{9}}}}, static_cast<std::uint32_t>(i)},
                 .script_sig = {},
                 .witness = {}});
        }
        draft.outputs.push_back({Amount{5}, p2tr_});
        const auto unsigned_tx = draft.finish();
        const std::size_t first = spent.size();
        for (std::size_t i = 0; i < inputs; ++i) spent.add(Amount{100}, i % 2 == 0 ? p2wpkh_ : p2tr_, 1, false);
        const SighashCache cache{*unsigned_tx, spent, first, SighashCache::Parts::kAll};
        for (std::uint32_t i = 0; i < inputs; ++i) {
            draft.inputs[i].witness = i % 2 == 0 ? sign_p2wpkh(*unsigned_tx, i, cache)
                                                 : sign_p2tr(*unsigned_tx, i, spent.output(first + i), cache);
        }
        return draft.finish();
    }

    std::vector<Bytes> sign_p2wpkh(const Transaction& transaction, std::uint32_t input, const SighashCache& cache)
    {
        const Bytes script_code = make_p2pkh_script(public_key_.hash160());
        const auto hash = sighash_witness_v0(transaction, input, script_code, Amount{100}, kSighashAll, cache);
        Bytes signature = crypto::sign_ecdsa(context_, key_, hash);
        signature.push_back(std::byte{kSighashAll});
        return {signature, {public_key_.bytes().begin(), public_key_.bytes().end()}};
    }

    std::vector<Bytes> sign_p2tr(const Transaction& transaction, std::uint32_t input, const TxOutput& spent,
                                 const SighashCache& cache)
    {
        const auto hash = sighash_taproot(transaction, input, spent, kSighashDefault, cache, {});
        const auto signature = crypto::sign_schnorr(context_, key_, *hash, kZeros);
        return {{signature.begin(), signature.end()}};
    }

    BlockRef make_block(std::vector<TransactionRef> transactions)
    {
        test::BlockDraft draft;
        auto coinbase = test::make_coinbase(1, Amount{50});
        draft.transactions.push_back(coinbase.finish());
        for (auto& transaction : transactions) draft.transactions.push_back(std::move(transaction));
        draft.set_merkle_root();
        return draft.finish();
    }

    static TransactionRef with_bad_signature(const Transaction& transaction, std::size_t input)
    {
        TransactionDraft draft{transaction};
        draft.inputs[input].witness[0][20] ^= std::byte{1};
        return draft.finish();
    }

    crypto::SigningContext context_{kZeros};
    crypto::SecretKey key_ = *crypto::SecretKey::parse(Hash256{{std::byte{0}, std::byte{7}}}.span());
    crypto::PublicKey public_key_ = key_.public_key(context_);
    Bytes p2wpkh_;
    Bytes p2tr_;
    ImmediateVerifier verifier_;
};

TEST_F(ScriptBatches, AllInputsOfABlockButTheCoinbases)
{
    auto spent = std::make_shared<SpentOutputs>();
    const auto one = make_spend(1, 3, *spent);
    const auto two = make_spend(2, 5, *spent);
    const auto block = make_block({one, two});
    const ScriptBatch batch{block, spent, kMandatoryFlags};
    EXPECT_EQ(batch.size(), 8U);
    EXPECT_EQ(batch.flags(), kMandatoryFlags);
    EXPECT_FALSE(batch.run(0, batch.size(), verifier_));
    EXPECT_FALSE(batch.run(3, 3, verifier_));
}

TEST_F(ScriptBatches, FailureNamesTransactionInTheBlockAndInput)
{
    auto spent = std::make_shared<SpentOutputs>();
    const auto one = make_spend(1, 3, *spent);
    const auto two = with_bad_signature(*make_spend(2, 5, *spent), 3);
    const ScriptBatch batch{make_block({one, two}), spent, kMandatoryFlags};
    const auto failure = batch.run(0, batch.size(), verifier_);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->transaction, 2U);
    EXPECT_EQ(failure->input, 3U);
    EXPECT_EQ(failure->error, ScriptError::kSchnorrSig);
    EXPECT_FALSE(batch.run(0, 6, verifier_));
    EXPECT_TRUE(batch.run(6, 7, verifier_));
    EXPECT_FALSE(batch.run(7, 8, verifier_));
}

TEST_F(ScriptBatches, FirstFailureInOrder)
{
    auto spent = std::make_shared<SpentOutputs>();
    const auto one = with_bad_signature(*with_bad_signature(*make_spend(1, 6, *spent), 4), 2);
    const ScriptBatch batch{TransactionRef{one}, spent, kMandatoryFlags};
    const auto failure = batch.run(0, batch.size(), verifier_);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->transaction, 0U);
    EXPECT_EQ(failure->input, 2U);
    EXPECT_EQ(failure->error, ScriptError::kEvalFalse);
    EXPECT_EQ(batch.run(3, batch.size(), verifier_)->input, 4U);
}

TEST_F(ScriptBatches, KeepsWhatItChecksAlive)
{
    auto spent = std::make_shared<SpentOutputs>();
    auto block = make_block({make_spend(1, 4, *spent)});
    const std::weak_ptr<const Block> watch = block;
    auto batch = std::make_shared<ScriptBatch>(block, spent, kMandatoryFlags);
    block.reset();
    spent.reset();
    EXPECT_FALSE(watch.expired());
    EXPECT_FALSE(batch->run(0, batch->size(), verifier_));
    batch.reset();
    EXPECT_TRUE(watch.expired());
}

// The same batch by several threads at once, disjoint ranges and equal ones; the thread sanitizer looks on in CI.
TEST_F(ScriptBatches, ManyThreads)
{
    auto spent = std::make_shared<SpentOutputs>();
    std::vector<TransactionRef> transactions;
    for (std::uint8_t i = 0; i < 20; ++i) transactions.push_back(make_spend(i, 6, *spent));
    transactions[13] = with_bad_signature(*transactions[13], 5);
    const ScriptBatch batch{make_block(transactions), spent, kMandatoryFlags};
    ASSERT_EQ(batch.size(), 120U);
    const std::size_t bad = 13 * 6 + 5;

    std::atomic<std::size_t> next{0};
    std::atomic<int> failures{0};
    std::atomic<int> wrong{0};
    const auto work = [&] {
        ImmediateVerifier verifier;
        for (std::size_t first = next.fetch_add(7); first < batch.size(); first = next.fetch_add(7)) {
            const std::size_t last = std::min(first + 7, batch.size());
            const auto failure = batch.run(first, last, verifier);
            if (failure) ++failures;
            if (failure.has_value() != (first <= bad && bad < last)) ++wrong;
        }
        if (batch.run(bad, bad + 1, verifier)->transaction != 14) ++wrong;
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failures, 1);
    EXPECT_EQ(wrong, 0);
}

/// Asks `checks` of it and holds all for valid: what a deferred verifier does first.
class CountingVerifier final : public SignatureVerifier {
public:
    bool verify_ecdsa(ByteSpan, ByteSpan, const Hash256&) override { return ++checks > 0; }
    bool verify_schnorr(ByteSpan, ByteSpan, const Hash256&) override { return ++checks > 0; }
    int checks = 0;
};

TEST_F(ScriptBatches, AsksTheVerifierItIsGiven)
{
    auto spent = std::make_shared<SpentOutputs>();
    const auto one = with_bad_signature(*make_spend(1, 5, *spent), 1);
    const ScriptBatch batch{TransactionRef{one}, spent, kMandatoryFlags};
    CountingVerifier counting;
    EXPECT_FALSE(batch.run(0, batch.size(), counting));
    EXPECT_EQ(counting.checks, 5);
}

}  // namespace
}  // namespace cairn::consensus
