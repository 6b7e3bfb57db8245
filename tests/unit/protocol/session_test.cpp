// The handshake, what may come when, pings and timeouts.

#include "peer_bench.h"

namespace cairn::protocol::test {
namespace {

TEST(Session, InboundHandshakeInOrder)
{
    PeerBench bench;
    auto* peer = bench.accept();
    EXPECT_TRUE(peer->received.empty());  // it is for the other side to begin
    bench.send(peer, message::kVersion, encode_version(PeerBench::version_message()));
    std::vector<std::string> types;
    for (const auto& m : peer->received) types.push_back(m.type);
    EXPECT_EQ(types, (std::vector<std::string>{"version", "wtxidrelay", "sendaddrv2", "verack"}));
    bench.send(peer, message::kVerack);
    EXPECT_FALSE(peer->disconnected);
    EXPECT_EQ(bench.stats(peer).version, kProtocolVersion);
    EXPECT_EQ(bench.stats(peer).user_agent, "/test/");
}

TEST(Session, OurVersionSaysWhatWeAre)
{
    PeerBench bench;
    bench.mine(3);
    auto* peer = bench.ready_inbound();
    const auto version = decode_version(PeerBench::last(peer, "version")->payload);
    ASSERT_TRUE(version);
    EXPECT_EQ(version->version, 70016);
    EXPECT_EQ(version->services, kNodeNetwork | kNodeWitness | kNodeNetworkLimited);
    EXPECT_EQ(version->user_agent, "/Satoshi:31.0.0/Cairn:0.1.0/");
    EXPECT_EQ(version->start_height, 3);
    EXPECT_EQ(version->time, kBenchStart);
    EXPECT_TRUE(version->relay);
    EXPECT_EQ(version->sender.port, 0);
    EXPECT_FALSE(version->sender.is_valid());  // our own address is not told
    EXPECT_TRUE(version->receiver.is_valid());
}

TEST(Session, OutboundBeginsTheConversation)
{
    PeerBench bench;
    auto* peer = bench.dial(ConnectionType::kManual);
    ASSERT_EQ(peer->received.size(), 1u);
    EXPECT_EQ(peer->received[0].type, "version");
    bench.handshake(peer);
    EXPECT_EQ(PeerBench::count(peer, "getaddr"), 1u);
    EXPECT_FALSE(peer->disconnected);
}

TEST(Session, OldPeersGetNoFeatureNegotiation)
{
    PeerBench bench;
    auto* peer = bench.accept();
    auto version = PeerBench::version_message();
    version.version = 70015;
    bench.send(peer, message::kVersion, encode_version(version));
    EXPECT_EQ(PeerBench::count(peer, "wtxidrelay"), 0u);
    EXPECT_EQ(PeerBench::count(peer, "sendaddrv2"), 0u);
    EXPECT_EQ(PeerBench::count(peer, "verack"), 1u);
}

TEST(Session, VersionAtAndBelowTheMinimum)
{
    PeerBench bench;
    auto version = PeerBench::version_message();
    version.version = kMinPeerVersion;
    auto* at = bench.accept(1);
    bench.send(at, message::kVersion, encode_version(version));
    EXPECT_FALSE(at->disconnected);
    --version.version;
    auto* below = bench.accept(2);
    bench.send(below, message::kVersion, encode_version(version));
    EXPECT_TRUE(below->disconnected);
    EXPECT_TRUE(bench.logged("using obsolete version 31799, disconnecting peer=1"));
}

TEST(Session, UserAgentAtAndOverTheLimit)
{
    PeerBench bench;
    auto version = PeerBench::version_message();
    version.user_agent = std::string(kMaxUserAgentLength, 'a');
    auto* at = bench.accept(1);
    bench.handshake(at, version);
    EXPECT_EQ(bench.stats(at).user_agent.size(), kMaxUserAgentLength);
    version.user_agent += 'a';
    auto* over = bench.accept(2);
    bench.handshake(over, version);
    EXPECT_EQ(bench.stats(over).version, 0);  // not read; the handshake never completes
    EXPECT_EQ(PeerBench::count(over, "verack"), 0u);
}

TEST(Session, NothingButVersionCountsBeforeVersion)
{
    PeerBench bench;
    auto* peer = bench.accept();
    bench.send(peer, message::kPing, encode_u64(7));
    bench.send(peer, message::kVerack);
    bench.send(peer, message::kGetAddr);
    EXPECT_TRUE(peer->received.empty());
    EXPECT_FALSE(peer->disconnected);
    EXPECT_TRUE(bench.logged("non-version message before version handshake. Message \"ping\" from peer=0"));
}

TEST(Session, NothingOfSubstanceBeforeVerack)
{
    PeerBench bench;
    auto* peer = bench.accept();
    bench.send(peer, message::kVersion, encode_version(PeerBench::version_message()));
    peer->received.clear();
    bench.send(peer, message::kPing, encode_u64(7));
    bench.mine();
    bench.pass(2s);
    EXPECT_TRUE(peer->received.empty());
    EXPECT_TRUE(bench.logged("Unsupported message \"ping\" prior to verack from peer=0"));
}

TEST(Session, FeatureMessagesAfterVerackEndTheConversation)
{
    for (const auto type : {message::kWtxidRelay, message::kSendAddrV2}) {
        PeerBench bench;
        auto* peer = bench.ready_inbound();
        EXPECT_FALSE(peer->disconnected);
        bench.send(peer, type);
        EXPECT_TRUE(peer->disconnected) << type;
    }
}

TEST(Session, RepeatedVersionAndVerackAreIgnored)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    auto other = PeerBench::version_message();
    other.user_agent = "/other/";
    bench.send(peer, message::kVersion, encode_version(other));
    bench.send(peer, message::kVerack);
    EXPECT_FALSE(peer->disconnected);
    EXPECT_EQ(bench.stats(peer).user_agent, "/test/");
}

TEST(Session, AConnectionToOurselvesIsClosed)
{
    PeerBench bench;
    auto* out = bench.dial(ConnectionType::kManual);
    auto mine = decode_version(out->received[0].payload);
    auto* in = bench.accept();
    bench.send(in, message::kVersion, encode_version(*mine));
    EXPECT_TRUE(in->disconnected);
}

TEST(Session, OutboundPeersMustOfferServices)
{
    PeerBench bench;
    auto version = PeerBench::version_message();
    version.services = kNodeNetwork;
    auto* outbound = bench.dial(ConnectionType::kFullOutbound, 1);
    bench.handshake(outbound, version);
    EXPECT_TRUE(outbound->disconnected);
    auto* manual = bench.dial(ConnectionType::kManual, 2);
    bench.handshake(manual, version);
    EXPECT_FALSE(manual->disconnected);
    auto* inbound = bench.accept(3);
    bench.handshake(inbound, version);
    EXPECT_FALSE(inbound->disconnected);
}

TEST(Session, AFeelerIsClosedOnceItAnswered)
{
    PeerBench bench;
    auto* feeler = bench.dial(ConnectionType::kFeeler);
    bench.send(feeler, message::kVersion, encode_version(PeerBench::version_message()));
    EXPECT_TRUE(feeler->disconnected);
}

TEST(Session, PingIsAnsweredWithItsNonce)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kPing, encode_u64(0x1234));
    EXPECT_EQ(PeerBench::last(peer, "pong")->payload, encode_u64(0x1234));
}

