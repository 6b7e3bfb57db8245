#include "rpc/server/server.h"

#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/log.h"
#include "base/thread.h"
#include "rpc/server/cookie.h"
#include "rpc/server/json_rpc.h"
#include "rpc/server/session.h"

namespace cairn::rpc {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// How long answers may take to be sent when the server stops.
constexpr std::chrono::seconds kStopGrace{10};

/// Without the name of an interface ("%eth0"); IPv4 as such even where it came through an IPv6 socket.
asio::ip::address bare(const asio::ip::address& address)
{
    if (address.is_v4()) return address;
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
    return asio::ip::address_v6{v6.to_bytes()};
}

}  // namespace

struct Server::Impl {
    Impl(ServerOptions given, MethodRunner run, const base::Clock& clock_in, base::FileSystem& files_in,
         base::Random& random_in)
        : options(std::move(given)),
          files(files_in),
          random(random_in),
          clock(clock_in),
          json_rpc(std::move(run), authorizer)
    {
    }

    std::expected<void, std::string> build_authorizer();
    std::expected<void, std::string> bind();
    /// The error where another program holds the port; what this machine does not have is logged only.
    std::expected<void, std::string> bind(const ServerOptions::Endpoint& endpoint);
    void serve();
    asio::awaitable<void> accept(tcp::acceptor& acceptor);
    void begin_session(tcp::socket socket);
    asio::awaitable<void> run_session(std::shared_ptr<Session> session);
    void begin_stop();
    void close_all();

    ServerOptions options;
    base::FileSystem& files;
    base::Random& random;
    const base::Clock& clock;
    Authorizer authorizer;
    JsonRpc json_rpc;
    std::unique_ptr<Cookie> cookie;
    std::unique_ptr<WorkQueue> workers;
    std::unique_ptr<SessionContext> context;
    asio::io_context io{1};
    std::vector<tcp::acceptor> acceptors;
    std::string failures;  // of endpoints that this machine does not have
    std::vector<std::uint16_t> bound_ports;
    std::set<std::shared_ptr<Session>> sessions;  // at most options.max_connections; on the io thread only
    asio::steady_timer stop_timer{io};
    base::Thread thread;
};

std::expected<void, std::string> Server::Impl::build_authorizer()
{
    if (!options.password.empty()) {
        base::log_info("Using rpcuser/rpcpassword authentication.");
        base::log_warning("A plain password in the configuration is less safe than the cookie or -rpcauth");
        authorizer.add_password(options.user, options.password, random);
    } else if (options.cookie_file.empty()) {
        base::log_info("RPC authentication cookie file generation is disabled.");
    } else {
        try {
            cookie = std::make_unique<Cookie>(files, options.cookie_file, options.cookie_permissions, random);
        } catch (const std::exception& failure) {
            return std::unexpected(std::string("Unable to write the RPC cookie file: ") + failure.what());
        }
        authorizer.add_password(std::string(kCookieUser), cookie->password(), random);
    }
    for (const std::string& entry : options.rpcauth) {
        if (!authorizer.add_rpcauth(entry)) return std::unexpected("Invalid -rpcauth argument.");
    }
    for (const std::string& entry : options.whitelist) authorizer.add_whitelist(entry);
    authorizer.require_whitelist(options.whitelist_required);
    return {};
}

