// Addresses, subnets, permissions: reading, printing, judging.

#include <gtest/gtest.h>

#include "protocol/limits.h"
#include "protocol/permissions.h"

namespace cairn::protocol::test {
namespace {

NetAddress address(std::string_view text)
{
    const auto parsed = NetAddress::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(NetAddress{});
}

TEST(NetAddress, PrintsWhatItReads)
{
    for (const char* text :
         {"1.2.3.4", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1:0:0:1", "1:2:3:4:5:6:7:8", "1::8",
          "2001:0:0:1::1", "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
          "ukeu3k5oycgaauneqgtnvselmt4yemvoilkln7jpvamvfx7dnkdq.b32.i2p"}) {
        EXPECT_EQ(address(text).to_string(), text);
    }
    EXPECT_EQ(address("::ffff:1.2.3.4").to_string(), "1.2.3.4");
    EXPECT_EQ(address("0:0:0:0:0:0:0:1").to_string(), "::1");
}

TEST(NetAddress, ReadsTheShortFormsOfInetAton)
{
    EXPECT_EQ(address("127.1").to_string(), "127.0.0.1");
    EXPECT_EQ(address("1.2.772").to_string(), "1.2.3.4");
    EXPECT_EQ(address("1.2.65535").to_string(), "1.2.255.255");
    EXPECT_EQ(address("4294967295").to_string(), "255.255.255.255");
    EXPECT_EQ(address("0x7f.0.0.01").to_string(), "127.0.0.1");
    EXPECT_EQ(address("0X7F000001").to_string(), "127.0.0.1");
    EXPECT_EQ(address("010.0377.0.0").to_string(), "8.255.0.0");
}

TEST(NetAddress, RefusesWhatIsNone)
{
    for (const char* text : {"",
                             "1.2.3.256",
                             "1.2.3.4.5",
                             "1.2.3.4 ",
                             "1.2.3.",
                             ".1.2.3",
                             "256.1",
                             "1.2.65536",
                             "08.1",
                             "0x.1",
                             "-1.2.3.4",
                             "4294967296",
                             "::01.2.3.4",
                             "1:2:3",
                             ":::",
                             "1::2::3",
                             "12345::",
                             "1:2:3:4:5:6:7:8:9",
                             "::1.2.3",
                             "1.2.3.4::",
                             "g::",
                             "example.com",
                             "5wyqrzbvrdsumnok.onion",
                             "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscrye.onion",
                             "short.b32.i2p"}) {
        EXPECT_FALSE(NetAddress::parse(text)) << text;
    }
}

TEST(NetAddress, Routable)
{
    for (const char* text : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2a00::1", "2001:30::1"}) {
        EXPECT_TRUE(address(text).is_routable()) << text;
    }
    for (const char* text :
         {"0.0.0.0",     "10.0.0.1",        "127.0.0.1",  "192.168.1.1", "172.16.0.1", "172.31.255.255",
          "169.254.0.1", "198.18.0.1",      "198.19.0.1", "100.64.0.1",  "192.0.2.1",  "198.51.100.1",
          "203.0.113.1", "255.255.255.255", "::",         "::1",         "fe80::1",    "fc00::1",
          "fd00::1",     "2001:db8::1",     "2001:10::1", "2001:20::1"}) {
        EXPECT_FALSE(address(text).is_routable()) << text;
    }
    EXPECT_EQ(address("10.0.0.1").network(), AddressNetwork::kUnroutable);
    EXPECT_FALSE(NetAddress::internal("seed").is_routable());
    EXPECT_FALSE(NetAddress::internal("seed").is_valid());
}

TEST(NetAddress, Groups)
{
    EXPECT_EQ(address("1.2.3.4").group(), address("1.2.200.1").group());
    EXPECT_NE(address("1.2.3.4").group(), address("1.3.3.4").group());
    EXPECT_EQ(address("2002:102:304::1").group(), address("1.2.0.0").group());  // 6to4 counts as IPv4
    EXPECT_EQ(address("2a00:1:2::1").group(), address("2a00:1:3::1").group());
    EXPECT_NE(address("2a00:1:2::1").group(), address("2a00:2:2::1").group());
    EXPECT_EQ(address("2001:470:1000::1").group(), address("2001:470:1fff::1").group());  // he.net: /36
    EXPECT_NE(address("2001:470:1000::1").group(), address("2001:470:2000::1").group());
    EXPECT_EQ(address("127.0.0.1").group(), address("127.9.9.9").group());
}

TEST(Endpoint, ReadsAndPrints)
{
    EXPECT_EQ(Endpoint::parse("1.2.3.4", 8333)->to_string(), "1.2.3.4:8333");
    EXPECT_EQ(Endpoint::parse("1.2.3.4:5", 8333)->to_string(), "1.2.3.4:5");
    EXPECT_EQ(Endpoint::parse("[::1]:5", 8333)->to_string(), "[::1]:5");
    EXPECT_EQ(Endpoint::parse("::1", 8333)->to_string(), "[::1]:8333");
    for (const char* text : {"1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:x", "1.2.3.4:", "[::1:5", ""}) {
        EXPECT_FALSE(Endpoint::parse(text, 8333)) << text;
    }
}

TEST(Subnet, Contains)
{
    const auto subnet = [](std::string_view text) { return Subnet::parse(text).value(); };
    EXPECT_TRUE(subnet("1.2.3.0/24").contains(address("1.2.3.255")));
    EXPECT_FALSE(subnet("1.2.3.0/24").contains(address("1.2.4.0")));
    EXPECT_TRUE(subnet("1.2.3.4/255.255.0.0").contains(address("1.2.9.9")));
    EXPECT_TRUE(subnet("0.0.0.0/0").contains(address("9.9.9.9")));
    EXPECT_FALSE(subnet("0.0.0.0/0").contains(address("::1")));
    EXPECT_TRUE(subnet("2001:db8::/33").contains(address("2001:db8:7fff::")));
    EXPECT_FALSE(subnet("2001:db8::/33").contains(address("2001:db8:8000::")));
    EXPECT_TRUE(subnet("10.0.0.0/255.128.0.0").contains(address("10.127.0.1")));
    EXPECT_FALSE(subnet("10.0.0.0/255.128.0.0").contains(address("10.128.0.1")));
    EXPECT_FALSE(subnet("::/0").contains(address("8.8.8.8")));
    EXPECT_TRUE(subnet("fe80::/10").contains(address("febf::1")));
    EXPECT_FALSE(subnet("fe80::/10").contains(address("fec0::1")));
    EXPECT_TRUE(subnet("[::1]").contains(address("::1")));
    EXPECT_TRUE(subnet("[fe80::]/10").contains(address("febf::1")));
    EXPECT_EQ(subnet("1.2.3.4/16").to_string(), "1.2.0.0/16");
    EXPECT_EQ(subnet("1.2.3.4").to_string(), "1.2.3.4/32");
    for (const char* text :
         {"1.2.3.4/33", "::/129", "1.2.3.4/", "1.2.3.4/255.0.255.0", "1.2.3.4/-1", "x/8", "", "1.2.3.", "[]", "[::1",
          "::1]", "[::1/128]", "1.2.3.4/::", "example.com", "fe80::1%eth0"}) {
        EXPECT_FALSE(Subnet::parse(text)) << text;
    }
}

TEST(Permissions, ReadsWhitelists)
{
    const auto plain = parse_whitelist("1.2.3.0/24");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->permissions, kPermissionImplicit);
    EXPECT_TRUE(plain->incoming);
    const auto named = parse_whitelist("noban,relay@::1");
    EXPECT_EQ(named->permissions, kPermissionNoBan | kPermissionRelay);
    EXPECT_TRUE(has_permission(named->permissions, kPermissionDownload));  // part of noban
    EXPECT_FALSE(has_permission(kPermissionDownload, kPermissionNoBan));
    const auto out = parse_whitelist("out,noban@1.1.1.1");
    EXPECT_FALSE(out->incoming);
    EXPECT_TRUE(out->outgoing);
    EXPECT_EQ(parse_whitelist("oopsie@1.2.3.4").error(), "Invalid P2P permission: 'oopsie'");
    EXPECT_EQ(parse_whitelist("noban@1.2.3.4:32").error(), "Invalid netmask specified in -whitelist: '1.2.3.4:32'");
    EXPECT_EQ(parse_whitelist("out@1.2.3.4").error(), "Only direction was set, no permissions: 'out@1.2.3.4'");
    EXPECT_EQ(permission_names(kPermissionAll).size(), 7u);
}

TEST(Permissions, ReadsWhitebinds)
{
    EXPECT_EQ(parse_whitebind("noban@127.0.0.1:1234")->endpoint.port, 1234);
    EXPECT_EQ(parse_whitebind("noban@127.0.0.1").error(), "Need to specify a port with -whitebind: '127.0.0.1'");
    EXPECT_EQ(parse_whitebind("nowhere").error(), "Cannot resolve -whitebind address: 'nowhere'");
    EXPECT_FALSE(parse_whitebind("out,noban@127.0.0.1:1234"));
    EXPECT_EQ(resolve_implicit(kPermissionImplicit, true, false),
              kPermissionRelay | kPermissionMempool | kPermissionNoBan);
}

}  // namespace
}  // namespace cairn::protocol::test
