// The order in which orphans are decided: before the next message of who sent what completed them, within bounds, and
// without anybody else waiting.

#include "peer_bench.h"

namespace cairn::protocol::test {
namespace {

Txid coin(std::uint64_t tag)
{
    return make_coinbase(tag)->txid;
}

/// One with many outputs, which spends a coin that is there.
TransactionRef make_fan(std::uint64_t tag, std::size_t outputs)
{
    TransactionDraft draft;
    TxInputDraft input;
    input.prevout = {coin(tag), 0};
    draft.inputs.push_back(input);
    for (std::size_t i = 0; i < outputs; ++i) draft.outputs.push_back({Amount{10}, {}});
    return draft.finish();
}

/// Validation takes its time: what was submitted is decided one after another, when the test says so.
class OrphanOrder : public testing::Test {
protected:
    OrphanOrder()
    {
        bench.answer = false;
        for (std::uint64_t tag = 1; tag <= 4; ++tag) bench.mempool.confirmed.insert(coin(tag));
    }

    bool decide_next()
    {
        if (decided == bench.transactions.size()) return false;
        const SubmitTransaction next = bench.transactions[decided++];
        bench.engine.on_transaction_result(next.peer, next.transaction->wtxid, bench.mempool.offer(next.transaction),
                                           bench.now);
        bench.carry_out();
        return true;
    }
    void decide_all()
    {
        while (decide_next()) {
        }
    }
    void give(PeerBench::Remote* peer, const TransactionRef& tx) { bench.send(peer, message::kTx, tx->raw); }
    void hold(PeerBench::Remote* peer, const TransactionRef& orphan)
    {
        give(peer, orphan);
        decide_all();
    }
    void ping(PeerBench::Remote* peer) { bench.send(peer, message::kPing, encode_u64(1)); }
    static std::size_t pongs(const PeerBench::Remote* peer) { return PeerBench::count(peer, "pong"); }
    std::size_t undecided() const { return bench.transactions.size() - decided; }

