#pragma once
// A call as a server hands it to the methods, and the ports servers have by default.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "rpc/spec/json.h"

namespace cairn::rpc {

struct MethodCall {
    std::string method;
    /// An array, or an object of named arguments.
    Json arguments = Json::array();
    /// The request's path: "/", or "/wallet/<name>" with %-escapes still in it.
    std::string path = "/";
    std::string user = {};
};

/// Runs a call: answers its result or throws Error. Called by any of the server's threads, by several at once.
using MethodRunner = std::function<Json(const MethodCall&)>;

/// Of a chain by its name ("main", "test", "testnet4", "signet", "regtest").
constexpr std::uint16_t default_rpc_port(std::string_view chain)
{
    if (chain == "test") return 18332;
    if (chain == "testnet4") return 48332;
    if (chain == "signet") return 38332;
    if (chain == "regtest") return 18443;
    return 8332;
}

}  // namespace cairn::rpc
