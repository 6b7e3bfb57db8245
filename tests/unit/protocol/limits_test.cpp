// Every bound of what a peer may send, at the bound and one over.

#include <algorithm>

#include "peer_bench.h"

namespace cairn::protocol::test {
namespace {

std::vector<Inventory> inventory(std::size_t count, InvType type = InvType::kWtx)
{
    std::vector<Inventory> items(count);
    for (std::size_t i = 0; i < count; ++i) {
        items[i].type = type;
        items[i].hash.bytes[0] = std::byte(i & 0xff);
        items[i].hash.bytes[1] = std::byte(i >> 8 & 0xff);
        items[i].hash.bytes[2] = std::byte(i >> 16 & 0xff);
    }
    return items;
}

/// A transaction of which the result is awaited: what follows of this peer waits until go_on.
void hold_up(PeerBench& bench, PeerBench::Remote* peer)
{
    bench.send(peer, message::kTx, make_spend(Txid{}, 0, 1)->raw);
}

void go_on(PeerBench& bench, PeerBench::Remote* peer)
{
    const Wtxid& wtxid = bench.transactions.back().transaction->wtxid;
    bench.engine.on_transaction_result(peer->id, wtxid, {TxVerdict::kInvalid, ""}, bench.now);
    bench.carry_out();
}

void expect_tolerated(std::string_view type, const Bytes& payload, bool tolerated)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    bench.send(peer, type, payload);
    EXPECT_EQ(!peer->disconnected, tolerated) << type << " of " << payload.size() << " bytes";
    // Misbehaviour is remembered by address; at the bound nothing is.
    EXPECT_EQ(bench.logged("Misbehaving"), !tolerated);
}

TEST(Limits, Inv)
{
    expect_tolerated(message::kInv, encode_inventory(inventory(kMaxInventory)), true);
    expect_tolerated(message::kInv, encode_inventory(inventory(kMaxInventory + 1)), false);
}

TEST(Limits, GetData)
{
    expect_tolerated(message::kGetData, encode_inventory(inventory(kMaxInventory)), true);
    expect_tolerated(message::kGetData, encode_inventory(inventory(kMaxInventory + 1)), false);
}

TEST(Limits, Addr)
{
    std::vector<PeerAddress> addresses(kMaxAddresses);
    for (auto& a : addresses) a.endpoint = {NetAddress::ipv4({50, 1, 1, 1}), 8333};
    expect_tolerated(message::kAddr, encode_addr(addresses), true);
    expect_tolerated(message::kAddrV2, encode_addrv2(addresses), true);
    addresses.push_back(addresses.front());
    expect_tolerated(message::kAddr, encode_addr(addresses), false);
    expect_tolerated(message::kAddrV2, encode_addrv2(addresses), false);
}

std::vector<BlockHeader> header_chain(const FakeChain& chain, std::size_t count)
{
    std::vector<BlockHeader> headers;
    BlockHeader header = chain.block_header(chain.tip());
    for (std::size_t i = 0; i < count; ++i) {
        header.previous = header.hash();
        header.nonce = static_cast<std::uint32_t>(i + 1);
        header.bits = kNormalBits;
        headers.push_back(header);
    }
    return headers;
}

TEST(Limits, Headers)
{
    FakeChain chain;
    expect_tolerated(message::kHeaders, encode_headers(header_chain(chain, kMaxHeaders)), true);
    expect_tolerated(message::kHeaders, encode_headers(header_chain(chain, kMaxHeaders + 1)), false);
}

TEST(Limits, HeadersMustConnectAndCarryWork)
{
    FakeChain chain;
    auto headers = header_chain(chain, 10);
    expect_tolerated(message::kHeaders, encode_headers(headers), true);
    std::swap(headers[4], headers[5]);
    expect_tolerated(message::kHeaders, encode_headers(headers), false);
    headers = header_chain(chain, 10);
    headers.back().nonce = kBadNonce;
    expect_tolerated(message::kHeaders, encode_headers(headers), false);
}

TEST(Limits, Locators)
{
    for (const auto type : {message::kGetHeaders, message::kGetBlocks}) {
        PeerBench bench;
        auto* peer = bench.ready_inbound();
        LocatorMessage locator;
        locator.have.resize(kMaxLocator);
        bench.send(peer, type, encode_locator(locator));
        EXPECT_FALSE(peer->disconnected);
        locator.have.resize(kMaxLocator + 1);
        bench.send(peer, type, encode_locator(locator));
        EXPECT_TRUE(peer->disconnected);
        EXPECT_FALSE(bench.logged("Misbehaving"));  // disconnected, not discouraged
    }
}

TEST(Limits, TransactionAnnouncements)
{
    PeerBench bench;
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kInv, encode_inventory(inventory(kMaxTxAnnouncements)));
    bench.pass(3s);
    EXPECT_EQ(PeerBench::items(peer, "getdata").size(), kMaxTxAnnouncements);
    PeerBench second;
    peer = second.ready_inbound();
    second.send(peer, message::kInv, encode_inventory(inventory(kMaxTxAnnouncements + 1)));
    second.pass(3s);
    EXPECT_EQ(PeerBench::items(peer, "getdata").size(), kMaxTxAnnouncements);  // one more is not remembered
    for (const auto& m : peer->received) {
        if (m.type != "getdata") continue;
        EXPECT_LE(decode_inventory(m.payload)->count, kMaxGetData);
    }
}

