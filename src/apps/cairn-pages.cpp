// cairn-pages FOLDER: writes the man pages and shell completions of cairnd and cairn-cli there, from the tables of
// options and methods. Runs when the project is built; not installed.

#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/settings/option.h"
#include "base/version.h"
#include "node/options.h"
#include "rpc/client/options.h"
#include "rpc/spec/method_spec.h"

namespace {

using cairn::base::ManPage;
using cairn::base::ManSection;
using cairn::base::OptionTable;

constexpr std::array kNodeSections = std::to_array<ManSection>({
    {"EXIT STATUS",
     "0: stopped when asked to. With -daemonwait: the node is ready, and goes on in the background.\n\n"
     "1: could not start, or had to stop. The reason is on standard error and in debug.log."},
    {"SIGNALS",
     "SIGTERM and SIGINT stop the node in order; a second one changes nothing. SIGHUP opens debug.log anew, after it "
     "was moved away."},
    {"FILES",
     "~/.cairn/cairn.conf: options, one per line and without the dash; those below a line [regtest] count on that "
     "network only.\n\n"
     "~/.cairn/debug.log: the log. Other networks than main have folders of their own: testnet3, testnet4, signet, "
     "regtest.\n\n"
     "~/.cairn/.cookie: the user and password of RPC, made anew at each start.\n\n"
     "~/.cairn/wallets: the wallets."},
    {"SEE ALSO", "cairn-cli(1)"},
});

constexpr std::array kClientSections = std::to_array<ManSection>({
    {"EXIT STATUS",
     "0: the command was carried out.\n\n"
     "1: a mistake in the command line, or no node answered.\n\n"
     "Anything else: the number of the RPC error without its sign, modulo 256; 5 is a wrong address or key, 28 a node "
     "that is still starting."},
    {"FILES",
     "~/.cairn/cairn.conf: options, one per line and without the dash.\n\n"
     "~/.cairn/.cookie: how cairn-cli logs in where no user and password are set. Other networks than main have "
     "folders of their own: testnet3, testnet4, signet, regtest."},
    {"SEE ALSO", "cairnd(1)"},
});

void write(const std::filesystem::path& path, std::string_view text)
{
    cairn::base::replace_file(cairn::base::os_file_system(), path, text);
}

void write_pages(const std::filesystem::path& folder, const OptionTable& table, const ManPage& page,
                 std::span<const std::string_view> commands)
{
    const std::string program{page.program};
    const cairn::base::Completion completion{page.program, commands};
    write(folder / (program + ".1"), render_man_page(table, page));
    write(folder / (program + ".bash"), render_bash_completion(table, completion));
    write(folder / ("_" + program), render_zsh_completion(table, completion));
    write(folder / (program + ".fish"), render_fish_completion(table, completion));
}

std::vector<std::string_view> commands()
{
    std::vector<std::string_view> names;
    for (const auto& method : cairn::rpc::all_methods()) {
        if (method.category != cairn::rpc::Category::kHidden) names.push_back(method.name);
    }
    return names;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: cairn-pages FOLDER\n";
        return EXIT_FAILURE;
    }
    const std::string version{cairn::base::version()};
    try {
        cairn::base::os_file_system().create_directories(argv[1]);
        write_pages(argv[1], cairn::node::option_table(),
                    {"cairnd", "a Bitcoin-protocol node", "[options]",
                     "Validates every block and transaction itself, relays them, holds wallets, and answers over "
                     "JSON-RPC as bitcoind does.\n\nOptions may also stand in cairn.conf. -noname means -name=0.",
                     version, kNodeSections},
                    {});
        write_pages(argv[1], cairn::rpc::client_option_table(),
                    {"cairn-cli", "ask a running cairnd", "[options] <command> [params]",
                     "Sends a command to cairnd over JSON-RPC and shows the answer. \"cairn-cli help\" lists the "
                     "commands, \"cairn-cli help <command>\" describes one. Options stand before the command.",
                     version, kClientSections},
                    commands());
    } catch (const std::exception& failure) {
        std::cerr << "cairn-pages: " << failure.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
