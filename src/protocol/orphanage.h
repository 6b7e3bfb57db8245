#pragma once
// Transactions whose inputs are not known yet, kept for a while in the hope of their parents. Every peer has a share;
// when all is too much, the peer that uses most above its share loses its oldest. No peer can push out another's.
//
// When a parent comes, its children are due: each is to be tried again on the account of one of those who announced it,
// who thereby cannot make others pay for what they sent. Weights are in weight units (BIP141). Not thread-safe.
// Source: Bitcoin Core 31's TxOrphanage; that what is due can be hurried, and stays due when its announcer leaves, is
// ours.

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
    /// A parent came: its children, which are returned, are due.
    std::vector<Wtxid> on_parent(const Transaction& parent, Random& random);
    /// All are due: what came of their parents, and of themselves, is not known.
    void reconsider_all(Random& random);
    /// Somebody waits for it: where it is due, its turn is before that of others on the same account.
    void hurry(const Wtxid& wtxid);
    bool is_due(const Wtxid& wtxid) const;
    /// Whether one is due on this peer's account.
    bool has_due(PeerId peer) const;
    /// All with such an account.
    std::vector<PeerId> peers_with_due() const;
    /// The next one to try on this peer's account, which thereby is not due any more; null if none.
    TransactionRef take_to_reconsider(PeerId peer);

    std::size_t size() const { return orphans_.size(); }
    std::size_t announcements() const { return announcements_; }
    std::int64_t weight() const { return weight_; }
    std::int64_t weight_of(PeerId peer) const;
    std::vector<OrphanInfo> list() const;

private:
    /// Of an announcement; only one of each orphan's is due.
    enum class Due : std::uint8_t { kNot, kSometime, kSoon };
    struct Announcement {
        std::uint64_t sequence = 0;
        Due due = Due::kNot;
    };
    using Announcers = std::map<PeerId, Announcement>;
    struct Orphan {
        TransactionRef transaction;
        Announcers announcers;
    };
    struct Usage {
        std::int64_t weight = 0;
        std::size_t latency = 0;
        /// Oldest first, those that are due last.
        std::map<std::pair<Due, std::uint64_t>, Wtxid> order;
        bool has_due() const { return order.rbegin()->first.first != Due::kNot; }
    };
    using Orphans = std::map<Wtxid, Orphan>;

    static bool any_due(const Announcers& announcers);
    static std::size_t input_score(const Transaction& tx) { return tx.inputs.size() / 10; }
    void announce(Orphan& orphan, PeerId peer);
    void reconsider(Orphan& orphan, Random& random);
    void set_due(const Orphan& orphan, Announcers::value_type& announcer, Due due);
    void withdraw(Orphans::iterator orphan, PeerId peer);
    void remove(Orphans::iterator orphan);
    bool too_much() const;
    void limit();
    PeerId worst_peer() const;

    Orphans orphans_;
    std::map<Outpoint, std::set<Wtxid>> by_outpoint_;
    std::map<PeerId, Usage> usage_;
    std::size_t announcements_ = 0;
    std::size_t due_ = 0;  // of the announcements
    std::int64_t weight_ = 0;
    std::size_t input_scores_ = 0;
    std::uint64_t sequence_ = 0;
};

}  // namespace cairn::protocol
