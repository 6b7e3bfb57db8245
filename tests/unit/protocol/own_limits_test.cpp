// Every bound of what the node itself keeps and sends, at the bound and one over.

#include <algorithm>

#include "peer_bench.h"
#include "protocol/tx_relay.h"

namespace cairn::protocol::test {
namespace {

/// Transaction relay alone, with one peer.
struct RelayBench {
    FakeChain chain;
    FakeMempool mempool;
    FakeRules rules;
    SeededRandom random{1};
    Context context{bench_options(), chain, mempool, rules, random, from_unix(kBenchStart)};
    TxRelay relay{context};
    Peer& peer = add_peer();
    std::set<Wtxid>& queue = peer.tx_relay->to_send;

    Peer& add_peer()
    {
        auto owned = std::make_unique<Peer>(1, ConnectionType::kInbound, network_info(Network::kRegtest).magic);
        owned->tx_relay = std::make_unique<TxRelayState>(random);
        owned->tx_relay->relay = true;
        owned->tx_relay->next_send = context.now + 1h;
        owned->handshake.wtxid_relay = true;
        return *context.peers.emplace(1, std::move(owned)).first->second;
    }
    /// Names in their order, of transactions that are not there: the filter of what the peer knows is not asked to
    /// remember them.
    void fill_up(std::size_t size)
    {
        for (std::uint32_t i = 0; queue.size() < size; ++i) {
            Wtxid wtxid;
            for (std::size_t byte = 0; byte < 4; ++byte) wtxid.value.bytes[31 - byte] = std::byte(i >> 8 * byte & 255);
            queue.insert(wtxid);
        }
    }
    /// How many the peer is told of when the time has come.
    std::size_t batch()
    {
        context.now += 1h;
        peer.tx_relay->next_send = context.now - 1s;
        context.actions.clear();
        relay.maintain(peer);
        TransportV1 transport(network_info(Network::kRegtest).magic);
        std::vector<Received> messages;
        for (const Action& action : context.actions) transport.receive(std::get<Send>(action).bytes, messages);
        const auto inv = std::ranges::find(messages, message::kInv, &Received::type);
        return inv == messages.end() ? 0 : decode_inventory(inv->payload)->items.size();
    }
};

TEST(OwnLimits, AnnouncementsToBeSent)
{
    RelayBench bench;
    bench.fill_up(kMaxTransactionsToSend - 1);
    for (std::uint8_t i = 0; i < 2; ++i) {
        Wtxid wtxid;
        wtxid.value.bytes[0] = std::byte(i + 1);
        bench.relay.announce(Txid{}, wtxid);
        EXPECT_EQ(bench.queue.size(), kMaxTransactionsToSend);
        EXPECT_EQ(bench.queue.contains(wtxid), i == 0);
    }
}

TEST(OwnLimits, TransactionsToldAtATime)
{
    RelayBench bench;
    for (std::uint64_t i = 0; i < 3 * kBroadcastMax; ++i) {
        const TransactionRef tx = make_spend(Txid{}, 0, i);
        bench.mempool.add(tx);
        bench.queue.insert(tx->wtxid);
    }
    // Five more for each thousand that wait, up to the bound.
    const std::size_t at = (kBroadcastMax - kBroadcastTarget) / 5 * 1000;
    bench.fill_up(at + kBroadcastMax);
    EXPECT_EQ(bench.batch(), kBroadcastMax) << "one step over";
    ASSERT_EQ(bench.queue.size(), at);
    EXPECT_EQ(bench.batch(), kBroadcastMax) << "at the bound";
    EXPECT_EQ(bench.batch(), kBroadcastMax - 5);
}

TEST(OwnLimits, Feelers)
{
    EngineOptions options = bench_options();
    options.connect_given = false;
    options.peer_timeout = 10h;
    PeerBench bench(options);
    std::vector<PeerAddress> addresses(100);
    for (std::uint8_t i = 0; i < 100; ++i) {
        addresses[i] = {{NetAddress::ipv4({static_cast<std::uint8_t>(40 + i), 1, 0, 1}), 18444},
                        kNodeNetwork | kNodeWitness,
                        bench.now - 1h};
    }
    bench.engine.addresses().add(addresses, *NetAddress::parse("8.8.8.8"), Duration{0}, bench.now);
    const auto feelers = [&] {
        return std::ranges::count(bench.engine.peers(bench.now), ConnectionType::kFeeler, &PeerStats::connection_type);
    };
    // They are taken, and say nothing: a feeler that does not answer stays.
    for (int i = 0; i < 120; ++i) {
        bench.pass(15s, 1s);
        while (!bench.connects.empty()) bench.dialled();
        ASSERT_LE(feelers(), kMaxFeelers);
    }
    ASSERT_EQ(feelers(), kMaxFeelers);
    EXPECT_FALSE(bench.engine.connect_to("30.1.0.1:18444", ConnectionType::kFeeler, bench.now));
}

TEST(OwnLimits, AnswersKeptForThoseWhoAskForAddresses)
{
    PeerBench bench;
    for (std::uint8_t i = 0; i < 200; ++i) {
        const PeerAddress address{{NetAddress::ipv4({50, i, 1, 1}), 8333}, kNodeNetwork, bench.now};
        bench.engine.addresses().add(std::span{&address, 1}, *NetAddress::parse("8.8.8.8"), Duration{0}, bench.now);
    }
    // What a new peer is told at this socket of ours: the same as others before, as long as the answer is kept.
    std::uint16_t next_port = 1;
    const auto ask = [&](std::size_t socket) {
        const Endpoint from{NetAddress::ipv4({20, 1, 0, 1}), next_port++};
        const Endpoint here{NetAddress::ipv4({127, 0, 0, 1}), static_cast<std::uint16_t>(1000 + socket)};
        auto* peer = bench.accept(from, kPermissionNone, here);
        bench.handshake(peer);
        bench.send(peer, message::kGetAddr);
        const auto* sent = PeerBench::last(peer, message::kAddrV2);
        EXPECT_NE(sent, nullptr);
        bench.engine.disconnect(peer->id);
        return sent == nullptr ? Bytes{} : sent->payload;
    };
    const Bytes oldest = ask(0);
    bench.now += kAddressCacheSpread + 1s;
    const Bytes second = ask(1);
    for (std::size_t socket = 2; socket < kMaxAddressCaches; ++socket) ask(socket);
    EXPECT_EQ(ask(0), oldest);
    ask(kMaxAddressCaches);
    EXPECT_EQ(ask(1), second);
    EXPECT_NE(ask(0), oldest) << "the one over has taken its place";
}

TEST(OwnLimits, AddressesSavedUp)
{
    PeerBench bench;
    auto* peer = bench.ready_inbound();
    std::vector<PeerAddress> addresses(kMaxAddresses);
    for (auto& a : addresses) a = {{NetAddress::ipv4({50, 1, 1, 1}), 8333}, kNodeNetwork, bench.now};
    ASSERT_EQ(kAddressBucket, kMaxAddresses);
    bench.send(peer, message::kAddr, encode_addr(std::span{addresses}.first(1)));  // its connection's first
    for (int i = 0; i < 36; ++i) {  // six hours: twice what fills the bucket
        bench.pass(10min, 10min);
        bench.send(peer, message::kPing, encode_u64(1));
        if (const auto* ping = PeerBench::last(peer, "ping")) bench.send(peer, message::kPong, ping->payload);
    }
    bench.send(peer, message::kAddr, encode_addr(addresses));
    EXPECT_EQ(bench.stats(peer).addr_processed, 1 + kMaxAddresses);
    EXPECT_EQ(bench.stats(peer).addr_rate_limited, 0u);
    bench.send(peer, message::kAddr, encode_addr(std::span{addresses}.first(1)));
    EXPECT_EQ(bench.stats(peer).addr_processed, 1 + kMaxAddresses);
    EXPECT_EQ(bench.stats(peer).addr_rate_limited, 1u);
}

TEST(OwnLimits, SendersRememberedOfBlocksWithoutAVerdict)
{
    for (const std::size_t others : {kMaxBlockSources - 1, kMaxBlockSources}) {
        PeerBench bench;
        bench.mine(2);
        bench.answer = false;
        const BlockHeader tip = bench.chain.block_header(bench.chain.tip());
        auto* first = bench.ready_inbound(1);
        auto* other = bench.ready_inbound(2);
        const auto give = [&](PeerBench::Remote* peer, std::uint64_t tag) {
            const BlockRef block = make_block(tip, 1'700'000'500, tag);
            bench.send(peer, message::kBlock, block->raw);
            bench.engine.on_block_result(peer->id, block->hash, {true, BlockVerdict::kValid, ""}, bench.now);
            return block->hash;
        };
        const BlockHash bad = give(first, 1);
        for (std::size_t i = 0; i < others; ++i) give(other, 2 + i);
        ASSERT_EQ(bench.blocks.size(), 1 + others);
        bench.engine.on_block_checked(bad, BlockVerdict::kConsensus, "bad-cb-amount", bench.now);
        bench.carry_out();
        EXPECT_EQ(first->disconnected, others < kMaxBlockSources);
    }
}

}  // namespace
}  // namespace cairn::protocol::test
