#pragma once
// Calls to the node, as the settings say where it is and who asks.

#include <optional>
#include <stdexcept>
#include <string>

#include "base/clock.h"
#include "base/settings/settings.h"
#include "rpc/client/http_client.h"
#include "rpc/spec/json.h"

namespace cairn::rpc {

/// The node does not answer (yet).
class ConnectionFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class RpcClient {
public:
    RpcClient(const base::Settings& settings, const base::Clock& clock) : settings_(settings), clock_(clock) {}

    /// The answer object: result, or error. Waits for the node with -rpcwait. Throws std::runtime_error (also
    /// ConnectionFailed) with the text to show.
    Json call(const std::string& method, const Json& arguments, const std::optional<std::string>& wallet = {}) const;
    /// -rpcwallet.
    std::optional<std::string> wallet() const;

private:
    Json call_once(const std::string& method, const Json& arguments, const std::optional<std::string>& wallet) const;
    HttpRequest address() const;
    std::optional<std::string> read_cookie() const;
    [[noreturn]] void refuse_credentials(bool with_password, bool with_cookie) const;

    const base::Settings& settings_;
    const base::Clock& clock_;
};

}  // namespace cairn::rpc
