#pragma once
// The JSON-RPC server over HTTP.
//
// One thread does all input and output, and never runs a method; `threads` others run them. Requests of a connection
// are answered in order. What is wrong with a request is looked for in this order: the address, the path (404), the
// method (405), the Host (403, against DNS rebinding), the authorisation (401, after a quarter of a second if it was
// wrong).

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"
#include "rpc/server/authorizer.h"
#include "rpc/spec/method_call.h"

namespace cairn::rpc {

struct ServerOptions {
    struct Endpoint {
        std::string host;
        std::uint16_t port = 0;  // 0: any that is free
    };
    std::vector<Endpoint> endpoints;
    /// Whether a client of that IP address may connect (-rpcallowip). Loopback is not asked about: it may always.
    std::function<bool(const std::string& ip)> allows = [](const std::string&) { return false; };
    std::size_t threads = 16;
    std::size_t work_queue = 64;
    /// What a client may take to send a request, and to begin another.
    std::chrono::seconds timeout{30};
    /// More are closed as soon as they are accepted.
    std::size_t max_connections = 512;
    /// Serve "/wallet/…" too.
    bool wallet_paths = true;
    /// The wait after a wrong password.
    std::chrono::milliseconds penalty{250};

    /// -rpcuser, -rpcpassword; with an empty password the cookie is used.
    std::string user;
    std::string password;
    /// Empty: no cookie (-norpccookiefile).
    std::filesystem::path cookie_file;
    std::optional<std::filesystem::perms> cookie_permissions;
    std::vector<std::string> rpcauth;
    std::vector<std::string> whitelist;
    bool whitelist_required = false;
};

class Server {
public:
    /// Nothing is opened yet. `clock` is for the Date of answers.
    Server(ServerOptions options, MethodRunner run, const base::Clock& clock, base::FileSystem& files,
           base::Random& random);
    /// stop()
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds, writes the cookie, and serves. An error is for the owner; nothing is open then. It comes when no endpoint
    /// could be bound, or another program holds one; one that this machine does not have (no IPv6) is logged.
    std::expected<void, std::string> start();
    /// New requests are refused (503); running methods finish, and their answers are sent. The caller has seen to it
    /// that waiting methods end.
    void stop();
    /// The ports bound, in the order of the endpoints.
    std::vector<std::uint16_t> ports() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::rpc
