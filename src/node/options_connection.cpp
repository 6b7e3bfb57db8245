// Of peers.

#include <array>

#include "node/options.h"

namespace cairn::node {
namespace {

using base::integer_between;
using base::integer_from;
using base::OptionCategory;
using base::OptionClass;
using base::OptionSpec;
using base::OptionType;
using enum base::OptionFlags;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"addnode", OptionType::kText, "<ip>", "", OptionCategory::kConnection,
     "Connect to this node and keep the connection open; may be given several times, for at most 8 at a "
     "time beside -maxconnections.",
     kNetworkOnly | kMultiple},
    {"asmap", OptionType::kPath, "<file>", "0", OptionCategory::kConnection,
     "Group peers by autonomous system as this file maps addresses to them.", kNoFlags, OptionClass::kNotBuilt},
    {"bantime", integer_between(0, kCentury), "<n>", "86400", OptionCategory::kConnection,
     "Seconds that a ban by setban lasts unless it says otherwise."},
    {"bind", OptionType::kText, "<addr>[:<port>][=onion]", "", OptionCategory::kConnection,
     "Listen on this address; [host]:port for IPv6. \"=onion\" marks connections to it as coming from Tor. "
     "May be given several times. The default is every address.",
     kNetworkOnly | kMultiple},
    {"cjdnsreachable", OptionType::kBool, "", "0", OptionCategory::kConnection,
     "This machine reaches the CJDNS network (fc00::/8).", kNoFlags, OptionClass::kNotBuilt},
    {"connect", OptionType::kText, "<ip>", "", OptionCategory::kConnection,
     "Connect to this node and to no other; may be given several times. -noconnect makes no connections by "
     "itself.",
     kNetworkOnly | kMultiple},
    {"discover", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Find out the addresses of this machine, to tell peers. Off with -listen=0 or -externalip.", kNoFlags,
     OptionClass::kImplemented},
    {"dns", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Look up names given to -addnode, -seednode and -connect.", kAlwaysOn, OptionClass::kNotBuilt},
    {"dnsseed", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Ask DNS seeds for peers when few are known. The default is 0 with -connect or -maxconnections=0."},
    {"externalip", OptionType::kText, "<ip>", "", OptionCategory::kConnection,
     "An address under which peers can reach this node.", kMultiple},
    {"fixedseeds", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Use built-in addresses when nothing else gives any.", kNoFlags, OptionClass::kWithoutMeaning},
    {"forcednsseed", OptionType::kBool, "", "0", OptionCategory::kConnection, "Ask DNS seeds at every start."},
    {"i2pacceptincoming", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Accept connections through I2P, where -i2psam is set.", kNoFlags, OptionClass::kWithoutMeaning},
    {"i2psam", OptionType::kText, "<ip:port>", "0", OptionCategory::kConnection, "The SAM proxy of I2P.", kNoFlags,
     OptionClass::kNotBuilt},
    {"listen", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Accept connections. The default is 0 with -connect, -proxy or -maxconnections=0."},
    {"listenonion", OptionType::kBool, "", "0", OptionCategory::kConnection, "Make a Tor onion service for this node.",
     kNoFlags, OptionClass::kNotBuilt},
    {"maxconnections", integer_from(0), "<n>", "125", OptionCategory::kConnection,
     "Keep at most <n> connections, those of -addnode not counted."},
    {"maxreceivebuffer", integer_between(0, 4'000'000), "<n>", "5000", OptionCategory::kConnection,
     "What a connection may receive ahead of its processing, in units of 1000 bytes."},
    {"maxsendbuffer", integer_between(0, 4'000'000), "<n>", "1000", OptionCategory::kConnection,
     "What may wait to be sent on a connection, in units of 1000 bytes."},
    {"maxuploadtarget", OptionType::kText, "<n>", "0", OptionCategory::kConnection,
     "Serve no more than this in 24 hours; k, m, g, t are powers of 1000, K, M, G, T of 1024, M without "
     "one. 0 is no limit.",
     kNoFlags, OptionClass::kNotBuilt, "0M"},
    {"natpmp", OptionType::kBool, "", "0", OptionCategory::kConnection,
     "Ask the router to forward the port, by PCP or NAT-PMP.", kNoFlags, OptionClass::kNotBuilt},
    {"networkactive", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Talk to peers. 0: neither make nor take connections until setnetworkactive allows it."},
    {"onion", OptionType::kText, "<ip:port|path>", "0", OptionCategory::kConnection,
     "Reach Tor onion services by this SOCKS5 proxy.", kNoFlags, OptionClass::kNotBuilt},
    {"onlynet", OptionType::kText, "<net>", "", OptionCategory::kConnection,
     "Make automatic connections to this network only: ipv4, ipv6, onion, i2p or cjdns. May be given "
     "several times.",
     kMultiple},
    {"peerblockfilters", OptionType::kBool, "", "0", OptionCategory::kConnection,
     "Serve compact block filters to peers (BIP157).", kNoFlags, OptionClass::kNotBuilt},
    {"peerbloomfilters", OptionType::kBool, "", "0", OptionCategory::kConnection,
     "Serve blocks and transactions filtered by bloom filters (BIP37).", kNoFlags, OptionClass::kNotBuilt},
    {"peertimeout", OptionType::kInteger, "<n>", "60", OptionCategory::kConnection,
     "Seconds after which a new connection is watched for inactivity; at least 1.", kDebugOnly},
    {"port", OptionType::kPort, "<port>", "", OptionCategory::kConnection,
     "Listen on this port. The default is 8333, testnet3 18333, testnet4 48333, signet 38333, regtest "
     "18444.",
     kNetworkOnly},
    {"proxy", OptionType::kText, "<ip>[:<port>]|unix:<path>[=<network>]", "0", OptionCategory::kConnection,
     "Connect through this SOCKS5 proxy.", kNeedsValue | kMultiple, OptionClass::kNotBuilt},
    {"proxyrandomize", OptionType::kBool, "", "1", OptionCategory::kConnection,
     "Use other credentials at the proxy for each connection.", kNoFlags, OptionClass::kWithoutMeaning},
    {"seednode", OptionType::kText, "<ip>", "", OptionCategory::kConnection,
     "Connect to this node for addresses of others, and leave it. May be given several times.", kMultiple},
    {"timeout", OptionType::kInteger, "<n>", "5000", OptionCategory::kConnection,
     "Milliseconds that a connection may take to be made; at least 1."},
    {"torcontrol", OptionType::kText, "<ip>:<port>", "127.0.0.1:9051", OptionCategory::kConnection,
     "Where Tor is controlled, for -listenonion.", kNoFlags, OptionClass::kWithoutMeaning},
    {"torpassword", OptionType::kText, "<pass>", "", OptionCategory::kConnection, "The password of Tor's control port.",
     kSensitive, OptionClass::kWithoutMeaning},
    {"txreconciliation", OptionType::kBool, "", "0", OptionCategory::kConnection,
     "Announce transactions by reconciliation (BIP330).", kDebugOnly, OptionClass::kNotBuilt},
    {"v2transport", OptionType::kBool, "", "0", OptionCategory::kConnection,
     "Encrypt connections to peers that can (BIP324).", kNoFlags, OptionClass::kNotBuilt},
    {"whitebind", OptionType::kText, "<[permissions@]addr>", "", OptionCategory::kConnection,
     "Listen on this address, and give peers that connect to it these permissions: bloomfilter, noban, "
     "forcerelay, relay, mempool, download, addr, or all. May be given several times.",
     kMultiple},
    {"whitelist", OptionType::kText, "<[permissions@]IP address or network>", "", OptionCategory::kConnection,
     "Give peers with this address, or of this network (1.2.3.0/24), permissions as with -whitebind; "
     "\"in\" and \"out\" say for which direction. May be given several times.",
     kMultiple},
});

}  // namespace

std::span<const base::OptionSpec> connection_options()
{
    return kOptions;
}

}  // namespace cairn::node