TEST(Limits, RequestsInFlightDelayMore)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kInv, encode_inventory(inventory(kMaxTxRequestsInFlight)));
    bench.pass(2100ms);
    ASSERT_EQ(PeerBench::items(peer, "getdata").size(), kMaxTxRequestsInFlight);
    Hash256 one_more;
    one_more.bytes[31] = std::byte{1};
    bench.inv(peer, InvType::kWtx, one_more);
    bench.pass(2100ms);  // an inbound peer's ordinary delay
    EXPECT_EQ(PeerBench::items(peer, "getdata").size(), kMaxTxRequestsInFlight);
    bench.pass(2s);  // and that of an overloaded one
    EXPECT_EQ(PeerBench::items(peer, "getdata").size(), kMaxTxRequestsInFlight + 1);
}

TEST(Limits, ReceiveBufferPausesReading)
{
    EngineOptions options = bench_options();
    options.receive_buffer = 1000;
    PeerBench bench(options);
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    hold_up(bench, peer);
    ASSERT_EQ(bench.transactions.size(), 1u);
    const Bytes ping = peer->transport.encode("ping", encode_u64(1));
    std::size_t queued = 0;
    while (queued + ping.size() <= 1000) {
        bench.send_bytes(peer, ping);
        queued += ping.size();
        EXPECT_TRUE(peer->reading);
    }
    bench.send_bytes(peer, ping);
    EXPECT_FALSE(peer->reading);
    go_on(bench, peer);
    EXPECT_TRUE(peer->reading);
    EXPECT_EQ(PeerBench::count(peer, "pong"), queued / ping.size() + 1);
}

TEST(Limits, SendBufferPausesTheConversation)
{
    EngineOptions options = bench_options();
    options.send_buffer = 200;
    PeerBench bench(options);
    auto* peer = bench.ready_inbound();
    peer->reports_sent = false;
    for (int i = 0; i < 20; ++i) bench.send(peer, message::kPing, encode_u64(1));
    const std::size_t answered = PeerBench::count(peer, "pong");
    EXPECT_LT(answered, 20u);
    EXPECT_GE(peer->unreported, 200u);
    EXPECT_LE(peer->unreported, 300u);
    peer->reports_sent = true;
    bench.engine.on_sent(peer->id, peer->unreported, bench.now);
    bench.carry_out();
    EXPECT_EQ(PeerBench::count(peer, "pong"), 20u);
}

