#include "consensus/check_block.h"

#include <gtest/gtest.h>

#include "consensus/limits.h"
#include "consensus/merkle.h"
#include "consensus/script/script.h"
#include "consensus/witness_commitment.h"
#include "support/block_builder.h"
#include "support/header_tree.h"
#include "support/reason.h"

namespace cairn::consensus {
namespace {

using test::BlockDraft;
using test::BlockPlan;
using test::reason;

Params params_with(std::vector<ParamsOptions::ActivationHeight> heights)
{
    ParamsOptions options;
    options.activation_heights = std::move(heights);
    return make_params(Network::kRegtest, options);
}

/// A transaction that nothing but its outpoint tells from others.
TransactionRef spend(std::uint32_t index, std::vector<Bytes> witness = {})
{
    TransactionDraft draft = test::make_spend(std::vector<Outpoint>{{Txid{}, index}}, Amount{1});
    draft.inputs[0].witness = std::move(witness);
    return draft.finish();
}

class CheckBlockTest : public testing::Test {
protected:
    static constexpr Height kHeight = 20;

    CheckBlockTest() { parent_ = &tree_.extend(tree_.add_root(params_.genesis->header), kHeight - 1); }

    BlockDraft draft(std::vector<TransactionRef> transactions = {spend(0), spend(1)}, bool commitment = true) const
    {
        BlockPlan plan;
        plan.height = kHeight;
        plan.previous = parent_->hash();
        plan.time = parent_->time() + 600;
        plan.transactions = std::move(transactions);
        plan.witness_commitment = commitment;
        return test::make_block_draft(plan, params_);
    }
    std::string check(BlockDraft block) const
    {
        return reason(check_block(*block.set_merkle_root().mine().finish(), params_));
    }
    std::string check_context(BlockDraft block) const { return check_context(block.set_merkle_root().finish()); }
    std::string check_context(const BlockRef& block) const
    {
        return reason(check_block_in_context(*block, parent_, params_));
    }
    /// The draft with its coinbase changed.
    template <class Change>
    static BlockDraft with_coinbase(BlockDraft block, const Change& change)
    {
        TransactionDraft coinbase{*block.transactions[0]};
        change(coinbase);
        block.transactions[0] = coinbase.finish();
        return block;
    }

