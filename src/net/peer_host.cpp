#include "net/peer_host.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/io_error.h"
#include "base/log.h"
#include "net/asio_address.h"
#include "net/connection.h"
#include "net/dialer.h"
#include "net/listener.h"

namespace cairn::net {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

struct PeerHost::Impl : std::enable_shared_from_this<Impl> {
    /// What is read at once, of one connection after another.
    static constexpr std::size_t kReadSize = 256 * 1024;

    Impl(SocketOptions socket_options, std::unique_ptr<protocol::Engine> peer_engine, NodePort& node_port,
         base::Clock& node_clock, base::FailureHandler failure)
        : options(std::move(socket_options)),
          engine(std::move(peer_engine)),
          node(node_port),
          clock(node_clock),
          on_failure(std::move(failure)),
          tick_timer(io),
          dialer(io, options.connect_timeout, options.resolver)
    {
        connection_events.read_buffer.resize(kReadSize);
        connection_events.on_bytes = [this](protocol::PeerId peer, ByteSpan bytes) {
            received += bytes.size();
            engine->on_bytes(peer, bytes, clock.now());
            carry_out();
        };
        connection_events.on_sent = [this](protocol::PeerId peer, std::size_t bytes) {
            sent += bytes;
            engine->on_sent(peer, bytes, clock.now());
            carry_out();
        };
        connection_events.on_closed = [this](protocol::PeerId peer) {
            connections.erase(peer);
            engine->on_disconnected(peer, clock.now());
            carry_out();
        };
    }

    std::expected<void, std::string> open_listeners();
    void start_thread();
    void tick();
    /// All actions of the engine, and those that carrying them out brings about.
    void carry_out();
    void add_connection(protocol::PeerId peer, tcp::socket socket);
    void on_accepted(tcp::socket socket, const SocketOptions::Listener& listener);
    void on_connected(std::uint64_t attempt, tcp::socket socket);
    void close_all();

    void carry_out(protocol::Send& action);
    void carry_out(protocol::Disconnect& action);
    void carry_out(protocol::SetReading& action);
    void carry_out(protocol::Connect& action);
    void carry_out(protocol::Resolve& action);
    void carry_out(protocol::Log& action);
    template <class NodeAction>
    void carry_out(NodeAction& action)
    {
        node.on_action(std::move(action));
    }

    const SocketOptions options;
    std::unique_ptr<protocol::Engine> engine;
    NodePort& node;
    base::Clock& clock;
    base::FailureHandler on_failure;