TEST(Limits, MisbehaviourDiscouragesTheAddress)
{
    PeerBench bench;
    auto* bad = bench.ready_inbound(9);
    auto* sibling = bench.accept(Endpoint{NetAddress::ipv4({20, 9, 0, 1}), 4});
    auto* stranger = bench.ready_inbound(10);
    bench.send(bad, message::kInv, encode_inventory(inventory(kMaxInventory + 1)));
    EXPECT_TRUE(bad->disconnected);
    EXPECT_TRUE(sibling->disconnected);
    EXPECT_FALSE(stranger->disconnected);
}

TEST(Limits, NoBanAndManualPeersAreSpared)
{
    PeerBench bench;
    auto* noban = bench.ready_inbound(1, kPermissionNoBan);
    bench.send(noban, message::kInv, encode_inventory(inventory(kMaxInventory + 1)));
    EXPECT_FALSE(noban->disconnected);
    auto* manual = bench.dial(ConnectionType::kManual, 2);
    bench.handshake(manual);
    bench.send(manual, message::kInv, encode_inventory(inventory(kMaxInventory + 1)));
    EXPECT_FALSE(manual->disconnected);
    bench.send(manual, message::kPing, encode_u64(3));  // and the conversation goes on
    EXPECT_EQ(PeerBench::count(manual, "pong"), 1u);
}

TEST(Limits, LocalAddressesAreDisconnectedButNotDiscouraged)
{
    PeerBench bench;
    const Endpoint local{NetAddress::ipv4({127, 0, 0, 1}), 5};
    auto* bad = bench.accept(local);
    bench.handshake(bad);
    auto* other = bench.accept(Endpoint{local.address, 6});
    bench.send(bad, message::kInv, encode_inventory(inventory(kMaxInventory + 1)));
    EXPECT_TRUE(bad->disconnected);
    EXPECT_FALSE(other->disconnected);
}

TEST(Limits, QueuedMessagesPauseReading)
{
    PeerBench bench;
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    hold_up(bench, peer);
    const Bytes ping = peer->transport.encode("ping", encode_u64(1));
    Bytes pings;
    for (std::size_t i = 0; i < kMaxQueuedMessages; ++i) pings.insert(pings.end(), ping.begin(), ping.end());
    ASSERT_LT(pings.size(), kDefaultReceiveBuffer);
    bench.send_bytes(peer, pings);
    EXPECT_TRUE(peer->reading);
    bench.send_bytes(peer, ping);
    EXPECT_FALSE(peer->reading);
    go_on(bench, peer);
    EXPECT_TRUE(peer->reading);
}

TEST(Limits, NotFound)
{
    for (const std::size_t count : {kMaxNotFound, kMaxNotFound + 1}) {
        PeerBench bench;
        auto* first = bench.dial(ConnectionType::kManual, 1);
        auto* second = bench.dial(ConnectionType::kManual, 2);
        bench.handshake(first);
        bench.handshake(second);
        const auto missing = inventory(count);
        for (auto* peer : {first, second}) bench.inv(peer, InvType::kWtx, missing[0].hash);
        ASSERT_EQ(PeerBench::count(second, "getdata"), 0u);
        bench.send(first, message::kNotFound, encode_inventory(missing));
        bench.tick();
        EXPECT_EQ(PeerBench::count(second, "getdata"), count == kMaxNotFound ? 1u : 0u);
        EXPECT_FALSE(first->disconnected);
    }
}

