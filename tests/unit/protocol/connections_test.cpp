// Who is connected: slots, permissions, bans, eviction, nodes added by hand, automatic connections, seeds, addresses.

#include "peer_bench.h"
#include "sim_network.h"

namespace cairn::protocol::test {
namespace {

PeerAddress known(std::uint8_t a, std::uint8_t b, Time time)
{
    return {{NetAddress::ipv4({a, b, 0, 1}), 18444}, kNodeNetwork | kNodeWitness, time};
}

EngineOptions automatic_options()
{
    EngineOptions options = bench_options();
    options.connect_given = false;
    return options;
}

TEST(Connections, InboundSlotsAtAndOver)
{
    EngineOptions options = bench_options();
    options.max_connections = 21;  // 8 + 2 + 1 outbound: ten inbound
    PeerBench bench(options);
    for (std::uint8_t i = 0; i < 10; ++i) EXPECT_NE(bench.accept(i), nullptr);
    EXPECT_EQ(bench.accept(10), nullptr);  // so few are all protected from eviction
    EXPECT_EQ(bench.engine.inbound_count(), 10u);
}

TEST(Connections, AFullNodeMakesRoomByEviction)
{
    EngineOptions options = bench_options();
    options.max_connections = 71;
    PeerBench bench(options);
    for (std::uint8_t i = 0; i < 60; ++i) {
        bench.now += 1s;
        ASSERT_NE(bench.accept(i), nullptr);
    }
    EXPECT_NE(bench.accept(100), nullptr);
    EXPECT_EQ(bench.engine.inbound_count(), 60u);
}

TEST(Connections, BansCanBeTakenBackAndRestored)
{
    PeerBench bench;
    const Subnet subnet = Subnet::parse("20.5.0.0/16").value();
    bench.engine.ban(subnet, kBenchStart + 100, bench.now);
    const auto saved = bench.engine.bans(bench.now);
    ASSERT_EQ(saved.size(), 1u);
    EXPECT_TRUE(bench.engine.unban(subnet));
    EXPECT_FALSE(bench.engine.unban(subnet));
    EXPECT_NE(bench.accept(5), nullptr);
    PeerBench restarted;
    restarted.engine.restore_bans(saved, restarted.now);
    EXPECT_EQ(restarted.accept(5), nullptr);
    restarted.engine.clear_bans();
    EXPECT_NE(restarted.accept(5), nullptr);
}

TEST(Connections, WhitelistsGrantPermissions)
{
    EngineOptions options = bench_options();
    options.whitelist = {parse_whitelist("noban@20.1.0.0/16").value(), parse_whitelist("20.2.0.0/16").value(),
                         parse_whitelist("out,mempool@30.0.0.0/8").value()};
    PeerBench bench(options);
    EXPECT_EQ(bench.stats(bench.accept(1)).permissions, kPermissionNoBan);
    EXPECT_EQ(bench.stats(bench.accept(2)).permissions, kPermissionNoBan | kPermissionRelay | kPermissionMempool);
    EXPECT_EQ(bench.stats(bench.accept(3)).permissions, kPermissionNone);
    EXPECT_EQ(bench.stats(bench.dial(ConnectionType::kManual)).permissions, kPermissionMempool);
}

TEST(Connections, AnInactiveNetworkClosesAndRefuses)
{
    PeerBench bench;
    auto* peer = bench.accept();
    bench.engine.set_network_active(false, bench.now);
    bench.carry_out();
    EXPECT_TRUE(peer->disconnected);
    EXPECT_EQ(bench.accept(2), nullptr);
    EXPECT_TRUE(bench.engine.connect_to("30.1.0.1:1", ConnectionType::kManual, bench.now));
    bench.carry_out();
    EXPECT_TRUE(bench.connects.empty());
    bench.engine.set_network_active(true, bench.now);
    EXPECT_NE(bench.accept(2), nullptr);
}

TEST(Connections, ANetworkMayBeginInactive)
{
    EngineOptions options = bench_options();
    options.network_active = false;
    PeerBench bench(options);
    EXPECT_FALSE(bench.engine.network_active());
    bench.engine.add_node("30.1.0.1:18444");
    bench.pass(61s);
    EXPECT_TRUE(bench.connects.empty());
    EXPECT_EQ(bench.accept(1), nullptr);
    bench.engine.set_network_active(true, bench.now);
    bench.pass(1s);
    EXPECT_EQ(bench.connects.size(), 1u);
    EXPECT_NE(bench.accept(1), nullptr);
}

TEST(Connections, DisconnectByIdNameAndSubnet)
{
    PeerBench bench;
    auto* one = bench.accept(1);
    auto* two = bench.accept(2);
    auto* three = bench.accept(3);
    EXPECT_TRUE(bench.engine.disconnect(one->id));
    EXPECT_FALSE(bench.engine.disconnect(one->id));
    EXPECT_TRUE(bench.engine.disconnect(bench.stats(two).address_name));
    EXPECT_FALSE(bench.engine.disconnect("1.1.1.1:1"));
    EXPECT_EQ(bench.engine.disconnect(Subnet::parse("20.3.0.0/16").value()), 1u);
    bench.carry_out();
    for (auto* peer : {one, two, three}) EXPECT_TRUE(peer->disconnected);
}

TEST(Connections, AddedNodesAreTriedAgainEveryMinute)
{
    PeerBench bench;
    EXPECT_TRUE(bench.engine.add_node("30.1.0.1:18444"));
    EXPECT_FALSE(bench.engine.add_node("30.1.0.1:18444"));
    EXPECT_FALSE(bench.engine.add_node("30.1.0.1")) << "the same, with the network's port";
    bench.pass(1s);
    ASSERT_EQ(bench.connects.size(), 1u);
    EXPECT_EQ(bench.connects[0].endpoint.to_string(), "30.1.0.1:18444");
    bench.engine.on_connect_failed(bench.connects[0].attempt, bench.now);
    bench.connects.clear();
    bench.pass(58s);
    EXPECT_TRUE(bench.connects.empty());
    bench.pass(2s);
    ASSERT_EQ(bench.connects.size(), 1u);
    auto* peer = bench.dialled();
    ASSERT_NE(peer, nullptr);
    EXPECT_TRUE(bench.engine.added_nodes()[0].connected);
    EXPECT_EQ(bench.stats(peer).connection_type, ConnectionType::kManual);
    bench.handshake(peer);
    bench.pass(120s, 1s);
    EXPECT_TRUE(bench.connects.empty());  // it is there
    EXPECT_TRUE(bench.engine.remove_node("30.1.0.1:18444"));
    EXPECT_FALSE(bench.engine.remove_node("30.1.0.1:18444"));
}

TEST(Connections, AttemptsAreLogged)
{
    PeerBench bench;
    bench.dial(ConnectionType::kBlockRelay, 7);
    EXPECT_TRUE(bench.logged("trying v1 connection (block-relay-only) to 30.7.0.1:18444"));
}

TEST(Connections, ANodeIsAddedOnceHoweverItIsWritten)
{
    PeerBench bench;
    EXPECT_TRUE(bench.engine.add_node("30.1.0.1:18444"));
    for (const char* same : {"30.1.0.1:18444", "30.1.0.1", "[::ffff:30.1.0.1]:18444"}) {
        EXPECT_FALSE(bench.engine.add_node(same)) << same;
    }
    EXPECT_TRUE(bench.engine.add_node("30.1.0.1:18445"));
    EXPECT_TRUE(bench.engine.add_node("node.example"));
    EXPECT_FALSE(bench.engine.add_node("node.example"));
    EXPECT_TRUE(bench.engine.add_node("node.example:18444")) << "a name may stand for many addresses";
    EXPECT_FALSE(bench.engine.remove_node("30.1.0.1"));
    EXPECT_TRUE(bench.engine.remove_node("30.1.0.1:18444"));
    EXPECT_TRUE(bench.engine.add_node("30.1.0.1"));
}

TEST(Connections, AddedNodesAtAndOverTheirLimit)
{
    PeerBench bench;
    for (int i = 1; i <= kMaxManual + 1; ++i) bench.engine.add_node("30." + std::to_string(i) + ".0.1:18444");
    bench.pass(1s);
    ASSERT_EQ(bench.connects.size(), static_cast<std::size_t>(kMaxManual));
    bench.engine.on_connect_failed(bench.connects[0].attempt, bench.now);  // makes room for the one that waits
    bench.pass(1s);
    EXPECT_EQ(bench.connects.size(), static_cast<std::size_t>(kMaxManual) + 1);
}

TEST(Connections, AddressesAreSavedEveryQuarterOfAnHour)
{
    SimNetwork net(1);
    SimNode& node = net.add_node();
    net.run_for(15min - 1s);
    EXPECT_TRUE(node.saves.empty());
    net.run_for(2s);
    EXPECT_EQ(node.saves, std::vector{Save::What::kAddresses});
}

TEST(Connections, NamesAreLeftToTheShell)
{
    PeerBench bench;
    bench.engine.add_node("node.example:1234");
    bench.pass(1s);
    ASSERT_EQ(bench.connects.size(), 1u);
    EXPECT_EQ(bench.connects[0].name, "node.example:1234");
    EXPECT_FALSE(bench.connects[0].endpoint.is_valid());
}

TEST(Connections, NobodyTwice)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual, 1);
    ASSERT_NE(peer, nullptr);
    bench.engine.connect_to("30.1.0.1:18444", ConnectionType::kManual, bench.now);
    bench.carry_out();
    EXPECT_TRUE(bench.connects.empty());
    // A name that turns out to be the same address.
    bench.engine.connect_to("alias.example", ConnectionType::kManual, bench.now);
    bench.carry_out();
    ASSERT_EQ(bench.connects.size(), 1u);
    EXPECT_FALSE(bench.engine.on_connected(
        bench.connects[0].attempt, {Endpoint::parse("30.1.0.1:18444", 0).value(), std::nullopt, 0, false}, bench.now));
}

