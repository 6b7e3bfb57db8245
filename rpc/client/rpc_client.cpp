#include "rpc/client/rpc_client.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "crypto/text.h"
#include "rpc/spec/error.h"
#include "rpc/spec/method_call.h"

namespace cairn::rpc {

namespace {

std::string encode_url(std::string_view text)
{
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    const auto port = parse_integer<std::uint16_t>(text);
    if (port == 0) return std::nullopt;
    return port;
}

struct HostPort {
    std::string host;
    std::uint16_t port = 0;  // 0: none given
};

/// "host", "host:port", "[::1]:port", "::1".
HostPort parse_host(const std::string& text)
{
    HostPort out{text, 0};
    const std::size_t colon = text.rfind(':');
    const bool bracketed = text.starts_with('[');
    const bool bare_v6 = !bracketed && colon != std::string::npos && text.find(':') != colon;
    const bool has_port =
        colon != std::string::npos && !bare_v6 && (!bracketed || (colon > 0 && text[colon - 1] == ']'));
    if (has_port) {
        const auto port = parse_port(std::string_view(text).substr(colon + 1));
        if (!port) throw std::runtime_error("Invalid port provided in -rpcconnect: " + text);
        out = {text.substr(0, colon), *port};
    }
    if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
    return out;
}

}  // namespace

std::optional<std::string> RpcClient::wallet() const
{
    return settings_.is_negated("rpcwallet") ? std::nullopt : settings_.text("rpcwallet");
}

HttpRequest RpcClient::address() const
{
    HttpRequest request;
    const HostPort given = parse_host(settings_.text_or("rpcconnect", "127.0.0.1"));
    request.host = given.host;
    request.port = given.port != 0 ? given.port : default_rpc_port(settings_.chain());
    if (const auto text = settings_.text("rpcport")) {
        const auto port = parse_port(*text);
        if (!port) throw std::runtime_error("Invalid port provided in -rpcport: " + *text);
        request.port = *port;
        if (given.port != 0) {
            std::fprintf(stderr, "Warning: Port specified in both -rpcconnect and -rpcport. Using -rpcport %u\n",
                         *port);
        }
    }
    request.timeout = std::chrono::seconds(settings_.integer_or("rpcclienttimeout", 900));
    return request;
}

std::optional<std::string> RpcClient::read_cookie() const
{
    constexpr std::uint64_t kMaxSize = 4096;
    if (settings_.is_negated("rpccookiefile")) return std::nullopt;
    const auto path = settings_.resolve(settings_.path_or("rpccookiefile", ".cookie"));
    try {
        const std::string text = base::read_text_file(base::os_file_system(), path, kMaxSize);
        return text.substr(0, text.find('\n'));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

void RpcClient::refuse_credentials(bool with_password, bool with_cookie) const
{
    std::string why = "Incorrect rpcuser or rpcpassword were specified.";
    if (!with_password) {
        why = settings_.is_negated("rpccookiefile")
                  ? "Cookie file was disabled via -norpccookiefile and no rpcpassword was specified."
              : with_cookie ? "Cookie file credentials were invalid and no rpcpassword was specified."
                            : "Failed to read cookie file and no rpcpassword was specified.";
    }
    throw std::runtime_error("Authorization failed: " + why + " Configuration file: (" +
                             settings_.config_file().string() + ")");
}

Json RpcClient::call_once(const std::string& method, const Json& arguments,
                          const std::optional<std::string>& wallet) const
{
    HttpRequest request = address();
    const std::string password = settings_.text_or("rpcpassword", "");
    const auto cookie = password.empty() ? read_cookie() : std::nullopt;
    request.credentials = password.empty() ? cookie.value_or("") : settings_.text_or("rpcuser", "") + ":" + password;
    if (wallet) request.path = "/wallet/" + encode_url(*wallet);
    Json json = Json::object();
    json.set("method", method)
        .set("params", arguments)
        .set("id", settings_.text_or("rpcid", "1"))
        .set("jsonrpc", "2.0");
    request.body = json.write() + "\n";
    const auto answer = post(request);
    if (!answer) {
        throw ConnectionFailed(
            fmt::format("Error while attempting to communicate with server {}:{} ({})\n\n"
                        "Make sure the cairnd server is running and that you are connecting to the correct RPC port.\n"
                        "Use \"cairn-cli -help\" for more info.",
                        request.host, request.port, answer.error()));
    }
    if (answer->status == 401) refuse_credentials(!password.empty(), cookie.has_value());
    if (answer->status == 503) throw std::runtime_error("Server response: " + answer->body);
    if (answer->status >= 400 && answer->status != 400 && answer->status != 404 && answer->status != 500) {
        throw std::runtime_error("server returned HTTP error " + std::to_string(answer->status));
    }
    if (answer->body.empty()) throw std::runtime_error("no response from server");
    auto reply = Json::parse(answer->body);
    if (!reply) throw std::runtime_error("couldn't parse reply from server");
    if (reply->empty()) throw std::runtime_error("expected reply to have result, error and id properties");
    return *std::move(reply);
}

Json RpcClient::call(const std::string& method, const Json& arguments, const std::optional<std::string>& wallet) const
{
    // A node is often ready in a moment; one that loads a long chain need not be asked ten times a second.
    constexpr std::chrono::milliseconds kLongestPause{1000};
    std::chrono::milliseconds pause{50};
    const bool waits = settings_.boolean_or("rpcwait", false);
    const std::chrono::seconds limit(settings_.integer_or("rpcwaittimeout", 0));
    const auto begin = clock_.steady_now();
    while (true) {
        try {
            Json reply = call_once(method, arguments, wallet);
            const Json& code = reply["error"]["code"];
            const bool warming = code.is_number() && code.as_int<int>() == static_cast<int>(Code::kInWarmup);
            if (!waits || !warming) return reply;
            throw ConnectionFailed("server in warmup");
        } catch (const ConnectionFailed& failure) {
            if (!waits) throw;
            if (limit.count() > 0 && clock_.steady_now() - begin >= limit) {
                throw ConnectionFailed(std::string("timeout on transient error: ") + failure.what());
            }
        }
        boost::asio::io_context io;
        boost::asio::steady_timer(io, pause).wait();
        pause = std::min(2 * pause, kLongestPause);
    }
}

}  // namespace cairn::rpc