TEST(Session, PongsAreMeasuredAndProblemsNamed)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    bench.tick();
    const Bytes nonce = PeerBench::last(peer, "ping")->payload;
    bench.send(peer, message::kPong, Bytes(1));
    EXPECT_TRUE(bench.logged("pong peer=0: Short payload"));
    bench.engine.ping_all();
    bench.tick();
    const Bytes second = PeerBench::last(peer, "ping")->payload;
    EXPECT_NE(second, nonce);
    bench.send(peer, message::kPong, encode_u64(1));
    EXPECT_TRUE(bench.logged("pong peer=0: Nonce mismatch"));
    bench.now += 3s;
    EXPECT_EQ(bench.stats(peer).ping_wait, Duration{3s});
    bench.send(peer, message::kPong, second);
    EXPECT_EQ(bench.stats(peer).ping, Duration{3s});
    EXPECT_EQ(bench.stats(peer).minimum_ping, Duration{3s});
    EXPECT_FALSE(bench.stats(peer).ping_wait);
    bench.send(peer, message::kPong, second);
    EXPECT_TRUE(bench.logged("pong peer=0: Unsolicited pong without ping"));
    EXPECT_FALSE(peer->disconnected);
}

TEST(Session, PingsGoOutEveryTwoMinutesAndTimeOutAfterTwenty)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    bench.tick();
    EXPECT_EQ(PeerBench::count(peer, "ping"), 1u);
    bench.send(peer, message::kPong, PeerBench::last(peer, "ping")->payload);
    bench.pass(2min, 1s);
    EXPECT_EQ(PeerBench::count(peer, "ping"), 1u);
    bench.pass(1s);
    EXPECT_EQ(PeerBench::count(peer, "ping"), 2u);
    for (int i = 0; i < 19; ++i) {  // it says something, but no pong
        bench.now += 1min;
        bench.send(peer, message::kPing, encode_u64(1));
    }
    EXPECT_FALSE(peer->disconnected);
    bench.now += 1min + 1s;
    bench.send(peer, message::kPing, encode_u64(1));
    EXPECT_TRUE(peer->disconnected);
    EXPECT_TRUE(bench.logged("ping timeout: 1201"));
}

