// Of RPC and of ZeroMQ.

#include <array>

#include "node/options.h"

namespace cairn::node {
namespace {

using base::integer_between;
using base::OptionCategory;
using base::OptionClass;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"rest", OptionType::kBool, "", "0", OptionCategory::kRpc, "Answer REST requests, which need no password.",
     kNoFlags, OptionClass::kNotBuilt},
    {"rpcallowip", OptionType::kText, "<ip>", "", OptionCategory::kRpc,
     "Answer RPC from this address or network (1.2.3.4, 1.2.3.0/24, 1.2.3.0/255.255.255.0, 0.0.0.0/0, "
     "::/0). May be given several times.",
     kMultiple},
    {"rpcauth", OptionType::kText, "<userpw>", "", OptionCategory::kRpc,
     "A user by name and hashed password, as <name>:<salt>$<hash>. May be given several times.",
     kSensitive | kMultiple},
    {"rpcbind", OptionType::kText, "<addr>[:port]", "", OptionCategory::kRpc,
     "Listen for RPC on this address; without -rpcallowip it is ignored. Never make it reachable from a "
     "public network. May be given several times. The default is this machine only.",
     kNetworkOnly | kMultiple},
    {"rpccookiefile", OptionType::kPath, "<loc>", "", OptionCategory::kRpc,
     "Where the cookie is, with which programs of the same user log in; a relative path is below the "
     "network's folder. The default is .cookie there."},
    {"rpccookieperms", OptionType::kText, "<readable-by>", "owner", OptionCategory::kRpc,
     "Who may read the cookie: owner, group or all."},
    {"rpcdoccheck", OptionType::kBool, "", "0", OptionCategory::kRpc,
     "Check answers against the documentation of their method.", kDebugOnly, OptionClass::kWithoutMeaning},
    {"rpcpassword", OptionType::kText, "<pw>", "", OptionCategory::kRpc, "The password of RPC.", kSensitive},
    {"rpcport", OptionType::kPort, "<port>", "", OptionCategory::kRpc,
     "Listen for RPC on this port. The default is 8332, testnet3 18332, testnet4 48332, signet 38332, "
     "regtest 18443.",
     kNetworkOnly},
    {"rpcservertimeout", integer_between(0, kCentury), "<n>", "30", OptionCategory::kRpc,
     "Seconds that a request may take to arrive.", kDebugOnly},
    {"rpcthreads", integer_between(0, 1'024), "<n>", "16", OptionCategory::kRpc, "Threads that answer RPC."},
    {"rpcuser", OptionType::kText, "<user>", "", OptionCategory::kRpc, "The user of RPC.", kSensitive},
    {"rpcwhitelist", OptionType::kText, "<whitelist>", "", OptionCategory::kRpc,
     "Which methods a user may call, as <name>:<method>,<method>… May be given several times.", kMultiple},
    {"rpcwhitelistdefault", OptionType::kBool, "", "", OptionCategory::kRpc,
     "Whether a user without -rpcwhitelist may call nothing. The default is 1 if any -rpcwhitelist is "
     "given."},
    {"rpcworkqueue", integer_between(0, 1'000'000), "<n>", "64", OptionCategory::kRpc,
     "How many requests may wait for a thread.", kDebugOnly},
    {"server", OptionType::kBool, "", "1", OptionCategory::kRpc, "Answer RPC."},
    {"zmqpubhashblock", OptionType::kText, "<address>", "", OptionCategory::kZmq,
     "Publish hashes of blocks by ZeroMQ on this address.", kMultiple, OptionClass::kNotBuilt},
    {"zmqpubhashblockhwm", OptionType::kInteger, "<n>", "1000", OptionCategory::kZmq,
     "How many messages of that kind may wait for a subscriber.", kNoFlags, OptionClass::kWithoutMeaning},
    {"zmqpubhashtx", OptionType::kText, "<address>", "", OptionCategory::kZmq,
     "Publish txids by ZeroMQ on this address.", kMultiple, OptionClass::kNotBuilt},
    {"zmqpubhashtxhwm", OptionType::kInteger, "<n>", "1000", OptionCategory::kZmq,
     "How many messages of that kind may wait for a subscriber.", kNoFlags, OptionClass::kWithoutMeaning},
    {"zmqpubrawblock", OptionType::kText, "<address>", "", OptionCategory::kZmq,
     "Publish blocks by ZeroMQ on this address.", kMultiple, OptionClass::kNotBuilt},
    {"zmqpubrawblockhwm", OptionType::kInteger, "<n>", "1000", OptionCategory::kZmq,
     "How many messages of that kind may wait for a subscriber.", kNoFlags, OptionClass::kWithoutMeaning},
    {"zmqpubrawtx", OptionType::kText, "<address>", "", OptionCategory::kZmq,
     "Publish transactions by ZeroMQ on this address.", kMultiple, OptionClass::kNotBuilt},
    {"zmqpubrawtxhwm", OptionType::kInteger, "<n>", "1000", OptionCategory::kZmq,
     "How many messages of that kind may wait for a subscriber.", kNoFlags, OptionClass::kWithoutMeaning},
    {"zmqpubsequence", OptionType::kText, "<address>", "", OptionCategory::kZmq,
     "Publish what happens to blocks and transactions, in order, by ZeroMQ on this address.", kMultiple,
     OptionClass::kNotBuilt},
    {"zmqpubsequencehwm", OptionType::kInteger, "<n>", "1000", OptionCategory::kZmq,
     "How many messages of that kind may wait for a subscriber.", kNoFlags, OptionClass::kWithoutMeaning},
});

}  // namespace

std::span<const base::OptionSpec> server_options()
{
    return kOptions;
}

}  // namespace cairn::node
