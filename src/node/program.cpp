#include "node/program.h"

#include <cstdio>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/log.h"
#include "base/process.h"
#include "base/settings/settings.h"
#include "base/shutdown.h"
#include "base/thread.h"
#include "base/version.h"
#include "node/exit_code.h"
#include "node/node.h"
#include "node/options.h"

namespace cairn::node {

namespace {

int fail(const std::string& error)
{
    fmt::print(stderr, "Error: {}\n", error);
    return kExitFailure;
}

/// -version and -help: what is printed instead of running a node.
std::optional<std::string> information(const base::Settings& settings)
{
    const auto headline = fmt::format("Cairn daemon version {}\n", base::version_description());
    if (settings.boolean_or("version", false)) {
        return headline + "Copyright (C) 2026 The Cairn developers\n\nMIT licence; there is no warranty.\n";
    }
    const bool help = settings.is_set("?") || settings.is_set("h") || settings.is_set("help");
    if (!help && !settings.is_set("help-debug")) return std::nullopt;
    return fmt::format(
        "{}\nA complete Bitcoin-protocol node: validates, relays, holds your wallet, and\nanswers over JSON-RPC.\n\n"
        "Usage:\n  cairnd [options]\n\n"
        "Options may also stand in cairn.conf in the data folder, one per line, without\n"
        "the dash; -noname means -name=0. Stop the node with cairn-cli stop, or SIGTERM.\n\n{}",
        headline, base::render_help(option_table(), settings.is_set("help-debug")));
}

int run_node(base::Settings& settings, std::optional<base::Daemon>& daemon)
{
    // Lives until the process ends, since a signal may come at any time.
    static base::ShutdownSignal shutdown;
    base::handle_signals(shutdown);
    Node node(settings, shutdown);
    const auto started = node.start();
    for (const auto& warning : node.warnings()) fmt::print(stderr, "Warning: {}\n", warning);
    if (!started) {
        fmt::print(stderr, "{}\n", started.error());
        node.stop();
        // Not before the folders are free: who waits for this may start the node again at once.
        if (daemon) daemon->report(kExitFailure);
        return kExitFailure;
    }
    if (daemon) daemon->report(kExitSuccess);
    node.wait();
    return node.stop() ? kExitSuccess : kExitFailure;
}

int run(std::span<const char* const> arguments)
{
    base::prepare_process();
    base::Settings settings(option_table());
    if (auto parsed = settings.parse_command_line(arguments); !parsed) {
        return fail("Error parsing command line arguments: " + parsed.error());
    }
    if (const auto text = information(settings)) {
        fmt::print("{}", *text);
        return kExitSuccess;
    }
    if (!settings.positional().empty()) {
        return fail(fmt::format("Command line contains unexpected token '{}', see cairnd -h for a list of options.",
                                settings.positional().front()));
    }
    if (auto loaded = settings.load(); !loaded) return fail(loaded.error());
    for (const auto& warning : settings.console_warnings()) fmt::print(stderr, "{}\n", warning);
    std::optional<base::Daemon> daemon;
    const bool wait = settings.boolean_or("daemonwait", false);
    if (wait || settings.boolean_or("daemon", false)) {
        fmt::print("Cairn starting\n");
        std::fflush(stdout);
        daemon.emplace(base::Daemon::begin(wait));
    }
    return run_node(settings, daemon);
}

}  // namespace

int run_program(int argc, char** argv)
{
    const std::span<const char* const> words{argv, static_cast<std::size_t>(argc)};
    try {
        return run(words.subspan(words.empty() ? 0 : 1));
    } catch (...) {
        return fail(base::describe(std::current_exception()));
    }
}

}  // namespace cairn::node
