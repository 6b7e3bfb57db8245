#pragma once
// One connection. Lives on the server's input and output thread; only execute() sends work elsewhere.

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "base/clock.h"
#include "rpc/server/gate.h"
#include "rpc/server/http_head.h"
#include "rpc/server/json_rpc.h"
#include "rpc/server/work_queue.h"

namespace cairn::rpc {

/// What all connections of a server share. Outlives them.
struct SessionContext {
    const Authorizer& authorizer;
    const JsonRpc& json_rpc;
    WorkQueue& workers;
    const base::Clock& clock;
    std::chrono::seconds timeout;
    std::chrono::milliseconds penalty;
    std::atomic<bool> stopping{false};
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(boost::asio::ip::tcp::socket socket, GateRules rules, SessionContext& context);

    /// Serves until the client or the server ends it.
    boost::asio::awaitable<void> run();
    /// On the input and output thread: ends it at once if it waits for a request, else after the answer.
    void begin_stop();
    void close();

private:
    template <class T>
    using Awaitable = boost::asio::awaitable<T>;

    /// Answers one request. False: the connection is to end.
    Awaitable<bool> serve();
    Awaitable<bool> serve_request(RequestHead head);
    /// More bytes into buffer_; false: none came.
    Awaitable<bool> fill();
    /// A whole head, taken off buffer_. Empty: the client is gone or slow. Over kMaxHeadSize: what there is of it.
    Awaitable<std::string> read_head();
    enum class BodyOutcome { kComplete, kGone, kMalformed, kTooLarge };
    Awaitable<BodyOutcome> read_body(const RequestHead& head, std::uint64_t limit, std::string& body);
    Awaitable<RpcReply> execute(std::string body, std::string user, std::string path);
    Awaitable<bool> answer(const RequestHead& head, RpcReply reply, bool keep);
    Awaitable<bool> write(std::string bytes);
    /// Lets the client read the answer to a request whose rest is not wanted.
    Awaitable<void> drain();
    Awaitable<void> wait(std::chrono::milliseconds time);
    std::string make_head(const RequestHead& request, const RpcReply& reply, bool keep) const;

    boost::beast::tcp_stream stream_;
    boost::asio::steady_timer timer_;
    GateRules rules_;
    SessionContext& context_;
    std::string buffer_;  // received and not used; at most kReadSize beyond kMaxHeadSize
    bool idle_ = true;
};

}  // namespace cairn::rpc
