// Transactions: requests, orphans, announcements, fee filters, and the same through a line of nodes.

#include "peer_bench.h"
#include "sim_network.h"

namespace cairn::protocol::test {
namespace {

Txid coin(std::uint64_t tag)
{
    return make_coinbase(tag)->txid;
}

std::size_t asked(const PeerBench::Remote* peer, const Hash256& hash)
{
    const auto items = PeerBench::items(peer, "getdata");
    return static_cast<std::size_t>(std::ranges::count(items, hash, &Inventory::hash));
}

TEST(Relay, AlongALine)
{
    SimNetwork net(21);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    SimNode& c = net.add_node();
    net.connect(a, b);
    net.connect(c, b);
    net.run_for(2s);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    for (SimNode* node : {&a, &b, &c}) node->mempool.confirmed.insert(coin(1));
    net.submit_local(a, tx);
    EXPECT_TRUE(net.run_until_done(60s, [&] { return c.mempool.has(tx->txid); }));
}

TEST(Relay, AChildWhoseParentIsMissingBringsItsParent)
{
    SimNetwork net(22);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    net.connect(b, a);
    net.run_for(2s);
    const TransactionRef parent = make_spend(coin(1), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    a.mempool.confirmed.insert(coin(1));
    b.mempool.confirmed.insert(coin(1));
    a.mempool.add(parent);  // as if from before they met: not announced
    net.run_for(10s);
    net.submit_local(a, child);
    EXPECT_TRUE(net.run_until_done(60s, [&] { return b.mempool.has(child->txid) && b.mempool.has(parent->txid); }));
    EXPECT_TRUE(b.engine.orphans().empty());
}

TEST(Relay, BlocksOnlyNodesNeitherAskNorTell)
{
    SimNetwork net(23);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node([](EngineOptions& o) { o.blocks_only = true; });
    net.connect(b, a);
    net.run_for(2s);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    a.mempool.confirmed.insert(coin(1));
    net.submit_local(a, tx);
    net.run_for(60s);
    EXPECT_EQ(b.mempool.size(), 0u);
    EXPECT_EQ(b.engine.connection_count(), 1u);
}

TEST(Relay, OneRequestAtATimeAndTheNextPeerAfterAMinute)
{
    PeerBench bench;
    auto* first = bench.dial(ConnectionType::kManual, 1);
    auto* second = bench.dial(ConnectionType::kManual, 2);
    bench.handshake(first);
    bench.handshake(second);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.inv(first, InvType::kWtx, tx->wtxid.value);
    bench.inv(second, InvType::kWtx, tx->wtxid.value);
    bench.pass(1s);
    const std::size_t before = asked(first, tx->wtxid.value) + asked(second, tx->wtxid.value);
    EXPECT_EQ(before, 1u);
    bench.pass(58s);
    EXPECT_EQ(asked(first, tx->wtxid.value) + asked(second, tx->wtxid.value), 1u);
    bench.pass(2s);  // it withholds the transaction: the other is asked
    EXPECT_EQ(asked(first, tx->wtxid.value), 1u);
    EXPECT_EQ(asked(second, tx->wtxid.value), 1u);
}

TEST(Relay, NotFoundMovesOnAtOnce)
{
    PeerBench bench;
    auto* first = bench.dial(ConnectionType::kManual, 1);
    auto* second = bench.dial(ConnectionType::kManual, 2);
    bench.handshake(first);
    bench.handshake(second);
    const Inventory item{InvType::kWtx, make_spend(coin(1), 0, 1)->wtxid.value};
    bench.inv(first, item.type, item.hash);
    bench.inv(second, item.type, item.hash);
    ASSERT_EQ(asked(first, item.hash), 1u);
    bench.send(first, message::kNotFound, encode_inventory(std::span{&item, 1}));
    bench.tick();
    EXPECT_EQ(asked(second, item.hash), 1u);
}

TEST(Relay, InboundPeersAreAskedTwoSecondsLater)
{
    PeerBench bench;
    auto* inbound = bench.ready_inbound();
    const Hash256 hash = make_spend(coin(1), 0, 1)->wtxid.value;
    bench.inv(inbound, InvType::kWtx, hash);
    bench.pass(1900ms);
    EXPECT_EQ(asked(inbound, hash), 0u);
    bench.pass(200ms);
    EXPECT_EQ(asked(inbound, hash), 1u);
}

TEST(Relay, OnlyTheAgreedKindOfName)
{
    PeerBench bench;
    auto* by_wtxid = bench.dial(ConnectionType::kManual, 1);
    bench.handshake(by_wtxid);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.inv(by_wtxid, InvType::kTx, tx->txid.value);
    bench.pass(5s);
    EXPECT_EQ(asked(by_wtxid, tx->txid.value), 0u);
    auto* by_txid = bench.dial(ConnectionType::kManual, 2);
    bench.handshake(by_txid, PeerBench::version_message(), false);
    bench.inv(by_txid, InvType::kWtx, tx->wtxid.value);
    bench.inv(by_txid, InvType::kTx, tx->txid.value);
    bench.pass(5s);
    EXPECT_EQ(asked(by_txid, tx->wtxid.value), 0u);
    EXPECT_EQ(asked(by_txid, tx->txid.value), 1u);
}

TEST(Relay, WhatWasRejectedIsNotAskedForAgainUntilTheTipChanges)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    bench.mempool.confirmed.insert(coin(1));
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.mempool.rejects.insert(tx->wtxid);
    bench.send(peer, message::kTx, tx->raw);
    ASSERT_EQ(bench.transactions.size(), 1u);
    bench.send(peer, message::kTx, tx->raw);
    EXPECT_EQ(bench.transactions.size(), 1u);
    bench.inv(peer, InvType::kWtx, tx->wtxid.value);
    bench.pass(5s);
    EXPECT_EQ(asked(peer, tx->wtxid.value), 0u);
    EXPECT_FALSE(peer->disconnected);
    bench.mine();
    bench.inv(peer, InvType::kWtx, tx->wtxid.value);
    bench.pass(5s);
    EXPECT_EQ(asked(peer, tx->wtxid.value), 1u);
}

TEST(Relay, ConflictsAreRemembered)
{
    PeerBench bench;
    bench.answer = false;
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.send(peer, message::kTx, tx->raw);
    bench.engine.on_transaction_result(peer->id, tx->wtxid, {TxVerdict::kAlreadyKnown, "txn-mempool-conflict"},
                                       bench.now);
    bench.inv(peer, InvType::kWtx, tx->wtxid.value);
    bench.pass(5s);
    EXPECT_EQ(asked(peer, tx->wtxid.value), 0u);
}

TEST(Relay, OrphansAreTriedAgainWhenTheParentComes)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    bench.mempool.confirmed.insert(coin(1));
    const TransactionRef parent = make_spend(coin(1), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    bench.send(peer, message::kTx, child->raw);
    ASSERT_EQ(bench.engine.orphans().size(), 1u);
    EXPECT_EQ(bench.engine.orphans()[0].announcers, std::vector<PeerId>{peer->id});
    bench.pass(5s);
    EXPECT_EQ(asked(peer, parent->txid.value), 1u);
    bench.send(peer, message::kTx, parent->raw);
    EXPECT_TRUE(bench.mempool.has(child->txid));
    EXPECT_TRUE(bench.engine.orphans().empty());
}

TEST(Relay, OrphansOfRejectedParentsAreNotKept)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    bench.mempool.confirmed.insert(coin(1));
    const TransactionRef parent = make_spend(coin(1), 0, 1, false);  // its txid and wtxid are the same
    bench.mempool.rejects.insert(parent->wtxid);
    bench.send(peer, message::kTx, parent->raw);
    bench.send(peer, message::kTx, make_spend(parent->txid, 0, 2)->raw);
    EXPECT_TRUE(bench.engine.orphans().empty());
}

TEST(Relay, OrphansLeaveWithTheirPeerOrWithABlock)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound(1);
    auto* other = bench.ready_inbound(2);
    const TransactionRef one = make_spend(coin(1), 0, 1);
    const TransactionRef two = make_spend(coin(2), 0, 2);
    bench.send(peer, message::kTx, one->raw);
    bench.send(other, message::kTx, two->raw);
    ASSERT_EQ(bench.engine.orphans().size(), 2u);
    bench.engine.on_disconnected(peer->id, bench.now);
    ASSERT_EQ(bench.engine.orphans().size(), 1u);
    bench.chain.mine(static_cast<std::uint32_t>(kBenchStart), {two});
    bench.publish();
    EXPECT_TRUE(bench.engine.orphans().empty());
}

