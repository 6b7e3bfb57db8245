#include "rpc/server/session.h"

#include <array>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/log.h"

namespace cairn::rpc {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kReadSize = 65536;
/// What is read, and thrown away, of the body of a refused request so that the connection can go on.
constexpr std::uint64_t kMaxRefusedBody = 65536;
/// How much longer a client may send what nobody reads.
constexpr std::uint64_t kMaxDrained = 2 * kMaxBodySize;

}  // namespace

Session::Session(asio::ip::tcp::socket socket, GateRules rules, SessionContext& context)
    : stream_(std::move(socket)), timer_(stream_.get_executor()), rules_(rules), context_(context)
{
}

asio::awaitable<void> Session::run()
{
    const auto self = shared_from_this();
    bool more = true;
    while (more) more = co_await serve();
    close();
}

void Session::begin_stop()
{
    if (idle_) close();
}

void Session::close()
{
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.close();
}

asio::awaitable<bool> Session::serve()
{
    idle_ = true;
    const std::string raw = co_await read_head();
    idle_ = false;
    if (raw.empty()) co_return false;
    auto head = parse_head(raw);
    if (head) {
        const bool more = co_await serve_request(*std::move(head));
        co_return more;
    }
    base::log_debug(base::LogCategory::kHttp, "Refused a request whose head is malformed");
    RpcReply reply{head.error() == HeadFault::kBodyTooLarge ? 413 : 400};
    const RequestHead unknown;
    co_await answer(unknown, std::move(reply), false);
    co_await drain();
    co_return false;
}

asio::awaitable<bool> Session::serve_request(RequestHead head)
{
    const bool keep = head.keeps_alive();
    Verdict verdict = judge(head, rules_, context_.authorizer);
    std::string body;
    if (!verdict.refusal && head.find("Expect")) {
        std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await write(std::move(go_on));
    }
    const std::uint64_t limit = verdict.refusal ? kMaxRefusedBody : kMaxBodySize;
    const BodyOutcome outcome = co_await read_body(head, limit, body);
    if (outcome == BodyOutcome::kGone) co_return false;
    if (verdict.refusal && verdict.refusal->penalised) {
        base::log_warning(base::LogCategory::kRpc, "A client gave a wrong user or password");
        co_await wait(context_.penalty);
    }
    RpcReply reply;
    if (verdict.refusal) {
        reply = {verdict.refusal->status, verdict.refusal->body};
    } else if (outcome != BodyOutcome::kComplete) {
        reply = {outcome == BodyOutcome::kTooLarge ? 413 : 400};
    } else {
        reply = co_await execute(std::move(body), std::move(verdict.user), head.target);
    }
    const bool whole = outcome == BodyOutcome::kComplete;
    const bool more = co_await answer(head, std::move(reply), keep && whole);
    if (!whole) co_await drain();
    co_return more;
}

asio::awaitable<bool> Session::fill()
{
    std::array<char, kReadSize> chunk;
    stream_.expires_after(context_.timeout);
    boost::system::error_code error;
    const auto target = asio::buffer(chunk);
    const std::size_t size = co_await stream_.async_read_some(target, asio::redirect_error(asio::use_awaitable, error));
    buffer_.append(chunk.data(), size);
    co_return !error && size > 0;
}

asio::awaitable<std::string> Session::read_head()
{
    while (true) {
        // Empty lines before a request are the end of the one before, of careless clients.
        buffer_.erase(0, std::min(buffer_.size(), buffer_.find_first_not_of("\r\n")));
        std::size_t size = head_size(buffer_).value_or(0);
        if (size == 0 && buffer_.size() > kMaxHeadSize) size = kMaxHeadSize + 1;
        if (size > 0) {
            std::string head = buffer_.substr(0, size);
            buffer_.erase(0, size);
            co_return head;
        }
        if (context_.stopping) co_return std::string{};
        const bool more = co_await fill();
        if (!more) co_return std::string{};
    }
}

