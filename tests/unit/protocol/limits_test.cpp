// Every bound of what a peer may send, at the bound and one over.

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
    const TransactionRef tx = make_spend(Txid{}, 0, 1);
    bench.send(peer, message::kTx, tx->raw);  // its result is awaited: what follows waits
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
    bench.engine.on_transaction_result(peer->id, tx->wtxid, {TxVerdict::kInvalid, ""}, bench.now);
    bench.carry_out();
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

}  // namespace
}  // namespace cairn::protocol::test