    asio::io_context io{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    asio::steady_timer tick_timer;
    Dialer dialer;
    std::vector<std::unique_ptr<Listener>> listeners;
    Connection::Events connection_events;
    std::unordered_map<protocol::PeerId, std::shared_ptr<Connection>> connections;  // bounded by the engine
    bool carrying_out = false;
    bool closed = false;  // close_all() has run: nothing new may be begun, or io.run() would never return
    std::atomic<std::uint64_t> received{0};
    std::atomic<std::uint64_t> sent{0};
    enum class State { kNew, kRunning, kStopped };
    std::mutex state_mutex;  // so that what is posted while running is posted before close_all, and therefore runs
    std::condition_variable changed;  // a work of run() has run, or the thread has ended
    State state = State::kNew;
    bool thread_runs = false;  // until it ends, be it by an exception: then nothing that was posted runs any more
    base::Thread thread;
    std::atomic<std::thread::id> thread_id;
};

std::expected<void, std::string> PeerHost::Impl::open_listeners()
{
    constexpr std::string_view kRemedy =
        "Failed to listen on any port. Use -listen=0 if you want this, or -port=<port> for another port.";
    std::string failures;
    for (const auto& wanted : options.listeners) {
        auto listener = std::make_unique<Listener>(
            io, wanted,
            [this](tcp::socket socket, const SocketOptions::Listener& at) { on_accepted(std::move(socket), at); });
        if (const auto opened = listener->open(); !opened) {
            base::log_error("{}", opened.error());
            failures += opened.error() + '\n';
            if (wanted.required) return std::unexpected(failures + std::string(kRemedy));
            continue;
        }
        base::log_info("Bound to {}", wanted.endpoint.to_string());
        listeners.push_back(std::move(listener));
    }
    if (listeners.empty() && !options.listeners.empty()) {
        return std::unexpected(failures + std::string(kRemedy));
    }
    for (const auto& listener : listeners) listener->accept();
    return {};
}

void PeerHost::Impl::start_thread()
{
    work.emplace(asio::make_work_guard(io));
    {
        const std::lock_guard lock(state_mutex);
        state = State::kRunning;
        thread_runs = true;
    }
    const auto ended = [this] {
        const std::lock_guard lock(state_mutex);
        thread_runs = false;
        changed.notify_all();
    };
    thread = base::Thread(
        "net",
        [this, ended] {
            thread_id = std::this_thread::get_id();
            engine->start(clock.now());
            carry_out();
            tick();
            io.run();
            ended();
        },
        [this, ended](std::string_view name, std::exception_ptr failure) {
            ended();
            on_failure(name, std::move(failure));
        });
}

void PeerHost::Impl::tick()
{
    engine->tick(clock.now());
    carry_out();
    tick_timer.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(protocol::kTickInterval));
    tick_timer.async_wait([this](const error_code& error) {
        // A tick that was due already when close_all() cancelled the timer comes without an error.
        if (!error && !closed) tick();
    });
}

void PeerHost::Impl::carry_out()
{
    if (carrying_out) return;  // the loop below is under way and takes these too
    struct Mark {
        explicit Mark(bool& given) : flag(given) { flag = true; }
        ~Mark() { flag = false; }
        bool& flag;
    } const mark(carrying_out);
    for (auto actions = engine->take_actions(); !actions.empty(); actions = engine->take_actions()) {
        for (auto& action : actions) {
            std::visit([this](auto& what) { carry_out(what); }, action);
        }
    }
}

void PeerHost::Impl::carry_out(protocol::Send& action)
{
    if (const auto found = connections.find(action.peer); found != connections.end()) {
        found->second->send(std::move(action.bytes));
    }
}

void PeerHost::Impl::carry_out(protocol::Disconnect& action)
{
    const auto found = connections.find(action.peer);
    if (found == connections.end()) return;
    found->second->close();
    connections.erase(found);
}

void PeerHost::Impl::carry_out(protocol::SetReading& action)
{
    if (const auto found = connections.find(action.peer); found != connections.end()) {
        found->second->set_reading(action.enabled);
    }
}

void PeerHost::Impl::carry_out(protocol::Connect& action)
{
    const auto attempt = action.attempt;
    const auto connected = [this, attempt](tcp::socket socket) { on_connected(attempt, std::move(socket)); };
    const auto failed = [this, attempt] {
        engine->on_connect_failed(attempt, clock.now());
        carry_out();
    };
    if (action.endpoint.is_valid()) {
        dialer.connect(action.endpoint, connected, failed);
    } else {
        dialer.connect(action.name, options.default_port, connected, failed);
    }
}

void PeerHost::Impl::carry_out(protocol::Resolve& action)
{
    dialer.resolve(action.name, [this, name = action.name](const std::vector<protocol::NetAddress>& addresses) {
        engine->on_resolved(name, addresses, clock.now());
        carry_out();
    });
}

void PeerHost::Impl::carry_out(protocol::Log& action)
{
    switch (action.level) {
        case protocol::Log::Level::kDebug:
            base::log_debug(base::LogCategory::kNet, "{}", action.text);
            break;
        case protocol::Log::Level::kInfo:
            base::log_info("{}", action.text);
            break;
        case protocol::Log::Level::kWarning:
            base::log_warning("{}", action.text);
            break;
    }
}

void PeerHost::Impl::add_connection(protocol::PeerId peer, tcp::socket socket)
{
    auto connection = std::make_shared<Connection>(std::move(socket), peer, connection_events);
    connections.emplace(peer, connection);
    connection->start();
}

namespace {

/// What is known of a fresh socket; nothing if the peer is gone already.
std::optional<protocol::NewConnection> describe(const tcp::socket& socket)
{
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return std::nullopt;
    protocol::NewConnection connection;
    connection.address = from_asio(remote);
    const auto local = socket.local_endpoint(error);
    if (!error) connection.bind = from_asio(local);
    return connection;
}

}  // namespace

void PeerHost::Impl::on_accepted(tcp::socket socket, const SocketOptions::Listener& listener)
{
    auto connection = describe(socket);
    if (!connection) return;
    connection->permissions = listener.permissions;
    connection->onion_bind = listener.onion;
    if (const auto peer = engine->on_accepted(*connection, clock.now())) add_connection(*peer, std::move(socket));
    carry_out();
}

void PeerHost::Impl::on_connected(std::uint64_t attempt, tcp::socket socket)
{
    const auto connection = describe(socket);
    if (!connection) {
        engine->on_connect_failed(attempt, clock.now());
    } else if (const auto peer = engine->on_connected(attempt, *connection, clock.now())) {
        add_connection(*peer, std::move(socket));
    }
    carry_out();
}

void PeerHost::Impl::close_all()
{
    closed = true;
    engine->stop();
    carry_out();
    tick_timer.cancel();
    dialer.stop();
    for (const auto& listener : listeners) listener->close();
    for (const auto& [peer, connection] : connections) connection->close();
    connections.clear();
    work.reset();
}

PeerHost::PeerHost(SocketOptions options, std::unique_ptr<protocol::Engine> engine, NodePort& node, base::Clock& clock,
                   base::FailureHandler on_failure)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(engine), node, clock, std::move(on_failure)))
{
}