TEST(Relay, AfterBlocksThatItMissedTheEngineTriesItsOrphansAgain)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    const TransactionRef parent = make_spend(coin(1), 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    const TransactionRef stranger = make_spend(coin(2), 0, 3);
    bench.send(peer, message::kTx, child->raw);
    bench.send(peer, message::kTx, stranger->raw);
    ASSERT_EQ(bench.engine.orphans().size(), 2u);
    // The parent comes in a block of which nobody tells.
    bench.mempool.confirmed.insert(parent->txid);
    bench.engine.on_blocks_missed(bench.now);
    bench.tick();
    EXPECT_TRUE(bench.mempool.has(child->txid));
    ASSERT_EQ(bench.engine.orphans().size(), 1u) << "whose parents are still unknown stays";
    EXPECT_EQ(bench.engine.orphans()[0].transaction->wtxid, stranger->wtxid);
}

TEST(Relay, WhatABlockThatWasTakenBackUnseenContainedIsAskedForAgain)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.chain.mine(static_cast<std::uint32_t>(kBenchStart), {tx});
    bench.publish();
    bench.inv(peer, InvType::kWtx, tx->wtxid.value);
    bench.pass(5s);
    EXPECT_EQ(asked(peer, tx->wtxid.value), 0u);
    bench.engine.on_blocks_missed(bench.now);
    bench.inv(peer, InvType::kWtx, tx->wtxid.value);
    bench.pass(5s);
    EXPECT_EQ(asked(peer, tx->wtxid.value), 1u);
}

