#pragma once
// Getting transactions: which announced ones to ask for and of whom, what was rejected and need not be asked for again,
// and orphans. Source: Bitcoin Core's TxDownloadManager, but for packages of a parent and a child, which come with the
// mempool's package rules.
//
// An orphan that is due is tried on the account of a peer that announced it, one at a time for each peer, whatever else
// of that peer's is under way; its own further messages wait for it. So do those of the peer whose transaction
// completed it (and of orphans completed by that one in turn): Bitcoin Core only makes it likely that they come later.
// How long one transaction makes its sender wait is bounded by kMaxOrphanWait, since no count or weight of orphans says
// what their scripts cost.

#include <map>

#include "protocol/context.h"
#include "protocol/orphanage.h"
#include "protocol/tx_request.h"

namespace cairn::protocol {

class TxDownload {
public:
    explicit TxDownload(Context& context);

    /// The handshake is complete.
    void add_peer(const Peer& peer);
    void forget_peer(const Peer& peer);
    void on_announcement(Peer& peer, const TxName& name);
    /// A transaction that is in the mempool already and is to be announced again, as this peer may ask (forcerelay).
    TransactionRef on_transaction(Peer& peer, ByteSpan payload);
    void on_notfound(Peer& peer, ByteSpan payload);
    /// What became of the transaction that this peer's turn had submitted. Its txid if it was accepted.
    std::optional<Txid> on_result(PeerId peer, const Wtxid& wtxid, const TransactionResult& result);
    /// Submits what is due of orphans. Returns the peers that need not wait for orphans any more.
    std::vector<PeerId> try_orphans();
    /// Whether orphans are to be decided before this peer's next message.
    bool awaits_orphans(PeerId peer) const;
    /// Asks for what is due.
    void maintain(Peer& peer);
    void on_block_connected(const Block& block);
    void on_block_disconnected();
    /// Blocks were connected or disconnected, and nobody knows which.
    void on_blocks_missed();
    void on_tip_changed();
    /// It is in the mempool now, however it came there.
    void on_accepted(const Transaction& transaction) { take_in(transaction); }

    const Orphanage& orphanage() const { return orphanage_; }
    const TxRequestTracker& requests() const { return requests_; }

private:
    struct Submitted {
        TransactionRef transaction;
        bool first_time = true;  // no orphan
    };
    /// What a peer's transaction completed, and some of it that is decided already.
    struct Awaited {
        std::set<Wtxid> orphans;
        Time until{};
    };

    bool already_have(const TxName& name, bool include_reconsiderable) const;
    Duration request_delay(const Peer& peer, bool by_txid) const;
    TransactionRef forced(const Peer& peer, const TransactionRef& transaction);
    std::optional<Submitted> take_submitted(PeerId peer, const Wtxid& wtxid);
    std::vector<Wtxid> take_in(const Transaction& transaction);
    void await_orphans(PeerId peer, const std::vector<Wtxid>& orphans);
    bool is_undecided(const Wtxid& orphan) const;
    void on_rejected(PeerId peer, const TransactionRef& transaction, TxVerdict verdict, bool first_time);
    void on_missing_inputs(PeerId peer, const TransactionRef& transaction);
    bool resolve_orphan_from(PeerId peer, const std::vector<Txid>& parents, const Wtxid& wtxid);
    void forget(const Transaction& transaction);
    static std::vector<Txid> parents_of(const Transaction& transaction);

    Context& context_;
    TxRequestTracker requests_;
    Orphanage orphanage_;
    RollingFilter rejects_;
    RollingFilter reconsiderable_;
    RollingFilter confirmed_;
    std::map<PeerId, TransactionRef> submitted_;  // of a peer's messages
    std::map<PeerId, TransactionRef> tried_;      // orphans on a peer's account
    std::map<PeerId, Awaited> awaited_;
    std::size_t wtxid_peers_ = 0;
};

}  // namespace cairn::protocol
