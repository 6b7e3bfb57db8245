// The peer-to-peer side over a real chain and mempool, with a peer on loopback that the test plays.

#include "services/peer_service.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "../chain/chain_fixture.h"
#include "consensus/script/signature_verifier.h"
#include "protocol/transport.h"
#include "services/mempool_bridge.h"

namespace cairn::services {
namespace {

using boost::asio::ip::tcp;
using chain::BlockResult;
using chain::test::kRequested;

/// A peer to which the node connects.
class Peer {
public:
    Peer() : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}), socket_(io_) {}

    std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
    void shake_hands()
    {
        acceptor_.accept(socket_);
        wait_for("version");
        protocol::VersionMessage version;
        version.version = protocol::kProtocolVersion;
        version.services = protocol::kNodeNetwork | protocol::kNodeWitness | protocol::kNodeNetworkLimited;
        version.user_agent = "/test/";
        version.start_height = 3;
        send("version", protocol::encode_version(version));
        send("verack");
        wait_for("verack");
    }
    void send(std::string_view type, ByteSpan payload = {})
    {
        boost::asio::write(socket_, boost::asio::buffer(transport_.encode(type, payload)));
    }
    /// False if the connection ends before.
    bool wait_for(std::string_view type)
    {
        while (received_[std::string(type)] == 0) {
            if (!read()) return false;
        }
        --received_[std::string(type)];
        return true;
    }
    /// All that was sent before has taken effect.
    bool ping()
    {
        send("ping", Bytes(8));
        return wait_for("pong");
    }
    int received(const std::string& type) { return received_[type]; }
    /// The first of the latest inv.
    Hash256 last_inventory() const { return inventory_; }
    bool wait_for_end()
    {
        while (read()) {
        }
        return true;
    }

private:
    bool read()
    {
        std::array<std::byte, 65536> bytes;
        boost::system::error_code error;
        const auto size = socket_.read_some(boost::asio::buffer(bytes), error);
        if (error) return false;
        std::vector<protocol::Received> messages;
        EXPECT_TRUE(transport_.receive(ByteSpan{bytes}.first(size), messages));
        for (const auto& message : messages) {
            ++received_[message.type];
            if (message.type == "inv") inventory_ = protocol::decode_inventory(message.payload)->items.at(0).hash;
        }
        return true;
    }

    boost::asio::io_context io_;
    tcp::acceptor acceptor_;
    tcp::socket socket_;
    protocol::TransportV1 transport_{protocol::network_info(Network::kRegtest).magic};
    std::map<std::string, int> received_;
    Hash256 inventory_;
};

/// The node's clock, at which the network thread can be held: it asks for the time before all it does.
class HoldingClock final : public base::Clock {
public:
    explicit HoldingClock(const base::Clock& clock) : clock_(clock) {}
    base::Time now() const override
    {
        if (base::thread_name() == "net") {
            std::unique_lock lock(mutex_);
            held_ = hold_;
            changed_.notify_all();
            changed_.wait(lock, [&] { return !hold_; });
            held_ = false;
        }
        return clock_.now();
    }
    base::SteadyTime steady_now() const override { return clock_.steady_now(); }
    /// Returns when the thread is held.
    void hold()
    {
        std::unique_lock lock(mutex_);
        hold_ = true;
        changed_.wait(lock, [&] { return held_; });
    }
    void release()
    {
        const std::lock_guard lock(mutex_);
        hold_ = false;
        changed_.notify_all();
    }

private:
    const base::Clock& clock_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool hold_ = false;
    mutable bool held_ = false;
};

class PeerServiceTest : public testing::Test {
protected:
    PeerServiceTest()
    {
        // Young enough a chain that blocks are fetched at once.
        node.clock.set(base::Time{std::chrono::seconds{node.genesis().header.time + 4 * 600}});
        node.start();
        mempool_chain.set(node.chain());
    }
    protocol::EngineOptions engine_options() const
    {
        protocol::EngineOptions options;
        options.network = protocol::network_info(Network::kRegtest);
        options.user_agent = "/services/";
        options.dns_seed = false;
        options.connect_given = true;
        return options;
    }
    PeerService& make(net::SocketOptions sockets = {}, std::optional<protocol::EngineOptions> options = std::nullopt)
    {
        PeerService::Parts parts{.chain = node.chain(),
                                 .mempool = mempool,
                                 .events = node.events,
                                 .clock = clock,
                                 .random = node.random,
                                 .files = *node.files,
                                 .folder = node.options.folder,
                                 .on_failure = [](std::string_view, std::exception_ptr failure) {
                                     ADD_FAILURE() << base::describe(std::move(failure));
                                 }};
        parts.event_bound = event_bound;
        service =
            std::make_unique<PeerService>(std::move(parts), options.value_or(engine_options()), std::move(sockets));
        return *service;
    }
    void connect(Peer& peer)
    {
        ASSERT_TRUE(make().start());
        ASSERT_TRUE(service->control().add_connection(peer.address(), "outbound-full-relay", false));
        peer.shake_hands();
    }
    static chain::test::Miner::Plan greedy()
    {
        chain::test::Miner::Plan plan;
        plan.claim_more = Amount{1};
        return plan;
    }
    static void send_headers(Peer& peer, const std::vector<BlockRef>& blocks)
    {
        std::vector<BlockHeader> headers;
        for (const auto& block : blocks) headers.push_back(block->header);
        peer.send("headers", protocol::encode_headers(headers));
        ASSERT_TRUE(peer.wait_for("getdata"));
    }