TEST(Session, HandshakeTimeouts)
{
    EngineOptions options = bench_options();
    options.peer_timeout = 3s;
    PeerBench bench(options);
    auto* no_verack = bench.accept(1);
    bench.send(no_verack, message::kVersion, encode_version(PeerBench::version_message()));
    auto* no_version = bench.accept(2);
    bench.send(no_version, message::kPing, encode_u64(1));
    auto* silent = bench.accept(3);
    bench.now += 3s;
    bench.tick();
    for (auto* peer : {no_verack, no_version, silent}) EXPECT_FALSE(peer->disconnected);
    bench.now += 1us;
    bench.tick();
    for (auto* peer : {no_verack, no_version, silent}) EXPECT_TRUE(peer->disconnected);
    EXPECT_TRUE(bench.logged("version handshake timeout, disconnecting peer=0"));
    EXPECT_TRUE(bench.logged("socket no message in first 3 seconds, never sent to peer, disconnecting peer=1"));
    EXPECT_TRUE(bench.logged(
        "socket no message in first 3 seconds, never received from peer, never sent to peer, disconnecting peer=2"));
}

TEST(Session, FilterMessagesAreNotOffered)
{
    for (const auto type : {message::kFilterLoad, message::kFilterAdd, message::kFilterClear, message::kGetCFilters,
                            message::kGetCFHeaders, message::kGetCFCheckpt, message::kMempool}) {
        PeerBench bench;
        auto* peer = bench.ready_inbound();
        bench.send(peer, type, Bytes(40));
        EXPECT_TRUE(peer->disconnected) << type;
    }
}

TEST(Session, UnknownAndCompactBlockMessagesAreIgnored)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    for (const std::string_view type : {"nonsense", "cmpctblock", "getblocktxn", "blocktxn", "merkleblock"}) {
        bench.send(peer, type, Bytes(100));
    }
    bench.send(peer, message::kSendCmpct, encode_sendcmpct({1, 2}));
    EXPECT_TRUE(bench.stats(peer).bip152_hb_from);
    EXPECT_FALSE(peer->disconnected);
    EXPECT_EQ(bench.stats(peer).bytes_received_per_message.at("*other*"), 124u);
    bench.send(peer, message::kSendCmpct, encode_sendcmpct({2, 2}));
    EXPECT_TRUE(peer->disconnected);
}

TEST(Session, LogsAddressesOnlyWhereItMay)
{
    for (const bool allowed : {false, true}) {
        EngineOptions options = bench_options();
        options.log_addresses = allowed;
        PeerBench bench(std::move(options));
        bench.ready_inbound(5);
        EXPECT_TRUE(bench.engine.ban(Subnet::parse("20.5.0.0/16").value(), kBenchStart + 100, bench.now));
        bench.carry_out();
        EXPECT_EQ(bench.accept(5), nullptr);
        EXPECT_TRUE(bench.logged("peer connected: transport: v1, version: 70016, peer=0"));
        EXPECT_TRUE(bench.logged("dropped (banned)"));
        EXPECT_EQ(bench.logged("20.5.0.1"), allowed);
        EXPECT_EQ(bench.logged("peer=0, peeraddr=20.5.0.1:30000"), allowed);
        EXPECT_EQ(bench.logged("connection from 20.5.0.1:30001 dropped"), allowed);
    }
}

TEST(Connections, BannedAddressesAreRefusedUnlessNoBan)
{
    PeerBench bench;
    auto* peer = bench.accept(5);
    EXPECT_TRUE(bench.engine.ban(Subnet::parse("20.5.0.0/16").value(), kBenchStart + 100, bench.now));
    bench.carry_out();
    EXPECT_TRUE(peer->disconnected);
    EXPECT_FALSE(bench.engine.ban(Subnet::parse("20.5.0.0/16").value(), kBenchStart + 200, bench.now));
    EXPECT_EQ(bench.accept(5), nullptr);
    EXPECT_NE(bench.accept(5, kPermissionNoBan), nullptr);
    EXPECT_NE(bench.accept(6), nullptr);
    bench.now += 100s;
    EXPECT_NE(bench.accept(5), nullptr);
    EXPECT_TRUE(bench.engine.bans(bench.now).empty());
}

TEST(Bans, OfASubnetConcernItsAddresses)
{
    PeerBench bench;
    const auto now = bench.now;
    ASSERT_TRUE(bench.engine.ban(*Subnet::parse("20.1.0.0/16"), unix_seconds(now) + 10, now));
    EXPECT_TRUE(bench.engine.is_banned(*NetAddress::parse("20.1.2.3"), now));
    EXPECT_FALSE(bench.engine.is_banned(*NetAddress::parse("20.2.2.3"), now));
    EXPECT_FALSE(bench.engine.is_banned(*NetAddress::parse("20.1.2.3"), now + 10s));
}

}  // namespace
}  // namespace cairn::protocol::test
