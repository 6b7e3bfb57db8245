#include "consensus/connect_block.h"

#include <functional>
#include <optional>

#include <gtest/gtest.h>

#include "consensus/connect_context.h"
#include "consensus/limits.h"
#include "consensus/script/script.h"
#include "support/reason.h"
#include "support/regtest_chain.h"

namespace cairn::consensus {
namespace {

using test::reason;

Bytes op_script(std::initializer_list<Opcode> opcodes)
{
    ScriptWriter writer;
    for (const Opcode opcode : opcodes) writer.op(opcode);
    return writer.take();
}

/// Spends `outpoints` into one output per value.
TransactionDraft spend(std::vector<Outpoint> outpoints, std::vector<Amount> values)
{
    TransactionDraft draft = test::make_spend(outpoints, Amount{});
    draft.outputs.clear();
    for (const Amount value : values) draft.outputs.push_back({value, test::anyone_can_spend()});
    return draft;
}

class ConnectBlockTest : public testing::Test {
protected:
    static constexpr Amount kSubsidy{50 * kCoin.satoshis()};

    ConnectBlockTest() { chain_.mine(110); }

    /// Connects a block of the transactions, without applying it.
    std::expected<BlockEffects, Rejection> connect(std::vector<TransactionRef> transactions, Amount fees = {})
    {
        test::BlockPlan plan = chain_.next(std::move(transactions));
        plan.fees = fees;
        block_ = test::make_block_draft(plan, chain_.params()).finish();
        return connect_block(block_, context(), chain_.coins());
    }
    ConnectContext context()
    {
        times_.emplace(chain_.tip());
        ConnectContext context = make_connect_context(block_->hash, chain_.tip(), chain_.params(), *times_);
        if (change_context_) change_context_(context);
        return context;
    }