TEST(Limits, OutboundPeersProtectedForTheirChain)
{
    PeerBench bench;
    bench.mine(5);
    const BlockHeader tip = bench.chain.block_header(bench.chain.tip());
    std::vector<PeerBench::Remote*> peers;
    for (int i = 0; i <= kMaxProtectedOutbound; ++i) {
        peers.push_back(bench.dial(ConnectionType::kFullOutbound, static_cast<std::uint8_t>(1 + i)));
        bench.handshake(peers.back());
        bench.send(peers.back(), message::kHeaders, encode_headers(std::span{&tip, 1}));
    }
    bench.mine(5);  // none of them follows
    for (int i = 0; i < 5 * 30; ++i) {
        bench.pass(10s, 10s);
        for (auto* peer : peers) {
            if (peer->disconnected) continue;
            bench.send(peer, message::kPing, encode_u64(1));
            if (const auto* ping = PeerBench::last(peer, "ping")) bench.send(peer, message::kPong, ping->payload);
        }
    }
    EXPECT_EQ(std::ranges::count(peers, true, &PeerBench::Remote::disconnected), 1);
    EXPECT_TRUE(peers.back()->disconnected) << "the first ones are protected";
}

TEST(Limits, PeersAskedForABlock)
{
    PeerBench bench;
    bench.mine(2);
    const auto headers = header_chain(bench.chain, 1);
    std::vector<PeerBench::Remote*> peers;
    for (std::uint8_t i = 0; i <= kMaxRequestersPerBlock; ++i) {
        peers.push_back(bench.dial(ConnectionType::kManual, static_cast<std::uint8_t>(1 + i)));
        bench.handshake(peers.back());
        bench.send(peers.back(), message::kHeaders, encode_headers(headers));
    }
    const auto asked = [&] {
        return std::ranges::count_if(peers, [](const auto* p) { return PeerBench::count(p, "getdata") > 0; });
    };
    EXPECT_EQ(asked(), 1);
    bench.pass(2 * kTakeoverMax, 1s);
    EXPECT_EQ(asked(), static_cast<std::ptrdiff_t>(kMaxRequestersPerBlock)) << "one has taken over, no third";
}

/// Blocks of about 3.9 million bytes: one of a peer may await its verdict, and sixteen of all.
TEST(Limits, BytesOfBlocksAwaitingTheirVerdict)
{
    PeerBench bench;
    bench.mine(2);
    bench.answer = false;
    const BlockHeader tip = bench.chain.block_header(bench.chain.tip());
    const auto large = [&](std::size_t bytes) {
        const std::size_t padding = bytes - make_block(tip, 1'700'000'500, 1, {}, 100'000)->raw.size() + 100'000;
        return make_block(tip, 1'700'000'500, 1, {}, padding);
    };
    // Of one peer: the second block fits, or does not.
    for (const std::size_t excess : {0u, 1u}) {
        PeerBench one;
        one.mine(2);
        one.answer = false;
        auto* peer = one.ready_inbound();
        for (const BlockRef& block : {large(3'900'000), large(kMaxSubmittedBlockBytes - 3'900'000 + excess)}) {
            one.chain.add_headers(std::span{&block->header, 1});
            one.send(peer, message::kBlock, block->raw);
        }
        EXPECT_EQ(one.blocks.size(), 2 - excess);
    }
    // Of all.
    const std::size_t size = 3'900'000;
    const std::size_t room = kMaxProcessingBytes / size;
    const BlockRef filler = large(size);
    for (std::size_t i = 0; i < room; ++i) {
        bench.send(bench.ready_inbound(static_cast<std::uint8_t>(1 + i)), message::kBlock, filler->raw);
    }
    ASSERT_EQ(bench.blocks.size(), room);
    auto* over = bench.ready_inbound(100);
    bench.send(over, message::kBlock, large(kMaxProcessingBytes - room * size + 1)->raw);
    EXPECT_EQ(bench.blocks.size(), room);
    bench.send(bench.ready_inbound(101), message::kBlock, large(kMaxProcessingBytes - room * size)->raw);
    EXPECT_EQ(bench.blocks.size(), room + 1);
    bench.answer_block(bench.blocks[0]);
    bench.pass(1s);
    EXPECT_EQ(bench.blocks.size(), room + 2) << "it was only put off";
}

}  // namespace
}  // namespace cairn::protocol::test
