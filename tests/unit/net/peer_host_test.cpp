// Real sockets on loopback: two hosts whose engines sync a chain, refuse a port in use, and stop in order.

#include "net/peer_host.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "../protocol/fake_chain.h"
#include "../protocol/fake_mempool.h"
#include "base/clock.h"
#include "base/io_error.h"
#include "support/wait_until.h"

namespace cairn::net {
namespace {

using namespace protocol;
using protocol::test::FakeChain;
using protocol::test::FakeMempool;
using protocol::test::FakeRules;
using protocol::test::SeededRandom;

/// A clock that the test moves: the engine's deadlines are never waited for.
class StillClock final : public base::Clock {
public:
    base::Time now() const override { return from_unix(1'700'000'600); }
    base::SteadyTime steady_now() const override { return {}; }
};

EngineOptions engine_options(std::uint64_t seed)
{
    EngineOptions options;
    options.network = network_info(Network::kRegtest);
    options.user_agent = "/loopback/";
    options.dns_seed = false;
    options.connect_given = true;
    options.seed0 = seed;
    return options;
}

SocketOptions listen_on(std::uint16_t port, Resolver resolver)
{
    SocketOptions options;
    options.resolver = std::move(resolver);
    options.listeners.push_back({Endpoint{NetAddress::ipv4({127, 0, 0, 1}), port}});
    options.default_port = 18444;
    return options;
}

/// A host with a chain of its own, which answers at once on the network thread.
class Node final : public NodePort {
public:
    explicit Node(std::uint64_t seed, std::uint16_t port = 0, int blocks = 0, Resolver resolver = {}) : random_(seed)
    {
        for (int i = 0; i < blocks; ++i) chain_.mine(1'700'000'100, {}, 20'000);
        HeaderHandle fork;
        chain_.take_connected(fork);
        auto engine = std::make_unique<Engine>(engine_options(seed), chain_, mempool_, rules_, random_, clock_.now());
        host_ = std::make_unique<PeerHost>(listen_on(port, std::move(resolver)), std::move(engine), *this, clock_,
                                           [this](std::string_view, std::exception_ptr) {
                                               ++failures_;
                                               if (!failure_expected_) ADD_FAILURE() << "net failed";
                                           });
    }
    ~Node() override { host_->stop(); }

    PeerHost& host() { return *host_; }
    /// Before start().
    void expect_failure() { failure_expected_ = true; }
    /// After stop().
    int failures() const { return failures_; }
    std::string address() const { return "127.0.0.1:" + std::to_string(host_->ports().at(0)); }
    void connect_to(const Node& other) { connect_to(other.address()); }
    void connect_to(const std::string& name)
    {
        host_->run([&](Engine& engine, Time now) { engine.connect_to(name, ConnectionType::kManual, now); });
    }
    /// Waits for what happens on the network thread.
    bool wait_for_height(Height height)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return height_ >= height; });
    }
    std::vector<PeerStats> peers()
    {
        std::vector<PeerStats> result;
        host_->run([&](Engine& engine, Time now) { result = engine.peers(now); });
        return result;
    }

