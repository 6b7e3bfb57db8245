#include "node/node.h"

#include <algorithm>
#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "base/log.h"
#include "base/network_interfaces.h"
#include "base/process.h"
#include "base/version.h"
#include "crypto/hex.h"
#include "node/config.h"
#include "node/interactions.h"
#include "node/node_parts.h"

namespace cairn::node {

namespace {

/// Shown on the main network until 1.0.
constexpr std::string_view kYoungSoftware =
    "Cairn is an independent validator and young software: use it for amounts you can lose.";

/// File descriptors beside those of peers: files of LevelDB and blocks, the log, RPC connections.
constexpr std::uint64_t kOwnDescriptors = 1'200;

template <class T>
Started take(Configured<T> configured, T& into)
{
    if (!configured) return std::unexpected(configured.error());
    into = std::move(*configured);
    return {};
}

std::array<std::byte, 32> random_bytes(base::Random& random)
{
    std::array<std::byte, 32> bytes{};
    random.fill(bytes);
    return bytes;
}

/// More peers than files can be open would be refused one by one, at bad moments. The warning, if there is one.
std::optional<std::string> fit_connections_to_descriptors(base::Settings& settings)
{
    const auto wanted =
        static_cast<std::uint64_t>(int_option(settings, "maxconnections", protocol::kDefaultMaxConnections));
    const auto available = base::raise_file_descriptor_limit(wanted + kOwnDescriptors);
    if (available >= wanted + kOwnDescriptors) return std::nullopt;
    const auto fitting = available > kOwnDescriptors ? available - kOwnDescriptors : 0;
    settings.force("maxconnections", std::to_string(fitting));
    return fmt::format("Reducing -maxconnections from {} to {}, because of system limitations ({} file descriptors).",
                       wanted, fitting, available);
}

void log_start(const base::Settings& settings)
{
    base::log_info("Using data directory {}", settings.network_folder().string());
    base::log_info("Config file: {}", settings.config_file().string());
    for (const auto& line : settings.describe()) base::log_info("{}", line);
    for (const auto& note : settings.notes()) {
        if (note.warning) {
            base::log_warning("{}", note.text);
        } else {
            base::log_info("{}", note.text);
        }
    }
    for (const auto& option : settings.options_without_meaning()) {
        base::log_info("The option -{} has no effect in this program", option);
    }
}

/// Keys of wallets are all that is locked.
api::LockedMemory locked_memory(const wallet::WalletManager* wallets)
{
    if (wallets == nullptr) return {};
    const base::LockedMemory::Use use = wallets->locked_memory();
    const std::size_t free = use.total - use.used;
    return {.used = use.used,
            .free = free,
            .total = use.total,
            .locked = use.locked,
            .chunks_used = use.used / base::LockedMemory::kSlotSize,
            .chunks_free = free / base::LockedMemory::kSlotSize};
}

/// Bitcoin Core asks here whether to rebuild the databases, and says so without "Error: ". Empty where there is no
/// remedy.
std::string rebuild_question(const chain::StartError& error)
{
    return error.remedy().empty() ? std::string{} : fmt::format("{}.\n{}", error.what(), error.remedy());
}

/// Without a remedy, which stands in the log.
std::string cause_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown failure";
    }
}

/// What is wrong with the settings as a whole.
Started check_settings(const base::Settings& settings)
{
    std::string errors;
    for (const auto& option : settings.ignored_network_options()) {
        errors += fmt::format("Config setting for -{} only applied on {} network when in [{}] section.\n", option,
                              settings.chain(), settings.chain());
    }
    if (!errors.empty()) return std::unexpected(errors);
    if (auto wanted = settings.unbuilt_request()) return std::unexpected(*wanted);
    return {};
}

}  // namespace

Node::Node(base::Settings& settings, base::ShutdownSignal& shutdown)
    : parts_(std::make_unique<Parts>(settings, shutdown))
{
}

Node::~Node()
{
    stop();
}

base::FailureHandler Node::Parts::failure_handler()
{
    return [this](std::string_view thread, const std::exception_ptr& failure) {
        base::log_error("A fatal internal error occurred in {}: {}", thread, base::describe(failure));
        // Bitcoin Core's words, for whoever watches the terminal.
        fmt::print(stderr, "Error: A fatal internal error occurred, see debug.log for details: {}\n",
                   cause_of(failure));
        failed = true;
        shutdown.request();
    };
}

