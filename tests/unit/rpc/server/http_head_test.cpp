#include "rpc/server/http_head.h"

#include <gtest/gtest.h>

namespace cairn::rpc {
namespace {

std::string describe(std::string_view text)
{
    const auto head = parse_head(text);
    if (!head) return head.error() == HeadFault::kBodyTooLarge ? "413" : "400";
    return head->method + " " + head->target + " 1." + std::to_string(head->minor_version) +
           (head->chunked ? " chunked" : " " + std::to_string(head->content_length));
}

TEST(HttpHead, reads_requests)
{
    EXPECT_EQ(describe("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n"), "POST / 1.1 12");
    EXPECT_EQ(describe("GET /x HTTP/1.0\n\n"), "GET /x 1.0 0");
    EXPECT_EQ(describe("POST / HTTP/1.1\r\nTransfer-encoding: Chunked\r\n\r\n"), "POST / 1.1 chunked");
    EXPECT_EQ(parse_head("GET / HTTP/1.1\r\nA: \t b c \r\n\r\n")->find("a"), "b c");
    EXPECT_EQ(parse_head("GET / HTTP/1.1\r\nA:\r\n\r\n")->find("A"), "");
    EXPECT_FALSE(parse_head("GET / HTTP/1.1\r\n\r\n")->find("A"));
}

TEST(HttpHead, refuses_malformed_request_lines)
{
    for (const std::string_view line :
         {"GET / ", "GET /", "GET", "", "GET / HTTP/9.9", "GET / HTTP/INVALID", "GET / NOTHTTP/1.1", "GET / HTTP/1.10",
          "GET / HTTP/2.0", "GET  / HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ", "GET / x HTTP/1.1",
          "GET / http/1.1", "GET / HTTP/1.", "GET /\r HTTP/1.1"}) {
        EXPECT_EQ(describe(std::string(line) + "\r\n\r\n"), "400") << line;
    }
    EXPECT_EQ(describe(std::string_view("GET /\0 HTTP/1.1\r\n\r\n", 19)), "400");
}

TEST(HttpHead, refuses_malformed_fields)
{
    for (const std::string_view field :
         {"Name : x", " Name: x", "\tName: x", "Name", ": x", "Na me: x", "A: b\r c", "A: b\n folded"}) {
        EXPECT_EQ(describe("GET / HTTP/1.1\r\n" + std::string(field) + "\r\n\r\n"), "400") << field;
    }
    EXPECT_EQ(describe(std::string_view("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 23)), "400");
}

TEST(HttpHead, knows_where_the_body_ends)
{
    const auto with = [](const std::string& fields) { return describe("POST / HTTP/1.1\r\n" + fields + "\r\n"); };
    EXPECT_EQ(with("Content-Length: 5\r\nContent-Length: 5\r\n"), "POST / 1.1 5");
    EXPECT_EQ(with("Content-Length: 5\r\nContent-Length: 6\r\n"), "400");
    EXPECT_EQ(with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), "POST / 1.1 chunked");
    EXPECT_EQ(with("Transfer-Encoding: gzip\r\n"), "400");
    for (const char* length : {"", "x", "-1", "+1", "1 2", "0x10", "99999999999999999999"}) {
        EXPECT_EQ(with("Content-Length: " + std::string(length) + "\r\n"), "400") << length;
    }
    EXPECT_EQ(with("Content-Length: " + std::to_string(kMaxBodySize) + "\r\n"), "POST / 1.1 33554432");
    EXPECT_EQ(with("Content-Length: " + std::to_string(kMaxBodySize + 1) + "\r\n"), "413");
}

TEST(HttpHead, is_bounded)
{
    const std::string frame = "GET / HTTP/1.1\r\nA: \r\n\r\n";
    const auto of_size = [&](std::size_t size) {
        return "GET / HTTP/1.1\r\nA: " + std::string(size - frame.size(), 'x') + "\r\n\r\n";
    };
    EXPECT_EQ(describe(of_size(kMaxHeadSize)), "GET / 1.1 0");
    EXPECT_EQ(describe(of_size(kMaxHeadSize + 1)), "400");
}

TEST(HttpHead, ends_at_an_empty_line)
{
    EXPECT_EQ(head_size("GET / HTTP/1.1\r\n\r\nrest"), 18U);
    EXPECT_EQ(head_size("GET / HTTP/1.1\n\nrest"), 16U);
    EXPECT_EQ(head_size("GET / \r\n\r\n"), 10U);
    EXPECT_FALSE(head_size("GET / HTTP/1.1\r\nHost: x\r\n"));
    EXPECT_FALSE(head_size(""));
}

TEST(HttpHead, says_whether_the_connection_stays)
{
    const auto keeps = [](const std::string& version, const std::string& fields) {
        return parse_head("GET / HTTP/" + version + "\r\n" + fields + "\r\n")->keeps_alive();
    };
    EXPECT_TRUE(keeps("1.1", ""));
    EXPECT_TRUE(keeps("1.1", "Connection: keep-alive\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: Close\r\n"));
    EXPECT_FALSE(keeps("1.0", ""));
    EXPECT_TRUE(keeps("1.0", "connection: Keep-Alive\r\n"));
}

}  // namespace
}  // namespace cairn::rpc
