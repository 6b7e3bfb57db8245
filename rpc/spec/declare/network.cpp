#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kNetwork;

Argument v2()
{
    return boolean("v2transport").optional().explain("Whether to try the encrypted transport (BIP324)");
}

// lint: long, because it is a table
std::vector<MethodSpec> connections()
{
    return {
        {"addnode",
         kHere,
         {text("node").explain("Address or name, with or without a port"),
          text("command").explain("add: keep a connection to it; remove: no longer; onetry: connect once"), v2()},
         "Keeps, drops or tries a peer of the owner's choice.",
         "null",
         {"\"192.168.0.6:8333\" \"onetry\""}},
        {"disconnectnode",
         kHere,
         {text("address").optional().explain("The peer's address and port"),
          number("nodeid").optional().explain("The peer's number, from getpeerinfo")},
         "Ends a connection. Give the address or the number, not both; with the number, the address is an empty text.",
         "null",
         {"\"192.168.0.6:8333\"", "\"\" 1"}},
        {"getaddednodeinfo",
         kHere,
         {text("node").optional().explain("One of them; without it, all")},
         "The peers given with addnode (not those tried once), and whether they are connected.",
         "[ { addednode, connected, addresses: [ { address, connected } ] } ]",
         {"\"192.168.0.201\""}},
        {"getconnectioncount", kHere, {}, "The number of connections, of both directions.", "n", {""}},
        {"ping", kHere, {}, "Pings every peer; pingtime and pingwait in getpeerinfo show the answers.", "null", {""}},
        {"setnetworkactive",
         kHere,
         {boolean("state").explain("false: all connections end and none is made")},
         "Switches the peer-to-peer network on or off.",
         "true|false",
         {"true"}},
        {"addconnection",
         Category::kHidden,
         {text("address"),
          text("connection_type").explain("outbound-full-relay, block-relay-only, addr-fetch or feeler"),
          boolean("v2transport")},
         "Opens a connection of a certain type. Regtest only.",
         "{ address, connection_type }",
         {"\"192.168.0.6:8333\" \"outbound-full-relay\" true"}},
        {"sendmsgtopeer",
         Category::kHidden,
         {number("peer_id"), text("msg_type"), hex("msg")},
         "Sends bytes as a message to a peer. For testing.",
         "{}",
         {"0 \"addr\" \"ffffff\""}},
    };
}

// lint: long, because it is a table
std::vector<MethodSpec> facts()
{
    return {
        {"getpeerinfo",
         kHere,
         {},
         "Every connected peer, with all that is known of it.",
         "[ { id, addr, addrbind, addrlocal, network (ipv4, ipv6, onion, i2p, cjdns, not_publicly_routable), services, "
         "servicesnames, relaytxes, last_inv_sequence, "
         "inv_to_send, "
         "lastsend, lastrecv, last_transaction, last_block, bytessent, bytesrecv, conntime, timeoffset, pingtime, "
         "minping, "
         "pingwait, version, subver, inbound, bip152_hb_to, bip152_hb_from, presynced_headers, synced_headers, "
         "synced_blocks, "
         "inflight, addr_relay_enabled, addr_processed, addr_rate_limited, permissions, minfeefilter, "
         "bytessent_per_msg, "
         "bytesrecv_per_msg, connection_type, transport_protocol_type, session_id } ]",
         {""}},
        {"getnetworkinfo",
         kHere,
         {},
         "This node in the network: what it says of itself, what it can reach.",
         "{ version, subversion, protocolversion, localservices, localservicesnames, localrelay, timeoffset, "
         "connections, "
         "connections_in, connections_out, networkactive, networks: [ { name (ipv4, ipv6, onion, i2p, cjdns), limited, "
         "reachable, proxy, proxy_randomize_credentials } ], relayfee, incrementalfee, localaddresses: [ { address, "
         "port, "
         "score } ], warnings }",
         {""}},
        {"getnettotals",
         kHere,
         {},
         "Bytes sent and received, and the limit for what is sent.",
         "{ totalbytesrecv, totalbytessent, timemillis, uploadtarget: { timeframe, target, target_reached, "
         "serve_historical_blocks, bytes_left_in_cycle, time_left_in_cycle } }",
         {""}},
        {"setban",
         kHere,
         {text("subnet").explain("An address, or a net such as 192.168.0.0/24"),
          text("command").explain("add or remove"),
          number("bantime").fall_back_to(0).explain("Seconds, or a time with absolute; 0: -bantime"),
          boolean("absolute").fall_back_to(false).explain("bantime is a time in seconds since 1970")},
         "Bans an address or net, or no longer.",
         "null",
         {"\"192.168.0.6\" \"add\" 86400"}},
        {"listbanned",
         kHere,
         {},
         "What is banned.",
         "[ { address, ban_created, banned_until, ban_duration, time_remaining } ]",
         {""}},
        {"clearbanned", kHere, {}, "Ends all bans.", "null", {""}},
        {"getnodeaddresses",
         kHere,
         {number("count").fall_back_to(1).explain("At most so many; 0: all that are known"),
          text("network").optional().explain("Of one network: ipv4, ipv6, onion, i2p, cjdns")},
         "Addresses of other nodes, by chance.",
         "[ { time, services, address, port, network } ]",
         {"8"}},
        {"addpeeraddress",
         Category::kHidden,
         {text("address"), number("port"), boolean("tried").fall_back_to(false)},
         "Adds an address to the address manager. For testing.",
         "{ success, error }",
         {"\"1.2.3.4\" 8333 true"}},
    };
}

}  // namespace

// lint: long, because it is a table
std::vector<MethodSpec> network()
{
    std::vector<MethodSpec> all = connections();
    const std::vector<MethodSpec> more = facts();
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace cairn::rpc::declare
