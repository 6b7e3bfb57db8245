#include "rpc/server/json_rpc.h"

#include <gtest/gtest.h>

#include "base/io_error.h"
#include "rpc/spec/error.h"

namespace cairn::rpc {
namespace {

Json run(const MethodCall& call)
{
    if (call.method == "add") return call.arguments[0].as_int<int>() + call.arguments[1].as_int<int>();
    if (call.method == "path") return call.path + " " + call.user;
    if (call.method == "break") throw base::EnvironmentError("broken", "Mend it.");
    if (call.method == "refuse") throw Error(Code::kInvalidParameter, "no");
    throw Error(Code::kMethodNotFound, "Method not found");
}

std::string answer(std::string_view body, const std::string& user = "u")
{
    Authorizer authorizer;
    authorizer.add_whitelist("limited:add");
    const RpcReply reply = JsonRpc(run, authorizer).answer(body, {user, "/wallet/w"});
    return std::to_string(reply.status) + " " + reply.body;
}

TEST(JsonRpc, answers_version_1)
{
    EXPECT_EQ(answer(R"({"method":"add","params":[1,2],"id":7})"), "200 {\"result\":3,\"error\":null,\"id\":7}\n");
    EXPECT_EQ(answer(R"({"jsonrpc":"1.0","method":"add","params":[1,2]})"), "200 {\"result\":3,\"error\":null}\n");
    EXPECT_EQ(answer(R"({"method":"refuse","id":null})"),
              "500 {\"result\":null,\"error\":{\"code\":-8,\"message\":\"no\"},\"id\":null}\n");
    EXPECT_EQ(answer(R"({"method":"x","id":"a"})"),
              "404 {\"result\":null,\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":\"a\"}\n");
    EXPECT_EQ(answer(R"({"method":"break"})"),
              "500 {\"result\":null,\"error\":{\"code\":-1,\"message\":\"broken. Mend it.\"}}\n");
    EXPECT_EQ(answer(R"({"method":"path"})"), "200 {\"result\":\"/wallet/w u\",\"error\":null}\n");
}

TEST(JsonRpc, answers_version_2)
{
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"add","params":[1,2],"id":7})"),
              "200 {\"jsonrpc\":\"2.0\",\"result\":3,\"id\":7}\n");
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"x","id":7})"),
              "200 {\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":7}\n");
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"add","params":[1,2],"id":null})"),
              "200 {\"jsonrpc\":\"2.0\",\"result\":3,\"id\":null}\n");
}

TEST(JsonRpc, runs_notifications_silently)
{
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"add","params":[1,2]})"), "204 ");
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"refuse"})"), "204 ");
    EXPECT_EQ(answer(R"([{"jsonrpc":"2.0","method":"add","params":[1,2]}])"), "204 ");
}

TEST(JsonRpc, refuses_what_is_no_request)
{
    const auto error = [](const std::string& what) {
        return "400 {\"result\":null,\"error\":{\"code\":-32600,\"message\":\"" + what + "\"}}\n";
    };
    EXPECT_EQ(answer("{}"), error("Missing method"));
    EXPECT_EQ(answer(R"({"method":1})"), error("Method must be a string"));
    EXPECT_EQ(answer(R"({"method":"add","params":1})"), error("Params must be an array or object"));
    EXPECT_EQ(answer(R"({"jsonrpc":2,"method":"add"})"), error("jsonrpc field must be a string"));
    EXPECT_EQ(answer(R"({"jsonrpc":"3.0","method":"add"})"), error("JSON-RPC version not supported"));
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1})"),
              "400 {\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Missing method\"},\"id\":1}\n");
    EXPECT_EQ(answer("{"),
              "500 {\"result\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"},\"id\":null}\n");
    EXPECT_EQ(
        answer("1"),
        "500 {\"result\":null,\"error\":{\"code\":-32700,\"message\":\"Top-level object parse error\"},\"id\":null}\n");
}

TEST(JsonRpc, answers_batches)
{
    EXPECT_EQ(
        answer(R"([{"method":"add","params":[1,2],"id":1},{"jsonrpc":"2.0","method":"x","id":2},7,)"
               R"({"jsonrpc":"2.0","method":"add","params":[1,2]}])"),
        "200 "
        "[{\"result\":3,\"error\":null,\"id\":1},{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,\"message\":\"Method "
        "not "
        "found\"},\"id\":2},{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"Invalid Request "
        "object\"},\"id\":null}]\n");
    EXPECT_EQ(answer("[]"), "200 []\n");
}

TEST(JsonRpc, holds_users_to_their_methods)
{
    EXPECT_EQ(answer(R"({"method":"add","params":[1,2]})", "limited"), "200 {\"result\":3,\"error\":null}\n");
    EXPECT_EQ(answer(R"({"method":"path"})", "limited"), "403 ");
    EXPECT_EQ(answer(R"([{"method":"add","params":[1,2]},{"method":"path"}])", "limited"), "403 ");
}

}  // namespace
}  // namespace cairn::rpc