TEST(Relay, WhatAPeerWithForcerelaySendsAgainIsAnnouncedAgain)
{
    for (const bool forced : {false, true}) {
        PeerBench bench;
        auto* gateway = bench.ready_inbound(1, forced ? kPermissionForceRelay : kPermissionRelay);
        bench.mempool.confirmed.insert(coin(1));
        const TransactionRef tx = make_spend(coin(1), 0, 1);
        bench.send(gateway, message::kTx, tx->raw);
        ASSERT_TRUE(bench.mempool.has(tx->txid));
        auto* late = bench.ready_inbound(2);
        bench.pass(1min, 1s);
        ASSERT_EQ(PeerBench::count(late, "inv"), 0u) << "it came when all had been announced";
        bench.send(gateway, message::kTx, tx->raw);
        bench.pass(1min, 1s);
        EXPECT_EQ(PeerBench::count(late, "inv"), forced ? 1u : 0u);
        // What is not in the mempool is not announced.
        const TransactionRef bad = make_spend(coin(1), 0, 2);
        bench.mempool.rejects.insert(bad->wtxid);
        bench.send(gateway, message::kTx, bad->raw);
        bench.send(gateway, message::kTx, bad->raw);
        bench.pass(1min, 1s);
        EXPECT_EQ(PeerBench::count(late, "inv"), forced ? 1u : 0u);
    }
}

TEST(Relay, BlockRelayPeersMaySendNoTransactions)
{
    for (const bool by_inv : {true, false}) {
        PeerBench bench;
        auto* peer = bench.dial(ConnectionType::kBlockRelay);
        bench.handshake(peer);
        EXPECT_EQ(PeerBench::count(peer, "getaddr"), 0u);
        EXPECT_FALSE(decode_version(PeerBench::last(peer, "version")->payload)->relay);
        const TransactionRef tx = make_spend(coin(1), 0, 1);
        if (by_inv) {
            bench.inv(peer, InvType::kWtx, tx->wtxid.value);
        } else {
            bench.send(peer, message::kTx, tx->raw);
        }
        EXPECT_TRUE(peer->disconnected);
    }
}

TEST(Relay, AnnouncementsAreByNameAgreedOnAndOnlyOnce)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound(1, kPermissionNoBan);  // no trickle
    bench.pass(6s);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.mempool.add(tx);
    for (int i = 0; i < 2; ++i) {
        bench.engine.announce_transaction(tx->txid, tx->wtxid, bench.now);
        bench.pass(1s);
    }
    EXPECT_EQ(PeerBench::items(peer, "inv"), (std::vector<Inventory>{{InvType::kWtx, tx->wtxid.value}}));
    bench.getdata(peer, {{InvType::kWtx, tx->wtxid.value}});
    EXPECT_TRUE(std::ranges::equal(PeerBench::last(peer, "tx")->payload, tx->raw));
    bench.getdata(peer, {{InvType::kTx, tx->txid.value}});
    EXPECT_EQ(PeerBench::last(peer, "tx")->payload, encode_without_witness(*tx));
}

TEST(Relay, WhatCameAfterTheLastAnnouncementIsNotFound)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.mempool.add(tx);  // before any announcement was due
    bench.getdata(peer, {{InvType::kWtx, tx->wtxid.value}});
    EXPECT_EQ(PeerBench::count(peer, "notfound"), 0u + 1u);
}

