#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

#include "node/config.h"
#include "node/interactions.h"
#include "node/options.h"

namespace cairn::node {
namespace {

Configured<std::vector<protocol::Endpoint>> configured(std::initializer_list<const char*> arguments)
{
    base::Settings settings(option_table());
    EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
    return configure_external_addresses(settings, protocol::network_info(Network::kMain));
}

std::string shown(std::initializer_list<const char*> arguments)
{
    const auto endpoints = configured(arguments);
    if (!endpoints) return endpoints.error();
    std::string text;
    for (const auto& endpoint : *endpoints) text += endpoint.to_string() + " ";
    return text;
}

TEST(ExternalAddresses, HaveThePortListenedOn)
{
    EXPECT_EQ(shown({}), "");
    EXPECT_EQ(shown({"-externalip=1.2.3.4"}), "1.2.3.4:8333 ");
    EXPECT_EQ(shown({"-externalip=1.2.3.4", "-port=1000"}), "1.2.3.4:1000 ");
    EXPECT_EQ(shown({"-externalip=1.2.3.4", "-bind=127.0.0.1:2000"}), "1.2.3.4:2000 ");
    EXPECT_EQ(shown({"-externalip=1.2.3.4", "-bind=127.0.0.1:2000=onion", "-port=1000"}), "1.2.3.4:1000 ");
    EXPECT_EQ(shown({"-externalip=1.2.3.4:3000", "-externalip=[2a00::1]:5"}), "1.2.3.4:3000 [2a00::1]:5 ");
}

TEST(ExternalAddresses, AreRefusedOrLeftOut)
{
    EXPECT_EQ(shown({"-externalip=not an address"}), "Cannot resolve -externalip address: 'not an address'");
    EXPECT_EQ(shown({"-externalip=1.2.3.4:99999"}), "Cannot resolve -externalip address: '1.2.3.4:99999'");
    EXPECT_EQ(shown({"-externalip=127.0.0.1", "-externalip=1.2.3.4"}), "1.2.3.4:8333 ");
}

TEST(DnsSeeds, CannotBeForcedWhereTheyAreOff)
{
    const auto refused = [](std::initializer_list<const char*> arguments) {
        base::Settings settings(option_table());
        EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
        apply_interactions(settings);
        const auto engine = configure_engine(settings, protocol::network_info(Network::kMain), "/test/");
        return engine ? std::string{} : engine.error();
    };
    EXPECT_EQ(refused({"-forcednsseed"}), "");
    EXPECT_EQ(refused({"-forcednsseed=0", "-dnsseed=0"}), "");
    EXPECT_EQ(refused({"-forcednsseed", "-connect=1.2.3.4", "-dnsseed"}), "");
    for (const char* other : {"-dnsseed=0", "-connect=1.2.3.4"}) {
        EXPECT_EQ(refused({"-forcednsseed", other}),
                  "Cannot set -forcednsseed to true when setting -dnsseed to false.");
    }
}

TEST(NetworkActive, IsOnUnlessSwitchedOff)
{
    const auto active = [](std::initializer_list<const char*> arguments) {
        base::Settings settings(option_table());
        EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
        return configure_engine(settings, protocol::network_info(Network::kMain), "/a/").value().network_active;
    };
    EXPECT_TRUE(active({}));
    EXPECT_TRUE(active({"-networkactive"}));
    EXPECT_FALSE(active({"-networkactive=0"}));
    EXPECT_FALSE(active({"-nonetworkactive"}));
}

TEST(Commands, AreWhatWasGiven)
{
    base::Settings settings(option_table());
    ASSERT_TRUE(settings.parse_command_line(
        std::vector<const char*>{"-alertnotify=a %s", "-blocknotify=first", "-blocknotify=last", "-startupnotify=x",
                                 "-nostartupnotify", "-shutdownnotify=one", "-shutdownnotify=two"}));
    const auto commands = configure_commands(settings);
    EXPECT_EQ(commands.alert, "a %s");
    EXPECT_EQ(commands.block, "last");
    EXPECT_EQ(commands.startup, "");
    EXPECT_EQ(commands.shutdown, (std::vector<std::string>{"one", "two"}));
}

TEST(Listeners, AreRefusedWhereNobodyListens)
{
    const auto refused = [](std::initializer_list<const char*> arguments) {
        base::Settings settings(option_table());
        EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
        const auto sockets = configure_sockets(settings, protocol::network_info(Network::kMain));
        return sockets ? std::to_string(sockets->listeners.size()) : sockets.error();
    };
    EXPECT_EQ(refused({"-listen=0"}), "0");
    EXPECT_EQ(refused({"-whitebind=127.0.0.1:2000"}), "1");
    for (const char* bind : {"-bind=127.0.0.1:2000", "-whitebind=127.0.0.1:2000"}) {
        EXPECT_EQ(refused({"-listen=0", bind}), "Cannot set -bind or -whitebind together with -listen=0");
    }
}

TEST(Listeners, OfOneAddressAreRefused)
{
    const auto configured = [](std::initializer_list<const char*> arguments) {
        base::Settings settings(option_table());
        EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
        return configure_sockets(settings, protocol::network_info(Network::kMain));
    };
    EXPECT_EQ(configured({"-bind=127.0.0.1:2000", "-bind=127.0.0.1:2001=onion"})->listeners.size(), 2U);
    for (const char* other : {"-bind=127.0.0.1:2000", "-bind=127.0.0.1:2000=onion", "-whitebind=127.0.0.1:2000"}) {
        const auto refused = configured({"-bind=127.0.0.1:2000", other});
        ASSERT_FALSE(refused) << other;
        EXPECT_EQ(refused.error(),
                  "Duplicate binding configuration for address 127.0.0.1:2000. Please check your -bind, "
                  "-bind=...=onion and -whitebind settings.");
    }
}

TEST(ListenPort, IsThatOfTheFirstBindThatNamesOne)
{
    const auto port = [](std::initializer_list<const char*> arguments) {
        base::Settings settings(option_table());
        EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
        return listen_port(settings, protocol::network_info(Network::kMain));
    };
    EXPECT_EQ(port({}), 8333);
    EXPECT_EQ(port({"-port=1"}), 1);
    EXPECT_EQ(port({"-port=1", "-bind=1.1.1.5"}), 1);
    EXPECT_EQ(port({"-port=1", "-bind=1.1.1.5", "-bind=1.1.1.5:2"}), 2);
    EXPECT_EQ(port({"-port=1", "-bind=1.1.1.5:3=onion"}), 1);
    EXPECT_EQ(port({"-port=1", "-whitebind=1.1.1.5:4"}), 4);
    EXPECT_EQ(port({"-port=1", "-whitebind=noban@1.1.1.5:4"}), 1);
    EXPECT_EQ(port({"-port=1", "-whitebind=1.1.1.5:4", "-bind=1.1.1.5:2"}), 2);
}

/// With interfaces 1.1.1.5, 1111:1111::5 and one of a private network: "address score ".
std::string discovered(std::initializer_list<const char*> arguments)
{
    base::Settings settings(option_table());
    EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
    apply_interactions(settings);
    const auto network = protocol::network_info(Network::kMain);
    const auto sockets = configure_sockets(settings, network);
    EXPECT_TRUE(sockets);
    std::vector<std::byte> v6(16);
    v6[0] = v6[1] = v6[2] = v6[3] = std::byte{0x11};
    v6[15] = std::byte{5};
    const std::vector<std::vector<std::byte>> interfaces{
        {std::byte{1}, std::byte{1}, std::byte{1}, std::byte{5}},
        {std::byte{192}, std::byte{168}, std::byte{0}, std::byte{1}},
        v6,
    };
    std::string text;
    for (const auto& [endpoint, score] : discover_addresses(settings, network, *sockets, interfaces)) {
        text += endpoint.to_string() + "=" + std::to_string(score) + " ";
    }
    return text;
}

TEST(DiscoveredAddresses, AreThoseOfTheInterfacesWhereAllAreListenedOn)
{
    const std::string all = "1.1.1.5:8333=1 [1111:1111::5]:8333=1 ";
    EXPECT_EQ(discovered({}), all);
    EXPECT_EQ(discovered({"-discover"}), all);
    EXPECT_EQ(discovered({"-port=7"}), "1.1.1.5:7=1 [1111:1111::5]:7=1 ");
    EXPECT_EQ(discovered({"-bind=0.0.0.0:8"}), "1.1.1.5:8=1 [1111:1111::5]:8=1 ");
    EXPECT_EQ(discovered({"-whitebind=0.0.0.0:9", "-bind=127.0.0.1:10=onion"}), "1.1.1.5:9=1 [1111:1111::5]:9=1 ");
}

TEST(DiscoveredAddresses, AreThoseBoundWhereOnlySomeAreListenedOn)
{
    EXPECT_EQ(discovered({"-bind=1.1.1.5:8"}), "1.1.1.5:8=2 ");
    EXPECT_EQ(discovered({"-bind=127.0.0.1:8"}), "");
    EXPECT_EQ(discovered({"-whitebind=noban@1.1.1.5:8"}), "");
    EXPECT_EQ(discovered({"-bind=1.1.1.5:8=onion"}), "");
}

TEST(DiscoveredAddresses, AreNoneWhereTheOwnerSaysSo)
{
    EXPECT_EQ(discovered({"-discover=0"}), "");
    EXPECT_EQ(discovered({"-listen=0"}), "");
    EXPECT_EQ(discovered({"-externalip=1.2.3.4"}), "");
    EXPECT_EQ(discovered({"-connect=1.2.3.4"}), "") << "which does not listen";
}

}  // namespace
}  // namespace cairn::node