std::string Node::Parts::notice() const
{
    return params.network == Network::kMain ? std::string(kYoungSoftware) : std::string{};
}

void Node::Parts::warn(std::string text)
{
    base::log_warning("{}", text);
    warnings.push_back(std::move(text));
}

/// The folders, the log, the process. The folders first: the log of a node that runs is not to be touched.
Started Node::Parts::start_base()
{
    if (auto done = configure_log_categories(settings); !done) return done;
    const auto blocks_folder = settings.blocks_folder();
    if (!blocks_folder) return std::unexpected(blocks_folder.error());
    if (auto done = take(lock_folders(files, settings.network_folder(), *blocks_folder), locks); !done) return done;
    const auto log_options = configure_log(settings);
    try {
        base::process_log().start(log_options);
    } catch (const base::IoError& error) {
        return std::unexpected(
            fmt::format("Could not open debug log file {}: {}", log_options.file.string(), error.what()));
    }
    base::log_info("Cairn version {}", base::version_description());
    apply_interactions(settings);
    log_start(settings);
    if (auto unknown = settings.unrecognized_sections(); !unknown.empty()) warn(std::move(unknown));
    if (auto done = check_settings(settings); !done) return done;
    if (auto reduced = fit_connections_to_descriptors(settings)) warn(*std::move(reduced));
    if (const auto memory = base::total_memory()) {
        if (auto large = dbcache_warning(settings, *memory)) warn(*std::move(large));
    }
    if (auto done = take(configure_params(settings), params); !done) return done;
    network = configure_network(params);
    const auto mock_time = configure_mock_time(settings, params);
    if (!mock_time) return std::unexpected(mock_time.error());
    base::process_log().set_mock_time(*mock_time);
    if (*mock_time) clock.set_mock_time(*mock_time);
    if (!settings.is_negated("pid")) {
        pid_file = std::make_unique<PidFile>(files, settings.resolve(settings.path_or("pid", "cairnd.pid")));
    }
    if (!notice().empty()) base::log_warning("{}", notice());
    signing = std::make_unique<crypto::SigningContext>(random_bytes(random));
    scheduler = std::make_unique<base::Scheduler>(clock, base::Scheduler::Run::kOwnThread, failure_handler());
    events = std::make_unique<events::EventBus>(events::EventBus::Delivery::kThreads, failure_handler());
    notifier = std::make_unique<notify::CommandNotifier>(configure_commands(settings), *events);
    return {};
}

/// Answers from here on, with "in warmup" until the rest has started.
Started Node::Parts::start_rpc()
{
    if (!settings.boolean_or("server", true)) return {};
    const auto options = configure_rpc(settings);
    if (!options) return std::unexpected(options.error());
    rpc_server = std::make_unique<rpc::Server>(
        *options, [this](const rpc::MethodCall& call) { return dispatcher.run(call); }, clock, files, random);
    if (const auto started = rpc_server->start(); !started) {
        base::log_error("{}", started.error());
        // Bitcoin Core's words; before them, which port it was that could not be had.
        const auto port = rpc_server->ports().empty() ? started.error() + "\n" : std::string{};
        return std::unexpected(port + "Unable to start HTTP server. See debug log for details.");
    }
    return {};
}

/// Mempool and chain; blocks on disk are connected while the rest starts.
Started Node::Parts::start_chain()
{
    const auto mempool_options = configure_mempool(settings, params);
    if (!mempool_options) return std::unexpected(mempool_options.error());
    const auto chain_options = configure_chain(settings, params, network);
    if (!chain_options) return std::unexpected(chain_options.error());
    const auto cache_mib = std::max<std::int64_t>(1, settings.integer_or("maxsigcachesize", 32));
    signatures = std::make_unique<mempool::SignatureCache>(verifier, static_cast<std::size_t>(cache_mib) << 20,
                                                           random_bytes(random));
    block_signatures = std::make_unique<mempool::SignatureLookup>(*signatures);
    mempool_events = std::make_unique<services::MempoolEvents>(*events);
    mempool = std::make_unique<mempool::Mempool>(*mempool_options, mempool_chain, *signatures, *mempool_events,
                                                 std::array<std::uint64_t, 2>{random.u64(), random.u64()});
    chain_mempool = std::make_unique<services::ChainMempool>(*mempool, mempool_chain, clock);
    const auto on_progress = [this](std::string_view what, int percent) {
        // Long work of start() gives up as well, which stop() comes too late for.
        if (shutdown.requested()) chain->interrupt();
        dispatcher.set_warmup_status(fmt::format("{} ({} %)", what, percent));
        base::notify_service_manager(fmt::format("STATUS={} ({} %)\nEXTEND_TIMEOUT_USEC=60000000", what, percent));
    };
    chain = std::make_unique<chain::ChainManager>(
        *chain_options, chain::ChainPorts{clock, files, random, chain_mempool.get(), events.get(),
                                          block_signatures.get(), failure_handler(), on_progress});
    mempool_chain.set(*chain);
    if (const auto last = settings.integer_or("stopatheight", 0); last > 0) {
        jobs.push_back(chain->on_tip([this, last](const chain::BlockNode& tip) {
            if (tip.height() >= last) shutdown.request();
        }));
    }
    dispatcher.set_warmup_status("Loading block index…");
    try {
        chain->start();
    } catch (const base::EnvironmentError& error) {
        if (!shutdown.requested() || failed) throw;
        base::log_info("The start was given up: {}", error.what());
    }
    return {};
}

