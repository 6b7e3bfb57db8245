#include "rpc/server/json_rpc.h"

#include "base/log.h"
#include "base/thread.h"
#include "rpc/spec/error.h"

namespace cairn::rpc {

namespace {

struct Request {
    std::optional<Json> id = Json{};  // null until the request has been seen to be one
    bool version2 = false;
    std::string method;
    Json arguments = Json::array();

    bool is_notification() const { return version2 && !id; }
};

/// Fills `request` as far as it gets, so that the answer to what is refused has its id.
void parse_request(const Json& json, Request& request)
{
    const auto refuse = [](const char* why) { throw Error(Code::kInvalidRequest, why); };
    if (!json.is_object()) refuse("Invalid Request object");
    request.id = json.has("id") ? std::optional(json["id"]) : std::nullopt;
    if (const Json& version = json["jsonrpc"]; !version.is_null()) {
        if (!version.is_string()) refuse("jsonrpc field must be a string");
        if (version.as_string() != "1.0" && version.as_string() != "2.0") refuse("JSON-RPC version not supported");
        request.version2 = version.as_string() == "2.0";
    }
    const Json& method = json["method"];
    if (method.is_null()) refuse("Missing method");
    if (!method.is_string()) refuse("Method must be a string");
    request.method = method.as_string();
    const Json& arguments = json["params"];
    if (!arguments.is_array() && !arguments.is_object() && !arguments.is_null())
        refuse("Params must be an array or object");
    if (!arguments.is_null()) request.arguments = arguments;
}

Json begin_reply(const Request& request)
{
    Json reply = Json::object();
    if (request.version2) reply.set("jsonrpc", "2.0");
    return reply;
}

Json end_reply(Json reply, const Request& request)
{
    if (request.id) reply.set("id", *request.id);
    return reply;
}

Json result_reply(Json result, const Request& request)
{
    Json reply = begin_reply(request);
    reply.set("result", std::move(result));
    if (!request.version2) reply.set("error", nullptr);
    return end_reply(std::move(reply), request);
}

Json error_reply(const Error& error, const Request& request)
{
    Json reply = begin_reply(request);
    if (!request.version2) reply.set("result", nullptr);
    reply.set("error", Json::object().set("code", error.code()).set("message", error.message()));
    return end_reply(std::move(reply), request);
}

int status_of(int code)
{
    if (code == static_cast<int>(Code::kInvalidRequest)) return 400;
    if (code == static_cast<int>(Code::kMethodNotFound)) return 404;
    return 500;
}

RpcReply failed(const Error& error, const Request& request)
{
    return {status_of(error.code()), error_reply(error, request).write() + "\n"};
}

/// What a method throws that is no refusal is an error inside, told as Bitcoin Core tells it.
Json run_call(const MethodRunner& run, Request& request, const RpcCaller& caller)
{
    base::log_debug(base::LogCategory::kRpc, "method={} user={}", request.method, caller.user);
    try {
        return run({request.method, std::move(request.arguments), caller.path, caller.user});
    } catch (const Error&) {
        throw;
    } catch (const std::exception&) {
        // With what the owner can do, where the environment is at fault.
        throw Error(Code::kMisc, base::describe(std::current_exception()));
    }
}

}  // namespace

RpcReply JsonRpc::answer(std::string_view body, const RpcCaller& caller) const
{
    const auto json = Json::parse(body);
    if (!json) return failed(Error(Code::kParse, "Parse error"), {});
    if (!authorizer_.may_call(caller.user)) {
        base::log_warning("RPC User {} not allowed to call any methods", caller.user);
        return {403};
    }
    if (json->is_object()) return answer_single(*json, caller);
    if (json->is_array()) return answer_batch(*json, caller);
    return failed(Error(Code::kParse, "Top-level object parse error"), {});
}

RpcReply JsonRpc::answer_single(const Json& json, const RpcCaller& caller) const
{
    Request request;
    try {
        parse_request(json, request);
        if (!authorizer_.may_call(caller.user, request.method)) {
            base::log_warning("RPC User {} not allowed to call method {}", caller.user, request.method);
            return {403};
        }
    } catch (const Error& error) {
        return failed(error, request);
    }
    try {
        const Json result = result_reply(run_call(run_, request, caller), request);
        if (request.is_notification()) return {204};
        return {200, result.write() + "\n"};
    } catch (const Error& error) {
        if (request.is_notification()) return {204};
        if (request.version2) return {200, error_reply(error, request).write() + "\n"};
        return failed(error, request);
    }
}

RpcReply JsonRpc::answer_batch(const Json& requests, const RpcCaller& caller) const
{
    for (const Json& json : requests.as_array()) {
        if (!json.is_object() || !json["method"].is_string()) continue;
        const std::string& method = json["method"].as_string();
        if (authorizer_.may_call(caller.user, method)) continue;
        base::log_warning("RPC User {} not allowed to call method {}", caller.user, method);
        return {403};
    }
    Json replies = Json::array();
    for (const Json& json : requests.as_array()) {
        Request request;
        try {
            parse_request(json, request);
            Json reply = result_reply(run_call(run_, request, caller), request);
            if (!request.is_notification()) replies.push(std::move(reply));
        } catch (const Error& error) {
            if (!request.is_notification()) replies.push(error_reply(error, request));
        }
    }
    // All of them notifications. An empty batch is answered by an empty list.
    if (replies.empty() && !requests.empty()) return {204};
    return {200, replies.write() + "\n"};
}

}  // namespace cairn::rpc