TEST(Connections, SlotsOfEachOutboundType)
{
    PeerBench bench;
    for (std::uint8_t i = 0; i < kMaxFullOutbound; ++i)
        EXPECT_NE(bench.dial(ConnectionType::kFullOutbound, i), nullptr);
    EXPECT_FALSE(bench.engine.connect_to("30.99.0.1:1", ConnectionType::kFullOutbound, bench.now));
    for (std::uint8_t i = 20; i < 20 + kMaxBlockRelayOutbound; ++i)
        EXPECT_NE(bench.dial(ConnectionType::kBlockRelay, i), nullptr);
    EXPECT_FALSE(bench.engine.connect_to("30.98.0.1:1", ConnectionType::kBlockRelay, bench.now));
    EXPECT_NE(bench.dial(ConnectionType::kManual, 50), nullptr);
}

TEST(Connections, AutomaticOnesFillTheirSlotsOnePerGroup)
{
    PeerBench bench(automatic_options());
    std::vector<PeerAddress> addresses;
    for (std::uint8_t a = 40; a < 80; ++a) {
        for (std::uint8_t b = 1; b < 4; ++b) addresses.push_back(known(a, b, bench.now - 1h));
    }
    bench.engine.addresses().add(addresses, *NetAddress::parse("8.8.8.8"), Duration{0}, bench.now);
    std::set<Bytes> groups;
    for (int i = 0; i < 200 && bench.engine.connection_count() < 10; ++i) {
        bench.pass(500ms);
        while (!bench.connects.empty()) {
            const Endpoint to = bench.connects.front().endpoint;
            auto* peer = bench.dialled();
            ASSERT_NE(peer, nullptr);
            if (bench.stats(peer).connection_type != ConnectionType::kFeeler) {
                EXPECT_TRUE(groups.insert(to.address.group()).second) << to.to_string();
            }
            bench.handshake(peer);
        }
    }
    int full = 0;
    int block_relay = 0;
    for (const PeerStats& peer : bench.engine.peers(bench.now)) {
        full += peer.connection_type == ConnectionType::kFullOutbound ? 1 : 0;
        block_relay += peer.connection_type == ConnectionType::kBlockRelay ? 1 : 0;
    }
    EXPECT_EQ(full, kMaxFullOutbound);
    EXPECT_EQ(block_relay, kMaxBlockRelayOutbound);
}

