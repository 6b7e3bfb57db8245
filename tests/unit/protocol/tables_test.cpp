// The tables behind the conversation, each by itself: filters, requests, orphans, bans, eviction, low-work headers.

#include <gtest/gtest.h>

#include "fake_chain.h"
#include "fake_mempool.h"
#include "protocol/ban_list.h"
#include "protocol/eviction.h"
#include "protocol/header_presync.h"
#include "protocol/orphanage.h"
#include "protocol/rolling_filter.h"
#include "protocol/tx_request.h"

namespace cairn::protocol::test {
namespace {

Hash256 number(std::uint64_t n)
{
    Hash256 hash;
    for (std::size_t i = 0; i < 8; ++i) hash.bytes[i] = std::byte(n >> (8 * i) & 0xff);
    return hash;
}

TEST(RollingFilter, RemembersAtLeastTheLastN)
{
    SeededRandom random(1);
    RollingFilter filter(1000, 0.001, random);
    for (std::uint64_t i = 0; i < 5000; ++i) filter.insert(number(i));
    for (std::uint64_t i = 4000; i < 5000; ++i) EXPECT_TRUE(filter.contains(number(i))) << i;
    std::size_t old = 0;
    for (std::uint64_t i = 0; i < 2900; ++i) old += filter.contains(number(i)) ? 1U : 0U;
    EXPECT_LT(old, 30u);
    std::size_t wrong = 0;
    for (std::uint64_t i = 100'000; i < 200'000; ++i) wrong += filter.contains(number(i)) ? 1U : 0U;
    EXPECT_LT(wrong, 200u);  // 100 expected
    filter.clear();
    EXPECT_FALSE(filter.contains(number(4999)));
}

TEST(TxRequest, PreferredFirstThenOthersInTurn)
{
    SeededRandom random(1);
    TxRequestTracker tracker(random);
    const Time now = from_unix(1000);
    const TxName name{number(1), true};
    tracker.announce(1, name, false, now);
    tracker.announce(2, name, true, now);
    EXPECT_TRUE(tracker.requestable(1, now).empty());
    ASSERT_EQ(tracker.requestable(2, now).size(), 1u);
    tracker.requested(2, name.hash, now + 60s);
    EXPECT_EQ(tracker.count_in_flight(2), 1u);
    EXPECT_TRUE(tracker.requestable(1, now + 59s).empty());
    EXPECT_EQ(tracker.requestable(1, now + 60s).size(), 1u);  // it expired
    tracker.requested(1, name.hash, now + 120s);
    EXPECT_EQ(tracker.count_in_flight(2), 0u);
    tracker.responded(1, name.hash);
    EXPECT_EQ(tracker.size(), 0u);  // nobody is left: forgotten
}

TEST(TxRequest, AnnouncementsCountOnceAndWaitForTheirTime)
{
    SeededRandom random(1);
    TxRequestTracker tracker(random);
    const Time now = from_unix(1000);
    tracker.announce(1, {number(1), true}, true, now + 2s);
    tracker.announce(1, {number(1), true}, true, now);
    EXPECT_EQ(tracker.count(1), 1u);
    EXPECT_TRUE(tracker.requestable(1, now + 1s).empty());
    EXPECT_EQ(tracker.requestable(1, now + 2s).size(), 1u);
}

TEST(TxRequest, ADisconnectedPeersRequestsPassOn)
{
    SeededRandom random(1);
    TxRequestTracker tracker(random);
    const Time now = from_unix(1000);
    for (std::uint64_t i = 0; i < 10; ++i) {
        tracker.announce(1, {number(i), true}, true, now);
        tracker.announce(2, {number(i), true}, false, now);
    }
    for (const TxName& name : tracker.requestable(1, now)) tracker.requested(1, name.hash, now + 60s);
    EXPECT_TRUE(tracker.requestable(2, now).empty());
    tracker.forget_peer(1);
    EXPECT_EQ(tracker.requestable(2, now).size(), 10u);
    EXPECT_EQ(tracker.candidates(number(3)), std::vector<PeerId>{2});
    tracker.forget_peer(2);
    EXPECT_EQ(tracker.size(), 0u);
}

TEST(TxRequest, RandomOperationsNeverAskTwoAtOnce)
{
    SeededRandom random(7);
    TxRequestTracker tracker(random);
    std::map<Hash256, std::map<PeerId, Time>> in_flight;
    Time now = from_unix(1000);
    for (int step = 0; step < 20'000; ++step) {
        const auto peer = static_cast<PeerId>(random.below(5));
        const Hash256 hash = number(random.below(20));
        switch (random.below(6)) {
            case 0:
            case 1:
                tracker.announce(peer, {hash, true}, random.flip(), now + random.duration_below(3s));
                break;
            case 2:
                for (const TxName& name : tracker.requestable(peer, now)) {
                    auto& others = in_flight[name.hash];
                    std::erase_if(others, [&](const auto& o) { return o.second <= now; });
                    EXPECT_TRUE(others.empty());
                    tracker.requested(peer, name.hash, now + 10s);
                    others[peer] = now + 10s;
                }
                break;
            case 3:
                tracker.responded(peer, hash);
                in_flight[hash].erase(peer);
                break;
            case 4:
                if (random.below(20) == 0) {
                    tracker.forget_peer(peer);
                    for (auto& [h, others] : in_flight) others.erase(peer);
                }
                break;
            default:
                now += random.duration_below(2s);
        }
    }
}

TEST(Orphanage, LatencyScoreAtAndOverTheLimit)
{
    Orphanage orphanage;
    for (std::uint64_t i = 0; i < kMaxOrphanLatencyScore; ++i) {
        EXPECT_TRUE(orphanage.add(make_spend(Txid{number(i)}, 0, i), static_cast<PeerId>(i % 3)));
    }
    EXPECT_EQ(orphanage.announcements(), kMaxOrphanLatencyScore);
    const TransactionRef last = make_spend(Txid{number(99'999)}, 0, 1);
    orphanage.add(last, 0);
    EXPECT_EQ(orphanage.announcements(), kMaxOrphanLatencyScore);
    EXPECT_TRUE(orphanage.has(last->wtxid));  // the oldest of who has most went
    EXPECT_FALSE(orphanage.has(make_spend(Txid{number(0)}, 0, 0)->wtxid));
}

TEST(Orphanage, NoPeerPushesOutAnothers)
{
    Orphanage orphanage;
    const TransactionRef mine = make_spend(Txid{number(1)}, 0, 1);
    orphanage.add(mine, 1);
    for (std::uint64_t i = 0; i < 2 * kMaxOrphanLatencyScore; ++i) {
        orphanage.add(make_spend(Txid{number(1000 + i)}, 0, i), static_cast<PeerId>(2 + i % 3));
    }
    EXPECT_TRUE(orphanage.has(mine->wtxid));
    EXPECT_EQ(orphanage.announcements(), kMaxOrphanLatencyScore);
}

TEST(Orphanage, WeightAtAndOverTheLimit)
{
    const auto heavy = [](std::uint64_t tag, std::size_t bytes) {
        TransactionDraft draft;
        TxInputDraft input;
        input.prevout = {Txid{number(tag)}, 0};
        input.script_sig = Bytes(bytes);
        draft.inputs.push_back(input);
        draft.outputs.push_back({Amount{1}, {}});
        return draft.finish();
    };
    std::size_t bytes = 99'900;
    while (heavy(1, bytes)->weight() < kMaxOrphanWeight) ++bytes;
    ASSERT_EQ(heavy(1, bytes)->weight(), kMaxOrphanWeight);
    Orphanage orphanage;
    EXPECT_TRUE(orphanage.add(heavy(1, bytes), 1));
    EXPECT_FALSE(orphanage.add(heavy(2, bytes + 1), 1));
    orphanage.add(heavy(3, 2000), 1);  // together over the peer's share
    EXPECT_LE(orphanage.weight(), kOrphanWeightPerPeer);
    EXPECT_EQ(orphanage.size(), 1u);
    orphanage.add(heavy(4, 10'000), 2);  // another peer brings its own share
    EXPECT_EQ(orphanage.size(), 2u);
}

TEST(Orphanage, SharedByAnnouncers)
{
    Orphanage orphanage;
    SeededRandom random(1);
    const TransactionRef parent = make_spend(Txid{number(1)}, 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    EXPECT_TRUE(orphanage.add(child, 1));
    EXPECT_TRUE(orphanage.add(child, 2));
    EXPECT_FALSE(orphanage.add(child, 2));
    orphanage.erase_for_peer(1);
    EXPECT_TRUE(orphanage.has(child->wtxid));
    EXPECT_EQ(orphanage.weight_of(1), 0);
    orphanage.on_parent(*parent, random);
    EXPECT_FALSE(orphanage.take_to_reconsider(1));
    EXPECT_EQ(orphanage.take_to_reconsider(2), child);
    EXPECT_FALSE(orphanage.take_to_reconsider(2));
    orphanage.erase_for_peer(2);
    EXPECT_EQ(orphanage.size(), 0u);
    EXPECT_EQ(orphanage.weight(), 0);
}

TEST(Orphanage, WhatIsDueIsTakenOnceAndTheHurriedFirst)
{
    Orphanage orphanage;
    SeededRandom random(1);
    const TransactionRef parent = make_spend(Txid{number(1)}, 0, 1);
    std::vector<TransactionRef> children;
    for (std::uint64_t i = 0; i < 3; ++i) {
        children.push_back(make_spend(parent->txid, 0, 10 + i));
        orphanage.add(children.back(), 1);
    }
    EXPECT_FALSE(orphanage.has_due(1));
    orphanage.hurry(children[2]->wtxid);  // it is not due: nothing
    EXPECT_TRUE(orphanage.peers_with_due().empty());
    EXPECT_EQ(orphanage.on_parent(*parent, random).size(), 3u);
    EXPECT_EQ(orphanage.peers_with_due(), std::vector<PeerId>{1});
    orphanage.hurry(children[2]->wtxid);
    EXPECT_EQ(orphanage.take_to_reconsider(1), children[2]);
    EXPECT_FALSE(orphanage.is_due(children[2]->wtxid));
    EXPECT_EQ(orphanage.take_to_reconsider(1), children[0]);
    EXPECT_EQ(orphanage.take_to_reconsider(1), children[1]);
    EXPECT_FALSE(orphanage.has_due(1));
    EXPECT_EQ(orphanage.size(), 3u) << "they stay until they are decided";
}

TEST(Orphanage, WhatIsDueStaysSoWhenItsAnnouncerLeaves)
{
    Orphanage orphanage;
    SeededRandom random(1);
    const TransactionRef parent = make_spend(Txid{number(1)}, 0, 1);
    const TransactionRef child = make_spend(parent->txid, 0, 2);
    for (const PeerId peer : {1, 2, 3}) orphanage.add(child, peer);
    orphanage.on_parent(*parent, random);
    for (int left = 3; left > 0; --left) {
        const auto due = orphanage.peers_with_due();
        ASSERT_EQ(due.size(), 1u);
        EXPECT_TRUE(orphanage.is_due(child->wtxid));
        orphanage.erase_for_peer(due[0]);
    }
    EXPECT_EQ(orphanage.size(), 0u);
    EXPECT_FALSE(orphanage.is_due(child->wtxid));
}

TEST(BanList, UntilItsEnd)
{
    SeededRandom random(1);
    BanList bans(random);
    const auto subnet = Subnet::parse("9.9.0.0/16").value();
    const NetAddress inside = *NetAddress::parse("9.9.1.1");
    EXPECT_TRUE(bans.ban(subnet, 0, 100));
    EXPECT_TRUE(bans.is_banned(inside, from_unix(99)));
    EXPECT_FALSE(bans.is_banned(inside, from_unix(100)));
    EXPECT_FALSE(bans.is_banned(*NetAddress::parse("9.8.1.1"), from_unix(50)));
    EXPECT_FALSE(bans.sweep(from_unix(99)));
    EXPECT_TRUE(bans.sweep(from_unix(100)));
    bans.discourage(inside);
    EXPECT_TRUE(bans.is_discouraged(inside));
    EXPECT_FALSE(bans.is_discouraged(*NetAddress::parse("9.9.1.2")));
}

TEST(BanList, AtAndOverTheLimit)
{
    SeededRandom random(1);
    BanList bans(random);
    const auto subnet = [](std::size_t i) {
        return Subnet{
            NetAddress::ipv4({static_cast<std::uint8_t>(1 + (i >> 16)), static_cast<std::uint8_t>(i >> 8 & 255),
                              static_cast<std::uint8_t>(i & 255), 0}),
            24};
    };
    for (std::size_t i = 0; i < kMaxBans; ++i) ASSERT_TRUE(bans.ban(subnet(i), 0, 100));
    EXPECT_FALSE(bans.ban(subnet(kMaxBans), 0, 100));
    EXPECT_TRUE(bans.ban(subnet(0), 0, 200));  // prolonging one needs no room
}

EvictionCandidate candidate(PeerId id)
{
    EvictionCandidate c;
    c.id = id;
    c.connected = from_unix(1000 + id);
    c.keyed_group = static_cast<std::uint64_t>(id) * 7;
    c.minimum_ping = Duration{1000 + id};
    return c;
}

TEST(Eviction, NobodyWhileFewAreConnected)
{
    std::vector<EvictionCandidate> all;
    for (PeerId id = 0; id < 20; ++id) all.push_back(candidate(id));
    EXPECT_FALSE(select_peer_to_evict(all));
    for (PeerId id = 20; id < 100; ++id) all.push_back(candidate(id));
    EXPECT_TRUE(select_peer_to_evict(all));
}

TEST(Eviction, NeverNoBanNorOutbound)
{
    std::vector<EvictionCandidate> all;
    for (PeerId id = 0; id < 100; ++id) {
        all.push_back(candidate(id));
        (id % 2 == 0 ? all.back().noban : all.back().inbound) = id % 2 == 0;
    }
    EXPECT_FALSE(select_peer_to_evict(all));
}

TEST(Eviction, ProtectsTheBestAndTheOldest)
{
    std::vector<EvictionCandidate> all;
    for (PeerId id = 0; id < 120; ++id) all.push_back(candidate(id));
    all[100].last_transaction = from_unix(5000);
    all[101].last_block = from_unix(5000);
    all[102].minimum_ping = Duration{1};
    std::set<PeerId> evicted;
    while (const auto victim = select_peer_to_evict(all)) {
        evicted.insert(*victim);
        std::erase_if(all, [&](const auto& c) { return c.id == *victim; });
    }
    for (const PeerId kept : {100, 101, 102, 0, 1, 2}) EXPECT_FALSE(evicted.contains(kept)) << kept;
    EXPECT_FALSE(evicted.empty());
}

TEST(Eviction, FromTheLargestGroupAndTheDiscouragedFirst)
{
    std::vector<EvictionCandidate> all;
    for (PeerId id = 0; id < 200; ++id) {
        all.push_back(candidate(id));
        if (id >= 150) all.back().keyed_group = 3;
    }
    EXPECT_GE(select_peer_to_evict(all).value(), 150);
    all[140].prefer_evict = true;
    EXPECT_EQ(select_peer_to_evict(all), 140);
}

class Presync : public testing::Test {
protected:
    std::vector<BlockHeader> headers(std::size_t count, std::uint64_t tag = 0)
    {
        std::vector<BlockHeader> result;
        BlockHeader header = chain.block_header(chain.tip());
        for (std::size_t i = 0; i < count; ++i) {
            header.previous = header.hash();
            header.nonce = static_cast<std::uint32_t>(tag + i + 1);
            header.bits = kNormalBits;
            result.push_back(header);
        }
        return result;
    }
    HeaderPresync make(std::uint64_t work) { return {info, rules, chain, chain.tip(), ChainWork{work}, random, now}; }

    FakeChain chain;
    FakeRules rules;
    SeededRandom random{3};
    NetworkInfo info = network_info(Network::kRegtest);
    Time now = from_unix(1'700'000'000 + 3600);
};

TEST_F(Presync, ReleasesHeadersOnlyAfterTheWorkWasShownTwice)
{
    const auto all = headers(4000);
    HeaderPresync sync = make(3500 * kNormalBits);
    const std::span<const BlockHeader> first = std::span{all}.first(2000);
    const std::span<const BlockHeader> second = std::span{all}.subspan(2000);
    auto result = sync.process(first, true);
    EXPECT_TRUE(result.success && result.request_more && result.headers.empty());
    result = sync.process(second, true);
    EXPECT_TRUE(result.request_more && result.headers.empty());
    EXPECT_EQ(sync.state(), HeaderPresync::State::kRedownload);
    result = sync.process(first, true);
    EXPECT_TRUE(result.success && result.headers.empty());  // held back
    result = sync.process(second, true);
    EXPECT_TRUE(result.success);
    EXPECT_EQ(result.headers.size(), 4000u);
    EXPECT_EQ(sync.state(), HeaderPresync::State::kDone);
}

TEST_F(Presync, AnotherChainTheSecondTimeIsNoticed)
{
    info.presync_commitment_period = 10;  // many commitments, so that chance does not hide it
    const auto all = headers(2000);
    HeaderPresync sync = make(2000 * kNormalBits);
    ASSERT_TRUE(sync.process(all, true).success);
    const auto other = headers(2000, 50'000);
    EXPECT_FALSE(sync.process(other, true).success);
    EXPECT_EQ(sync.state(), HeaderPresync::State::kDone);
    EXPECT_EQ(sync.held_headers(), 0u);
}

TEST_F(Presync, AShortMessageBeforeTheWorkIsThereEndsIt)
{
    HeaderPresync sync = make(1'000'000);
    const auto all = headers(100);
    EXPECT_FALSE(sync.process(all, false).request_more);
    EXPECT_EQ(sync.state(), HeaderPresync::State::kDone);
}

TEST_F(Presync, GapsAndForbiddenTransitionsEndIt)
{
    auto all = headers(100);
    HeaderPresync gap = make(1'000'000);
    EXPECT_FALSE(gap.process(std::span{all}.subspan(1), true).success);
    all[50].bits = kNormalBits * 5;
    HeaderPresync jump = make(1'000'000);
    EXPECT_FALSE(jump.process(all, true).success);
}

TEST_F(Presync, CommitmentsAreBounded)
{
    now = from_unix(1'700'000'000);  // three hours' worth of headers at most
    info.presync_commitment_period = 30;
    HeaderPresync sync = make(1'000'000'000);
    const std::size_t bound = sync.max_commitments();
    EXPECT_EQ(bound, 6u * 2 * 3600 / 30);
    const auto all = headers((bound + 2) * 30);
    std::size_t sent = 0;
    bool ok = true;
    for (; ok && sent + 2000 <= all.size(); sent += 2000)
        ok = sync.process(std::span{all}.subspan(sent, 2000), true).success;
    if (ok) ok = sync.process(std::span{all}.subspan(sent), true).success;
    EXPECT_FALSE(ok);
    EXPECT_EQ(sync.commitments(), 0u);
}

}  // namespace
}  // namespace cairn::protocol::test
