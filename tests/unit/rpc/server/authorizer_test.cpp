#include "rpc/server/authorizer.h"

#include <gtest/gtest.h>

#include "rpc/server/gate.h"

namespace cairn::rpc {
namespace {

std::string basic(const std::string& credentials)
{
    return "Basic " + encode_base64(credentials);
}

TEST(Base64, reads_what_it_writes)
{
    for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xfe\x00x"}) {
        EXPECT_EQ(decode_base64(encode_base64(text)), text);
    }
    EXPECT_EQ(encode_base64("foob"), "Zm9vYg==");
    for (const std::string_view text : {"Zg", "Zg=", "Z===", "!!!notbase64!!!", "Zh==", "Zg==Zg==", "Zm9=", "Z g="}) {
        EXPECT_FALSE(decode_base64(text)) << text;
    }
}

TEST(Authorizer, knows_users_by_password)
{
    base::SeededRandom random(1);
    Authorizer authorizer;
    EXPECT_FALSE(authorizer.user_of(basic("a:b")));
    authorizer.add_password("alice", "secret:with colon", random);
    EXPECT_EQ(authorizer.user_of(basic("alice:secret:with colon")), "alice");
    for (const char* credentials : {"alice:secret", "bob:secret:with colon", "alice", "", ":", "alice:"}) {
        EXPECT_FALSE(authorizer.user_of(basic(credentials))) << credentials;
    }
    for (const char* value : {"Bearer sometoken123", "Basic !!!notbase64!!!", "Basic", "Basic ", ""}) {
        EXPECT_FALSE(authorizer.user_of(value)) << value;
    }
}

TEST(Authorizer, knows_rpcauth)
{
    Authorizer authorizer;
    // From Bitcoin Core's share/rpcauth for the password "cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM=".
    ASSERT_TRUE(authorizer.add_rpcauth(
        "rt:93648e835a54c573682c2eb19f882535$7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144"));
    EXPECT_EQ(authorizer.user_of(basic("rt:cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM=")), "rt");
    EXPECT_FALSE(authorizer.user_of(basic("rt:wrong")));
    for (const char* value : {"", "foo", "foo:bar", "foo$bar", "foo:bar:baz$x", "foo:bar$baz$x", "foo$bar:baz"}) {
        EXPECT_FALSE(authorizer.add_rpcauth(value)) << value;
    }
}

TEST(Authorizer, limits_methods)
{
    Authorizer authorizer;
    authorizer.add_whitelist("a:getblockcount,getblockhash");
    authorizer.add_whitelist("a:getblockhash, uptime");
    authorizer.add_whitelist("none");
    EXPECT_TRUE(authorizer.may_call("a", "getblockhash"));
    EXPECT_FALSE(authorizer.may_call("a", "getblockcount"));
    EXPECT_FALSE(authorizer.may_call("a", "uptime"));
    EXPECT_FALSE(authorizer.may_call("none", "uptime"));
    EXPECT_TRUE(authorizer.may_call("other", "uptime"));
    EXPECT_TRUE(authorizer.may_call("other"));
    authorizer.require_whitelist(true);
    EXPECT_FALSE(authorizer.may_call("other", "uptime"));
    EXPECT_FALSE(authorizer.may_call("other"));
    EXPECT_TRUE(authorizer.may_call("a"));
}

TEST(Gate, looks_in_order)
{
    base::SeededRandom random(1);
    Authorizer authorizer;
    authorizer.add_password("u", "p", random);
    const auto status = [&](const std::string& line, const std::string& fields, GateRules rules = {}) {
        const Verdict verdict = judge(*parse_head(line + " HTTP/1.1\r\n" + fields + "\r\n"), rules, authorizer);
        return verdict.refusal ? verdict.refusal->status + (verdict.refusal->penalised ? 1000 : 0) : 200;
    };
    const std::string right = "Authorization: " + basic("u:p") + "\r\n";
    EXPECT_EQ(status("POST /", right), 200);
    EXPECT_EQ(status("POST /wallet/w", right), 200);
    EXPECT_EQ(status("POST /wallet/w", right, {.wallet_paths = false}), 404);
    EXPECT_EQ(status("GET /x", "Host: evil.com\r\n"), 404);
    EXPECT_EQ(status("GET /", "Host: evil.com\r\n"), 405);
    EXPECT_EQ(status("POST /", "Host: evil.com\r\n"), 403);
    EXPECT_EQ(status("POST /", "Host: evil.com\r\n" + right, {.loopback = false}), 200);
    EXPECT_EQ(status("POST /", ""), 401);
    EXPECT_EQ(status("POST /", "Authorization: " + basic("u:x") + "\r\n"), 1401);
    EXPECT_EQ(status("POST /", right, {.address_allowed = false}), 403);
}

TEST(Gate, knows_its_own_hosts)
{
    for (const std::string_view host : {"localhost", "localhost:8332", "127.0.0.1", "127.0.0.1:18443", "[::1]",
                                        "[::1]:8332", "::1", "bitcoind:43782", "192.168.1.2:8332"}) {
        EXPECT_TRUE(is_own_host(host)) << host;
    }
    for (const std::string_view host :
         {"evil.com", "evil.com:8332", "127.0.0.1.evil.com", "[evil.com]", "localhost.evil.com:8332"}) {
        EXPECT_FALSE(is_own_host(host)) << host;
    }
}

}  // namespace
}  // namespace cairn::rpc
