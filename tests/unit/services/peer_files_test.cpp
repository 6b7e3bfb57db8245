// What the peer-to-peer side keeps between runs, and what becomes of files that are damaged.

#include "services/peer_files.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/memory_file_system.h"

namespace cairn::services {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class CountingRandom final : public protocol::Random {
public:
    std::uint64_t next() override { return state_ = state_ * 6364136223846793005U + 1442695040888963407U; }

private:
    std::uint64_t state_ = 1;
};

class PeerFilesTest : public testing::Test {
protected:
    PeerFilesTest() { disk.create_directories("/node"); }
    void write(const std::filesystem::path& path, std::string_view text) { base::replace_file(disk, path, text); }
    std::string read(const std::filesystem::path& path) { return base::read_text_file(disk, path, 1 << 20); }
    static protocol::BanEntry ban(const char* subnet, std::int64_t until)
    {
        return {*protocol::Subnet::parse(subnet), 1'700'000'000, until};
    }

    base::MemoryFileSystem disk;
    PeerFiles files{disk, "/node"};
};

TEST_F(PeerFilesTest, BansComeBack)
{
    EXPECT_THAT(files.load_bans(), IsEmpty()) << "no file is no bans";
    EXPECT_EQ(read("/node/banlist.json"), "{\n    \"banned_nets\": []\n}\n");
    EXPECT_THAT(files.load_bans(), IsEmpty());
    files.save_bans({ban("1.2.3.0/24", 1'700'000'100), ban("2a00::/16", 1'800'000'000)});
    EXPECT_EQ(read("/node/banlist.json"), R"({
    "banned_nets": [
        {
            "version": 1,
            "ban_created": 1700000000,
            "banned_until": 1700000100,
            "address": "1.2.3.0/24"
        },
        {
            "version": 1,
            "ban_created": 1700000000,
            "banned_until": 1800000000,
            "address": "2a00::/16"
        }
    ]
}
)");
    const auto bans = files.load_bans();
    ASSERT_THAT(bans, SizeIs(2));
    EXPECT_EQ(bans[1].subnet.to_string(), "2a00::/16");
    EXPECT_EQ(bans[1].until, 1'800'000'000);
}

TEST_F(PeerFilesTest, BitcoinCoresListIsRead)
{
    write("/node/banlist.json",
          R"({"_warning_":"This file is generated","banned_nets":[{"version":1,"ban_created":5,"banned_until":6,)"
          R"("address":"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"}]})");
    const auto bans = files.load_bans();
    ASSERT_THAT(bans, SizeIs(1));
    EXPECT_EQ(bans[0].subnet.to_string(), "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion");
    EXPECT_EQ(bans[0].created, 5);
    EXPECT_EQ(bans[0].until, 6);
}

TEST_F(PeerFilesTest, EntriesThatAreNoBansCostNothingButThemselves)
{
    std::string list;
    for (const char* entry :
         {R"("nonsense")", R"({"version":2,"ban_created":1,"banned_until":2,"address":"1.2.3.4/32"})",
          R"({"version":1,"ban_created":1,"banned_until":2,"address":"1.2.3.4/33"})",
          R"({"version":1,"ban_created":-1,"banned_until":2,"address":"1.2.3.4/32"})",
          R"({"version":1,"ban_created":1,"banned_until":9223372036854775808,"address":"1.2.3.4/32"})",
          R"({"version":1,"ban_created":1,"banned_until":"2","address":"1.2.3.4/32"})",
          R"({"version":1,"ban_created":1,"banned_until":2,"address":7})",
          R"({"version":1,"ban_created":1,"banned_until":2})", "{}"}) {
        list += std::string(entry) + ",";
    }
    write("/node/banlist.json",
          R"({"banned_nets":[)" + list + R"({"version":1,"ban_created":1,"banned_until":2,"address":"5.6.7.8/32"}]})");
    const auto bans = files.load_bans();
    ASSERT_THAT(bans, SizeIs(1));
    EXPECT_EQ(bans[0].subnet.to_string(), "5.6.7.8/32");
}

TEST_F(PeerFilesTest, WhatIsNoListOfBansIsMovedAside)
{
    for (const char* text : {"{}", "[]", R"({"banned_nets":{}})", R"({"banned_nets":[)", "\n"}) {
        write("/node/banlist.json", text);
        EXPECT_THAT(files.load_bans(), IsEmpty());
        EXPECT_EQ(read("/node/banlist.json.bak"), text);
        EXPECT_EQ(read("/node/banlist.json"), "{\n    \"banned_nets\": []\n}\n");
    }
}

TEST_F(PeerFilesTest, AddressesComeBackOrAreMovedAside)
{
    CountingRandom random;
    const auto now = protocol::from_unix(1'700'000'000);
    protocol::AddressManager known(Hash256{}, random);
    const protocol::PeerAddress address{*protocol::Endpoint::parse("99.1.2.3:8333", 0), protocol::kNodeNetwork, now};
    known.add(std::span{&address, 1}, address.endpoint.address, protocol::Duration{0}, now);
    files.save_addresses(known.encode());
    protocol::AddressManager loaded(Hash256{}, random);
    files.load_addresses(loaded, now);
    EXPECT_EQ(loaded.size(), 1U);
    write("/node/addresses.dat", "nonsense");
    protocol::AddressManager empty(Hash256{}, random);
    files.load_addresses(empty, now);
    EXPECT_EQ(empty.size(), 0U);
    EXPECT_EQ(read("/node/addresses.dat.bak"), "nonsense");
}

TEST_F(PeerFilesTest, ADiskThatFailsIsNoReasonToStop)
{
    files.save_bans({ban("1.2.3.0/24", 1'700'000'100)});
    disk.fail_writes_after(0, ENOSPC);
    files.save_bans({});
    files.save_addresses(Bytes(10));
    disk.disarm();
    EXPECT_THAT(files.load_bans(), SizeIs(1)) << "the old file is whole";
}

}  // namespace
}  // namespace cairn::services
