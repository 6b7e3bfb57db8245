#include "protocol/ban_list.h"

#include <algorithm>

namespace cairn::protocol {

BanList::BanList(Random& random) : discouraged_(kDiscouragedFilterSize, kDiscouragedFalsePositives, random) {}

Bytes BanList::key(const NetAddress& address)
{
    return Endpoint{address, 0}.key();
}

bool BanList::is_banned(const NetAddress& address, Time now) const
{
    const std::int64_t time = unix_seconds(now);
    return std::ranges::any_of(bans_,
                               [&](const auto& ban) { return time < ban.second.until && ban.first.contains(address); });
}

bool BanList::is_banned(const Subnet& subnet, Time now) const
{
    const auto found = bans_.find(subnet);
    return found != bans_.end() && unix_seconds(now) < found->second.until;
}

bool BanList::ban(const Subnet& subnet, std::int64_t created, std::int64_t until)
{
    const auto found = bans_.find(subnet);
    if (found == bans_.end() && bans_.size() >= kMaxBans) return false;
    if (found == bans_.end() || found->second.until < until) bans_[subnet] = {subnet, created, until};
    return true;
}

bool BanList::unban(const Subnet& subnet)
{
    return bans_.erase(subnet) > 0;
}

std::vector<BanEntry> BanList::entries(Time now) const
{
    std::vector<BanEntry> result;
    for (const auto& [subnet, entry] : bans_) {
        if (unix_seconds(now) < entry.until) result.push_back(entry);
    }
    return result;
}

bool BanList::sweep(Time now)
{
    return std::erase_if(bans_, [&](const auto& ban) { return unix_seconds(now) >= ban.second.until; }) > 0;
}

}  // namespace cairn::protocol