PeerHost::~PeerHost()
{
    stop();
}

std::expected<void, std::string> PeerHost::start()
{
    if (auto opened = impl_->open_listeners(); !opened) return opened;
    impl_->start_thread();
    return {};
}

void PeerHost::stop()
{
    {
        const std::lock_guard lock(impl_->state_mutex);
        const bool running = impl_->state == Impl::State::kRunning;
        impl_->state = Impl::State::kStopped;
        if (!running) return;
        asio::post(impl_->io, [impl = impl_.get()] { impl->close_all(); });
    }
    impl_->thread.join();
}

void PeerHost::post(Work work)
{
    const std::lock_guard lock(impl_->state_mutex);
    if (impl_->state == Impl::State::kStopped) return;
    if (impl_->state == Impl::State::kRunning && !impl_->thread_runs) return;
    asio::post(impl_->io, [impl = impl_.get(), work = std::move(work)] {
        work(*impl->engine, impl->clock.now());
        impl->carry_out();
    });
}

void PeerHost::run(const Work& work)
{
    auto& impl = *impl_;
    bool done = false;
    std::exception_ptr thrown;
    const auto here = [&] {
        try {
            work(*impl.engine, impl.clock.now());
            impl.carry_out();
        } catch (...) {
            thrown = std::current_exception();
        }
        // Told under the lock: the caller's variables go when it has seen this.
        const std::lock_guard lock(impl.state_mutex);
        done = true;
        impl.changed.notify_all();
    };
    std::unique_lock lock(impl.state_mutex);
    const bool on_thread = std::this_thread::get_id() == impl.thread_id.load();
    if (impl.state != Impl::State::kRunning || on_thread) {
        // Where the thread is being stopped, it has the engine until it has ended.
        impl.changed.wait(lock, [&] { return on_thread || !impl.thread_runs; });
        lock.unlock();
        return work(*impl.engine, impl.clock.now());
    }
    asio::post(impl.io, here);
    // A thread that is being stopped still runs what was posted before; one that failed does not.
    impl.changed.wait(lock, [&] { return done || !impl.thread_runs; });
    if (!done) throw base::EnvironmentError("The network thread has failed");
    if (thrown) std::rethrow_exception(thrown);
}

void PeerHost::settle_timers()
{
    run([](protocol::Engine& engine, protocol::Time now) { engine.tick(now); });
}

void PeerHost::hasten(std::chrono::seconds by)
{
    run([by](protocol::Engine& engine, protocol::Time now) {
        engine.hasten(by);
        engine.tick(now);
    });
}

PeerHost::Totals PeerHost::totals() const
{
    return {impl_->received, impl_->sent};
}

std::vector<std::uint16_t> PeerHost::ports() const
{
    std::vector<std::uint16_t> ports;
    for (const auto& listener : impl_->listeners) ports.push_back(listener->port());
    return ports;
}

}  // namespace cairn::net