    PeerBench bench;
    std::size_t decided = 0;
    PeerBench::Remote* sender = bench.ready_inbound(1);
    PeerBench::Remote* holder = bench.ready_inbound(2);
    PeerBench::Remote* other = bench.ready_inbound(3);
};

TEST_F(OrphanOrder, TheSendersPongWaitsForWhatItsTransactionCompleted)
{
    const TransactionRef parent = make_spend(coin(1), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    hold(holder, child);
    give(sender, parent);
    ping(sender);
    ping(holder);
    EXPECT_EQ(pongs(holder), 1u) << "nothing of its was due yet";
    ASSERT_TRUE(decide_next());
    ASSERT_EQ(undecided(), 1u) << "submitted at once, not at the next tick";
    EXPECT_EQ(bench.transactions.back().peer, holder->id) << "on the account of who announced it";
    ping(holder);
    ping(other);
    EXPECT_EQ(pongs(sender), 0u);
    EXPECT_EQ(pongs(holder), 1u) << "its next message waits for its orphan, too";
    EXPECT_EQ(pongs(other), 1u) << "nobody else waits";
    ASSERT_TRUE(decide_next());
    EXPECT_TRUE(bench.mempool.has(child->txid));
    EXPECT_EQ(pongs(sender), 1u);
    EXPECT_EQ(pongs(holder), 2u);
}

TEST_F(OrphanOrder, AlsoForOrphansOfOrphans)
{
    const TransactionRef parent = make_spend(coin(1), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    const TransactionRef grandchild = make_spend(child->txid, 0, 3);
    const TransactionRef last = make_spend(grandchild->txid, 0, 4);
    hold(other, last);
    hold(holder, grandchild);
    hold(other, child);
    give(sender, parent);
    ping(sender);
    for (int generation = 0; generation < 3; ++generation) {
        ASSERT_TRUE(decide_next());
        EXPECT_EQ(undecided(), 1u);
        EXPECT_EQ(pongs(sender), 0u) << generation;
    }
    ASSERT_TRUE(decide_next());
    EXPECT_EQ(pongs(sender), 1u);
    EXPECT_TRUE(bench.mempool.has(last->txid));
    EXPECT_TRUE(bench.engine.orphans().empty());
}

TEST_F(OrphanOrder, WhatIsRefusedOrStillLacksAParentIsDecidedToo)
{
    const TransactionRef parent = make_fan(1, 2);
    const TransactionRef refused = make_spend(parent->txid, 0, 1);
    TransactionDraft draft;
    for (const Txid& txid : {parent->txid, coin(9)}) {
        TxInputDraft input;
        input.prevout = {txid, 1};
        draft.inputs.push_back(input);
    }
    draft.outputs.push_back({Amount{1}, {}});
    const TransactionRef incomplete = draft.finish();
    hold(holder, refused);
    hold(holder, incomplete);
    bench.mempool.rejects.insert(refused->wtxid);
    give(sender, parent);
    ping(sender);
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(decide_next());
        EXPECT_EQ(pongs(sender), 0u);
        EXPECT_EQ(undecided(), 1u) << "one at a time of one account";
    }
    ASSERT_TRUE(decide_next());
    EXPECT_EQ(pongs(sender), 1u);
    ASSERT_EQ(bench.engine.orphans().size(), 1u);
    EXPECT_EQ(bench.engine.orphans()[0].transaction->wtxid, incomplete->wtxid);
}

TEST_F(OrphanOrder, ABusyOrMuteHolderHoldsNobodyUp)
{
    const TransactionRef parent = make_fan(1, 2);
    const TransactionRef child = make_spend(parent->txid, 0, 1);
    hold(holder, child);
    // Its block is being checked, it asks for one that must be read, and it takes nothing of what it is sent.
    bench.chain.mine(static_cast<std::uint32_t>(kBenchStart));
    const BlockHash known = bench.chain.info(bench.chain.tip()).hash;
    bench.publish();
    holder->reports_sent = false;
    bench.getdata(holder, {{InvType::kWitnessBlock, known.value}});
    ASSERT_EQ(bench.reads.size(), 1u);
    give(sender, parent);
    ping(sender);
    ASSERT_TRUE(decide_next());
    EXPECT_EQ(pongs(sender), 0u);
    ASSERT_TRUE(decide_next());
    EXPECT_EQ(pongs(sender), 1u);
    EXPECT_TRUE(bench.mempool.has(child->txid));
}

TEST_F(OrphanOrder, AHoldersOwnTransactionInTheQueueDoesNotKeepItsOrphanBack)
{
    const TransactionRef parent = make_spend(coin(1), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    hold(holder, child);
    give(sender, parent);
    give(holder, make_spend(coin(2), 0, 3));
    ping(sender);
    ASSERT_TRUE(decide_next());
    EXPECT_EQ(undecided(), 2u);
    decide_all();
    EXPECT_EQ(pongs(sender), 1u);
    EXPECT_EQ(bench.mempool.size(), 3u);
}

TEST_F(OrphanOrder, WhoWaitsGoesBeforeTheHoldersOtherOrphans)
{
    const TransactionRef fan = make_fan(1, 10);
    for (std::uint32_t i = 0; i < 10; ++i) hold(holder, make_spend(fan->txid, i, i));
    const TransactionRef parent = make_spend(coin(2), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    hold(holder, child);
    // Nobody waits for what this one completes: it came by RPC.
    bench.mempool.add(fan);
    bench.engine.announce_transaction(fan->txid, fan->wtxid, bench.now);
    bench.carry_out();
    ASSERT_EQ(undecided(), 1u);
    give(sender, parent);
    ping(sender);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(pongs(sender), 0u);
        ASSERT_TRUE(decide_next());  // the one under way, the parent, the next one that was submitted before, the child
    }
    EXPECT_EQ(pongs(sender), 1u);
    EXPECT_TRUE(bench.mempool.has(child->txid));
    EXPECT_EQ(undecided(), 1u);
    ping(holder);
    EXPECT_EQ(pongs(holder), 0u) << "who brought them waits for all";
    decide_all();
    EXPECT_EQ(pongs(holder), 1u);
}

TEST_F(OrphanOrder, OneThatIsBeingTriedAlreadyIsTriedAgainWithItsOtherParent)
{
    const TransactionRef first = make_spend(coin(1), 0, 1);
    const TransactionRef second = make_spend(coin(2), 0, 2);
    TransactionDraft draft;
    for (const TransactionRef& parent : {first, second}) {
        TxInputDraft input;
        input.prevout = {parent->txid, 0};
        draft.inputs.push_back(input);
    }
    draft.outputs.push_back({Amount{1}, {}});
    const TransactionRef child = draft.finish();
    hold(holder, child);
    give(sender, first);
    decide_next();
    ASSERT_EQ(undecided(), 1u);
    give(other, second);
    ping(sender);
    ping(other);
    decide_next();  // the child, without its second parent
    EXPECT_EQ(pongs(sender), 1u);
    EXPECT_EQ(pongs(other), 0u);
    decide_next();  // the second parent
    EXPECT_EQ(pongs(other), 0u);
    decide_next();
    EXPECT_EQ(pongs(other), 1u);
    EXPECT_TRUE(bench.mempool.has(child->txid));
}

TEST_F(OrphanOrder, WhenTheHolderLeavesAnotherTakesItsPlaceOrNobodyWaits)
{
    for (const bool has_other : {true, false}) {
        SCOPED_TRACE(has_other);
        const std::uint64_t tag = has_other ? 1 : 2;
        auto* leaving = bench.ready_inbound(has_other ? 4 : 5);
        const TransactionRef parent = make_fan(tag, 2);
        const TransactionRef child = make_spend(parent->txid, 0, 10 + tag);
        const TransactionRef sibling = make_spend(parent->txid, 1, 20 + tag);
        hold(leaving, child);
        hold(leaving, sibling);
        if (has_other) {
            bench.inv(other, InvType::kWtx, child->wtxid.value);
            bench.inv(other, InvType::kWtx, sibling->wtxid.value);
        }
        give(sender, parent);
        const std::size_t before = pongs(sender);
        ping(sender);
        decide_next();
        bench.engine.on_disconnected(leaving->id, bench.now);
        bench.carry_out();
        EXPECT_EQ(pongs(sender), before) << "what is under way is waited for";
        decide_all();
        EXPECT_EQ(pongs(sender), before + 1);
        EXPECT_EQ(bench.mempool.has(sibling->txid) && bench.mempool.has(child->txid), has_other);
        EXPECT_TRUE(bench.engine.orphans().empty());
    }
}

TEST_F(OrphanOrder, WhenTheSenderLeavesItsOrphansAreDecidedAllTheSame)
{
    const TransactionRef parent = make_spend(coin(1), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    hold(holder, child);
    give(sender, parent);
    bench.engine.on_disconnected(sender->id, bench.now);
    decide_all();
    EXPECT_TRUE(bench.mempool.has(child->txid));
}

TEST_F(OrphanOrder, TheWaitAtAndOverItsLimit)
{
    const TransactionRef parent = make_fan(1, 200);
    for (std::uint32_t i = 0; i < 200; ++i) hold(holder, make_spend(parent->txid, i, i));
    give(sender, parent);
    ping(sender);
    ASSERT_TRUE(decide_next());
    // Some are decided in that time, which does not prolong it.
    bench.now += kMaxOrphanWait / 2;
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(decide_next());
    bench.now += kMaxOrphanWait / 2 - 1us;
    bench.tick();
    EXPECT_EQ(pongs(sender), 0u);
    bench.now += 1us;
    bench.tick();
    EXPECT_EQ(pongs(sender), 1u);
    ping(holder);
    EXPECT_EQ(pongs(holder), 0u) << "who brought them waits for all";
    decide_all();
    EXPECT_EQ(pongs(holder), 1u);
    EXPECT_EQ(bench.mempool.size(), 201u) << "none is lost";
    EXPECT_TRUE(bench.engine.orphans().empty());
}

TEST_F(OrphanOrder, ATransactionThatTwoGaveAtTheSameTimeIsNotHeldAgainstItsChildren)
{
    const TransactionRef parent = make_spend(coin(1), 0, 1, false);  // its txid and wtxid are the same
    const TransactionRef second = make_spend(coin(2), 0, 2, false);
    give(sender, parent);
    give(other, parent);
    ASSERT_EQ(undecided(), 2u);
    decide_all();
    TransactionDraft draft;
    for (const TransactionRef& from : {parent, second}) {
        TxInputDraft input;
        input.prevout = {from->txid, 0};
        draft.inputs.push_back(input);
    }
    draft.outputs.push_back({Amount{1}, {}});
    hold(holder, draft.finish());
    EXPECT_EQ(bench.engine.orphans().size(), 1u);
}

}  // namespace
}  // namespace cairn::protocol::test
