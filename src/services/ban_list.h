#pragma once
// The list of bans as it is in banlist.json, Bitcoin Core's format: docs/formats/bans.md.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/peer_stats.h"

namespace cairn::services {

struct DecodedBans {
    std::vector<protocol::BanEntry> bans;
    /// Entries that are none, or of another version; they cost nothing but themselves.
    std::vector<std::string> passed_over;
};

std::string encode_bans(std::span<const protocol::BanEntry> bans);
/// Nothing for what is no list of bans at all.
std::optional<DecodedBans> decode_bans(std::string_view text);

}  // namespace cairn::services
