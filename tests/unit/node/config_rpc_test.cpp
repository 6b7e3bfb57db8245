#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

#include "node/config.h"
#include "node/options.h"

namespace cairn::node {
namespace {

Configured<rpc::ServerOptions> configured(std::initializer_list<const char*> arguments)
{
    base::Settings settings(option_table());
    EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
    return configure_rpc(settings);
}

TEST(RpcAllowIp, LetsInWhomItNames)
{
    const auto none = configured({});
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->allows("10.0.0.1"));
    const auto some = configured({"-rpcallowip=10.0.0.0/8", "-rpcallowip=192.168.1.7", "-rpcallowip=[fe80::]/10"});
    ASSERT_TRUE(some);
    for (const char* ip : {"10.0.0.1", "10.255.255.255", "192.168.1.7", "fe80::1", "febf::1"}) {
        EXPECT_TRUE(some->allows(ip)) << ip;
    }
    for (const char* ip : {"11.0.0.0", "192.168.1.8", "fec0::1", "::1", "", "nonsense"}) {
        EXPECT_FALSE(some->allows(ip)) << ip;
    }
}

TEST(RpcAllowIp, RefusesWhatIsNoSubnet)
{
    for (const char* wrong : {"-rpcallowip=x", "-rpcallowip=1.2.3.4/33", "-rpcallowip=1.2.3.4/255.0.255.0"}) {
        const auto options = configured({wrong});
        ASSERT_FALSE(options) << wrong;
        EXPECT_TRUE(options.error().starts_with("Invalid -rpcallowip subnet specification: ")) << options.error();
    }
}

}  // namespace
}  // namespace cairn::node
