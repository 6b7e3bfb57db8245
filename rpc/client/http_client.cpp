#include "rpc/client/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "rpc/spec/base64.h"

namespace cairn::rpc {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

/// Runs steps one after another, each under the time limit.
class Exchange {
public:
    explicit Exchange(std::chrono::seconds timeout) : timeout_(timeout) {}

    boost::system::error_code connect(const HttpRequest& request)
    {
        boost::system::error_code error;
        tcp::resolver resolver(io_);
        const auto endpoints = resolver.resolve(request.host, std::to_string(request.port), error);
        if (error) return error;
        begin();
        stream_.async_connect(endpoints, [&](boost::system::error_code result, const auto&) { error = result; });
        run();
        return error;
    }
    boost::system::error_code send(const HttpRequest& request)
    {
        http::request<http::string_body> message(http::verb::post, request.path, 11, request.body);
        message.set(http::field::host, request.host);
        message.set(http::field::connection, "close");
        message.set(http::field::content_type, "application/json");
        message.set(http::field::authorization, "Basic " + encode_base64(request.credentials));
        message.prepare_payload();
        boost::system::error_code error;
        begin();
        http::async_write(stream_, message, [&](boost::system::error_code result, std::size_t) { error = result; });
        run();
        return error;
    }
    boost::system::error_code receive(HttpAnswer& answer)
    {
        beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(boost::none);
        boost::system::error_code error;
        begin();
        http::async_read(stream_, buffer, parser,
                         [&](boost::system::error_code result, std::size_t) { error = result; });
        run();
        answer.status = parser.get().result_int();
        answer.body = std::move(parser.get().body());
        return error;
    }

private:
    void begin()
    {
        if (timeout_.count() > 0) {
            stream_.expires_after(timeout_);
        } else {
            stream_.expires_never();
        }
    }
    void run()
    {
        io_.restart();
        io_.run();
    }

    std::chrono::seconds timeout_;
    asio::io_context io_;
    beast::tcp_stream stream_{io_};
};

}  // namespace

std::expected<HttpAnswer, std::string> post(const HttpRequest& request)
{
    Exchange exchange(request.timeout);
    if (exchange.connect(request)) return std::unexpected("Could not connect to the server");
    // A server that refuses early may have answered although the request could not be sent whole.
    const auto sent = exchange.send(request);
    HttpAnswer answer;
    const auto received = exchange.receive(answer);
    if (answer.status == 0) return std::unexpected((sent ? sent : received).message());
    if (received) return std::unexpected(received.message());
    return answer;
}

}  // namespace cairn::rpc
