#pragma once
// -netinfo: the node's peers at a glance.

#include <span>
#include <string>
#include <string_view>

#include "rpc/spec/json.h"

namespace cairn::rpc {

struct PeersOverviewOptions {
    static constexpr int kMaxLevel = 4;
    int level = 0;  // 0: counts only; 1: a line per peer; 2: with addresses; 3: with versions; 4: with both
    bool outbound_only = false;
};

/// From what stands after -netinfo: [level [outonly]]. Throws std::runtime_error with Bitcoin Core's texts.
PeersOverviewOptions parse_peers_overview(std::span<const std::string> arguments);

/// What "help" after -netinfo shows.
std::string_view peers_overview_help();

/// From the answers of getpeerinfo and getnetworkinfo. `now` in seconds since 1970.
std::string peers_overview(const Json& peers, const Json& network, const PeersOverviewOptions& options,
                           std::string_view version, std::string_view chain, std::int64_t now);

}  // namespace cairn::rpc
