// When seeds are asked, and which.

#include "protocol/seeds.h"

#include "peer_bench.h"

namespace cairn::protocol::test {
namespace {

EngineOptions seeding(std::vector<std::string> seed_nodes = {})
{
    EngineOptions options = bench_options();
    options.network = network_info(Network::kMain);
    options.dns_seed = true;
    options.connect_given = false;
    options.seed_nodes = std::move(seed_nodes);
    return options;
}

class SeedsTest : public testing::Test {
protected:
    void start(EngineOptions options, std::size_t addresses = 0)
    {
        context = std::make_unique<Context>(std::move(options), chain, mempool, rules, random, from_unix(kBenchStart));
        // Some push out others.
        for (std::uint32_t i = 0; context->addresses.size() < addresses; ++i) {
            const auto a = static_cast<std::uint8_t>(20 + i / 200);
            const auto b = static_cast<std::uint8_t>(i % 200);
            const NetAddress address = NetAddress::ipv4({a, b, 1, 1});
            const PeerAddress known{{address, 8333}, kNodeNetwork | kNodeWitness, context->now};
            context->addresses.add(std::vector{known}, address, Duration{0}, context->now);
        }
        seeds = std::make_unique<Seeds>(*context);
        seeds->start();
    }
    /// One round of the connection manager; how many seeds were asked in it.
    std::size_t round(Duration after, int ready = 0)
    {
        context->now += after;
        context->actions.clear();
        seeds->query_dns(ready);
        asked.clear();
        for (const Action& action : context->actions) {
            if (const auto* resolve = std::get_if<Resolve>(&action)) asked.push_back(resolve->name);
        }
        return asked.size();
    }

    FakeChain chain;
    FakeMempool mempool;
    FakeRules rules;
    SeededRandom random{1};
    std::unique_ptr<Context> context;
    std::unique_ptr<Seeds> seeds;
    std::vector<std::string> asked;
    const std::size_t all = network_info(Network::kMain).dns_seeds.size();
};

TEST_F(SeedsTest, AllAtOnceWhenNothingIsKnownOrWhenForced)
{
    start(seeding());
    EXPECT_EQ(round(0s), all);
    for (const std::string& name : asked) EXPECT_TRUE(name.starts_with("x9.")) << name;
    EXPECT_EQ(round(1h), 0u) << "each is asked once";
    EngineOptions forced = seeding();
    forced.force_dns_seed = true;
    start(forced, 50);
    EXPECT_EQ(round(0s, 2), all);
}

TEST_F(SeedsTest, NoneWhereTheyAreOff)
{
    EngineOptions off = seeding();
    off.dns_seed = false;
    start(off);
    EXPECT_EQ(round(1h), 0u);
}

TEST_F(SeedsTest, WithAddressesAFewAtATimeAndNoneOncePeersAreThere)
{
    start(seeding(), 50);
    EXPECT_EQ(round(0s), 0u);
    EXPECT_EQ(round(kDnsSeedDelay - 1ms), 0u);
    EXPECT_EQ(round(1ms, 1), 3u);
    EXPECT_EQ(round(kDnsSeedDelay - 1ms), 0u);
    EXPECT_EQ(round(1ms), 3u);
    EXPECT_EQ(round(1s, 2), 0u);
    EXPECT_EQ(round(1h, 0), 0u) << "enough peers were there once";
}

TEST_F(SeedsTest, WithManyAddressesTheyWaitLonger)
{
    start(seeding(), kEnoughAddresses - 1);
    ASSERT_EQ(context->addresses.size(), std::size_t{kEnoughAddresses} - 1);
    EXPECT_EQ(round(kDnsSeedDelay), 3u);
    start(seeding(), kEnoughAddresses);
    EXPECT_EQ(round(kDnsSeedDelayManyAddresses - 1ms), 0u);
    EXPECT_EQ(round(1ms), 3u);
}

TEST_F(SeedsTest, SeedNodesComeFirst)
{
    start(seeding({"one:1", "two"}));
    EXPECT_EQ(seeds->take_address_source(0), "one:1");
    EXPECT_EQ(round(kSeedNodeTimeout - 1ms), 0u);
    EXPECT_EQ(round(1ms), all);
    start(seeding({"one:1"}), 50);
    EXPECT_EQ(round(1s, 2), 0u) << "they led to peers";
    EXPECT_EQ(round(1h, 2), 0u);
}

TEST_F(SeedsTest, SeedNodesOneByOneUntilPeersAreThere)
{
    start(seeding({"one", "two", "three"}));
    EXPECT_EQ(seeds->take_address_source(0), "one");
    EXPECT_EQ(seeds->take_address_source(0), std::nullopt);
    context->now += kSeedNodeInterval - 1ms;
    EXPECT_EQ(seeds->take_address_source(0), std::nullopt);
    context->now += 1ms;
    EXPECT_EQ(seeds->take_address_source(2), std::nullopt);
    EXPECT_EQ(seeds->take_address_source(1), "two");
    // With addresses of its own a node tries these first.
    start(seeding({"one"}), 50);
    EXPECT_EQ(seeds->take_address_source(0), std::nullopt);
    context->now += kSeedNodeInterval;
    EXPECT_EQ(seeds->take_address_source(0), "one");
}

TEST_F(SeedsTest, AnswersAtAndOverTheLimit)
{
    start(seeding());
    std::vector<NetAddress> answer;
    for (std::size_t i = 0; i < kMaxSeedAddresses + 1; ++i) {
        answer.push_back(NetAddress::ipv4({static_cast<std::uint8_t>(30 + i), 1, 1, 1}));
    }
    seeds->on_resolved("x9.seed.", std::span{answer}.first(kMaxSeedAddresses));
    EXPECT_EQ(context->addresses.size(), kMaxSeedAddresses);
    seeds->on_resolved("x9.other.", answer);
    EXPECT_EQ(context->addresses.size(), kMaxSeedAddresses);
    const std::vector local{*NetAddress::parse("10.0.0.1")};
    seeds->on_resolved("x9.third.", local);
    EXPECT_EQ(context->addresses.size(), kMaxSeedAddresses) << "no address of the internet";
}

TEST_F(SeedsTest, OneWithoutAnAnswerIsAskedAsAPeer)
{
    start(seeding());
    ASSERT_EQ(round(0s), all);
    for (const std::string& name : asked) seeds->on_resolved(name, {});
    for (const std::string& name : asked) EXPECT_EQ(seeds->take_address_source(0), name.substr(3));
    EXPECT_EQ(seeds->take_address_source(0), std::nullopt);
}

TEST(Seeding, TheEngineAsksEvenWithAConnectList)
{
    for (const bool connect : {false, true}) {
        EngineOptions options = seeding();
        options.connect_given = connect;
        if (connect) options.connect = {"30.1.0.1:8333"};
        PeerBench bench(options);
        bench.pass(1s);
        ASSERT_EQ(bench.resolves.size(), options.network.dns_seeds.size());
        bench.connects.clear();
        bench.engine.on_resolved(bench.resolves[0].name, {}, bench.now);
        bench.pass(1s);
        EXPECT_EQ(bench.connects.size(), connect ? 0u : 1u) << "which alone says whom to connect to";
    }
}

}  // namespace
}  // namespace cairn::protocol::test
