#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

#include "node/config.h"
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

}  // namespace
}  // namespace cairn::node
