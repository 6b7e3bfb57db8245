#include "protocol/ban_file.h"

#include "crypto/text.h"

namespace cairn::protocol {

namespace {

constexpr std::string_view kHeader = "cairn-bans 1";

/// What stands before the next `separator`, which is taken off the front with it.
std::string_view take(std::string_view& text, char separator)
{
    const auto end = text.find(separator);
    const auto part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

std::optional<std::int64_t> parse_time(std::string_view text)
{
    const auto value = parse_integer<std::int64_t>(text);
    return value && *value >= 0 ? value : std::nullopt;
}

/// "subnet created until"
std::optional<BanEntry> parse_ban(std::string_view line)
{
    const auto subnet = Subnet::parse(take(line, ' '));
    const auto created = parse_time(take(line, ' '));
    const auto until = parse_time(line);
    if (!subnet || !created || !until) return std::nullopt;
    return BanEntry{*subnet, *created, *until};
}

}  // namespace

std::string encode_bans(std::span<const BanEntry> bans)
{
    std::string text(kHeader);
    text += '\n';
    for (const BanEntry& ban : bans) {
        text += ban.subnet.to_string() + ' ' + std::to_string(ban.created) + ' ' + std::to_string(ban.until) + '\n';
    }
    return text;
}

std::optional<DecodedBans> decode_bans(std::string_view text)
{
    if (take(text, '\n') != kHeader) return std::nullopt;
    DecodedBans decoded;
    while (!text.empty()) {
        const auto line = take(text, '\n');
        if (const auto ban = parse_ban(line)) {
            decoded.bans.push_back(*ban);
        } else {
            decoded.passed_over.emplace_back(line);
        }
    }
    return decoded;
}

}  // namespace cairn::protocol