TEST(Relay, TransactionsOfTheLatestBlockAreServed)
{
    PeerBench bench;
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.chain.mine(static_cast<std::uint32_t>(kBenchStart), {tx});
    bench.publish();
    auto* peer = bench.ready_inbound();
    bench.getdata(peer, {{InvType::kWtx, tx->wtxid.value}});
    EXPECT_TRUE(std::ranges::equal(PeerBench::last(peer, "tx")->payload, tx->raw));
}

TEST(Relay, TheFeeFilterOfThePeerHolds)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound(1, kPermissionNoBan);
    bench.pass(1s);
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.mempool.add(tx);
    const std::int64_t size = bench.mempool.find(tx->wtxid)->virtual_size;
    const auto offer = [&](std::int64_t filter) {
        bench.send(peer, message::kFeeFilter, encode_u64(static_cast<std::uint64_t>(filter)));
        bench.engine.announce_transaction(tx->txid, tx->wtxid, bench.now);
        bench.pass(1s);
        return PeerBench::items(peer, "inv").size();
    };
    const std::int64_t exact = 10'000 * 1000 / size;  // what the transaction pays, rounded down
    EXPECT_EQ(offer(exact + 1), 0u);
    EXPECT_EQ(offer(exact), 1u);
}

TEST(Relay, OurFeeFilterIsSentUnlessThePeerRelaysAnyway)
{
    PeerBench bench;
    auto* plain = bench.ready_inbound(1);
    auto* forced = bench.ready_inbound(2, kPermissionForceRelay);
    bench.tick();
    ASSERT_EQ(PeerBench::count(plain, "feefilter"), 1u);
    EXPECT_EQ(PeerBench::count(forced, "feefilter"), 0u);
    const auto filter = decode_u64(PeerBench::last(plain, "feefilter")->payload);
    EXPECT_GE(*filter, 800u);
    EXPECT_LE(*filter, 1100u);
}

TEST(Relay, WhileSyncingTheFeeFilterLetsNothingThrough)
{
    PeerBench bench;
    bench.chain.initial_download = true;
    auto* peer = bench.ready_inbound();
    bench.tick();
    EXPECT_EQ(*decode_u64(PeerBench::last(peer, "feefilter")->payload), 9'936'506u);
    bench.chain.initial_download = false;
    bench.tick();
    EXPECT_EQ(PeerBench::count(peer, "feefilter"), 2u);
}

TEST(Relay, OurOwnTransactionsAreAnnouncedAgainUntilSomebodyAsks)
{
    PeerBench bench;
    const TransactionRef tx = make_spend(coin(1), 0, 1);
    bench.mempool.add(tx);
    bench.mempool.own.insert(tx->txid);
    auto* peer = bench.ready_inbound(1, kPermissionNoBan);
    bench.pass(1s);
    EXPECT_TRUE(PeerBench::items(peer, "inv").empty());
    bench.pass(16min, 1s);
    EXPECT_EQ(PeerBench::items(peer, "inv").size(), 1u);
    bench.getdata(peer, {{InvType::kWtx, tx->wtxid.value}});
    EXPECT_TRUE(bench.mempool.own.empty());
}

TEST(Relay, TheWholeMempoolForWhoMayAsk)
{
    PeerBench bench;
    for (std::uint64_t i = 0; i < 20; ++i) bench.mempool.add(make_spend(coin(i), 0, i));
    auto* peer = bench.ready_inbound(1, kPermissionMempool);
    bench.send(peer, message::kMempool);
    bench.pass(20s);
    EXPECT_EQ(PeerBench::items(peer, "inv").size(), 20u);
}

TEST(Relay, ABatchIsSeventyAtFirstAndNeverMoreThanAThousand)
{
    for (const std::size_t count : {std::size_t{71}, std::size_t{2000}}) {
        PeerBench bench;
        auto* peer = bench.ready_inbound(1, kPermissionNoBan);
        bench.pass(1s);
        for (std::uint64_t i = 0; i < count; ++i) {
            const TransactionRef tx = make_spend(coin(i), 0, i);
            bench.mempool.add(tx);
        }
        const auto all = bench.mempool.all();
        std::size_t largest = 0;
        for (const Wtxid& wtxid : all) {
            bench.engine.announce_transaction(bench.mempool.find(wtxid)->transaction->txid, wtxid, bench.now);
        }
        bench.pass(60s);
        for (const auto& m : peer->received) {
            if (m.type == "inv") largest = std::max<std::size_t>(largest, decode_inventory(m.payload)->count);
        }
        EXPECT_EQ(PeerBench::items(peer, "inv").size(), count);
        EXPECT_LE(largest, kBroadcastTarget + count / 1000 * 5);
    }
}

}  // namespace
}  // namespace cairn::protocol::test
