#pragma once
// One HTTP request to the node.

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>

namespace cairn::rpc {

struct HttpRequest {
    std::string host;
    std::uint16_t port = 0;
    std::string path = "/";
    std::string credentials = {};  // "user:password"
    std::string body = {};
    /// 0: none.
    std::chrono::seconds timeout{900};
};

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

/// The error says why there is no answer: nobody listens, or the connection ended.
std::expected<HttpAnswer, std::string> post(const HttpRequest& request);

}  // namespace cairn::rpc
