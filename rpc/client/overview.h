#pragma once
// -getinfo and -addrinfo: several calls, shown for people.

#include <string>

#include "rpc/client/rpc_client.h"

namespace cairn::rpc {

/// What a command of the program itself came to: text, or the error object of the call that failed.
struct CommandOutcome {
    Json error;
    std::string text;
};

CommandOutcome get_info(const RpcClient& client, bool colours);
CommandOutcome address_info(const RpcClient& client);

}  // namespace cairn::rpc