TEST(Connections, FeelersTestAddressesEveryTwoMinutesOrSo)
{
    PeerBench bench(automatic_options());
    std::vector<PeerAddress> addresses;
    for (std::uint8_t a = 40; a < 140; ++a) addresses.push_back(known(a, 1, bench.now - 1h));
    bench.engine.addresses().add(addresses, *NetAddress::parse("8.8.8.8"), Duration{0}, bench.now);
    std::size_t feelers = 0;
    for (int i = 0; i < 60; ++i) {
        bench.pass(10s, 500ms);
        while (!bench.connects.empty()) {
            auto* peer = bench.dialled();
            if (peer == nullptr) continue;
            const bool feeler = bench.stats(peer).connection_type == ConnectionType::kFeeler;
            bench.handshake(peer);
            if (feeler) {
                ++feelers;
                EXPECT_TRUE(peer->disconnected);
            }
        }
    }
    EXPECT_GE(feelers, 1u);
    EXPECT_LE(feelers, 20u);
    EXPECT_GE(bench.engine.addresses().tried_count(), 10u);
}

TEST(Connections, ConnectListIsTriedAgainAndNothingElse)
{
    EngineOptions options = bench_options();
    options.connect = {"30.1.0.1:18444"};
    PeerBench bench(options);
    bench.engine.addresses().add(std::vector{known(40, 1, bench.now)}, *NetAddress::parse("8.8.8.8"), Duration{0},
                                 bench.now);
    for (int i = 0; i < 5; ++i) {
        bench.pass(2s);
        ASSERT_EQ(bench.connects.size(), 1u);
        EXPECT_EQ(bench.connects[0].endpoint.to_string(), "30.1.0.1:18444");
        bench.engine.on_connect_failed(bench.connects[0].attempt, bench.now);
        bench.connects.clear();
    }
    EXPECT_TRUE(bench.resolves.empty());
}

