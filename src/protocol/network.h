#pragma once
// What tells one network's conversation from another's: magic bytes, port, seeds, and the parameters of the low-work
// header defence. Source: Bitcoin Core's chain parameters; BIP325 for signet's magic.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "consensus/params.h"
#include "crypto/bytes.h"
#include "protocol/time.h"

namespace cairn::protocol {

using Magic = std::array<std::byte, 4>;

struct NetworkInfo {
    Network network = Network::kMain;
    Magic magic{};
    std::uint16_t default_port = 0;
    /// Host names; each answers with addresses of nodes.
    std::vector<std::string_view> dns_seeds;
    /// Headers between two commitments, and headers held back in the second pass, of the low-work defence.
    std::size_t presync_commitment_period = 641;
    std::size_t presync_redownload_buffer = 15218;
    /// The time between blocks that difficulty aims at.
    Duration block_interval = 10min;
};

/// The parameters of a network. For signet: the default one's.
NetworkInfo network_info(Network network);

/// A custom signet's: magic from its challenge script, and no seeds.
NetworkInfo signet_info(ByteSpan challenge);

}  // namespace cairn::protocol
