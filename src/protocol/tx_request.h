#pragma once
// Whom to ask for which announced transaction: one request at a time, preferred peers first, others after a delay, the
// next one when a request expires. Semantics of Bitcoin Core's txrequest; announcements are bounded by the caller.

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "consensus/primitives/hashes.h"
#include "crypto/siphash.h"
#include "protocol/actions.h"
#include "protocol/random.h"

namespace cairn::protocol {

/// A transaction as it was announced: by txid or by wtxid.
struct TxName {
    Hash256 hash;
    bool is_wtxid = false;

    friend auto operator<=>(const TxName&, const TxName&) = default;
};

class TxRequestTracker {
public:
    explicit TxRequestTracker(Random& random);

    /// A peer says it has a transaction; ask it not before `from`. Ignored if it said so already.
    void announce(PeerId peer, const TxName& name, bool preferred, Time from);
    /// What to ask this peer now, in the order of its announcements. Requests that expired are dropped first.
    std::vector<TxName> requestable(PeerId peer, Time now);
    void requested(PeerId peer, const Hash256& hash, Time expiry);
    /// The peer answered, with the transaction or that it has it not: never asked again for that announcement.
    void responded(PeerId peer, const Hash256& hash);
    void forget(const Hash256& hash);
    void forget_peer(PeerId peer);
    /// Peers that announced it and were not asked to the end.
    std::vector<PeerId> candidates(const Hash256& hash) const;

    std::size_t count(PeerId peer) const;
    std::size_t count_in_flight(PeerId peer) const;
    std::size_t size() const { return size_; }

private:
    enum class State : std::uint8_t { kWaiting, kRequested, kDone };
    struct Announcement {
        TxName name;
        bool preferred = false;
        State state = State::kWaiting;
        Time time{};  // waiting: ask from; requested: expiry
        std::uint64_t sequence = 0;
    };
    struct PeerIndex {
        std::map<std::uint64_t, Hash256> by_sequence;
        /// When to look again at which announcement: nothing else needs to be examined.
        std::set<std::pair<Time, std::uint64_t>> checks;
        std::size_t in_flight = 0;
    };
    using Announcers = std::map<PeerId, Announcement>;
    using Table = std::unordered_map<Hash256, Announcers, crypto::SaltedHasher>;

    void finish(Table::iterator entry, PeerId peer);
    void recheck(const Announcers& announcers);
    void drop(Announcers& announcers, PeerId peer);
    bool is_chosen(const Announcers& announcers, PeerId peer, const Hash256& hash, Time now) const;
    std::uint64_t priority(const Hash256& hash, PeerId peer, bool preferred) const;

    crypto::SipKey key_;
    Table table_;
    std::unordered_map<PeerId, PeerIndex> peers_;
    std::set<std::pair<Time, std::pair<Hash256, PeerId>>> expiries_;
    std::uint64_t sequence_ = 0;
    std::size_t size_ = 0;
};

}  // namespace cairn::protocol