asio::awaitable<Session::BodyOutcome> Session::read_body(const RequestHead& head, std::uint64_t limit,
                                                         std::string& body)
{
    // Beast sees nothing of the client's head but how its body is delimited.
    const std::string framing = "POST / HTTP/1.1\r\n" +
                                (head.chunked ? std::string("Transfer-Encoding: chunked")
                                              : "Content-Length: " + std::to_string(head.content_length)) +
                                "\r\n\r\n";
    http::request_parser<http::string_body> parser;
    parser.body_limit(limit);
    parser.header_limit(static_cast<std::uint32_t>(kMaxHeadSize));
    parser.eager(true);
    boost::system::error_code error;
    parser.put(asio::buffer(framing), error);
    while (!error && !parser.is_done()) {
        if (!buffer_.empty()) {
            const std::size_t used = parser.put(asio::buffer(buffer_), error);
            buffer_.erase(0, used);
            if (error == http::error::need_more) error = {};
            if (error || parser.is_done() || used > 0) continue;
        }
        // A chunk's head, or a trailer, that never ends.
        if (buffer_.size() > kMaxHeadSize + kReadSize) co_return BodyOutcome::kMalformed;
        const bool more = co_await fill();
        if (!more) co_return BodyOutcome::kGone;
    }
    if (error == http::error::body_limit) co_return BodyOutcome::kTooLarge;
    if (error) co_return BodyOutcome::kMalformed;
    body = std::move(parser.get().body());
    co_return BodyOutcome::kComplete;
}

asio::awaitable<RpcReply> Session::execute(std::string body, std::string user, std::string path)
{
    if (context_.stopping) co_return RpcReply{503};
    const auto reply = std::make_shared<std::optional<RpcReply>>();
    auto task = [self = shared_from_this(), reply, body = std::move(body),
                 caller = RpcCaller{std::move(user), std::move(path)}] {
        RpcReply result = self->context_.json_rpc.answer(body, caller);
        asio::post(self->stream_.get_executor(), [self, reply, result = std::move(result)]() mutable {
            *reply = std::move(result);
            self->timer_.cancel();
        });
    };
    const WorkQueue::Outcome outcome = context_.workers.post(std::move(task));
    if (outcome == WorkQueue::Outcome::kFull) {
        base::log_warning("Request rejected because the RPC work queue is full; -rpcworkqueue makes it longer");
        co_return RpcReply{503, "Work queue depth exceeded"};
    }
    if (outcome == WorkQueue::Outcome::kStopped) co_return RpcReply{503, "Request rejected during server shutdown"};
    // The worker answers through this thread, so the timer cannot be cancelled before it waits.
    while (!*reply) {
        timer_.expires_at(asio::steady_timer::time_point::max());
        boost::system::error_code cancelled;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    co_return std::move(**reply);
}

asio::awaitable<bool> Session::answer(const RequestHead& head, RpcReply reply, bool keep)
{
    if (context_.stopping) keep = false;
    std::string bytes = make_head(head, reply, keep);
    if (head.method != "HEAD") bytes += reply.body;
    const bool written = co_await write(std::move(bytes));
    co_return written&& keep;
}

asio::awaitable<bool> Session::write(std::string bytes)
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        stream_.expires_after(context_.timeout);
        boost::system::error_code error;
        const auto rest = asio::buffer(bytes) + done;
        done += co_await stream_.async_write_some(rest, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return false;
    }
    co_return true;
}

asio::awaitable<void> Session::drain()
{
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::uint64_t drained = 0;
    bool more = !context_.stopping;
    while (more && drained < kMaxDrained) {
        drained += buffer_.size();
        buffer_.clear();
        more = co_await fill();
        more = more && !context_.stopping;
    }
}

asio::awaitable<void> Session::wait(std::chrono::milliseconds time)
{
    timer_.expires_after(time);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace cairn::rpc
