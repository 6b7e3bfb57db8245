// What enters the mempool, and every reason for which it does not.

#include "support/pool_fixture.h"

namespace cairn::mempool {
namespace {

using policy::Fault;
using policy::FeeRate;

constexpr Amount kFunds{100'000'000};

class AcceptTest : public test::PoolFixture {};

TEST_F(AcceptTest, EntersAndIsTold)
{
    const auto transaction = spend(fund(kFunds), 1000);
    const auto result = accept(transaction);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->fee, Amount{1000});
    EXPECT_EQ(result->size, policy::virtual_size(transaction->weight()));
    EXPECT_EQ(result->effective_rate, FeeRate(Amount{1000}, result->size));
    EXPECT_EQ(observer.log.size(), 1U);
    EXPECT_EQ(observer.sequences, std::vector<std::uint64_t>{1});
    EXPECT_EQ(pool.sequence(), 2U);
    EXPECT_EQ(pool.find(transaction->wtxid), transaction);
    EXPECT_EQ(pool.spender(transaction->inputs[0].prevout), transaction);
}

TEST_F(AcceptTest, TestOnlyChangesNothing)
{
    const auto transaction = spend(fund(kFunds), 1000);
    EXPECT_TRUE(pool.accept(transaction, {now, true, std::nullopt}).has_value());
    EXPECT_FALSE(has(transaction));
    EXPECT_TRUE(observer.log.empty());
}

TEST_F(AcceptTest, ConsensusComesFirst)
{
    auto empty = draft(std::array{fund(kFunds)}, 1000);
    empty.outputs.clear();
    expect_refused(finish(empty), "bad-txns-vout-empty", Fault::kConsensus);
    auto twice = draft(std::array{fund(kFunds)}, 1000);
    twice.inputs.push_back(twice.inputs[0]);
    expect_refused(finish(twice), "bad-txns-inputs-duplicate", Fault::kConsensus);
    expect_refused(test::make_coinbase(201, kFunds).finish(), "coinbase", Fault::kConsensus);
}

TEST_F(AcceptTest, StandardnessAndItsSwitch)
{
    auto version = draft(std::array{fund(kFunds)}, 1000);
    version.version = 4;
    expect_refused(finish(version), "version", Fault::kNotStandard);
}

class AcceptNonstandardTest : public test::PoolFixture {
protected:
    static MempoolOptions make_options()
    {
        MempoolOptions options;
        options.policy.require_standard = false;
        return options;
    }
    AcceptNonstandardTest() : PoolFixture(make_options()) {}
};

TEST_F(AcceptNonstandardTest, TakesWhatIsValid)
{
    auto version = draft(std::array{fund(kFunds)}, 1000);
    version.version = 4;
    expect_accepted(finish(version));
    // Too small is too small all the same: 64 bytes could pose as a Merkle node.
    TransactionDraft tiny = test::make_spend(std::array{fund(kFunds, 1, false, test::anyone_can_spend())}, kFunds);
    tiny.outputs[0].script_pubkey = Bytes(4, static_cast<std::byte>(Opcode::kNop));
    ASSERT_EQ(tiny.finish()->stripped_size, 64U);
    expect_refused(finish(tiny), "tx-size-small", Fault::kNotStandard);
    tiny.outputs[0].script_pubkey.push_back(static_cast<std::byte>(Opcode::kNop));
    tiny.outputs[0].value = Amount{kFunds.satoshis() - 1000};
    expect_accepted(finish(tiny));
}

TEST_F(AcceptTest, FinalityByHeightAndTime)
{
    auto by_height = draft(std::array{fund(kFunds)}, 1000);
    by_height.inputs[0].sequence = 0xfffffffe;
    by_height.lock_time = static_cast<std::uint32_t>(chain.height) + 1;
    expect_refused(finish(by_height), "non-final", Fault::kPremature);
    --by_height.lock_time;
    expect_accepted(finish(by_height));
    auto by_time = draft(std::array{fund(kFunds)}, 1000);
    by_time.inputs[0].sequence = 0xfffffffe;
    by_time.lock_time = static_cast<std::uint32_t>(chain.mtp_at(chain.height));
    expect_refused(finish(by_time), "non-final", Fault::kPremature);
    --by_time.lock_time;
    expect_accepted(finish(by_time));
}

TEST_F(AcceptTest, RelativeLocks)
{
    auto locked = draft(std::array{fund(kFunds, chain.height - 8)}, 1000);
    locked.inputs[0].sequence = 10;
    expect_refused(finish(locked), "non-BIP68-final", Fault::kPremature);
    locked.inputs[0].sequence = 9;
    expect_accepted(finish(locked));
    // An unconfirmed parent counts as confirmed in the next block.
    const auto parent = spend(fund(kFunds), 1000);
    expect_accepted(parent);
    auto child = draft(std::array{Outpoint{parent->txid, 0}}, 1000);
    child.inputs[0].sequence = 1;
    expect_refused(finish(child), "non-BIP68-final");
    child.inputs[0].sequence = 0;
    expect_accepted(finish(child));
}

TEST_F(AcceptTest, KnownAlready)
{
    const auto transaction = spend(fund(kFunds), 1000);
    expect_accepted(transaction);
    expect_refused(transaction, "txn-already-in-mempool", Fault::kConflict);
    TransactionDraft other_witness(*transaction);
    other_witness.inputs[0].witness.insert(other_witness.inputs[0].witness.begin(), Bytes{});
    expect_refused(finish(other_witness), "txn-same-nonwitness-data-in-mempool", Fault::kConflict);
    connect({transaction});
    expect_refused(transaction, "txn-already-known", Fault::kConflict);
}

TEST_F(AcceptTest, MissingInputs)
{
    const auto parent = spend(fund(kFunds), 1000);
    expect_refused(spend(parent, 1000), "bad-txns-inputs-missingorspent", Fault::kMissingInputs);
    expect_accepted(parent);
    auto beyond = draft(std::array{Outpoint{parent->txid, 0}}, 1000);
    beyond.inputs[0].prevout.index = 1;
    expect_refused(finish(beyond), "bad-txns-inputs-missingorspent", Fault::kMissingInputs);
}

TEST_F(AcceptTest, CoinbaseMaturity)
{
    // Spendable in the block that comes a hundred after its own.
    expect_refused(spend(fund(kFunds, chain.height - 98, true), 1000), "bad-txns-premature-spend-of-coinbase",
                   Fault::kPremature);
    expect_accepted(spend(fund(kFunds, chain.height - 99, true), 1000));
}

TEST_F(AcceptTest, ValuesMustAddUp)
{
    expect_refused(spend(fund(kFunds), -1), "bad-txns-in-belowout", Fault::kConsensus);
}

TEST_F(AcceptTest, NonstandardInputsAndWitness)
{
    const Bytes odd = ScriptWriter{}.op(Opcode::kNop).op(Opcode::k1).take();
    auto bare = draft(std::array{fund(kFunds, 1, false, odd)}, 1000);
    bare.inputs[0].witness.clear();
    expect_refused(finish(bare), "bad-txns-nonstandard-inputs", Fault::kInputsNotStandard);
    auto stuffed = draft(std::array{fund(kFunds)}, 1000);
    stuffed.inputs[0].witness.insert(stuffed.inputs[0].witness.begin(), Bytes(81));
    expect_refused(finish(stuffed), "bad-witness-nonstandard", Fault::kWitnessMutated);
}

TEST_F(AcceptTest, ScriptFailures)
{
    auto wrong = draft(std::array{fund(kFunds)}, 1000);
    wrong.inputs[0].witness = {{static_cast<std::byte>(Opcode::k2)}};
    expect_refused(finish(wrong), "mempool-script-verify-flag-failed (Witness program hash mismatch)",
                   Fault::kNotStandard);
    // Nothing of a witness: perhaps somebody took it off.
    auto stripped = draft(std::array{fund(kFunds)}, 1000);
    stripped.inputs[0].witness.clear();
    expect_refused(finish(stripped), "mempool-script-verify-flag-failed (Witness program was passed an empty witness)",
                   Fault::kWitnessStripped);
}

TEST_F(AcceptTest, SigopsAtTheBoundAndOneOver)
{
    // A witness script of n CHECKSIGs never run: OP_0 OP_IF … OP_ENDIF OP_1.
    const auto guarded = [&](std::size_t sigops) {
        ScriptWriter script;
        script.op(Opcode::k0).op(Opcode::kIf);
        for (std::size_t i = 0; i < sigops; ++i) script.op(Opcode::kCheckSig);
        script.op(Opcode::kEndIf).op(Opcode::k1);
        return script.take();
    };
    // 160 operations in each of a hundred inputs are the bound of 16,000.
    const auto make = [&](std::size_t extra) {
        TransactionDraft result;
        for (std::size_t i = 0; i < 100; ++i) {
            const Bytes script = guarded(160 + (i == 0 ? extra : 0));
            const Hash256 program = crypto::sha256(script);
            const Outpoint coin = fund(kFunds, 1, false, make_witness_program_script(0, program.span()));
            result.inputs.push_back({coin, {}, 0xffffffff, {script}});
        }
        result.outputs.push_back({kFunds, test::standard_script()});
        return finish(result);
    };
    expect_refused(make(1), "bad-txns-too-many-sigops", Fault::kNotStandard);
    const auto bound = make(0);
    expect_accepted(bound);
    ASSERT_TRUE(has(bound));
    EXPECT_EQ(pool.entry(bound->txid)->sigop_cost, 16'000);
    EXPECT_EQ(pool.entry(bound->txid)->adjusted_weight, 16'000 * 20);
}

TEST_F(AcceptTest, RelayFeeAtTheBoundAndOneUnder)
{
    const Outpoint coin = fund(kFunds);
    const auto size = policy::virtual_size(spend(coin, 1000)->weight());
    const std::int64_t least = FeeRate{Amount{100}}.fee_for(size).satoshis();
    expect_refused(spend(coin, least - 1), "min relay fee not met", Fault::kReconsiderable);
    EXPECT_TRUE(chain.warmed.empty()) << "what is refused brings no coins into the cache";
    expect_accepted(spend(coin, least));
    EXPECT_EQ(chain.warmed, std::vector{coin});
}

TEST_F(AcceptTest, PrioritisationCountsAsFee)
{
    const auto free = spend(fund(kFunds), 0);
    expect_refused(free, "min relay fee not met");
    pool.prioritise(free->txid, Amount{1000});
    expect_accepted(free);
    EXPECT_EQ(pool.entry(free->txid)->modified_fee, Amount{1000});
    EXPECT_EQ(pool.entry(free->txid)->fee, Amount{0});
    pool.prioritise(free->txid, Amount{-400});
    EXPECT_EQ(pool.entry(free->txid)->chunk.fee, 600);
    ASSERT_EQ(pool.prioritisations().size(), 1U);
    EXPECT_EQ(pool.prioritisations()[0].delta, Amount{600});
    pool.prioritise(free->txid, Amount{-600});
    EXPECT_TRUE(pool.prioritisations().empty());
}

TEST_F(AcceptTest, MaximumFeeRate)
{
    const auto transaction = spend(fund(kFunds), 10'000);
    const auto size = policy::virtual_size(transaction->weight());
    const FeeRate exact{Amount{10'000}, size};
    const FeeRate lower{Amount{9'999}, size};
    const auto refused = pool.accept(transaction, {now, true, lower});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "max feerate exceeded");
    EXPECT_TRUE(pool.accept(transaction, {now, true, exact}).has_value());
}

TEST_F(AcceptTest, ClusterLimitAtTheBoundAndOneOver)
{
    auto last = spend(fund(kFunds), 1000);
    expect_accepted(last);
    for (int i = 1; i < 64; ++i) {
        last = spend(last, 1000);
        EXPECT_TRUE(pool.has_room_for(*last));
        expect_accepted(last);
    }
    EXPECT_EQ(pool.entry(last->txid)->ancestors.count, 64U);
    const auto one_more = spend(last, 1000);
    EXPECT_FALSE(pool.has_room_for(*one_more));
    expect_refused(one_more, "too-large-cluster", Fault::kMempoolPolicy);
}

TEST_F(AcceptTest, ClustersThatATransactionJoinsCountTogether)
{
    std::vector<Outpoint> ends;
    for (const int count : {30, 32, 33}) {
        auto last = spend(fund(kFunds), 1000);
        expect_accepted(last);
        for (int i = 1; i < count; ++i) {
            last = spend(last, 1000);
            expect_accepted(last);
        }
        ends.push_back({last->txid, 0});
    }
    const auto of_63 = spend(std::array{ends[0], ends[2]}, 1000);
    EXPECT_TRUE(pool.has_room_for(*of_63));
    const auto of_65 = spend(std::array{ends[1], ends[2]}, 1000);
    EXPECT_FALSE(pool.has_room_for(*of_65));
    expect_refused(of_65, "too-large-cluster");
    expect_accepted(of_63);
}

TEST_F(AcceptTest, ClusterSizeLimit)
{
    const auto parent = pad(draft(std::array{fund(kFunds)}, 100'000), 60'000);
    expect_accepted(parent);
    const auto too_large = pad(draft(std::array{Outpoint{parent->txid, 0}}, 100'000), 41'000);
    EXPECT_FALSE(pool.has_room_for(*too_large));
    expect_refused(too_large, "too-large-cluster");
    const auto fitting = pad(draft(std::array{Outpoint{parent->txid, 0}}, 100'000), 40'000);
    EXPECT_TRUE(pool.has_room_for(*fitting));
    expect_accepted(fitting);
}

TEST_F(AcceptTest, Version3)
{
    auto parent_draft = draft(std::array{fund(kFunds)}, 1000, 2);
    parent_draft.version = 3;
    const auto parent = finish(parent_draft);
    expect_accepted(parent);
    expect_refused(spend(parent, 1000), "TRUC-violation", Fault::kMempoolPolicy);
    auto child_draft = draft(std::array{Outpoint{parent->txid, 0}}, 1000);
    child_draft.version = 3;
    const auto child = finish(child_draft);
    expect_accepted(child);
    // A second child takes the first one's place if it pays for that.
    auto sibling = draft(std::array{Outpoint{parent->txid, 1}}, 1000);
    sibling.version = 3;
    expect_refused(finish(sibling), "insufficient fee (including sibling eviction)", Fault::kReconsiderable);
    sibling = draft(std::array{Outpoint{parent->txid, 1}}, 5000);
    sibling.version = 3;
    expect_accepted(finish(sibling));
    EXPECT_FALSE(has(child));
    auto grandchild = draft(std::array{Outpoint{finish(sibling)->txid, 0}}, 1000);
    grandchild.version = 3;
    expect_refused(finish(grandchild), "TRUC-violation");
}

TEST_F(AcceptTest, EphemeralDust)
{
    auto dusty = draft(std::array{fund(kFunds)}, 1000);
    dusty.outputs.push_back({Amount{100}, test::standard_script()});
    dusty.outputs[0].value -= Amount{100};
    expect_refused(finish(dusty), "dust", Fault::kNotStandard);
    // For free it may not come alone either: the relay fee is asked of each transaction.
    dusty.outputs[0].value += Amount{1000};
    const auto parent = finish(dusty);
    expect_refused(parent, "min relay fee not met");
    // Once in (from a block taken back), its child must spend the dust.
    connect({parent});
    disconnect();
    settle();
    ASSERT_TRUE(has(parent));
    expect_refused(spend(parent, 1000), "missing-ephemeral-spends", Fault::kMempoolPolicy);
    expect_accepted(spend(std::array{Outpoint{parent->txid, 0}, Outpoint{parent->txid, 1}}, 1000));
}

TEST_F(AcceptNonstandardTest, FlagsOfTheNextBlockHoldToo)
{
    // No standard flag minds an instruction in a script_sig; here the next block's rules do.
    auto odd = draft(std::array{fund(kFunds, 1, false, test::anyone_can_spend())}, 1000);
    odd.inputs[0].witness.clear();
    odd.inputs[0].script_sig = ScriptWriter{}.op(Opcode::kNop).take();
    const auto transaction = finish(odd);
    chain.flags = kMandatoryFlags | kVerifySigPushOnly;
    expect_refused(transaction, "block-script-verify-flag-failed (Only push operators allowed in signatures)",
                   Fault::kConsensus);
    chain.flags = kMandatoryFlags;
    expect_accepted(transaction);
}

}  // namespace
}  // namespace cairn::mempool
