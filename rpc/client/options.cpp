#include "rpc/client/options.h"

#include <array>

#include "base/settings/common_options.h"

namespace cairn::rpc {

namespace {

using base::integer_between;
using base::OptionCategory;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr std::int64_t kCentury = 3'155'760'000;  // in seconds

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"conf", OptionType::kPath, "<file>", "cairn.conf", OptionCategory::kGeneral,
     "The configuration file; a relative path is below the data folder."},
    {"datadir", OptionType::kPath, "<dir>", "", OptionCategory::kGeneral,
     "The node's data folder, where its cookie and its configuration file are. The default is ~/.cairn.", kNoNegation},
    {"includeconf", OptionType::kPath, "<file>", "", OptionCategory::kHidden, "", kMultiple},
    {"ipcconnect", OptionType::kText, "<address>", "auto", OptionCategory::kGeneral,
     "Reach the node by a Unix socket. That is not built: \"auto\", which is as if it were not given, and "
     "-noipcconnect are all that is taken."},
    {"named", OptionType::kBool, "", "0", OptionCategory::kGeneral,
     "The arguments of the command are given by name: name=value."},
    {"color", OptionType::kText, "<when>", "auto", OptionCategory::kGeneral,
     "Colours in the answer of -getinfo: always, auto (on a terminal), never.", kNoNegation},
    {"stdin", OptionType::kBool, "", "", OptionCategory::kGeneral,
     "Read more arguments from standard input, one per line. With -stdinrpcpass, from the second line on."},
    {"stdinrpcpass", OptionType::kBool, "", "", OptionCategory::kGeneral,
     "Read the RPC password from the first line of standard input; at a terminal it is asked for, and not shown."},
    {"stdinwalletpassphrase", OptionType::kBool, "", "", OptionCategory::kGeneral,
     "Read the wallet's passphrase, for walletpassphrase and walletpassphrasechange, from a line of standard input."},
    {"rpcclienttimeout", integer_between(0, kCentury), "<n>", "900", OptionCategory::kGeneral,
     "Seconds to wait for an answer; 0 waits for ever."},
    {"rpcconnect", OptionType::kText, "<ip>", "127.0.0.1", OptionCategory::kGeneral, "The address of the node."},
    {"rpccookiefile", OptionType::kPath, "<loc>", "", OptionCategory::kGeneral,
     "The cookie, with which programs of the same user log in; a relative path is below the network's folder. The "
     "default is .cookie there."},
    {"rpcid", OptionType::kText, "<id>", "1", OptionCategory::kHidden, ""},
    {"rpcpassword", OptionType::kText, "<pw>", "", OptionCategory::kGeneral,
     "The password of RPC, where the node has one. Others on this machine can see it in the list of processes: prefer "
     "the cookie, or -stdinrpcpass.",
     kSensitive},
    {"rpcport", OptionType::kText, "<port>", "", OptionCategory::kGeneral,
     "The node's RPC port. The default is 8332, testnet3 18332, testnet4 48332, signet 38332, regtest 18443.",
     kNetworkOnly},
    {"rpcuser", OptionType::kText, "<user>", "", OptionCategory::kGeneral, "The user of RPC, where the node has one.",
     kSensitive},
    {"rpcwait", OptionType::kBool, "", "0", OptionCategory::kGeneral, "Wait until the node has started."},
    {"rpcwaittimeout", integer_between(0, kCentury), "<n>", "0", OptionCategory::kGeneral,
     "Seconds that -rpcwait waits; 0 waits for ever.", kNoNegation},
    {"rpcwallet", OptionType::kText, "<walletname>", "", OptionCategory::kGeneral,
     "The wallet that the command is about; needed where more than one is loaded."},
    {"signetchallenge", OptionType::kText, "<hex>", "", OptionCategory::kHidden, "", kMultiple},
    {"getinfo", OptionType::kBool, "", "", OptionCategory::kCliCommand,
     "Show an overview of the node and its wallets."},
    {"netinfo", OptionType::kBool, "", "", OptionCategory::kCliCommand,
     "Show an overview of the node's peers: [level [outonly]], or help."},
    {"addrinfo", OptionType::kBool, "", "", OptionCategory::kCliCommand,
     "Show how many addresses of other nodes are known, by network."},
    {"generate", OptionType::kBool, "", "", OptionCategory::kCliCommand,
     "Mine blocks to a new address of the wallet: [nblocks] [maxtries], one block unless told. For regtest."},
});

}  // namespace

const base::OptionTable& client_option_table()
{
    static const base::OptionTable table{base::common_options(), kOptions};
    return table;
}

}  // namespace cairn::rpc
