#include "rpc/spec/json.h"

#include <gtest/gtest.h>

#include "rpc/spec/error.h"

namespace cairn::rpc {
namespace {

std::string rewrite(std::string_view text)
{
    const auto value = Json::parse(text);
    return value ? value->write() : "refused";
}

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

TEST(Json, keeps_numbers_and_order)
{
    for (const std::string_view text :
         {"1.00000000", "0.1", "-0", "1e-8", "123456789012345678901234567890", "1E+5", "null", "true", "false", "\"\"",
          "[]", "{}", "[1,[2,{\"b\":1,\"a\":2,\"b\":3}],\"x\"]", "{\"z\":0.00000001,\"a\":20999999.99990000}"}) {
        EXPECT_EQ(rewrite(text), text);
    }
    EXPECT_EQ(rewrite(" \t\r\n[ 1 , 2 ] "), "[1,2]");
}

TEST(Json, refuses_what_is_none)
{
    for (const std::string_view text : {"",
                                        " ",
                                        "01",
                                        "-",
                                        "+1",
                                        ".5",
                                        "1.",
                                        "1e",
                                        "tru",
                                        "nul",
                                        "[1,]",
                                        "{\"a\":1,}",
                                        "{a:1}",
                                        "[1 2]",
                                        "\"a",
                                        "\"\x01\"",
                                        "1 2",
                                        "[1]x",
                                        "'a'",
                                        "NaN",
                                        "Infinity",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\ud800\"",
                                        "\"\\udc00\"",
                                        "\"\\ud800\\u0041\"",
                                        "\"\xff\"",
                                        "\"\xc0\x80\"",
                                        "\"\xed\xa0\x80\"",
                                        "//x\n1",
                                        "\xef\xbb\xbf"
                                        "1x"}) {
        EXPECT_EQ(rewrite(text), "refused") << text;
    }
    EXPECT_EQ(rewrite(std::string_view("1\0", 2)), "refused");
    EXPECT_EQ(rewrite(std::string_view("\"\0\"", 3)), "refused");
}

TEST(Json, nests_to_its_bound_and_not_deeper)
{
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(rewrite(nested(Json::kMaxDepth)), nested(Json::kMaxDepth));
    EXPECT_EQ(rewrite(nested(Json::kMaxDepth + 1)), "refused");
    EXPECT_EQ(rewrite(std::string(1'000'000, '[')), "refused");
}

TEST(Json, escapes_as_bitcoin_core_does)
{
    EXPECT_EQ(Json(std::string("\"\\\b\f\n\r\t\x01\x7f/\xc3\xa4", 12)).write(),
              "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u007f/\xc3\xa4\"");
    EXPECT_EQ(rewrite("\"\\u0041\\ud83d\\ude00\\/\\u0000\""), "\"A\xf0\x9f\x98\x80/\\u0000\"");
}

TEST(Json, writes_with_indent)
{
    const Json value = *Json::parse("{\"a\":[1,2],\"b\":{},\"c\":[]}");
    EXPECT_EQ(value.write(2), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {\n  },\n  \"c\": [\n  ]\n}");
}

TEST(Json, finds_the_first_of_equal_keys_and_null_for_none)
{
    const Json value = *Json::parse("{\"a\":1,\"a\":2,\"n\":null}");
    EXPECT_EQ(value["a"].as_int<int>(), 1);
    EXPECT_TRUE(value["x"].is_null());
    EXPECT_TRUE(value.has("n"));
    EXPECT_FALSE(value.has("x"));
    EXPECT_TRUE(value[7].is_null());
}

TEST(Json, reads_integers_within_their_type)
{
    EXPECT_EQ(Json::number("255").as_int<std::uint8_t>(), 255);
    EXPECT_EQ(Json::number("-2147483648").as_int<std::int32_t>(), std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(Json::number("18446744073709551615").as_int<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
    constexpr std::string_view kRange = "-1 JSON integer out of range";
    EXPECT_EQ(refusal([] { (void)Json::number("256").as_int<std::uint8_t>(); }), kRange);
    EXPECT_EQ(refusal([] { (void)Json::number("-1").as_int<std::uint8_t>(); }), kRange);
    EXPECT_EQ(refusal([] { (void)Json::number("2147483648").as_int<std::int32_t>(); }), kRange);
    EXPECT_EQ(refusal([] { (void)Json::number("1.5").as_int<int>(); }), kRange);
    EXPECT_EQ(refusal([] { (void)Json::number("1e2").as_int<int>(); }), kRange);
    EXPECT_EQ(refusal([] { (void)Json::number("99999999999999999999").as_int<std::int64_t>(); }), kRange);
    EXPECT_EQ(refusal([] { (void)Json("1").as_int<int>(); }),
              "-3 JSON value of type string is not of expected type number");
}

TEST(Json, says_which_kind_it_expected)
{
    EXPECT_EQ(refusal([] { (void)Json(1).as_string(); }),
              "-3 JSON value of type number is not of expected type string");
    EXPECT_EQ(refusal([] { (void)Json().as_bool(); }), "-3 JSON value of type null is not of expected type bool");
    EXPECT_EQ(refusal([] { (void)Json::object().as_array(); }),
              "-3 JSON value of type object is not of expected type array");
    EXPECT_EQ(refusal([] { (void)Json::array().as_object(); }),
              "-3 JSON value of type array is not of expected type object");
}

TEST(Amounts, are_written_with_eight_decimals)
{
    EXPECT_EQ(Json(Amount{0}).write(), "0.00000000");
    EXPECT_EQ(Json(Amount{1}).write(), "0.00000001");
    EXPECT_EQ(Json(Amount{-1}).write(), "-0.00000001");
    EXPECT_EQ(Json(kMaxMoney).write(), "21000000.00000000");
    EXPECT_EQ(Json(Amount{123'456'789}).write(), "1.23456789");
    EXPECT_EQ(Json(Amount{std::numeric_limits<std::int64_t>::min()}).write(), "-92233720368.54775808");
}

TEST(Amounts, are_read_exactly)
{
    const auto satoshis = [](std::string_view text) { return Json::number(std::string(text)).as_amount().satoshis(); };
    EXPECT_EQ(satoshis("0"), 0);
    EXPECT_EQ(satoshis("0.00000000"), 0);
    EXPECT_EQ(satoshis("0.17622195"), 17'622'195);
    EXPECT_EQ(satoshis("0.5"), 50'000'000);
    EXPECT_EQ(satoshis("0.89898989"), 89'898'989);
    EXPECT_EQ(satoshis("100.00000000"), 10'000'000'000);
    EXPECT_EQ(satoshis("20999999.9999999"), 2'099'999'999'999'990);
    EXPECT_EQ(satoshis("20999999.99999999"), 2'099'999'999'999'999);
    EXPECT_EQ(satoshis("21000000"), 2'100'000'000'000'000);
    EXPECT_EQ(satoshis("1e-8"), 1);
    EXPECT_EQ(satoshis("0.1e-7"), 1);
    EXPECT_EQ(satoshis("0.01e-6"), 1);
    EXPECT_EQ(satoshis("0.0000000000000000000000000000000000001e+30"), 10);
    EXPECT_EQ(satoshis("1.000000000"), 100'000'000);
    EXPECT_EQ(Json("0.5").as_amount().satoshis(), 50'000'000);
}

TEST(Amounts, refuse_what_is_none)
{
    const auto text = [](const char* amount) { return refusal([&] { (void)Json(amount).as_amount(); }); };
    for (const char* amount :
         {"", "-", ".5", "1.", "01", "1e-9", "0.000000001", "0.19e-6x", "1 ", " 1", "1e", "1e+", "0x1", "1e11",
          "9999999999999999999", "1e99999999999999999999", "+1", "0.000000019e-1"}) {
        EXPECT_EQ(text(amount), "-3 Invalid amount") << amount;
    }
    EXPECT_EQ(text("-0.00000001"), "-3 Amount out of range");
    EXPECT_EQ(text("21000000.00000001"), "-3 Amount out of range");
    EXPECT_EQ(refusal([] { (void)Json(true).as_amount(); }), "-3 Amount is not a number or string");
    EXPECT_EQ(Json("1.5").as_amount(3).satoshis(), 1500);
    EXPECT_EQ(refusal([] { (void)Json("1.5555").as_amount(3); }), "-3 Invalid amount");
}

TEST(Amounts, pass_through_json_unchanged)
{
    for (std::int64_t satoshis : {std::int64_t{0}, std::int64_t{1}, std::int64_t{99'999'999}, std::int64_t{100'000'000},
                                  std::int64_t{2'099'999'997'690'000}, std::int64_t{2'100'000'000'000'000}}) {
        const Json amount(Amount{satoshis});
        EXPECT_EQ(Json::parse(amount.write())->as_amount().satoshis(), satoshis);
    }
}

}  // namespace
}  // namespace cairn::rpc