    Params params_ = make_params(Network::kRegtest);
    test::HeaderTree tree_;
    const test::TestNode* parent_;
};

TEST_F(CheckBlockTest, AcceptsAnOrdinaryBlock)
{
    EXPECT_EQ(check(draft()), "");
    EXPECT_EQ(check_context(draft()), "");
    EXPECT_EQ(check(draft({})), "");
}

TEST_F(CheckBlockTest, ProofOfWorkComesFirstAndMayBeLeftOut)
{
    BlockDraft block = draft({});
    block.header.merkle_root = {};
    block.header.bits = 0x1d00ffff;
    EXPECT_EQ(reason(check_block(*block.finish(), params_)), "high-hash");
    CheckBlockOptions options;
    options.proof_of_work = false;
    EXPECT_EQ(reason(check_block(*block.finish(), params_, options)), "bad-txnmrklroot");
    options.merkle_root = false;
    EXPECT_EQ(reason(check_block(*block.finish(), params_, options)), "");
}

TEST_F(CheckBlockTest, MerkleRootMustMatchAndIsNotTheHeadersFault)
{
    BlockDraft block = draft();
    block.header.merkle_root.bytes[0] ^= std::byte{1};
    const auto result = check_block(*block.mine().finish(), params_);
    EXPECT_EQ(reason(result), "bad-txnmrklroot");
    EXPECT_EQ(result.error().kind(), RejectionKind::kMutated);
    EXPECT_EQ(result.error().detail, "hashMerkleRoot mismatch");
}

// CVE-2012-2459: the same header, a longer body, the same root.
TEST_F(CheckBlockTest, ARepeatedTailIsAMutation)
{
    BlockDraft block = draft({spend(0), spend(1)}).mine();
    EXPECT_TRUE(check_block(*block.finish(), params_));
    block.transactions.push_back(block.transactions.back());
    EXPECT_EQ(block_merkle_root(*block.finish()).root, block.header.merkle_root);
    const auto result = check_block(*block.finish(), params_);
    EXPECT_EQ(reason(result), "bad-txns-duplicate");
    EXPECT_EQ(result.error().kind(), RejectionKind::kMutated);
}

TEST_F(CheckBlockTest, ABlockHasTransactionsAndABoundedSize)
{
    BlockDraft block = draft({});
    block.transactions.clear();
    EXPECT_EQ(check(block), "bad-blk-length");

    TransactionDraft large{*spend(0)};
    block = draft({large.finish()}, false);
    const std::size_t rest = block.finish()->stripped_size + 4;
    large.outputs[0].script_pubkey.resize(1'000'000 - rest + 1);
    block = draft({large.finish()}, false);
    EXPECT_EQ(block.finish()->stripped_size, 1'000'000U);
    EXPECT_EQ(check(block), "");
    large.outputs[0].script_pubkey.push_back({});
    EXPECT_EQ(check(draft({large.finish()}, false)), "bad-blk-length");
}

TEST_F(CheckBlockTest, TheFirstTransactionIsTheOnlyCoinbase)
{
    BlockDraft block = draft();
    std::swap(block.transactions[0], block.transactions[1]);
    EXPECT_EQ(check(block), "bad-cb-missing");
    block = draft();
    block.transactions.push_back(test::make_coinbase(kHeight + 1, Amount{}).finish());
    EXPECT_EQ(check(block), "bad-cb-multiple");
}

TEST_F(CheckBlockTest, EachTransactionIsChecked)
{
    TransactionDraft twice = test::make_spend(std::vector<Outpoint>{{Txid{}, 1}, {Txid{}, 1}}, Amount{1});
    const TransactionRef bad = twice.finish();
    BlockDraft block = draft({spend(5), bad}).mine();
    const auto result = check_block(*block.finish(), params_);
    EXPECT_EQ(reason(result), "bad-txns-inputs-duplicate");
    EXPECT_EQ(result.error().detail, "Transaction check failed (tx hash " + bad->txid.to_hex() + ") ");
    EXPECT_EQ(check(with_coinbase(draft(), [](TransactionDraft& c) { c.inputs[0].script_sig.resize(101); })),
              "bad-cb-length");
}

TEST_F(CheckBlockTest, LegacySigopsAreBounded)
{
    TransactionDraft many{*spend(0)};
    many.outputs[0].script_pubkey.assign(20'000, static_cast<std::byte>(Opcode::kCheckSig));
    EXPECT_EQ(check(draft({many.finish()})), "");
    many.outputs[0].script_pubkey.push_back(static_cast<std::byte>(Opcode::kCheckSig));
    EXPECT_EQ(check(draft({many.finish()})), "bad-blk-sigops");
    many.outputs[0].script_pubkey.assign(1001, static_cast<std::byte>(Opcode::kCheckMultisig));
    EXPECT_EQ(check(draft({many.finish()})), "bad-blk-sigops");
    many.outputs[0].script_pubkey.pop_back();
    EXPECT_EQ(check(draft({many.finish()})), "");
}

TEST_F(CheckBlockTest, TransactionsAreFinalByMedianTimePast)
{
    const auto locked = [](std::uint32_t lock_time) {
        TransactionDraft draft = test::make_spend(std::vector<Outpoint>{{Txid{}, 1}}, Amount{1});
        draft.inputs[0].sequence = 0;
        draft.lock_time = lock_time;
        return draft.finish();
    };
    EXPECT_EQ(check_context(draft({locked(kHeight - 1)})), "");
    EXPECT_EQ(check_context(draft({locked(kHeight)})), "bad-txns-nonfinal");
    const auto median = static_cast<std::uint32_t>(median_time_past(*parent_));
    EXPECT_EQ(check_context(draft({locked(median - 1)})), "");
    EXPECT_EQ(check_context(draft({locked(median)})), "bad-txns-nonfinal");
    // Before BIP113 the block's own time is the clock.
    params_ = params_with({{BuriedDeployment::kCsv, kHeight + 1}});
    EXPECT_EQ(check_context(draft({locked(median)})), "");
    EXPECT_EQ(check_context(draft({locked(parent_->time() + 599)})), "");
    EXPECT_EQ(check_context(draft({locked(parent_->time() + 600)})), "bad-txns-nonfinal");
    params_ = params_with({{BuriedDeployment::kCsv, kHeight}});
    EXPECT_EQ(check_context(draft({locked(median)})), "bad-txns-nonfinal");
}

TEST_F(CheckBlockTest, TheCoinbaseBeginsWithItsHeight)
{
    const auto with_script = [this](Bytes script) {
        return with_coinbase(draft({}), [&](TransactionDraft& c) { c.inputs[0].script_sig = std::move(script); });
    };
    EXPECT_EQ(check_context(with_script(ScriptWriter{}.push_number(kHeight).push_number(7).take())), "");
    EXPECT_EQ(check_context(with_script(ScriptWriter{}.push_number(kHeight + 1).take())), "bad-cb-height");
    EXPECT_EQ(check_context(with_script({std::byte{1}})), "bad-cb-height");
    // Not the shortest push of the same number.
    EXPECT_EQ(check_context(with_script({std::byte{2}, std::byte{20}, std::byte{0}})), "bad-cb-height");
    params_ = params_with({{BuriedDeployment::kBip34, kHeight + 1}});
    EXPECT_EQ(check_context(with_script(ScriptWriter{}.push_number(3).push_number(3).take())), "");
    params_ = params_with({{BuriedDeployment::kBip34, kHeight}});
    EXPECT_EQ(check_context(with_script(ScriptWriter{}.push_number(3).push_number(3).take())), "bad-cb-height");
}

TEST_F(CheckBlockTest, HeightsUpToSixteenAreOpcodes)
{
    test::HeaderTree tree;
    const test::TestNode& parent = tree.extend(tree.add_root(params_.genesis->header), 15);
    BlockDraft block = with_coinbase(draft({}), [](TransactionDraft& c) {
        c.inputs[0].script_sig = {static_cast<std::byte>(Opcode::k16), std::byte{0}};
    });
    EXPECT_EQ(reason(check_block_in_context(*block.finish(), &parent, params_)), "");
    block = with_coinbase(std::move(block),
                          [](TransactionDraft& c) { c.inputs[0].script_sig = {std::byte{1}, std::byte{16}}; });
    EXPECT_EQ(reason(check_block_in_context(*block.finish(), &parent, params_)), "bad-cb-height");
}

TEST_F(CheckBlockTest, WitnessesAreCommittedTo)
{
    const std::vector<TransactionRef> transactions{spend(0, {Bytes(10)}), spend(1)};
    EXPECT_EQ(check_context(draft(transactions)), "");
    BlockDraft changed = draft(transactions);
    changed.transactions[1] = spend(0, {Bytes(11)});
    const BlockRef mutated = changed.finish();
    const auto result = check_block_in_context(*mutated, parent_, params_);
    EXPECT_EQ(reason(result), "bad-witness-merkle-match");
    EXPECT_EQ(result.error().kind(), RejectionKind::kMutated);
    EXPECT_EQ(reason(check_block(*changed.mine().finish(), params_)), "");  // not of check_block's business
}

TEST_F(CheckBlockTest, WitnessesNeedACommitment)
{
    EXPECT_EQ(check_context(draft({spend(0)}, false)), "");
    const BlockRef without = draft({spend(0, {Bytes(10)})}, false).finish();
    EXPECT_EQ(check_context(without), "unexpected-witness");
    // The coinbase's own witness counts as well.
    EXPECT_EQ(
        check_context(with_coinbase(draft({}, false), [](TransactionDraft& c) { c.inputs[0].witness = {Bytes(32)}; })),
        "unexpected-witness");
}

TEST_F(CheckBlockTest, TheReservedValueHasThirtyTwoBytes)
{
    const auto with_reserved = [this](std::vector<Bytes> witness) {
        return with_coinbase(draft({spend(0)}), [&](TransactionDraft& c) { c.inputs[0].witness = std::move(witness); });
    };
    EXPECT_EQ(check_context(with_reserved({Bytes(32)})), "");
    EXPECT_EQ(check_context(with_reserved({})), "bad-witness-nonce-size");
    EXPECT_EQ(check_context(with_reserved({Bytes(31)})), "bad-witness-nonce-size");
    EXPECT_EQ(check_context(with_reserved({Bytes(33)})), "bad-witness-nonce-size");
    EXPECT_EQ(check_context(with_reserved({Bytes(32), {}})), "bad-witness-nonce-size");
    EXPECT_EQ(check_context(with_reserved({Bytes(32, std::byte{1})})), "bad-witness-merkle-match");
}

TEST_F(CheckBlockTest, TheLastCommitmentCounts)
{
    const auto add_output = [](BlockDraft block, bool last) {
        return with_coinbase(std::move(block), [last](TransactionDraft& c) {
            const TxOutputDraft wrong{Amount{}, witness_commitment_script({})};
            c.outputs.insert(last ? c.outputs.end() : c.outputs.begin(), wrong);
        });
    };
    EXPECT_EQ(check_context(add_output(draft({spend(0)}), false)), "");
    EXPECT_EQ(check_context(add_output(draft({spend(0)}), true)), "bad-witness-merkle-match");
}

// Segwit's script rules hold from genesis, but its commitment only from its height on: before, an output that looks
// like one says nothing, and no witness may be there at all.
TEST_F(CheckBlockTest, BeforeSegwitABareCommitmentSaysNothing)
{
    const BlockDraft bare = with_coinbase(draft({spend(0)}, false), [](TransactionDraft& c) {
        c.outputs.push_back({Amount{}, witness_commitment_script({})});
    });
    params_ = params_with({{BuriedDeployment::kSegwit, kHeight + 1}});
    EXPECT_EQ(check_context(bare), "");
    EXPECT_EQ(check_context(draft({spend(0, {Bytes(10)})})), "unexpected-witness");
    params_ = params_with({{BuriedDeployment::kSegwit, kHeight}});
    EXPECT_EQ(check_context(bare), "bad-witness-nonce-size");
    EXPECT_EQ(check_context(draft({spend(0, {Bytes(10)})})), "");
}

TEST_F(CheckBlockTest, WeightIsBounded)
{
    const auto with_witness = [this](std::size_t size) { return draft({spend(0, {Bytes(size)})}); };
    const Weight rest = with_witness(100'000).finish()->weight() - 100'000;
    const auto most = static_cast<std::size_t>(kMaxBlockWeight - rest);
    EXPECT_EQ(with_witness(most).finish()->weight(), kMaxBlockWeight);
    EXPECT_EQ(check_context(with_witness(most)), "");
    EXPECT_EQ(check_context(with_witness(most + 1)), "bad-blk-weight");
}

TEST_F(CheckBlockTest, GenesisHasNoParent)
{
    EXPECT_EQ(reason(check_block_in_context(*params_.genesis, nullptr, params_)), "");
    const Params main = make_params(Network::kMain);
    EXPECT_EQ(reason(check_block_in_context(*main.genesis, nullptr, main)), "");
}

}  // namespace
}  // namespace cairn::consensus
