// Blocks between engines: initial sync, announcements, reorganisations, stalled peers.

#include <gtest/gtest.h>

#include "sim_network.h"

namespace cairn::protocol::test {
namespace {

void build_chain(SimNode& node, int blocks, std::size_t padding = 0, std::uint32_t start = 1'700'000'100)
{
    for (int i = 0; i < blocks; ++i) node.chain.mine(start + static_cast<std::uint32_t>(i) * 10, {}, padding);
    HeaderHandle fork;
    node.chain.take_connected(fork);
}

TEST(Sync, TwoNodesReachTheSameTip)
{
    SimNetwork net(1);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    build_chain(a, 300);
    net.connect(b, a);
    EXPECT_TRUE(net.run_until_done(10s, [&] { return b.chain.tip_hash() == a.chain.tip_hash(); }));
}

TEST(Sync, MoreHeadersThanOneMessageHolds)
{
    SimNetwork net(2);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    build_chain(a, 4500);
    net.connect(b, a);
    EXPECT_TRUE(net.run_until_done(120s, [&] { return b.chain.tip_hash() == a.chain.tip_hash(); }));
}

TEST(Sync, InboundPeersServeToo)
{
    SimNetwork net(3);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    build_chain(b, 50);
    net.connect(b, a);  // a learns from who connected to it
    EXPECT_TRUE(net.run_until_done(10s, [&] { return a.chain.tip_hash() == b.chain.tip_hash(); }));
}

TEST(Sync, NewBlocksPassAlongALine)
{
    SimNetwork net(4);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    SimNode& c = net.add_node();
    build_chain(a, 20);
    net.connect(b, a);
    net.connect(c, b);
    ASSERT_TRUE(net.run_until_done(10s, [&] { return c.chain.tip_hash() == a.chain.tip_hash(); }));
    for (int i = 0; i < 5; ++i) {
        net.run_for(3s);
        net.mine(a);
        EXPECT_TRUE(net.run_until_done(2s, [&] { return c.chain.tip_hash() == a.chain.tip_hash(); })) << i;
    }
}

TEST(Sync, FollowsAReorganisation)
{
    SimNetwork net(5);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    build_chain(a, 120);
    build_chain(b, 110, 0, 1'700'000'105);
    net.connect(b, a);
    EXPECT_TRUE(net.run_until_done(20s, [&] { return b.chain.tip_hash() == a.chain.tip_hash(); }));
}

TEST(Sync, FourPeersShareTheWork)
{
    SimNetwork net(6);
    SimNode& sink = net.add_node();
    std::vector<SimNode*> sources;
    for (int i = 0; i < 4; ++i) {
        sources.push_back(&net.add_node());
        sources.back()->chain.seed = 1;
        build_chain(*sources.back(), 600, 2000);
        net.connect(sink, *sources.back());
    }
    ASSERT_TRUE(net.run_until_done(60s, [&] { return sink.chain.tip_hash() == sources[0]->chain.tip_hash(); }));
    std::size_t helpers = 0;
    for (const PeerStats& peer : sink.engine.peers(net.now())) {
        const auto blocks = peer.bytes_received_per_message.find("block");
        if (blocks != peer.bytes_received_per_message.end() && blocks->second > 50'000) ++helpers;
    }
    EXPECT_GE(helpers, 3u);
    EXPECT_EQ(sink.submitted_blocks, 600u);  // none was fetched twice
}

/// One of four peers stops in the middle of a block: how long until all is there, without it.
Duration time_with_staller(std::uint64_t seed, bool connected_first)
{
    SimNetwork net(seed);
    SimNode& sink = net.add_node();
    std::vector<SimNode*> sources;
    for (int i = 0; i < 4; ++i) {
        sources.push_back(&net.add_node());
        sources.back()->chain.seed = 1;
        build_chain(*sources.back(), 200, 2000);
    }
    SimNode& staller = connected_first ? *sources[0] : *sources[3];
    for (SimNode* source : sources) net.connect(sink, *source);
    // Until the first blocks flow from everybody.
    EXPECT_TRUE(net.run_until_done(30s, [&] { return sink.chain.height() > 20; }));
    const Time start = net.now();
    net.stall_after(staller, sink, 3000);  // one block and a half
    EXPECT_TRUE(net.run_until_done(60s, [&] { return sink.chain.height() == 200; }));
    return net.now() - start;
}

TEST(Sync, AStalledPeersShareIsTakenOverInUnderTwoSeconds)
{
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Duration first = time_with_staller(seed, true);
        const Duration last = time_with_staller(seed, false);
        EXPECT_LT(first, 2s) << "seed " << seed;
        EXPECT_LT(last, 2s) << "seed " << seed;
        RecordProperty("takeover_ms_" + std::to_string(seed), static_cast<int>(std::max(first, last) / 1ms));
    }
}

TEST(Sync, AVanishedPeersShareIsTakenOver)
{
    SimNetwork net(8);
    SimNode& sink = net.add_node();
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    for (SimNode* source : {&a, &b}) {
        source->chain.seed = 1;
        build_chain(*source, 200, 1000);
        net.connect(sink, *source);
    }
    ASSERT_TRUE(net.run_until_done(30s, [&] { return sink.chain.height() > 20; }));
    b.engine.stop();
    net.carry_out(b);
    EXPECT_TRUE(net.run_until_done(5s, [&] { return sink.chain.height() == 200; }));
}

TEST(Sync, AWindowHeldUpByOnePeerCostsItTheConnection)
{
    SimNetwork net(9);
    SimNode& sink = net.add_node();
    SimNode& staller = net.add_node();
    SimNode& other = net.add_node();
    for (SimNode* source : {&staller, &other}) {
        source->chain.seed = 1;
        build_chain(*source, 1200, 100);
    }
    net.connect(sink, staller);
    ASSERT_TRUE(net.run_until_done(30s, [&] { return sink.chain.height() > 5; }));
    net.stall_after(staller, sink, 0);
    net.connect(sink, other);
    EXPECT_TRUE(net.run_until_done(60s, [&] { return sink.chain.height() == 1200; }));
}

TEST(Sync, AnInvalidBlockCostsItsSenderTheConnection)
{
    SimNetwork net(10);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node([](EngineOptions& o) { o.network.block_interval = 10min; });
    build_chain(a, 30);
    b.chain.invalid.insert(a.chain.info(a.chain.active_at(25)).hash);
    net.connect(a, b);  // a is inbound to b
    EXPECT_TRUE(net.run_until_done(30s, [&] { return b.chain.height() == 24 && b.engine.connection_count() == 0; }));
}

TEST(Sync, BlocksWithLittleWorkAreNotStored)
{
    SimNetwork net(11);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    build_chain(a, 30);
    b.chain.minimum = ChainWork{1'000'000};
    net.connect(b, a);
    net.run_for(30s);
    EXPECT_EQ(b.chain.height(), 0);
    EXPECT_EQ(b.submitted_headers, 0u);  // not even headers
}

TEST(Sync, LowWorkHeadersAreKeptOnlyOnceTheWorkIsShown)
{
    SimNetwork net(12);
    SimNode& a = net.add_node();
    SimNode& b = net.add_node();
    build_chain(a, 6500);
    b.chain.minimum = ChainWork{6000ULL * kNormalBits};
    net.connect(b, a);
    // The first 6000 headers come twice: b asks from the start again once the work is there.
    EXPECT_TRUE(net.run_until_done(300s, [&] { return b.chain.tip_hash() == a.chain.tip_hash(); }));
    const auto peers = b.engine.peers(net.now());
    ASSERT_EQ(peers.size(), 1u);
    EXPECT_GT(peers[0].bytes_received_per_message.at("headers"), 2u * 6000 * 81);
}

}  // namespace
}  // namespace cairn::protocol::test
