#include "rpc/server/gate.h"

#include <array>

#include <boost/asio/ip/address.hpp>

namespace cairn::rpc {

namespace {

bool is_known_path(std::string_view target, bool wallet_paths)
{
    return target == "/" || (wallet_paths && target.starts_with("/wallet/"));
}

bool is_ip(std::string_view text)
{
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(text), error);
    return !error;
}

Verdict refuse(int status, std::string body = {}, bool penalised = false)
{
    return {Refusal{status, std::move(body), penalised}, {}};
}

}  // namespace

bool is_own_host(std::string_view host)
{
    if (host.starts_with('[')) return is_ip(host.substr(1, host.find(']') - 1));
    const std::string_view name = host.substr(0, host.find(':'));
    return is_ip(name) || is_ip(host) || name.find('.') == std::string_view::npos;
}

Verdict judge(const RequestHead& head, const GateRules& rules, const Authorizer& authorizer)
{
    if (!rules.address_allowed) return refuse(403);
    if (!is_known_path(head.target, rules.wallet_paths)) return refuse(404);
    if (head.method != "POST") return refuse(405, "JSONRPC server handles only POST requests");
    const auto host = head.find("Host");
    if (rules.loopback && host && !is_own_host(*host)) return refuse(403, "Host not allowed");
    const auto authorization = head.find("Authorization");
    if (!authorization) return refuse(401);
    auto user = authorizer.user_of(*authorization);
    if (!user) return refuse(401, {}, true);
    return {std::nullopt, *std::move(user)};
}

std::string_view reason_phrase(int status)
{
    switch (status) {
        case 200:
            return "OK";
        case 204:
            return "No Content";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 413:
            return "Request Entity Too Large";
        case 503:
            return "Service Unavailable";
        default:
            return "Internal Server Error";
    }
}

}  // namespace cairn::rpc