/// What rpc and the wallets see of it.
Started Node::Parts::start_services()
{
    auto user_agent = configure_user_agent(settings, base::version());
    if (!user_agent) return std::unexpected(user_agent.error());
    auto engine = configure_engine(settings, network, std::move(*user_agent));
    if (!engine) return std::unexpected(engine.error());
    auto sockets = configure_sockets(settings, network);
    if (!sockets) return std::unexpected(sockets.error());
    engine->discovered_addresses = discover_addresses(settings, network, *sockets, base::interface_addresses());
    auto mining_options = configure_mining(settings);
    if (!mining_options) return std::unexpected(mining_options.error());
    engine->seed0 = random.u64();
    engine->seed1 = random.u64();
    peers = std::make_unique<services::PeerService>(
        services::PeerService::Parts{*chain, *mempool, *events, clock, random, files, settings.network_folder(),
                                     failure_handler()},
        std::move(*engine), std::move(*sockets));
    chain_service = std::make_unique<services::ChainService>(*chain, *mempool, shutdown, notice());
    mempool_keeper = std::make_unique<services::MempoolKeeper>(
        services::MempoolKeeper::Parts{*chain, *mempool, clock, random, files, settings.resolve("mempool.dat"),
                                       settings.boolean_or("persistmempoolv1", false)});
    mempool_service = std::make_unique<services::MempoolService>(*chain, *mempool, *peers, clock, *mempool_keeper);
    mining_service = std::make_unique<services::MiningService>(*chain, *mempool, clock, shutdown, *mining_options);
    control_service = std::make_unique<services::ControlService>(
        services::ControlService::Parts{.clock = clock,
                                        .scheduler = *scheduler,
                                        .shutdown = shutdown,
                                        .log = base::process_log(),
                                        .events = *events,
                                        .mockable = params.network == Network::kRegtest,
                                        .settle_timers = [this] { peers->settle_timers(); },
                                        .hasten_peers = [this](std::chrono::seconds by) { peers->hasten(by); },
                                        .locked_memory = [this] { return locked_memory(wallets.get()); },
                                        .log_path = configure_log(settings).file.string()});
    return {};
}

Started Node::Parts::start_wallets()
{
    if (settings.boolean_or("disablewallet", false)) return {};
    auto options = configure_wallet(settings, params, network, notice(), files);
    if (!options) return std::unexpected(options.error());
    const auto fee_warnings = high_fee_warnings(*options);
    const auto remember = [this](const std::string& name, bool load) {
        auto names = settings.persistent_list("wallet");
        if (loads_unnamed) names.emplace_back();
        loads_unnamed = false;
        std::erase(names, name);
        if (load) names.push_back(name);
        settings.set_persistent_list("wallet", names);
        return true;
    };
    wallets = wallet::make_wallet_manager(
        std::move(*options),
        wallet::Surroundings{*chain_service, *mempool_service, *events, *scheduler, clock, random, files, remember});
    dispatcher.set_warmup_status("Loading wallet…");
    const auto names = wallets_to_load(settings);
    const auto loaded = wallets->load_all(names);
    if (!loaded) return std::unexpected(loaded.error().message);
    for (const auto& warning : *loaded) warn(warning);
    // Without a wallet nobody pays.
    for (const auto& warning : wallets->loaded().empty() ? std::vector<std::string>{} : fee_warnings) warn(warning);
    loads_unnamed = !names && wallets->find("") != nullptr;
    return {};
}