TEST(Connections, AnOutboundPeerWhoseChainStaysBehindIsLetGo)
{
    PeerBench bench;
    bench.mine(5);
    std::vector<PeerBench::Remote*> good;
    auto* behind = bench.dial(ConnectionType::kFullOutbound, 9);
    bench.handshake(behind);
    const auto talk = [&](Duration duration) {
        for (Duration passed{0}; passed < duration && !behind->disconnected; passed += 30s) {
            bench.pass(30s, 10s);
            bench.send(behind, message::kPing, encode_u64(1));
            if (const auto* ping = PeerBench::last(behind, "ping")) bench.send(behind, message::kPong, ping->payload);
        }
    };
    talk(20min);
    EXPECT_FALSE(behind->disconnected);
    talk(4min);
    EXPECT_TRUE(behind->disconnected);
    EXPECT_TRUE(bench.logged("outbound peer has old chain"));
}

// --- Addresses.

std::vector<PeerAddress> many(std::size_t count, Time time)
{
    std::vector<PeerAddress> result;
    for (std::size_t i = 0; i < count; ++i) {
        result.push_back(known(static_cast<std::uint8_t>(60 + i / 250), static_cast<std::uint8_t>(i % 250), time));
    }
    return result;
}

TEST(Addresses, TokenBucketOfATenthPerSecond)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kAddr, encode_addr(many(50, bench.now)));
    EXPECT_EQ(bench.stats(peer).addr_processed, 1u);
    EXPECT_EQ(bench.stats(peer).addr_rate_limited, 49u);
    bench.now += 100s;
    bench.send(peer, message::kAddr, encode_addr(many(50, bench.now)));
    EXPECT_EQ(bench.stats(peer).addr_processed, 11u);
    auto* trusted = bench.ready_inbound(2, kPermissionAddr);
    bench.send(trusted, message::kAddr, encode_addr(many(50, bench.now)));
    EXPECT_EQ(bench.stats(trusted).addr_processed, 50u);
}

