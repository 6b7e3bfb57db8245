#pragma once
// Which inbound peer makes room for another: those that would be hard for an attacker to imitate are protected.
// Source: Bitcoin Core's SelectNodeToEvict.

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/actions.h"
#include "protocol/time.h"

namespace cairn::protocol {

struct EvictionCandidate {
    PeerId id = 0;
    Time connected{};
    Duration minimum_ping = Duration::max();
    Time last_block{};
    Time last_transaction{};
    bool has_wanted_services = false;
    bool relays_transactions = false;
    std::uint64_t keyed_group = 0;
    bool prefer_evict = false;  // discouraged when it came
    bool is_local = false;
    AddressNetwork network = AddressNetwork::kIpv4;  // as it is connected: onion for inbound Tor
    bool noban = false;
    bool inbound = true;
};

std::optional<PeerId> select_peer_to_evict(std::vector<EvictionCandidate> candidates);

}  // namespace cairn::protocol
