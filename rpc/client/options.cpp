#include "rpc/client/options.h"

#include <array>

namespace cairn::rpc {

namespace {

using base::OptionCategory;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kGeneral = std::to_array<OptionSpec>({
    {"?", OptionType::kBool, "", "", OptionCategory::kGeneral, "Print this help and exit (also -h and -help)."},
    {"h", OptionType::kBool, "", "", OptionCategory::kHidden, ""},
    {"help", OptionType::kBool, "", "", OptionCategory::kHidden, ""},
    {"version", OptionType::kBool, "", "", OptionCategory::kGeneral, "Print the version and exit."},
    {"conf", OptionType::kPath, "<file>", "cairn.conf", OptionCategory::kGeneral,
     "The configuration file; a relative path is below the data folder."},
    {"datadir", OptionType::kPath, "<dir>", "", OptionCategory::kGeneral, "The data folder.", kNoNegation},
    {"includeconf", OptionType::kPath, "<file>", "", OptionCategory::kHidden, "", kMultiple},
    {"named", OptionType::kBool, "", "0", OptionCategory::kGeneral, "Arguments have names: name=value."},
    {"color", OptionType::kText, "<when>", "auto", OptionCategory::kGeneral,
     "Colours in the answer of -getinfo: always, auto (on a terminal), never.", kNoNegation},
    {"stdin", OptionType::kBool, "", "", OptionCategory::kGeneral,
     "Read more arguments from standard input, one per line. With -stdinrpcpass, from the second line on."},
    {"stdinrpcpass", OptionType::kBool, "", "", OptionCategory::kGeneral,
     "Read the RPC password from the first line of standard input."},
    {"stdinwalletpassphrase", OptionType::kBool, "", "", OptionCategory::kGeneral,
     "Read the wallet's passphrase, for walletpassphrase and walletpassphrasechange, from a line of standard input."},
    {"rpcclienttimeout", OptionType::kInteger, "<n>", "900", OptionCategory::kGeneral,
     "Seconds to wait for an answer; 0: without end."},
    {"rpcconnect", OptionType::kText, "<ip>", "127.0.0.1", OptionCategory::kGeneral, "Where the node is."},
    {"rpccookiefile", OptionType::kPath, "<loc>", "", OptionCategory::kGeneral,
     "The cookie file; a relative path is below the network's folder."},
    {"rpcid", OptionType::kText, "<id>", "1", OptionCategory::kHidden, ""},
    {"rpcpassword", OptionType::kText, "<pw>", "", OptionCategory::kGeneral,
     "Password of the RPC. Others on this machine can see it: rather use the cookie or -stdinrpcpass.", kSensitive},
    {"rpcport", OptionType::kInteger, "<port>", "", OptionCategory::kGeneral,
     "The node's RPC port (default: 8332, testnet3 18332, testnet4 48332, signet 38332, regtest 18443).", kNetworkOnly},
    {"rpcuser", OptionType::kText, "<user>", "", OptionCategory::kGeneral, "User of the RPC.", kSensitive},
    {"rpcwait", OptionType::kBool, "", "0", OptionCategory::kGeneral, "Wait until the node answers."},
    {"rpcwaittimeout", OptionType::kInteger, "<n>", "0", OptionCategory::kGeneral,
     "Seconds that -rpcwait waits; 0: without end.", kNoNegation},
    {"rpcwallet", OptionType::kText, "<walletname>", "", OptionCategory::kGeneral, "The wallet that a call is about."},
    {"chain", OptionType::kText, "<chain>", "main", OptionCategory::kChain,
     "Which network: main, test, testnet4, signet or regtest."},
    {"regtest", OptionType::kBool, "", "0", OptionCategory::kChain, "A network of one's own, for tests."},
    {"signet", OptionType::kBool, "", "0", OptionCategory::kChain, "The signet, whose blocks are signed."},
    {"signetchallenge", OptionType::kText, "<hex>", "", OptionCategory::kHidden, "", kMultiple},
    {"testnet", OptionType::kBool, "", "0", OptionCategory::kChain, "The third test network."},
    {"testnet4", OptionType::kBool, "", "0", OptionCategory::kChain, "The fourth test network."},
    {"getinfo", OptionType::kBool, "", "", OptionCategory::kCliCommand, "An overview of the node."},
    {"netinfo", OptionType::kBool, "", "", OptionCategory::kCliCommand, "An overview of the node's peers."},
    {"addrinfo", OptionType::kBool, "", "", OptionCategory::kCliCommand,
     "How many addresses of other nodes the node knows, by network."},
    {"generate", OptionType::kBool, "", "", OptionCategory::kCliCommand,
     "Mines blocks to a new address of the wallet: [nblocks (default 1)] [maxtries]. For regtest."},
});

}  // namespace

const base::OptionTable& client_option_table()
{
    static const base::OptionTable table{kGeneral};
    return table;
}

}  // namespace cairn::rpc