    chain::test::TestChain node;
    HoldingClock clock{node.clock};
    events::QueueBound event_bound;
    consensus::ImmediateVerifier verifier;
    MempoolChain mempool_chain;
    MempoolEvents mempool_events{node.events};
    mempool::Mempool mempool{{}, mempool_chain, verifier, mempool_events, {1, 2}};
    std::unique_ptr<PeerService> service;
};

TEST_F(PeerServiceTest, AStoredBlockThatProvesInvalidCostsItsSender)
{
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 2));
    const BlockRef b1 = node.miner.mine(node.genesis(), 1);
    const BlockRef b2 = node.miner.mine(*b1, 2, greedy());
    const BlockRef b3 = node.miner.mine(*b2, 3);
    Peer peer;
    connect(peer);
    send_headers(peer, {b1, b2, b3});
    peer.send("block", b1->raw);
    peer.send("block", b2->raw);
    ASSERT_TRUE(peer.ping()) << "stored: nothing is wrong yet";
    ASSERT_TRUE(node.node(b2).status().has_data());
    EXPECT_EQ(service->control().peers().size(), 1U);

    node.submit(b3);  // from somebody else: now the branch is tried
    EXPECT_TRUE(node.node(b2).status().failed());
    EXPECT_TRUE(peer.wait_for_end());
    EXPECT_EQ(service->control().peers().size(), 0U);
}

TEST_F(PeerServiceTest, WhoSendsABlockOnAnInvalidOneIsNotBlamedForIt)
{
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 2));
    const BlockRef b1 = node.miner.mine(node.genesis(), 1);
    const BlockRef b2 = node.miner.mine(*b1, 2, greedy());
    const BlockRef b3 = node.miner.mine(*b2, 3);
    Peer peer;
    connect(peer);
    send_headers(peer, {b1, b2, b3});
    node.submit(b1);
    node.submit(b2);  // from somebody else
    peer.send("block", b3->raw);
    EXPECT_TRUE(peer.ping());
    EXPECT_TRUE(node.node(b3).status().failed());
    EXPECT_EQ(service->control().peers().size(), 1U);
}

TEST_F(PeerServiceTest, ValidBlocksOfAPeerAreConnected)
{
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 3);
    Peer peer;
    connect(peer);
    send_headers(peer, blocks);
    for (const auto& block : blocks) peer.send("block", block->raw);
    EXPECT_TRUE(peer.ping());
    EXPECT_EQ(node.height(), 3);
}

TEST_F(PeerServiceTest, AResultComesAfterTheEventsOfItsBlock)
{
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 8);
    Peer peer;
    connect(peer);
    send_headers(peer, blocks);
    for (const auto& block : blocks) {
        // The request is decided when the block's result is there: then its transactions are at hand as well.
        peer.send("block", block->raw);
        peer.send("getdata", protocol::encode_inventory(std::vector{protocol::Inventory{
                                 protocol::InvType::kWtx, block->transactions.front().wtxid.value}}));
        ASSERT_TRUE(peer.wait_for("tx")) << block->hash.to_hex();
    }
    EXPECT_EQ(peer.received("notfound"), 0);
}

TEST_F(PeerServiceTest, WhenEventsAreLostTheTipIsReadAnew)
{
    event_bound = {.events = 1};
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 2));
    Peer peer;
    connect(peer);
    ASSERT_TRUE(peer.ping());
    clock.hold();
    auto blocks = node.miner.mine_chain(*node.chain().read_block(*node.chain().tip()), 2, 3);
    for (const auto& block : blocks) node.submit(block);
    EXPECT_EQ(node.height(), 5);
    clock.release();
    EXPECT_TRUE(peer.wait_for("inv")) << "of the tip that nobody told of";
    EXPECT_EQ(peer.last_inventory(), blocks.back()->hash.value);
    // From then on all is as before.
    node.events.sync();
    const auto next = node.miner.mine(*blocks.back(), 6);
    node.submit(next);
    EXPECT_TRUE(peer.wait_for("inv"));
    EXPECT_EQ(peer.last_inventory(), next->hash.value);
}

