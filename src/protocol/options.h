#pragma once
// How the node wants its peer-to-peer logic: from command line and configuration file.

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/limits.h"
#include "protocol/network.h"
#include "protocol/permissions.h"

namespace cairn::protocol {

struct EngineOptions {
    NetworkInfo network;
    /// "/Satoshi:31.0.0/Cairn:0.1.0(comments)/"; at most kMaxUserAgentLength.
    std::string user_agent;
    Services services = kNodeNetwork | kNodeWitness | kNodeNetworkLimited;
    bool network_active = true;                    // -networkactive: until it is switched
    bool listen = true;                            // -listen
    bool blocks_only = false;                      // -blocksonly
    bool log_addresses = false;                    // -logips: beside a peer's number, its address
    bool dns_seed = true;                          // -dnsseed
    bool force_dns_seed = false;                   // -forcednsseed
    int max_connections = kDefaultMaxConnections;  // -maxconnections
    Duration peer_timeout = kDefaultPeerTimeout;   // -peertimeout
    std::vector<std::string> connect;              // -connect; "0" alone: none
    bool connect_given = false;                    // -connect was given: no automatic connections
    std::vector<std::string> add_nodes;            // -addnode
    std::vector<std::string> seed_nodes;           // -seednode
    std::vector<Endpoint> external_addresses;      // -externalip
    bool discover = false;                         // -discover: believe peers that tell us our own address
    std::vector<std::pair<Endpoint, int>> discovered_addresses;  // with their scores
    std::uint16_t listen_port = 0;                               // that peers are told of; 0: the network's default
    std::vector<WhitelistEntry> whitelist;                       // -whitelist
    bool whitelist_relay = true;                                 // -whitelistrelay
    bool whitelist_force_relay = false;                          // -whitelistforcerelay
    std::set<AddressNetwork> reachable = {AddressNetwork::kIpv4, AddressNetwork::kIpv6};  // -onlynet, proxies
    std::size_t receive_buffer = kDefaultReceiveBuffer;                                   // -maxreceivebuffer
    std::size_t send_buffer = kDefaultSendBuffer;                                         // -maxsendbuffer
    Duration ban_time = kDefaultBanTime;                                                  // -bantime
    std::uint64_t max_upload_target = 0;  // -maxuploadtarget, bytes per day; 0: no limit
    /// Secrets that make choices unpredictable to others: random in the node, fixed in tests.
    std::uint64_t seed0 = 0;
    std::uint64_t seed1 = 0;
};

}  // namespace cairn::protocol
