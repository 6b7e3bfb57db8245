#include "rpc/client/command_line.h"

#include <chrono>
#include <cstdlib>
#include <istream>
#include <optional>
#include <ostream>

#include "base/terminal.h"
#include "base/thread.h"
#include "rpc/client/options.h"
#include "rpc/client/overview.h"
#include "rpc/client/peers_overview.h"
#include "rpc/client/plain.h"
#include "rpc/client/rpc_client.h"
#include "rpc/spec/error.h"
#include "rpc/spec/method_spec.h"

namespace cairn::rpc {

namespace {

constexpr std::string_view kUsage =
    "Asks a running cairnd over JSON-RPC. Options stand before the command.\n\n"
    "Usage:\n"
    "  cairn-cli [options] <command> [params]\n"
    "  cairn-cli [options] -named <command> [name=value]...\n"
    "  cairn-cli [options] help              the commands\n"
    "  cairn-cli [options] help <command>    what one of them does\n\n"
    "The exit status is 0, 1 for a mistake in the command line or where no node\n"
    "answers, and else the number of the RPC error without its sign.\n\n";

/// The program's own mistake, told with "error: " and status 1.
class CommandLine {
public:
    CommandLine(base::Settings& settings, std::string_view version, CommandLineStreams streams)
        : settings_(settings), version_(version), streams_(streams)
    {
    }

    int run()
    {
        std::string text;
        int status = 0;
        try {
            read_input();
            const CommandOutcome outcome = execute();
            text = outcome.text;
            if (!outcome.error.is_null()) status = describe_error(outcome.error, text);
        } catch (const std::exception& failure) {
            text = std::string("error: ") + failure.what();
            status = EXIT_FAILURE;
        }
        if (!text.empty()) (status == 0 ? streams_.out : streams_.error) << text << '\n';
        return status;
    }

private:
    std::string read_secret(const char* prompt, const char* missing)
    {
        std::optional<base::HiddenTyping> hidden;
        if (streams_.in_is_terminal) {
            streams_.error << prompt << std::flush;
            hidden.emplace();
        }
        std::string line;
        const bool read = static_cast<bool>(std::getline(streams_.in, line));
        if (streams_.in_is_terminal) streams_.error << std::endl;
        if (!read) throw std::runtime_error(missing);
        return line;
    }

    void read_input()
    {
        arguments_ = settings_.positional();
        if (settings_.boolean_or("stdinrpcpass", false)) {
            settings_.force(
                "rpcpassword",
                read_secret("RPC password> ", "-stdinrpcpass specified but failed to read from standard input"));
        }
        if (settings_.boolean_or("stdinwalletpassphrase", false)) {
            if (arguments_.empty() || !arguments_[0].starts_with("walletpassphrase")) {
                throw std::runtime_error("-stdinwalletpassphrase is only applicable for walletpassphrase(change)");
            }
            arguments_.insert(arguments_.begin() + 1,
                              read_secret("Wallet passphrase> ",
                                          "-stdinwalletpassphrase specified but failed to read from standard input"));
        }
        if (!settings_.boolean_or("stdin", false)) return;
        std::string line;
        while (std::getline(streams_.in, line)) arguments_.push_back(line);
    }

    bool wants_colours() const
    {
        const std::string when = settings_.text_or("color", "auto");
        if (when != "always" && when != "never" && when != "auto") {
            throw std::runtime_error("Invalid value for -color option. Valid values: always, auto, never.");
        }
        return when == "always" || (when == "auto" && streams_.out_is_terminal);
    }

    void check_one_command() const
    {
        std::string given;
        int count = 0;
        for (const char* name : {"addrinfo", "generate", "getinfo", "netinfo"}) {
            if (!settings_.boolean_or(name, false)) continue;
            given += (count++ == 0 ? "-" : ", -") + std::string(name);
        }
        if (count > 1) {
            throw std::runtime_error("Only one of " + given + " may be specified.");
        }
    }

    CommandOutcome execute()
    {
        check_one_command();
        const base::NodeClock clock;
        const RpcClient client(settings_, clock);
        if (settings_.boolean_or("getinfo", false)) {
            if (!arguments_.empty()) throw std::runtime_error("-getinfo takes no arguments");
            return get_info(client, wants_colours());
        }
        if (settings_.boolean_or("netinfo", false)) return net_info(client, clock);
        if (settings_.boolean_or("addrinfo", false)) {
            if (!arguments_.empty()) throw std::runtime_error("-addrinfo takes no arguments");
            return address_info(client);
        }
        if (settings_.boolean_or("generate", false)) return generate(client);
        if (arguments_.empty()) throw std::runtime_error("too few parameters (need at least command)");
        const std::string method = arguments_.front();
        arguments_.erase(arguments_.begin());
        return show(client.call(method, convert(method), client.wallet()));
    }

    Json convert(const std::string& method) const
    {
        const bool named = settings_.boolean_or("named", false);
        return named ? convert_named(method, arguments_) : convert_positional(method, arguments_);
    }

