#pragma once
// Who is not welcome: subnets banned by the user until a time, and addresses discouraged for misbehaviour, which are
// only remembered approximately and until the node stops. Source: Bitcoin Core's banman.

#include <map>
#include <vector>

#include "protocol/limits.h"
#include "protocol/peer_stats.h"
#include "protocol/rolling_filter.h"

namespace cairn::protocol {

class BanList {
public:
    explicit BanList(Random& random);

    bool is_banned(const NetAddress& address, Time now) const;
    bool is_banned(const Subnet& subnet, Time now) const;
    /// False if the list is full. A ban of the same subnet is prolonged, never shortened.
    bool ban(const Subnet& subnet, std::int64_t created, std::int64_t until);
    bool unban(const Subnet& subnet);
    void clear() { bans_.clear(); }
    /// Those that have not ended.
    std::vector<BanEntry> entries(Time now) const;
    /// Drops what has ended. True if anything did.
    bool sweep(Time now);

    void discourage(const NetAddress& address) { discouraged_.insert(key(address)); }
    bool is_discouraged(const NetAddress& address) const { return discouraged_.contains(key(address)); }

private:
    static Bytes key(const NetAddress& address);

    std::map<Subnet, BanEntry> bans_;
    RollingFilter discouraged_;
};

}  // namespace cairn::protocol