TEST_F(PeerServiceTest, NobodyWaitsForTheEventsOfAServiceThatHasStopped)
{
    Peer peer;
    connect(peer);
    clock.hold();
    node.submit(node.miner.mine(node.genesis(), 1));
    std::thread waiter([&] { node.events.sync(); });
    clock.release();
    service->stop();
    waiter.join();
    node.events.sync();
}

TEST_F(PeerServiceTest, ABlockThatCannotBeReadEndsTheConversationOnly)
{
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 3);
    node.submit_all(blocks);
    node.restart();  // what came last is not in memory any more
    mempool_chain.set(node.chain());
    const auto file = node.options.blocks_folder / "blk00000.dat";
    node.files->open(file, base::OpenMode::kReadWrite)->truncate(8);
    Peer peer;
    connect(peer);
    peer.send("getdata", protocol::encode_inventory(std::vector{
                             protocol::Inventory{protocol::InvType::kWitnessBlock, blocks[0]->hash.value}}));
    EXPECT_TRUE(peer.wait_for_end());
    EXPECT_EQ(service->control().peers().size(), 0U);
    EXPECT_EQ(node.failure(), "");
}

TEST_F(PeerServiceTest, VerdictsAfterItsEndGoNowhere)
{
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 1);
    Peer peer;
    connect(peer);
    send_headers(peer, blocks);
    std::promise<void> held;
    std::promise<void> go;
    node.chain().post([&] {
        held.set_value();
        go.get_future().wait();
    });
    held.get_future().wait();
    const auto before = service->control().totals().bytes_received;
    peer.send("block", blocks[0]->raw);
    cairn::test::wait_until(
        [&] { return service->control().totals().bytes_received >= before + blocks[0]->raw.size() + 24; });
    service->stop();
    service->stop();
    service.reset();
    go.set_value();
    node.settle();
    EXPECT_EQ(node.height(), 1) << "the chain has it, and told nobody";
}

TEST_F(PeerServiceTest, StopsWhereItNeverStarted)
{
    make().stop();
    service.reset();
    // A port in use: the listeners of the chain that were made before go with the service.
    boost::asio::io_context io;
    const tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
    net::SocketOptions sockets;
    sockets.listeners.push_back(
        {protocol::Endpoint{protocol::NetAddress::ipv4({127, 0, 0, 1}), taken.local_endpoint().port()}});
    EXPECT_FALSE(make(sockets).start());
    service.reset();
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 1));
    EXPECT_EQ(node.height(), 1);
}

TEST_F(PeerServiceTest, ShowsTheAddressesThatTheOwnerGave)
{
    auto options = engine_options();
    options.external_addresses = {*protocol::Endpoint::parse("1.2.3.4:18555", 0)};
    ASSERT_TRUE(make({}, options).start());
    const auto shown = service->control().info().local_addresses;
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_EQ(shown[0].address, "1.2.3.4");
    EXPECT_EQ(shown[0].port, 18555);
    EXPECT_EQ(shown[0].score, 4);
}

TEST_F(PeerServiceTest, ABanLastsAsLongAsItIsTold)
{
    auto options = engine_options();
    options.ban_time = std::chrono::seconds{1234};
    ASSERT_TRUE(make({}, options).start());
    auto& control = service->control();
    const auto now = base::unix_seconds(node.clock.now());
    EXPECT_TRUE(control.ban("10.0.0.1", 0));
    EXPECT_TRUE(control.ban("10.0.1.0/24", now + 5));
    auto bans = control.bans();
    ASSERT_EQ(bans.size(), 2U);
    EXPECT_EQ(bans[0].subnet, "10.0.0.1/32");
    EXPECT_EQ(bans[0].until - bans[0].created, 1234) << "-bantime";
    EXPECT_EQ(bans[1].until - bans[1].created, 5);
    // An address is banned with its subnet; a subnet only if it was named.
    EXPECT_EQ(control.ban("10.0.1.7", 0).error().message, "Error: IP/Subnet already banned");
    EXPECT_EQ(control.ban("10.0.1.0/24", 0).error().message, "Error: IP/Subnet already banned");
    EXPECT_TRUE(control.ban("10.0.1.0/25", 0));
    EXPECT_EQ(control.ban("10.0.1.7/42", 0).error().message, "Error: Invalid IP/Subnet");
    EXPECT_TRUE(control.unban("10.0.1.0/25"));
    EXPECT_FALSE(control.unban("10.0.1.7"));
    // They outlive the service.
    service->stop();
    ASSERT_TRUE(make({}, options).start());
    bans = service->control().bans();
    ASSERT_EQ(bans.size(), 2U);
    EXPECT_EQ(bans[0].until, now + 1234);
}

}  // namespace
}  // namespace cairn::services
