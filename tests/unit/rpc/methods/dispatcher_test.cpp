#include "rpc/methods/dispatcher.h"

#include <gtest/gtest.h>

#include "fake_node.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc::test {
namespace {

TEST(Dispatcher, has_code_for_every_declared_method_and_no_other)
{
    for (const MethodSpec& method : all_methods()) EXPECT_TRUE(has_handler(method.name)) << method.name;
    EXPECT_FALSE(has_handler("nonsense"));
}

TEST(Dispatcher, refuses_calls_during_warm_up)
{
    base::ManualClock clock;
    Dispatcher dispatcher(clock);
    dispatcher.set_warmup_status("Loading block index…");
    try {
        (void)dispatcher.run({"uptime", Json::array(), "/", ""});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), -28);
        EXPECT_EQ(error.message(), "Loading block index…");
    }
}

TEST(Dispatcher, finds_methods_and_puts_arguments_in_order)
{
    FakeNode node;
    EXPECT_EQ(node.call("nonsense"), "-32601 Method not found");
    EXPECT_EQ(node.call("getwalletinfo"), "-32601 Method not found");
    EXPECT_EQ(node.call("getblockhash", R"({"height":0})"), node.call("getblockhash", "[0]"));
    EXPECT_EQ(node.call("getblockhash", R"({"x":0})"), "-8 Unknown named parameter x");
    EXPECT_EQ(node.call("getblockhash"), "-1 " + method_help(*find_method("getblockhash")));
    EXPECT_EQ(node.call("getblockhash", "[true]").substr(0, 21), "-3 Wrong type passed:");
}

TEST(Dispatcher, reads_the_wallet_of_a_path)
{
    EXPECT_EQ(decode_url("a%20b%2Fc%zz%4"), "a b/c%zz%4");
    EXPECT_EQ(wallet_of_path("/wallet/my%20one"), "my one");
    EXPECT_EQ(wallet_of_path("/wallet/"), "");
    EXPECT_FALSE(wallet_of_path("/"));
}

}  // namespace
}  // namespace cairn::rpc::test