TEST(Addresses, WhatWasAskedForIsNotLimited)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    ASSERT_EQ(PeerBench::count(peer, "getaddr"), 1u);
    bench.send(peer, message::kAddr, encode_addr(many(kMaxAddresses, bench.now)));
    EXPECT_EQ(bench.stats(peer).addr_processed, kMaxAddresses);
    EXPECT_GT(bench.engine.addresses().size(), 100u);
}

TEST(Addresses, FreshOnesArePassedOnToTwoPeers)
{
    PeerBench bench;
    std::vector<PeerBench::Remote*> others;
    for (std::uint8_t i = 10; i < 20; ++i) {
        others.push_back(bench.ready_inbound(i));
        bench.send(others.back(), message::kGetAddr);  // takes part in gossip
    }
    auto* from = bench.ready_inbound(1);
    const PeerAddress fresh = known(77, 7, bench.now);
    bench.send(from, message::kAddr, encode_addr(std::span{&fresh, 1}));
    bench.pass(10min, 1s);
    std::size_t told = 0;
    for (const auto* other : others) {
        for (const auto& m : other->received) {
            if (m.type != "addrv2") continue;
            told += static_cast<std::size_t>(
                std::ranges::count(decode_addrv2(m.payload)->items, fresh.endpoint, &PeerAddress::endpoint));
        }
    }
    EXPECT_EQ(told, 2u);
    EXPECT_EQ(PeerBench::count(from, "addrv2"), 0u);
}

TEST(Addresses, GetAddrIsAnsweredOnceFromACacheToInboundOnly)
{
    PeerBench bench;
    bench.engine.addresses().add(many(1000, bench.now - 1h), *NetAddress::parse("8.8.8.8"), Duration{0}, bench.now);
    const std::size_t all = bench.engine.addresses().size();
    const auto ask = [&](std::uint8_t host) {
        auto* peer = bench.ready_inbound(host);
        bench.send(peer, message::kGetAddr);
        bench.send(peer, message::kGetAddr);
        bench.pass(4min, 1s);
        std::set<Endpoint> answer;
        for (const auto& m : peer->received) {
            if (m.type != "addrv2") continue;
            const auto decoded = decode_addrv2(m.payload);
            for (const auto& a : decoded->items) answer.insert(a.endpoint);
        }
        return answer;
    };
    const auto first = ask(1);
    EXPECT_GT(first.size(), 10u);
    EXPECT_LE(first.size(), all * kMaxAddressPercent / 100 + 1);
    // The same for all who ask in a day, but for the filter of known addresses, which errs once in a thousand.
    const auto second = ask(2);
    std::vector<Endpoint> different;
    std::ranges::set_symmetric_difference(first, second, std::back_inserter(different));
    EXPECT_LE(different.size(), 4u);
    bench.now += 28h;
    different.clear();
    std::ranges::set_symmetric_difference(first, ask(3), std::back_inserter(different));
    EXPECT_GT(different.size(), first.size() / 2);
    auto* outbound = bench.dial(ConnectionType::kManual);
    bench.handshake(outbound);
    bench.send(outbound, message::kGetAddr);
    bench.pass(4min, 1s);
    EXPECT_EQ(PeerBench::count(outbound, "addrv2"), 0u);
}