Started Node::Parts::start_peers()
{
    dispatcher.set_warmup_status("Starting network threads…");
    if (auto done = peers->start(); !done) return done;
    rpc::Context context;
    context.node = {chain_service.get(), mempool_service.get(), mining_service.get(),
                    &peers->control(),   control_service.get(), wallets.get()};
    context.params = &params;
    context.addresses = address_format(params.network);
    context.clock = &clock;
    context.random = &random;
    context.signing = signing.get();
    context.deprecated = settings.texts("deprecatedrpc");
    dispatcher.begin(context);
    return {};
}

void Node::Parts::load_mempool()
{
    if (!chain->is_loaded()) return;
    if (settings.boolean_or("stopafterblockimport", false)) shutdown.request();
    if (settings.boolean_or("persistmempool", true)) {
        mempool_keeper->load();
    } else {
        mempool_keeper->begin_empty();
    }
}

void Node::Parts::save_mempool()
{
    if (!mempool_keeper || !mempool_keeper->is_loaded() || !settings.boolean_or("persistmempool", true)) return;
    try {
        mempool_keeper->save();
    } catch (const base::IoError& error) {
        base::log_warning("Unable to dump mempool to disk: {}", error.what());
    }
}

void Node::Parts::schedule_jobs()
{
    // Usually at once; the job is for starts that have many blocks to connect.
    chain->post([this] { load_mempool(); });
    jobs.push_back(scheduler->every(std::chrono::seconds{1}, [this] { load_mempool(); }));
    jobs.push_back(scheduler->every(std::chrono::minutes{1}, [this] {
        chain->post([this] { mempool->limit_size(base::unix_seconds(clock.now())); });
    }));
}

std::expected<void, std::string> Node::start()
{
    using Step = Started (Parts::*)();
    std::string question;
    const auto run = [&](Step step) -> Started {
        try {
            return (*parts_.*step)();
        } catch (const chain::StartError& error) {
            question = rebuild_question(error);
            throw;
        }
    };
    for (const Step step : {&Parts::start_base, &Parts::start_rpc, &Parts::start_chain, &Parts::start_services,
                            &Parts::start_wallets, &Parts::start_peers}) {
        if (auto done = guarded_start([&] { return run(step); }); !done) {
            base::log_error("{}", done.error());
            return std::unexpected(question.empty() ? "Error: " + done.error() : question);
        }
        if (parts_->shutdown.requested()) return {};
    }
    parts_->schedule_jobs();
    base::log_info("Done loading");
    parts_->notifier->on_start();
    base::notify_service_manager("READY=1\nSTATUS=running");
    return {};
}

const std::vector<std::string>& Node::warnings() const
{
    return parts_->warnings;
}

void Node::wait()
{
    parts_->shutdown.wait();
}

bool Node::stop()
{
    if (!parts_) return true;
    auto& parts = *parts_;
    parts.shutdown.request();
    base::notify_service_manager("STOPPING=1\nSTATUS=stopping");
    base::log_info("Shutdown in progress...");
    bool good = true;
    // A part that fails does not keep the others from stopping, above all not the chain from being written.
    const auto stop_part = [&](const char* name, const auto& part, auto&& how) {
        if (part && !guarded_stop(name, [&] { how(*part); })) good = false;
    };
    stop_part("Commands of -shutdownnotify", parts.notifier, [](auto& notifier) { notifier.on_stop(); });
    parts.jobs.clear();
    stop_part("The chain's long work", parts.chain, [](auto& chain) { chain.interrupt(); });
    stop_part("RPC", parts.rpc_server, [](auto& server) { server.stop(); });
    stop_part("The network", parts.peers, [](auto& peers) { peers.stop(); });
    stop_part("The wallets", parts.wallets, [](auto& wallets) { wallets.close(); });
    stop_part("The mempool", parts.mempool_keeper, [&](auto&) { parts.save_mempool(); });
    stop_part("The scheduler", parts.scheduler, [](auto& scheduler) { scheduler.stop(); });
    stop_part("The chain", parts.chain, [](auto& chain) { chain.stop(); });
    good = good && !parts.failed;
    parts_.reset();
    base::log_info("Shutdown done");
    base::process_log().flush();
    return good;
}

}  // namespace cairn::node