    CommandOutcome net_info(const RpcClient& client, const base::Clock& clock)
    {
        if (!arguments_.empty() && (arguments_.front() == "help" || arguments_.front() == "h")) {
            return {{}, std::string(peers_overview_help())};
        }
        const auto options = parse_peers_overview(arguments_);
        const Json peers = client.call("getpeerinfo", Json::array());
        if (!peers["error"].is_null()) return {peers["error"], {}};
        const Json network = client.call("getnetworkinfo", Json::array());
        if (!network["error"].is_null()) return {network["error"], {}};
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count();
        return {{}, peers_overview(peers["result"], network["result"], options, version_, settings_.chain(), now)};
    }

    /// Blocks to a new address of the wallet.
    CommandOutcome generate(const RpcClient& client)
    {
        const Json address = client.call("getnewaddress", Json::array(), client.wallet());
        if (!address["error"].is_null()) return {address["error"], {}};
        if (arguments_.size() > 2) {
            throw std::runtime_error("too many arguments (maximum 2 for nblocks and maxtries)");
        }
        if (arguments_.empty()) arguments_.emplace_back("1");
        if (arguments_.front() == "0") {
            throw std::runtime_error(
                "the first argument (number of blocks to generate, default: 1) must be an integer "
                "value greater than zero");
        }
        arguments_.insert(arguments_.begin() + 1, address["result"].as_string());
        const Json reply =
            client.call("generatetoaddress", convert_positional("generatetoaddress", arguments_), client.wallet());
        if (!reply["error"].is_null()) return {reply["error"], {}};
        Json out = Json::object();
        out.set("address", address["result"]).set("blocks", reply["result"]);
        return {{}, out.write(2)};
    }

    static CommandOutcome show(const Json& reply)
    {
        if (!reply["error"].is_null()) return {reply["error"], {}};
        return {{}, plain(reply["result"], 2)};
    }

    static int describe_error(const Json& error, std::string& text)
    {
        const Json& code = error["code"];
        const Json& message = error["message"];
        text = error.is_object() ? "" : "error: " + error.write();
        if (!code.is_null()) text = "error code: " + code.write() + "\n";
        if (message.is_string()) text += "error message:\n" + message.as_string();
        const int number = code.is_number() ? code.as_int<int>() : 1;
        if (number == static_cast<int>(Code::kWalletNotSpecified)) {
            // Verbatim, as scripts may know it.
            text +=
                " Or for the CLI, specify the \"-rpcwallet=<walletname>\" option before the command (run "
                "\"bitcoin-cli -h\" for help or \"bitcoin-cli listwallets\" to see which wallets are currently "
                "loaded).";
        }
        return std::abs(number);
    }

    base::Settings& settings_;
    std::string_view version_;
    CommandLineStreams streams_;
    std::vector<std::string> arguments_;
};

/// Of -ipcconnect, in Bitcoin Core's words.
std::optional<std::string_view> refuse_ipc(const base::Settings& settings)
{
    const std::string wanted = settings.text_or("ipcconnect", "auto");
    if (wanted == "auto" || wanted == "0") return std::nullopt;
    if (settings.is_set("rpcconnect") && !settings.is_negated("rpcconnect")) {
        return "-rpcconnect and -ipcconnect options cannot both be enabled";
    }
    return "bitcoin-cli was not built with IPC support";
}

bool asks_for_help(const base::Settings& settings)
{
    return settings.boolean_or("?", false) || settings.boolean_or("h", false) || settings.boolean_or("help", false);
}

int run_arguments(std::span<const char* const> arguments, std::string_view version, CommandLineStreams streams)
{
    base::Settings settings(client_option_table());
    if (const auto parsed = settings.parse_command_line(arguments); !parsed) {
        streams.error << "Error parsing command line arguments: " << parsed.error() << '\n';
        return EXIT_FAILURE;
    }
    if (arguments.empty() || asks_for_help(settings) || settings.boolean_or("version", false)) {
        streams.out << "Cairn RPC client version " << version << '\n';
        if (!settings.boolean_or("version", false)) {
            streams.out << '\n' << kUsage << base::render_help(client_option_table(), false);
        }
        if (!arguments.empty()) return EXIT_SUCCESS;
        streams.error << "Error: too few parameters\n";
        return EXIT_FAILURE;
    }
    if (const auto loaded = settings.load_for_client(); !loaded) {
        streams.error << "Error: " << loaded.error() << '\n';
        return EXIT_FAILURE;
    }
    if (const auto refused = refuse_ipc(settings)) {
        streams.error << "error: " << *refused << '\n';
        return EXIT_FAILURE;
    }
    return CommandLine(settings, version, streams).run();
}

}  // namespace

int run_command_line(std::span<const char* const> arguments, std::string_view version, CommandLineStreams streams)
{
    try {
        return run_arguments(arguments, version, streams);
    } catch (...) {
        streams.error << "Error: " << base::describe(std::current_exception()) << '\n';
        return EXIT_FAILURE;
    }
}

}  // namespace cairn::rpc
