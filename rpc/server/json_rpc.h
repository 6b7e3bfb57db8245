#pragma once
// JSON-RPC 1.0, 1.1 and 2.0 as Bitcoin Core speaks it: requests and batches in, answers with their HTTP status out.
//
// A 2.0 call's refusal is an answer like another (200); a 1.x call's sets the status: 400 for no request, 404 for an
// unknown method, 500 for all else. A batch answers 200. A notification (2.0 without id) runs and has no answer (204).

#include <string>
#include <string_view>

#include "rpc/server/authorizer.h"
#include "rpc/spec/method_call.h"

namespace cairn::rpc {

struct RpcReply {
    int status = 200;
    std::string body = {};  // empty: no body
};

/// Whom a request comes from, and where it went.
struct RpcCaller {
    std::string user;
    std::string path = "/";
};

class JsonRpc {
public:
    JsonRpc(MethodRunner run, const Authorizer& authorizer) : run_(std::move(run)), authorizer_(authorizer) {}

    /// Any thread. Never throws what a method throws.
    RpcReply answer(std::string_view body, const RpcCaller& caller) const;

private:
    RpcReply answer_batch(const Json& requests, const RpcCaller& caller) const;
    RpcReply answer_single(const Json& request, const RpcCaller& caller) const;

    MethodRunner run_;
    const Authorizer& authorizer_;
};

}  // namespace cairn::rpc
