#pragma once
// The list of bans as a file of text: docs/formats/peers.md.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/peer_stats.h"

namespace cairn::protocol {

struct DecodedBans {
    std::vector<BanEntry> bans;
    /// Lines that are none, which cost nothing but themselves.
    std::vector<std::string> passed_over;
};

std::string encode_bans(std::span<const BanEntry> bans);
/// Nothing for a file of another version, or of none.
std::optional<DecodedBans> decode_bans(std::string_view text);

}  // namespace cairn::protocol
