#include "rpc/spec/method_spec.h"

#include <set>

#include <gtest/gtest.h>

#include "rpc/spec/error.h"

namespace cairn::rpc {
namespace {

template <class Call>
std::string refusal(Call call)
{
    try {
        call();
    } catch (const Error& error) {
        return std::to_string(error.code()) + " " + error.message();
    }
    return "accepted";
}

std::string positional(std::string_view method, std::string_view named)
{
    return to_positional(*find_method(method), *Json::parse(named)).write();
}

std::string positional_refusal(std::string_view method, std::string_view named)
{
    return refusal([&] { (void)positional(method, named); });
}

std::string typed(std::string_view method, const std::vector<std::string>& arguments)
{
    return convert_positional(method, arguments).write();
}

std::string typed_named(std::string_view method, const std::vector<std::string>& arguments)
{
    return convert_named(method, arguments).write();
}

TEST(MethodSpecs, have_distinct_names_and_unambiguous_arguments)
{
    std::set<std::string_view> names;
    for (const MethodSpec& method : all_methods()) {
        EXPECT_TRUE(names.insert(method.name).second) << method.name;
        std::set<std::string_view> arguments;
        for (const Argument& argument : method.arguments) {
            EXPECT_TRUE(arguments.insert(argument.names).second) << method.name << ' ' << argument.names;
            EXPECT_FALSE(argument.required && !argument.fallback.is_null());
        }
        EXPECT_FALSE(method.help.empty()) << method.name;
        EXPECT_EQ(find_method(method.name), &method);
    }
    EXPECT_EQ(find_method("nonsense"), nullptr);
    EXPECT_GE(names.size(), 110U);
}

TEST(ArgumentChecks, count)
{
    const MethodSpec& method = *find_method("getblockhash");
    EXPECT_EQ(refusal([&] { check_arguments(method, *Json::parse("[1]")); }), "accepted");
    EXPECT_EQ(refusal([&] { check_arguments(method, *Json::parse("[]")); }), "-1 " + method_help(method));
    EXPECT_EQ(refusal([&] { check_arguments(method, *Json::parse("[1,2]")); }), "-1 " + method_help(method));
}

TEST(ArgumentChecks, types)
{
    EXPECT_EQ(
        refusal([&] { check_arguments(*find_method("getblockhash"), *Json::parse("[\"1\"]")); }),
        "-3 Wrong type passed:\n{\n    \"Position 1 (height)\": \"JSON value of type string is not of expected type "
        "number\"\n}");
    // The argument checks its type itself, or may be null.
    EXPECT_EQ(refusal([&] { check_arguments(*find_method("getblock"), *Json::parse("[\"00\",true]")); }), "accepted");
    EXPECT_EQ(refusal([&] { check_arguments(*find_method("getrawmempool"), *Json::parse("[null,true]")); }),
              "accepted");
    EXPECT_EQ(
        refusal([&] { check_arguments(*find_method("getblockhash"), *Json::parse("[null]")); }),
        "-3 Wrong type passed:\n{\n    \"Position 1 (height)\": \"JSON value of type null is not of expected type "
        "number\"\n}");
}

TEST(NamedArguments, find_their_places)
{
    EXPECT_EQ(positional("getblock", R"({"blockhash":"ab","verbose":true})"), R"(["ab",true])");
    EXPECT_EQ(positional("getblock", R"({"verbosity":2,"blockhash":"ab"})"), R"(["ab",2])");
    EXPECT_EQ(positional("getrawmempool", R"({"mempool_sequence":true})"), "[null,true]");
    EXPECT_EQ(positional("getrawmempool", "{}"), "[]");
    EXPECT_EQ(positional("getrawmempool", R"({"verbose":null})"), "[null]");
}

TEST(NamedArguments, gather_options)
{
    EXPECT_EQ(positional("gettxspendingprevout", R"({"outputs":[],"mempool_only":true})"),
              R"([[],{"mempool_only":true}])");
    EXPECT_EQ(positional("listunspent", R"({"minimumAmount":1,"maximumCount":2})"),
              R"([null,null,null,null,{"minimumAmount":1,"maximumCount":2}])");
    EXPECT_EQ(positional_refusal("listunspent", R"({"minimumAmount":1,"query_options":{}})"),
              "-8 Parameter query_options conflicts with parameter minimumAmount");
}

TEST(NamedArguments, follow_positional_ones)
{
    EXPECT_EQ(positional("getblock", R"({"args":["ab"],"verbosity":2})"), R"(["ab",2])");
    EXPECT_EQ(positional("getblock", R"({"args":["ab",2]})"), R"(["ab",2])");
    EXPECT_EQ(positional_refusal("getblock", R"({"args":["ab",2],"verbosity":2})"),
              "-8 Parameter verbosity|verbose specified twice both as positional and named argument");
    EXPECT_EQ(positional_refusal("getblock", R"({"args":["ab"],"blockhash":"cd"})"),
              "-8 Parameter blockhash specified twice both as positional and named argument");
}

TEST(NamedArguments, refuse_what_is_unknown_or_given_twice)
{
    EXPECT_EQ(positional_refusal("getblock", R"({"x":1})"), "-8 Unknown named parameter x");
    EXPECT_EQ(positional_refusal("getblock", R"({"blockhash":1,"blockhash":1})"),
              "-8 Parameter blockhash specified multiple times");
    EXPECT_EQ(positional_refusal("getblock", R"({"verbose":1,"verbosity":1})"), "-8 Unknown named parameter verbose");
}

TEST(TypedArguments, are_read_by_their_type)
{
    EXPECT_EQ(typed("getblockhash", {"1000"}), "[1000]");
    EXPECT_EQ(typed("getblock", {"00ab", "2"}), R"(["00ab",2])");
    EXPECT_EQ(typed("sendtoaddress", {"addr", "0.10000000", "1", "2"}), R"(["addr",0.10000000,"1","2"])");
    EXPECT_EQ(typed("getblockstats", {"00ab"}), R"(["00ab"])");
    EXPECT_EQ(typed("getblockstats", {"7"}), "[7]");
    EXPECT_EQ(typed("echo", {"7"}), R"(["7"])");
    EXPECT_EQ(typed("echojson", {"7"}), "[7]");
    EXPECT_EQ(typed("nonsense", {"7", "[1]"}), R"(["7","[1]"])");
    EXPECT_EQ(typed("getblockhash", {"1", "x"}), R"([1,"x"])");
    EXPECT_EQ(refusal([] { (void)typed("getblockhash", {"x"}); }), "-1 Error parsing JSON: x");
}

TEST(TypedArguments, may_have_names)
{
    EXPECT_EQ(typed_named("getblock", {"verbosity=0", "blockhash=ab"}), R"({"verbosity":0,"blockhash":"ab"})");
    EXPECT_EQ(typed_named("getblock", {"ab", "verbose=true"}), R"({"verbose":true,"args":["ab"]})");
    EXPECT_EQ(typed_named("listunspent", {"minimumAmount=0.1"}), R"({"minimumAmount":0.1})");
    EXPECT_EQ(typed_named("getnewaddress", {"label=a=b"}), R"({"label":"a=b"})");
    EXPECT_EQ(typed_named("createwallet", {"my=wallet"}), R"({"args":["my=wallet"]})");
    EXPECT_EQ(typed_named("testmempoolaccept", {"[\"a=b\"]"}), R"({"args":[["a=b"]]})");
    EXPECT_EQ(typed_named("getblock", {"verbosity=0", "verbosity=1"}), R"({"verbosity":1})");
    EXPECT_EQ(typed_named("getblockhash", {"x=y"}), R"({"x":"y"})");
    EXPECT_EQ(typed_named("echo", {"args=[1]", "4"}), R"({"args":"[1]","args":["4"]})");
}

TEST(Help, begins_with_the_signature)
{
    EXPECT_EQ(method_signature(*find_method("getblock")), "getblock \"blockhash\" ( verbosity )");
    EXPECT_EQ(method_signature(*find_method("prioritisetransaction")),
              "prioritisetransaction \"txid\" ( dummy ) fee_delta");
    EXPECT_EQ(method_signature(*find_method("stop")), "stop");
    EXPECT_EQ(method_signature(*find_method("createrawtransaction")),
              "createrawtransaction [{\"txid\":\"hex\",\"vout\":n,\"sequence\":n},...] "
              "[{\"address\":amount,...},{\"data\":\"hex\"},...] ( locktime replaceable version )");
    EXPECT_EQ(method_signature(*find_method("gettxspendingprevout")),
              "gettxspendingprevout [{\"txid\":\"hex\",\"vout\":n},...] ( "
              "{\"mempool_only\":bool,\"return_spending_tx\":bool,...} )");
    EXPECT_EQ(method_signature(*find_method("getblockstats")), "getblockstats hash_or_height ( stats )");
    EXPECT_EQ(method_signature(*find_method("sendmany")).substr(0, 38), "sendmany ( \"\" ) {\"address\":amount,...}");
    EXPECT_EQ(method_help(*find_method("getblockcount")).rfind("getblockcount\n\n", 0), 0U);
}

TEST(Help, shows_requests_that_can_be_sent)
{
    const std::string_view before = "--data-binary '";
    for (const MethodSpec& method : all_methods()) {
        const std::string help = method_help(method);
        const std::size_t begin = help.find(before);
        ASSERT_EQ(begin != std::string::npos, !method.examples.empty()) << method.name;
        if (begin == std::string::npos) continue;
        const std::string rest = help.substr(begin + before.size());
        const auto request = Json::parse(rest.substr(0, rest.find('\'')));
        ASSERT_TRUE(request) << rest;
        EXPECT_EQ((*request)["method"].as_string(), method.name);
        EXPECT_NO_THROW(check_arguments(method, (*request)["params"])) << rest;
    }
    EXPECT_NE(method_help(*find_method("logging")).find(R"("params": [["all"],["http"]]}')"), std::string::npos);
    EXPECT_NE(method_help(*find_method("getblockcount")).find(R"("params": []}')"), std::string::npos);
}

TEST(Help, lists_methods_by_category)
{
    const std::string all = help_overview(true);
    EXPECT_EQ(all.rfind("== Blockchain ==\n", 0), 0U);
    EXPECT_NE(all.find("\n\n== Wallet ==\n"), std::string::npos);
    EXPECT_EQ(all.find("setmocktime"), std::string::npos);
    EXPECT_EQ(help_overview(false).find("== Wallet =="), std::string::npos);
}

}  // namespace
}  // namespace cairn::rpc
