#pragma once
// What is wrong with a request before its body counts.

#include <optional>
#include <string>

#include "rpc/server/authorizer.h"
#include "rpc/server/http_head.h"

namespace cairn::rpc {

struct Refusal {
    int status = 400;
    std::string body = {};
    /// Whether the answer waits, so that passwords cannot be tried quickly.
    bool penalised = false;
};

struct GateRules {
    bool address_allowed = true;
    /// The connection is from this machine to itself.
    bool loopback = true;
    bool wallet_paths = true;
};

/// The user who may go on, or the refusal. See server.h for the order.
struct Verdict {
    std::optional<Refusal> refusal;
    std::string user;
};
Verdict judge(const RequestHead& head, const GateRules& rules, const Authorizer& authorizer);

/// Over loopback, a name with a dot is one that a web page may have made to point here: only addresses, "localhost" and
/// names without a dot are taken for ours.
bool is_own_host(std::string_view host);

/// "Not Found" and so on.
std::string_view reason_phrase(int status);

}  // namespace cairn::rpc
