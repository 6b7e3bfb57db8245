#pragma once
// Transactions whose inputs are not known yet, kept for a while in the hope of their parents. Every peer has a share;
// when all is too much, the peer that uses most above its share loses its oldest. No peer can push out another's.
// Source: Bitcoin Core 31's TxOrphanage.

#include <map>
#include <set>
#include <vector>

#include "protocol/limits.h"
#include "protocol/peer_stats.h"
#include "protocol/random.h"

namespace cairn::protocol {

class Orphanage {
public:
    /// False if it is too heavy or this peer announced it before. The transaction must own its bytes (detach).
    bool add(const TransactionRef& transaction, PeerId peer);
    /// Another peer that has it. False if it is not here or known of this peer.
    bool add_announcer(const Wtxid& wtxid, PeerId peer);
    bool has(const Wtxid& wtxid) const { return orphans_.contains(wtxid); }
    bool has_from(const Wtxid& wtxid, PeerId peer) const;
    TransactionRef find(const Wtxid& wtxid) const;
    bool erase(const Wtxid& wtxid);
    void erase_for_peer(PeerId peer);
    /// Those that a block contains, or conflicts with.
    void erase_for_block(const Block& block);
    /// A parent came: its children are to be tried again, each on the account of one of its announcers.
    void on_parent(const Transaction& parent, Random& random);
    /// All are to be tried again: what came of their parents, and of themselves, is not known.
    void reconsider_all(Random& random);
    /// The next one to try on this peer's account; null if none.
    TransactionRef take_to_reconsider(PeerId peer);

    std::size_t size() const { return orphans_.size(); }
    std::size_t announcements() const { return announcements_; }
    std::int64_t weight() const { return weight_; }
    std::int64_t weight_of(PeerId peer) const;
    std::vector<OrphanInfo> list() const;

private:
    struct Announcement {
        std::uint64_t sequence = 0;
        bool reconsider = false;
    };
    struct Orphan {
        TransactionRef transaction;
        std::map<PeerId, Announcement> announcers;
    };
    struct Usage {
        std::int64_t weight = 0;
        std::size_t latency = 0;
        /// Oldest first, those to be reconsidered last.
        std::map<std::pair<bool, std::uint64_t>, Wtxid> order;
    };
    using Orphans = std::map<Wtxid, Orphan>;

    static std::size_t input_score(const Transaction& tx) { return tx.inputs.size() / 10; }
    void announce(Orphan& orphan, PeerId peer);
    void reconsider(const Wtxid& wtxid, Orphan& orphan, Random& random);
    void withdraw(Orphans::iterator orphan, PeerId peer);
    void remove(Orphans::iterator orphan);
    bool too_much() const;
    void limit();
    PeerId worst_peer() const;

    Orphans orphans_;
    std::map<Outpoint, std::set<Wtxid>> by_outpoint_;
    std::map<PeerId, Usage> usage_;
    std::size_t announcements_ = 0;
    std::int64_t weight_ = 0;
    std::size_t input_scores_ = 0;
    std::uint64_t sequence_ = 0;
};

}  // namespace cairn::protocol