    test::RegtestChain chain_;
    std::optional<NodeAncestorTimes> times_;
    std::function<void(ConnectContext&)> change_context_;
    BlockRef block_;
};

TEST_F(ConnectBlockTest, EffectsNameWhatChanges)
{
    const TransactionRef first =
        spend({chain_.coinbase(1), chain_.coinbase(2)}, {kSubsidy, kSubsidy - Amount{100}}).finish();
    TransactionDraft second = spend({{first->txid, 1}, chain_.coinbase(3)}, {kSubsidy});
    second.outputs.push_back({Amount{}, op_script({Opcode::kReturn})});
    const auto effects = connect({first, second.finish()}, Amount{100});
    ASSERT_EQ(reason(effects), "");
    EXPECT_EQ(effects->fees, kSubsidy);
    EXPECT_EQ(effects->spent_slots.size(), 3U);
    ASSERT_EQ(effects->spent->size(), 4U);
    EXPECT_EQ((*effects->spent)[0].height, 1);
    EXPECT_TRUE((*effects->spent)[0].coinbase);
    EXPECT_EQ((*effects->spent)[2].height, chain_.height() + 1);
    EXPECT_FALSE((*effects->spent)[2].coinbase);
    EXPECT_EQ((*effects->spent)[2].value, kSubsidy - Amount{100});
    EXPECT_EQ((*effects->spent)[3].height, 3);
    EXPECT_EQ(effects->spent->output(3).script_pubkey[0], static_cast<std::byte>(Opcode::k1));
    // The coinbase's first output, the first transaction's first, the second's first.
    ASSERT_EQ(effects->created.size(), 3U);
    EXPECT_EQ(effects->created[1].transaction, 1U);
    EXPECT_EQ(effects->created[1].output, 0U);
    EXPECT_EQ(effects->scripts->size(), 4U);
    EXPECT_EQ(effects->scripts->flags(), kMandatoryFlags);
}

TEST_F(ConnectBlockTest, TheViewIsAskedOnce)
{
    const int before = chain_.coins().fetches();
    ASSERT_TRUE(connect({spend({chain_.coinbase(1)}, {kSubsidy}).finish()}));
    EXPECT_EQ(chain_.coins().fetches(), before + 1);
}

TEST_F(ConnectBlockTest, WithoutScriptChecksThereIsNoBatch)
{
    change_context_ = [](ConnectContext& context) { context.check_scripts = false; };
    const auto effects = connect({spend({chain_.coinbase(1)}, {kSubsidy}).finish()});
    ASSERT_TRUE(effects);
    EXPECT_EQ(effects->scripts, nullptr);
    EXPECT_EQ(effects->spent->size(), 1U);
    change_context_ = {};
    EXPECT_EQ(connect({})->scripts, nullptr);
}

TEST_F(ConnectBlockTest, MissingCoinsAreThePermanentFaultOfABlock)
{
    const auto transaction = spend({{Txid{}, 7}}, {Amount{1}}).finish();
    const auto result = connect({transaction});
    EXPECT_EQ(reason(result), "bad-txns-inputs-missingorspent");
    EXPECT_EQ(result.error().kind(), RejectionKind::kPermanent);
    EXPECT_EQ(result.error().detail,
              "CheckTxInputs: inputs missing/spent in transaction " + transaction->txid.to_hex());
}

TEST_F(ConnectBlockTest, NoCoinIsSpentTwice)
{
    const auto first = spend({chain_.coinbase(1)}, {kSubsidy, Amount{}}).finish();
    const auto again = spend({chain_.coinbase(2), chain_.coinbase(1)}, {kSubsidy}).finish();
    EXPECT_EQ(reason(connect({first})), "");
    EXPECT_EQ(reason(connect({again})), "");
    EXPECT_EQ(reason(connect({first, again})), "bad-txns-inputs-missingorspent");
    // Nor one that the block makes.
    const auto child = spend({{first->txid, 0}}, {kSubsidy}).finish();
    const auto other_child = spend({{first->txid, 0}, chain_.coinbase(2)}, {kSubsidy}).finish();
    EXPECT_EQ(reason(connect({first, child})), "");
    EXPECT_EQ(reason(connect({first, child, other_child})), "bad-txns-inputs-missingorspent");
    const auto sibling = spend({{first->txid, 1}, chain_.coinbase(2)}, {kSubsidy}).finish();
    EXPECT_EQ(reason(connect({first, child, sibling})), "");
    // The same transaction twice.
    EXPECT_EQ(reason(connect({first, child, first})), "bad-txns-inputs-missingorspent");
}

TEST_F(ConnectBlockTest, OutputsAreSpentAfterTheyAreMade)
{
    const auto parent = spend({chain_.coinbase(1)}, {kSubsidy}).finish();
    const auto child = spend({{parent->txid, 0}}, {kSubsidy}).finish();
    EXPECT_EQ(reason(connect({parent, child})), "");
    EXPECT_EQ(reason(connect({child, parent})), "bad-txns-inputs-missingorspent");
    EXPECT_EQ(reason(connect({parent, spend({{parent->txid, 1}}, {kSubsidy}).finish()})),
              "bad-txns-inputs-missingorspent");
}

TEST_F(ConnectBlockTest, UnspendableOutputsAreNoCoins)
{
    TransactionDraft parent = spend({chain_.coinbase(1)}, {Amount{1}, Amount{1}, Amount{1}});
    parent.outputs[0].script_pubkey = op_script({Opcode::kReturn});
    parent.outputs[1].script_pubkey = Bytes(kMaxScriptSize + 1, static_cast<std::byte>(Opcode::kNop));
    parent.outputs[2].script_pubkey = Bytes(kMaxScriptSize, static_cast<std::byte>(Opcode::kNop));
    const TransactionRef made = parent.finish();
    for (const std::uint32_t index : {0U, 1U}) {
        EXPECT_EQ(reason(connect({made, spend({{made->txid, index}}, {Amount{}}).finish()})),
                  "bad-txns-inputs-missingorspent");
    }
    EXPECT_EQ(reason(connect({made, spend({{made->txid, 2}}, {Amount{}}).finish()})), "");
    const auto effects = connect({made});
    ASSERT_TRUE(effects);
    ASSERT_EQ(effects->created.size(), 2U);
    EXPECT_EQ(effects->created[1].output, 2U);
}

TEST_F(ConnectBlockTest, CoinbasesMatureAlsoInTheirOwnBlock)
{
    EXPECT_EQ(reason(connect({spend({chain_.coinbase(11)}, {kSubsidy}).finish()})), "");
    EXPECT_EQ(reason(connect({spend({chain_.coinbase(12)}, {kSubsidy}).finish()})),
              "bad-txns-premature-spend-of-coinbase");
    const BlockRef empty = chain_.make_next();
    test::BlockDraft own{*empty};
    own.transactions.push_back(spend({{empty->transactions[0].txid, 0}}, {Amount{1}}).finish());
    block_ = own.finish();
    EXPECT_EQ(reason(connect_block(block_, context(), chain_.coins())), "bad-txns-premature-spend-of-coinbase");
}

TEST_F(ConnectBlockTest, OutputsArePaidFor)
{
    const auto result = connect({spend({chain_.coinbase(1)}, {kSubsidy + Amount{1}}).finish()});
    EXPECT_EQ(reason(result), "bad-txns-in-belowout");
    EXPECT_EQ(result.error().kind(), RejectionKind::kPermanent);
}

TEST_F(ConnectBlockTest, FeesAreMoneyInSum)
{
    chain_.coins().add({Txid{}, 1}, {kMaxMoney, test::anyone_can_spend(), 1, false});
    chain_.coins().add({Txid{}, 2}, {Amount{1}, test::anyone_can_spend(), 1, false});
    const auto all = spend({{Txid{}, 1}}, {Amount{}}).finish();
    EXPECT_EQ(reason(connect({all})), "");
    EXPECT_EQ(reason(connect({all, spend({{Txid{}, 2}}, {Amount{1}}).finish()})), "");
    EXPECT_EQ(reason(connect({all, spend({{Txid{}, 2}}, {Amount{}}).finish()})), "bad-txns-accumulated-fee-outofrange");
}

TEST_F(ConnectBlockTest, TheCoinbaseClaimsSubsidyAndFees)
{
    const auto paying = spend({chain_.coinbase(1)}, {kSubsidy - Amount{700}}).finish();
    EXPECT_EQ(reason(connect({paying}, Amount{700})), "");
    EXPECT_EQ(reason(connect({paying}, Amount{-5})), "");
    const auto result = connect({paying}, Amount{701});
    EXPECT_EQ(reason(result), "bad-cb-amount");
    EXPECT_EQ(result.error().detail, "coinbase pays too much (actual=5000000701 vs limit=5000000700)");
    EXPECT_EQ(reason(connect({}, Amount{1})), "bad-cb-amount");
}

TEST_F(ConnectBlockTest, RelativeLocksHoldWhereBip68Does)
{
    const auto locked = [this](std::uint32_t sequence, std::uint32_t version = 2) {
        TransactionDraft draft = spend({chain_.coinbase(5)}, {kSubsidy});
        draft.version = version;
        draft.inputs[0].sequence = sequence;
        return draft.finish();
    };
    const Height height = chain_.height() + 1;
    EXPECT_EQ(reason(connect({locked(static_cast<std::uint32_t>(height) - 5)})), "");
    const auto result = connect({locked(static_cast<std::uint32_t>(height) - 4)});
    EXPECT_EQ(reason(result), "bad-txns-nonfinal");
    EXPECT_TRUE(result.error().detail.starts_with("contains a non-BIP68-final transaction "));
    EXPECT_EQ(reason(connect({locked(static_cast<std::uint32_t>(height) - 4, 1)})), "");
    EXPECT_EQ(reason(connect({locked(static_cast<std::uint32_t>(height) - 4, 0xffffffff)})), "bad-txns-nonfinal");
    change_context_ = [](ConnectContext& context) { context.relative_locks = false; };
    EXPECT_EQ(reason(connect({locked(static_cast<std::uint32_t>(height) - 4)})), "");
}

TEST_F(ConnectBlockTest, RelativeTimesCountFromTheBlockBeforeTheCoins)
{
    const std::int64_t from = median_time_past(*chain_.tip().ancestor(4));
    const std::int64_t until = median_time_past(chain_.tip());
    const auto steps = static_cast<std::uint32_t>((until - from) / 512);
    const auto locked = [this](std::uint32_t value) {
        TransactionDraft draft = spend({chain_.coinbase(5)}, {kSubsidy});
        draft.inputs[0].sequence = kSequenceTypeFlag | value;
        return draft.finish();
    };
    EXPECT_EQ(reason(connect({locked(steps)})), "");
    EXPECT_EQ(reason(connect({locked(steps + 1)})), "bad-txns-nonfinal");
}

TEST_F(ConnectBlockTest, ACoinOfTheSameBlockHasItsHeight)
{
    const auto parent = spend({chain_.coinbase(1)}, {kSubsidy}).finish();
    TransactionDraft child = spend({{parent->txid, 0}}, {kSubsidy});
    child.inputs[0].sequence = 0;
    EXPECT_EQ(reason(connect({parent, child.finish()})), "");
    child.inputs[0].sequence = 1;
    EXPECT_EQ(reason(connect({parent, child.finish()})), "bad-txns-nonfinal");
}

TEST_F(ConnectBlockTest, SigopsOfAllKindsAreBounded)
{
    // A witness script of many signature operations, behind P2WSH: each costs one.
    const Bytes script(1000, static_cast<std::byte>(Opcode::kCheckSig));
    std::vector<TransactionRef> transactions;
    for (std::uint32_t i = 0; i < 81; ++i) {
        chain_.coins().add({Txid{}, i}, {Amount{1}, make_witness_program_script(0, Bytes(32)), 1, false});
        TransactionDraft draft = spend({{Txid{}, i}}, {Amount{}});
        draft.inputs[0].witness = {script};
        transactions.push_back(draft.finish());
    }
    transactions.resize(80);
    const auto effects = connect(transactions);
    ASSERT_EQ(reason(effects), "");
    EXPECT_EQ(effects->sigop_cost, kMaxBlockSigopCost);
    TransactionDraft one_more = spend({chain_.coinbase(1)}, {Amount{}});
    one_more.outputs[0].script_pubkey = op_script({Opcode::kCheckSig});
    transactions.push_back(one_more.finish());
    EXPECT_EQ(reason(connect(transactions)), "bad-blk-sigops");
}

TEST_F(ConnectBlockTest, ExistingTxidsAreRefusedWhereBip30Holds)
{
    const auto transaction = spend({chain_.coinbase(1)}, {kSubsidy, Amount{}}).finish();
    chain_.coins().add({transaction->txid, 1}, {Amount{}, test::anyone_can_spend(), 3, false});
    EXPECT_EQ(reason(connect({transaction})), "");
    change_context_ = [](ConnectContext& context) { context.forbid_existing_txids = true; };
    EXPECT_EQ(reason(connect({transaction})), "bad-txns-BIP30");
    chain_.coins().remove({transaction->txid, 1});
    EXPECT_EQ(reason(connect({transaction})), "");
}

TEST_F(ConnectBlockTest, FailedScriptsHaveTheNetworksWords)
{
    chain_.coins().add({Txid{}, 1}, {Amount{1}, op_script({Opcode::k0}), 1, false});
    const auto transaction = spend({chain_.coinbase(1), {Txid{}, 1}}, {Amount{}}).finish();
    const auto effects = connect({transaction});
    ASSERT_TRUE(effects);
    ImmediateVerifier verifier;
    const auto failure = effects->scripts->run(0, effects->scripts->size(), verifier);
    ASSERT_TRUE(failure);
    const Rejection rejection = script_rejection(*failure, *block_);
    EXPECT_EQ(rejection.text(),
              "block-script-verify-flag-failed (Script evaluated without error but finished with a false/empty top "
              "stack element)");
    EXPECT_EQ(rejection.detail, "input 1 of " + transaction->txid.to_hex() + " (wtxid " + transaction->wtxid.to_hex() +
                                    "), spending " + Txid{}.to_hex() + ":1");
    EXPECT_EQ(rejection.kind(), RejectionKind::kPermanent);
    EXPECT_FALSE(effects->scripts->run(0, 1, verifier));
}

}  // namespace
}  // namespace cairn::consensus