    void on_action(SubmitHeaders action) override
    {
        host_->post([this, action = std::move(action)](Engine& engine, Time now) {
            engine.on_headers_result(action.peer, chain_.add_headers(action.headers), now);
        });
    }
    void on_action(SubmitBlock action) override
    {
        host_->post([this, action = std::move(action)](Engine& engine, Time now) {
            const auto result = chain_.add_block(action.block, action.requested, action.min_work_checked);
            engine.on_block_result(action.peer, action.block->hash, result, now);
            HeaderHandle fork;
            for (const BlockRef& block : chain_.take_connected(fork)) engine.on_block_connected(block, now);
            if (fork) engine.on_tip_changed(chain_.tip(), fork, false, now);
            const std::lock_guard lock(mutex_);
            height_ = chain_.height();
            changed_.notify_all();
        });
    }
    void on_action(SubmitTransaction action) override
    {
        host_->post([this, action = std::move(action)](Engine& engine, Time now) {
            engine.on_transaction_result(action.peer, action.transaction->wtxid, mempool_.offer(action.transaction),
                                         now);
        });
    }
    void on_action(const ReadBlock& action) override
    {
        host_->post([this, action](Engine& engine, Time now) {
            const BlockRef block = chain_.block(action.hash);
            const auto raw = std::make_shared<const Bytes>(block->raw.begin(), block->raw.end());
            engine.on_block_read(action.peer, action.hash, raw, now);
        });
    }
    void on_action(const Save&) override {}
    void on_action(const PresyncProgress&) override {}

private:
    StillClock clock_;
    FakeChain chain_;
    FakeMempool mempool_;
    FakeRules rules_;
    SeededRandom random_;
    std::unique_ptr<PeerHost> host_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Height height_ = 0;
    bool failure_expected_ = false;
    int failures_ = 0;
};

TEST(PeerHost, TwoHostsSyncOverLoopback)
{
    Node source(1, 0, 100);
    Node sink(2);
    ASSERT_TRUE(source.host().start());
    ASSERT_TRUE(sink.host().start());
    sink.connect_to(source);
    ASSERT_TRUE(sink.wait_for_height(100));
    const auto peers = sink.peers();
    ASSERT_EQ(peers.size(), 1u);
    EXPECT_EQ(peers[0].user_agent, "/loopback/");
    EXPECT_GT(sink.host().totals().bytes_received, 100u * 20'000);
    EXPECT_GE(source.host().totals().bytes_sent, 100u * 20'000);
}

TEST(PeerHost, ManyPeersOfOneSource)
{
    Node source(1, 0, 30);
    ASSERT_TRUE(source.host().start());
    std::vector<std::unique_ptr<Node>> sinks;
    for (std::uint64_t i = 0; i < 5; ++i) {
        sinks.push_back(std::make_unique<Node>(10 + i));
        ASSERT_TRUE(sinks.back()->host().start());
        sinks.back()->connect_to(source);
    }
    for (auto& sink : sinks) EXPECT_TRUE(sink->wait_for_height(30));
    EXPECT_EQ(source.peers().size(), 5u);
}

TEST(PeerHost, APortInUseIsSaid)
{
    Node first(1);
    ASSERT_TRUE(first.host().start());
    Node second(2, first.host().ports().at(0));
    const auto started = second.host().start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error(),
              "Unable to bind to 127.0.0.1:" + std::to_string(first.host().ports().at(0)) +
                  " on this computer. Cairn is probably already running.\n"
                  "Failed to listen on any port. Use -listen=0 if you want this, or -port=<port> for another port.");
}

TEST(PeerHost, NobodyWaitsForAThreadThatFailed)
{
    Node node(1);
    node.expect_failure();
    ASSERT_TRUE(node.host().start());
    node.host().post([](Engine&, Time) { throw base::EnvironmentError("the network is broken"); });
    EXPECT_THROW(node.host().run([](Engine&, Time) {}), base::EnvironmentError);
    EXPECT_THROW(node.peers(), base::EnvironmentError);
    node.host().post([](Engine&, Time) { ADD_FAILURE() << "nothing runs any more"; });
    node.host().stop();
    EXPECT_TRUE(node.peers().empty()) << "but after stop(), what is to be saved can be asked for";
    EXPECT_EQ(node.failures(), 1);
}

TEST(PeerHost, WorkThatThrowsIsTheCallersOnly)
{
    Node node(1);
    ASSERT_TRUE(node.host().start());
    EXPECT_THROW(node.host().run([](Engine&, Time) { throw base::EnvironmentError("mine"); }), base::EnvironmentError);
    EXPECT_TRUE(node.peers().empty());
}

TEST(PeerHost, StopsWhereATickIsDueAlready)
{
    Node node(1);
    ASSERT_TRUE(node.host().start());
    std::promise<void> busy;
    node.host().post([&](const Engine&, Time) {
        busy.set_value();
        // Twice the interval on the network thread itself: when it comes to the stop, the tick waits beside it.
        const auto until = std::chrono::steady_clock::now() + 2 * kTickInterval;
        cairn::test::wait_until([&] { return std::chrono::steady_clock::now() >= until; });
    });
    busy.get_future().wait();
    node.host().stop();
}

TEST(PeerHost, StoppingTwiceAndWithConnectionsOpen)
{
    Node source(1, 0, 10);
    Node sink(2);
    ASSERT_TRUE(source.host().start());
    ASSERT_TRUE(sink.host().start());
    sink.connect_to(source);
    ASSERT_TRUE(sink.wait_for_height(10));
    source.host().stop();
    source.host().stop();
    EXPECT_TRUE(source.peers().empty());  // run() still answers, on this thread
}

/// Posts until what is posted is dropped: then stop() has taken its place behind what runs.
void wait_until_stopping(PeerHost& host)
{
    cairn::test::wait_until([&] {
        auto held = std::make_shared<int>(0);
        const std::weak_ptr<int> probe = held;
        host.post([held = std::move(held)](Engine&, Time) {});
        return probe.expired();
    });
}

/// Stops the host while its thread is at `work`, so that what the work posts runs behind the stop.
void stop_during(PeerHost& host, const PeerHost::Work& work)
{
    std::promise<void> entered;
    std::promise<void> go;
    host.post([&](Engine& engine, Time now) {
        entered.set_value();
        go.get_future().wait();
        work(engine, now);
    });
    entered.get_future().wait();
    auto stopped = std::async(std::launch::async, [&] { host.stop(); });
    wait_until_stopping(host);
    go.set_value();
    ASSERT_EQ(stopped.wait_for(std::chrono::seconds{60}), std::future_status::ready);
}

TEST(PeerHost, BeginsNoConnectionWhenItStops)
{
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
    Node node(1);
    ASSERT_TRUE(node.host().start());
    stop_during(node.host(), [&](Engine& engine, Time now) {
        engine.connect_to("127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()), ConnectionType::kManual,
                          now);
    });
    acceptor.non_blocking(true);
    boost::system::error_code error;
    acceptor.accept(error);
    EXPECT_EQ(error, boost::asio::error::would_block);
}

TEST(PeerHost, ConnectsToTheFirstAddressOfANameThatAnswers)
{
    Node source(1, 0, 3);
    ASSERT_TRUE(source.host().start());
    Node sink(2, 0, 0, [](const std::string& name) {
        EXPECT_EQ(name, "source.example");
        return std::vector{*NetAddress::parse("::1"), *NetAddress::parse("127.0.0.1")};
    });
    ASSERT_TRUE(sink.host().start());
    const auto address = source.address();
    sink.connect_to("source.example" + address.substr(address.find(':')));
    EXPECT_TRUE(sink.wait_for_height(3));
}

TEST(PeerHost, AStopDoesNotWaitForTheResolver)
{
    struct Slow {
        std::promise<void> entered;
        std::promise<void> go;
        std::promise<void> left;
    };
    const auto slow = std::make_shared<Slow>();
    Node node(1, 0, 0, [slow](const std::string&) {
        slow->entered.set_value();
        slow->go.get_future().wait();
        slow->left.set_value();
        return std::vector{NetAddress::ipv4({127, 0, 0, 1})};
    });
    ASSERT_TRUE(node.host().start());
    node.connect_to("slow.example:18444");
    slow->entered.get_future().wait();
    node.host().stop();
    slow->go.set_value();
    slow->left.get_future().wait();
}

}  // namespace
}  // namespace cairn::net
