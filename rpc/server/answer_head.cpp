#include <fmt/chrono.h>
#include <fmt/format.h>

#include "rpc/server/session.h"

namespace cairn::rpc {

std::string Session::make_head(const RequestHead& request, const RpcReply& reply, bool keep) const
{
    std::string head =
        fmt::format("HTTP/1.{} {} {}\r\n", request.minor_version, reply.status, reason_phrase(reply.status));
    if (reply.status == 401) head += "WWW-Authenticate: Basic realm=\"jsonrpc\"\r\n";
    const auto now = std::chrono::floor<std::chrono::seconds>(context_.clock.now());
    head += fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", now);
    if (reply.status != 204) {
        head += fmt::format("Content-Length: {}\r\n", reply.body.size());
        const bool json = !reply.body.empty() && (reply.body.front() == '{' || reply.body.front() == '[');
        head += json ? "Content-Type: application/json\r\n" : "Content-Type: text/html; charset=ISO-8859-1\r\n";
    }
    if (!keep) head += "Connection: close\r\n";
    if (keep && request.minor_version == 0) head += "Connection: keep-alive\r\n";
    return head + "\r\n";
}

}  // namespace cairn::rpc