std::expected<void, std::string> Server::Impl::bind(const ServerOptions::Endpoint& endpoint)
{
    boost::system::error_code error;
    const auto address = asio::ip::make_address(endpoint.host, error);
    tcp::acceptor acceptor(io);
    if (!error) acceptor.open(address.is_v6() ? tcp::v6() : tcp::v4(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.bind({address, endpoint.port}, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        const std::string message =
            fmt::format("Binding RPC on address {} port {} failed: {}", endpoint.host, endpoint.port, error.message());
        base::log_warning("{}", message);
        // CVE-2018-20587: a program that holds the port of the other address family would be sent passwords.
        if (error == asio::error::address_in_use) {
            return std::unexpected(message + ". Use -rpcport=<port> for another port.");
        }
        failures += message + '\n';
        return {};
    }
    bound_ports.push_back(acceptor.local_endpoint().port());
    base::log_info("Binding RPC on address {} port {}", endpoint.host, bound_ports.back());
    if (address.is_unspecified()) {
        base::log_warning("The RPC server is not safe to expose to untrusted networks such as the public internet");
    }
    acceptors.push_back(std::move(acceptor));
    return {};
}

std::expected<void, std::string> Server::Impl::bind()
{
    for (const ServerOptions::Endpoint& endpoint : options.endpoints) {
        if (auto bound = bind(endpoint); !bound) {
            acceptors.clear();
            bound_ports.clear();
            return bound;
        }
    }
    if (acceptors.empty()) return std::unexpected(failures + "Unable to bind any endpoint for RPC server");
    return {};
}

void Server::Impl::serve()
{
    for (tcp::acceptor& acceptor : acceptors) asio::co_spawn(io, accept(acceptor), asio::detached);
    thread = base::Thread("http", [this] { io.run(); });
}

asio::awaitable<void> Server::Impl::accept(tcp::acceptor& acceptor)
{
    while (acceptor.is_open()) {
        boost::system::error_code error;
        tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (!error) {
            begin_session(std::move(socket));
        } else if (acceptor.is_open()) {
            // Out of descriptors, most likely: wait for some to come free instead of spinning.
            base::log_warning("Could not accept an RPC connection: {}", error.message());
            asio::steady_timer pause(io, std::chrono::milliseconds{100});
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
    }
}

void Server::Impl::begin_session(tcp::socket socket)
{
    boost::system::error_code error;
    const auto remote_endpoint = socket.remote_endpoint(error);
    if (error || context->stopping || sessions.size() >= options.max_connections) return;
    const auto local_endpoint = socket.local_endpoint(error);
    if (error) return;
    const auto remote = bare(remote_endpoint.address());
    socket.set_option(tcp::no_delay(true), error);
    GateRules rules;
    rules.loopback = remote.is_loopback() && bare(local_endpoint.address()).is_loopback();
    rules.wallet_paths = options.wallet_paths;
    rules.address_allowed = remote.is_loopback() || options.allows(remote.to_string());
    auto session = std::make_shared<Session>(std::move(socket), rules, *context);
    sessions.insert(session);
    asio::co_spawn(io, run_session(std::move(session)), asio::detached);
}

asio::awaitable<void> Server::Impl::run_session(std::shared_ptr<Session> session)
{
    try {
        co_await session->run();
    } catch (const std::exception& failure) {
        base::log_debug(base::LogCategory::kHttp, "An RPC connection ended: {}", failure.what());
    }
    sessions.erase(session);
    if (context->stopping && sessions.empty()) stop_timer.cancel();
}

void Server::Impl::begin_stop()
{
    for (tcp::acceptor& acceptor : acceptors) acceptor.close();
    const auto open = sessions;
    for (const auto& session : open) session->begin_stop();
    if (sessions.empty()) return;
    stop_timer.expires_after(kStopGrace);
    stop_timer.async_wait([this](boost::system::error_code) { close_all(); });
}

void Server::Impl::close_all()
{
    const auto open = sessions;
    for (const auto& session : open) session->close();
}

Server::Server(ServerOptions options, MethodRunner run, const base::Clock& clock, base::FileSystem& files,
               base::Random& random)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(run), clock, files, random))
{
}

Server::~Server()
{
    stop();
}

std::expected<void, std::string> Server::start()
{
    // The port before the cookie: another user's program that holds the port must not be sent this one's secret.
    if (auto bound = impl_->bind(); !bound) return bound;
    if (auto built = impl_->build_authorizer(); !built) {
        impl_->acceptors.clear();
        return built;
    }
    const ServerOptions& options = impl_->options;
    impl_->workers = std::make_unique<WorkQueue>(options.threads, options.work_queue);
    impl_->context = std::make_unique<SessionContext>(impl_->authorizer, impl_->json_rpc, *impl_->workers, impl_->clock,
                                                      options.timeout, options.penalty);
    impl_->serve();
    return {};
}

void Server::stop()
{
    if (!impl_->thread.joinable()) return;
    impl_->context->stopping = true;
    impl_->workers->stop();
    asio::post(impl_->io, [impl = impl_.get()] { impl->begin_stop(); });
    impl_->thread.join();
    impl_->cookie.reset();
}

std::vector<std::uint16_t> Server::ports() const
{
    return impl_->bound_ports;
}

}  // namespace cairn::rpc
