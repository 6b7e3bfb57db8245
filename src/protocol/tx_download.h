#pragma once
// Getting transactions: which announced ones to ask for and of whom, what was rejected and need not be asked for again,
// and orphans. Source: Bitcoin Core's TxDownloadManager, but for packages of a parent and a child, which come with the
// mempool's package rules.

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
    /// Submits an orphan whose parent came, if there is one on this peer's account.
    bool reconsider(Peer& peer);
    /// Asks for what is due.
    void maintain(Peer& peer);
    void on_block_connected(const Block& block);
    void on_block_disconnected();
    /// Blocks were connected or disconnected, and nobody knows which.
    void on_blocks_missed();
    void on_tip_changed();
    /// It is in the mempool now, however it came there.
    void on_accepted(const Transaction& transaction);

    const Orphanage& orphanage() const { return orphanage_; }
    const TxRequestTracker& requests() const { return requests_; }

private:
    struct Submitted {
        TransactionRef transaction;
        bool first_time = true;
    };

    bool already_have(const TxName& name, bool include_reconsiderable) const;
    Duration request_delay(const Peer& peer, bool by_txid) const;
    TransactionRef forced(const Peer& peer, const TransactionRef& transaction);
    void submit(Peer& peer, const TransactionRef& transaction, bool first_time);
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
    std::map<PeerId, Submitted> submitted_;
    std::size_t wtxid_peers_ = 0;
};

}  // namespace cairn::protocol
