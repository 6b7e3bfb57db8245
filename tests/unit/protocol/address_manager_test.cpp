// The two tables of addresses, and their file.

#include "protocol/address_manager.h"

#include <gtest/gtest.h>

#include "fake_mempool.h"

namespace cairn::protocol::test {
namespace {

const Time kNow = from_unix(1'700'000'000);

PeerAddress make(std::uint8_t a, std::uint8_t b, std::uint8_t c = 1, Time time = kNow - 1h)
{
    return {{NetAddress::ipv4({a, b, c, 1}), 8333}, kNodeNetwork | kNodeWitness, time};
}

class Manager : public testing::Test {
protected:
    void add(const PeerAddress& address, std::string_view source = "8.8.8.8")
    {
        manager.add(std::span{&address, 1}, *NetAddress::parse(source), Duration{0}, kNow);
    }
    /// The tables agree with each other after every test.
    void TearDown() override { EXPECT_EQ(manager.check(), ""); }

    SeededRandom random{1};
    AddressManager manager{Hash256{}, random};
};

TEST_F(Manager, TakesRoutableAddressesOnce)
{
    add(make(50, 1));
    add(make(50, 1));
    add({{NetAddress::ipv4({10, 0, 0, 1}), 8333}, 0, kNow});
    EXPECT_EQ(manager.size(), 1u);
    EXPECT_EQ(manager.size(AddressNetwork::kIpv4), 1u);
    add({{NetAddress::ipv4({50, 1, 1, 1}), 8334}, 0, kNow});  // another port is another address
    EXPECT_EQ(manager.size(), 2u);
}

TEST_F(Manager, GoodOnesMoveToTried)
{
    add(make(50, 1));
    EXPECT_TRUE(manager.good(make(50, 1).endpoint, kNow));
    EXPECT_FALSE(manager.good(make(50, 1).endpoint, kNow));
    EXPECT_FALSE(manager.good(make(51, 1).endpoint, kNow));  // unknown
    EXPECT_EQ(manager.tried_count(), 1u);
    EXPECT_EQ(manager.new_count(), 0u);
    EXPECT_FALSE(manager.select(true, {}, kNow));
    EXPECT_EQ(manager.select(false, {}, kNow)->address.endpoint, make(50, 1).endpoint);
}

TEST_F(Manager, OneSourceFillsAtMostItsBuckets)
{
    for (int a = 1; a < 120; ++a) {
        for (int b = 0; b < 250; b += 2) add(make(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)));
    }
    EXPECT_LE(manager.size(), kNewBucketsPerSource * kBucketSize);
    EXPECT_GT(manager.size(), kNewBucketsPerSource * kBucketSize / 2);
    const std::size_t before = manager.size();
    for (int a = 130; a < 200; ++a) add(make(static_cast<std::uint8_t>(a), 1), "9.9.9.9");
    EXPECT_GT(manager.size(), before + 50);  // another source has buckets of its own
}

TEST_F(Manager, AnAddressHasAtMostEightPlaces)
{
    for (int i = 0; i < 3000; ++i) {
        const auto source =
            NetAddress::ipv4({static_cast<std::uint8_t>(60 + i / 200), static_cast<std::uint8_t>(i % 200), 1, 1});
        const PeerAddress address = make(50, 1, 1, kNow - 1h + std::chrono::hours{i});
        manager.add(std::span{&address, 1}, source, 2h, kNow + std::chrono::hours{i});
        ASSERT_LE(manager.find(address.endpoint)->references, kNewBucketsPerAddress);
    }
    EXPECT_GE(manager.find(make(50, 1).endpoint)->references, 2);
}

TEST_F(Manager, ACollisionIsTestedBeforeTheOldOneGoes)
{
    // Fill until one does not get into the tried table.
    std::optional<Endpoint> waiting;
    for (int a = 1; a < 200 && !waiting; ++a) {
        for (int b = 0; b < 200 && !waiting; ++b) {
            const auto address =
                make(static_cast<std::uint8_t>(a == 10 || a == 127 ? 200 : a), static_cast<std::uint8_t>(b), 3);
            add(address, std::to_string(1 + a % 9) + "." + std::to_string(b) + ".1.1");
            if (manager.find(address.endpoint) && !manager.good(address.endpoint, kNow)) waiting = address.endpoint;
        }
    }
    ASSERT_TRUE(waiting);
    const auto holder = manager.select_tried_collision();
    ASSERT_TRUE(holder);
    manager.resolve_collisions(kNow + 1min);
    EXPECT_FALSE(manager.find(*waiting)->tried);  // the old one worked lately
    manager.good(*waiting, kNow + 5h);            // it works, and asks again
    manager.attempt(holder->address.endpoint, true, kNow + 5h);
    manager.resolve_collisions(kNow + 5h + 30s);
    EXPECT_FALSE(manager.find(*waiting)->tried);  // the test is under way
    manager.resolve_collisions(kNow + 5h + 61s);
    EXPECT_TRUE(manager.find(*waiting)->tried);
    EXPECT_FALSE(manager.find(holder->address.endpoint)->tried);
}

TEST_F(Manager, CollisionsAtAndOverTheLimit)
{
    std::vector<Endpoint> waiting;
    for (int a = 1; a < 100 && waiting.size() <= kTriedCollisions; ++a) {
        for (int b = 0; b < 200 && waiting.size() <= kTriedCollisions; ++b) {
            const auto address = make(static_cast<std::uint8_t>(a == 10 ? 200 : a), static_cast<std::uint8_t>(b), 3);
            add(address, std::to_string(1 + a % 9) + "." + std::to_string(b) + ".1.1");
            if (manager.find(address.endpoint) && !manager.good(address.endpoint, kNow)) {
                waiting.push_back(address.endpoint);
            }
        }
    }
    ASSERT_EQ(waiting.size(), kTriedCollisions + 1);
    // Hours later, without a sign of the old ones.
    manager.resolve_collisions(kNow + 5h);
    for (const Endpoint& endpoint : waiting) {
        EXPECT_EQ(manager.find(endpoint)->tried, endpoint != waiting.back()) << endpoint.to_string();
    }
}

TEST_F(Manager, SamplesAreBoundedByCountAndShare)
{
    for (int b = 0; b < 100; ++b) {
        for (int a = 50; a < 60; ++a)
            add(make(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)), std::to_string(a) + ".1.1.1");
    }
    const std::size_t all = manager.size();
    EXPECT_EQ(manager.sample(0, 23, std::nullopt, kNow).size(), all * 23 / 100);
    EXPECT_EQ(manager.sample(10, 23, std::nullopt, kNow).size(), 10u);
    EXPECT_EQ(manager.sample(0, 0, std::nullopt, kNow).size(), all);
    EXPECT_TRUE(manager.sample(0, 0, AddressNetwork::kOnion, kNow).empty());
    EXPECT_TRUE(manager.sample(0, 0, std::nullopt, kNow + 31 * 24h).empty());  // all too old
    EXPECT_EQ(manager.sample(0, 0, std::nullopt, kNow + 31 * 24h, false).size(), all);
}

TEST_F(Manager, TheFileHoldsEverything)
{
    for (int b = 0; b < 200; ++b) add(make(50, static_cast<std::uint8_t>(b)), std::to_string(1 + b % 9) + ".1.1.1");
    for (int b = 0; b < 50; ++b) manager.good(make(50, static_cast<std::uint8_t>(b)).endpoint, kNow);
    add({{*NetAddress::parse("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"), 1}, 9, kNow});
    const Bytes file = manager.encode();
    SeededRandom other_random(9);
    AddressManager loaded(Hash256{}, other_random);
    ASSERT_TRUE(loaded.decode(file, kNow));
    EXPECT_EQ(loaded.check(), "");
    EXPECT_EQ(loaded.size(), manager.size());
    EXPECT_EQ(loaded.tried_count(), manager.tried_count());
    for (const auto& entry : manager.entries()) {
        const auto there = loaded.find(entry.address.endpoint);
        ASSERT_TRUE(there);
        EXPECT_EQ(there->address, entry.address);
        EXPECT_EQ(there->tried, entry.tried);
        EXPECT_EQ(there->source, entry.source);
        EXPECT_EQ(there->references, entry.references);
    }
}

TEST_F(Manager, DamagedFilesAreRefusedAndNothingChanges)
{
    for (int b = 0; b < 20; ++b) add(make(50, static_cast<std::uint8_t>(b)));
    const Bytes file = manager.encode();
    const std::size_t size = manager.size();
    for (const std::size_t at : {std::size_t{0}, std::size_t{9}, file.size() / 2, file.size() - 1}) {
        Bytes damaged = file;
        damaged[at] ^= std::byte{1};
        EXPECT_FALSE(manager.decode(damaged, kNow)) << at;
    }
    for (const std::size_t cut : {std::size_t{0}, std::size_t{20}, file.size() - 1}) {
        EXPECT_FALSE(manager.decode(ByteSpan{file}.first(cut), kNow)) << cut;
    }
    EXPECT_EQ(manager.size(), size);
    EXPECT_TRUE(manager.decode(file, kNow));
}

TEST_F(Manager, RandomOperationsKeepTheTablesConsistent)
{
    Time now = kNow;
    for (int step = 0; step < 20'000; ++step) {
        const auto address =
            make(static_cast<std::uint8_t>(40 + random.below(40)), static_cast<std::uint8_t>(random.below(60)), 1,
                 now - random.duration_below(40 * 24h));
        const auto source = NetAddress::ipv4({static_cast<std::uint8_t>(1 + random.below(9)), 2, 3, 4});
        switch (random.below(6)) {
            case 0:
            case 1:
                manager.add(std::span{&address, 1}, source, 2h, now);
                break;
            case 2:
                manager.good(address.endpoint, now);
                break;
            case 3:
                manager.attempt(address.endpoint, random.flip(), now);
                break;
            case 4:
                manager.resolve_collisions(now);
                break;
            default:
                now += random.duration_below(10min);
        }
        if (step % 2000 != 0) continue;
        ASSERT_EQ(manager.check(), "");
    }
    EXPECT_GT(manager.tried_count(), 0u);
}

}  // namespace
}  // namespace cairn::protocol::test