TEST(Addresses, OurOwnIsAnnounced)
{
    PeerBench bench;
    const Endpoint ours = Endpoint::parse("99.1.2.3:18444", 0).value();
    bench.engine.add_local_address(ours, 4);
    auto* peer = bench.dial(ConnectionType::kManual);
    bench.handshake(peer);
    bench.tick();
    ASSERT_EQ(PeerBench::count(peer, "addrv2"), 1u);
    EXPECT_EQ(decode_addrv2(PeerBench::last(peer, "addrv2")->payload)->items[0].endpoint, ours);
}

/// Our own address as a peer hears it in its first addr message; nothing where it hears of none.
std::optional<Endpoint> announced_to(PeerBench& bench, PeerBench::Remote* peer, const Endpoint& seen)
{
    VersionMessage version = PeerBench::version_message();
    version.receiver = seen;
    bench.handshake(peer, version);
    bench.send(peer, message::kGetAddr);  // who connects to us takes part by it
    bench.tick();
    if (PeerBench::count(peer, "addrv2") == 0) return std::nullopt;
    return decode_addrv2(PeerBench::last(peer, "addrv2")->payload)->items[0].endpoint;
}

TEST(Addresses, WhatAPeerSeesUsAsIsToldToItWithThePortWeListenOn)
{
    auto options = bench_options();
    options.discover = true;
    options.listen_port = 999;
    PeerBench bench(options);
    const Endpoint seen = Endpoint::parse("88.1.2.3:50000", 0).value();
    EXPECT_EQ(announced_to(bench, bench.dial(ConnectionType::kManual, 1), seen), Endpoint({seen.address, 999}));
    EXPECT_EQ(announced_to(bench, bench.accept(2), seen), seen) << "who connected to us knows the port";
    const Endpoint local = Endpoint::parse("127.0.0.1:1", 0).value();
    EXPECT_EQ(announced_to(bench, bench.accept(3), local), std::nullopt);
}

TEST(Addresses, WhatAPeerSeesUsAsIsNotBelievedWithoutDiscover)
{
    PeerBench bench;
    const Endpoint seen = Endpoint::parse("88.1.2.3:50000", 0).value();
    EXPECT_EQ(announced_to(bench, bench.dial(ConnectionType::kManual), seen), std::nullopt);
}

TEST(Addresses, TheBestOfOurOwnIsTold)
{
    auto options = bench_options();
    const auto at = [](const char* text) { return Endpoint::parse(text, 0).value(); };
    options.discovered_addresses = {{at("99.0.0.1:1"), Engine::kScoreOfInterface},
                                    {at("99.0.0.2:1"), Engine::kScoreBound},
                                    {at("[2a00::1]:1"), Engine::kScoreGivenByOwner}};
    PeerBench bench(options);
    const Endpoint seen = at("99.0.0.1:1");
    EXPECT_EQ(announced_to(bench, bench.dial(ConnectionType::kManual), seen), at("99.0.0.2:1"))
        << "of the same family, the higher score";
    // By which address peers reach us counts more and more.
    for (std::uint8_t i = 1; i <= 3; ++i) announced_to(bench, bench.accept(i), seen);
    const auto known = bench.engine.local_addresses();
    EXPECT_EQ(std::ranges::find(known, seen, [](const auto& entry) { return entry.first; })->second, 4);
    EXPECT_EQ(announced_to(bench, bench.accept(9), at("127.0.0.1:1")), seen);
    // A family that is not reached is not told of.
    options.reachable = {AddressNetwork::kIpv6};
    PeerBench other(options);
    EXPECT_EQ(other.engine.local_addresses().size(), 1U);
}

}  // namespace
}  // namespace cairn::protocol::test
