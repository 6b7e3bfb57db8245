#pragma once
// Unconfirmed transactions that the next blocks may hold: a graph of clusters (connected transactions, at most 64 of
// them and 101 kvB), each kept in its optimal mining order and cut into chunks of falling fee rate. Mining takes the
// best chunk, eviction the worst, and a replacement must make the diagram of chunks better.
//
// Threads. Everything under "Validation thread" is called by that thread alone, which is the only writer and reads
// without a lock; changes are made in short sections under a writer lock. Everything under "Any thread" takes the
// reader side for a moment and returns values. Observers are called after the lock is let go. Time is passed in:
// seconds since 1970 of the node's clock. Memory: bounded by MempoolOptions::max_bytes, counted over all tables and
// transactions. Source: Bitcoin Core 31 (MemPoolAccept, CTxMemPool, TxGraph): its rules, limits and reasons.

#include <array>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/script/signature_verifier.h"
#include "mempool/chain_port.h"
#include "mempool/entry_info.h"
#include "mempool/observer.h"
#include "mempool/options.h"
#include "policy/refusal.h"

namespace cairn::mempool {

struct AcceptOptions {
    std::int64_t now = 0;
    /// Check only (testmempoolaccept).
    bool test_only = false;
    /// Refuse ("max feerate exceeded") above this rate.
    std::optional<policy::FeeRate> max_fee_rate{};
    /// When it entered the mempool of a former run; nothing: now.
    std::optional<std::int64_t> entered{};
};

struct Accepted {
    Txid txid;
    Wtxid wtxid;
    policy::VirtualSize size = 0;
    Amount fee;
    policy::FeeRate effective_rate;  // of the modified fee
    std::vector<TransactionRef> replaced{};
};

using AcceptResult = std::expected<Accepted, policy::Refusal>;

/// What became of a package under test.
struct PackageResult {
    /// Why the package as a whole would be refused ("package-not-sorted"; "TRUC-violation, …"); empty where it would
    /// not.
    std::string error;
    /// One for each transaction, in order; nothing where another's failure left it unjudged.
    std::vector<std::optional<AcceptResult>> results;
};

struct MempoolState;

class Mempool {
public:
    /// `salt` is random, and secret from peers. `verifier` is asked for signatures: give it the cache that block
    /// connection uses too. The references must outlive the mempool. `options` hold (check_options).
    Mempool(const MempoolOptions& options, ChainPort& chain, consensus::SignatureVerifier& verifier, Observer& observer,
            const std::array<std::uint64_t, 2>& salt);
    ~Mempool();
    Mempool(const Mempool&) = delete;
    Mempool& operator=(const Mempool&) = delete;

    // --- Validation thread ---

    /// Whether `transaction` enters, with all that consensus and policy ask. It is kept as given: detach it first if it
    /// points into a block.
    AcceptResult accept(const TransactionRef& transaction, const AcceptOptions& options);

    /// Whether transactions that may spend each other's outputs, parents first, would enter together, each paying for
    /// itself and none replacing anything (testmempoolaccept with several). Changes nothing.
    PackageResult test_package(std::span<const TransactionRef> package, std::int64_t now) const;

    /// The chain's calls, each after the chain port shows the new tip. A block connected removes its transactions and
    /// whatever conflicts with them. A block disconnected is remembered (at most 20 MB of transactions in all; those
    /// confirmed last are forgotten first). on_tip_settled, once after one or more of these, brings back what
    /// disconnected blocks held (or drops it, with all that spends it, unless keep_disconnected), and removes what is
    /// no longer final or mature; without disconnections it does nothing.
    void on_block_connected(const Block& block, std::int64_t now);
    void on_block_disconnected(const Block& block);
    void on_tip_settled(std::int64_t now, bool keep_disconnected = true);

    /// Removes what is older than the expiry, and the worst chunks while memory is over its bound. accept does so
    /// itself.
    void limit_size(std::int64_t now);
    /// Adds `delta` to what the transaction counts as paying, now or when it comes (prioritisetransaction).
    void prioritise(const Txid& txid, Amount delta);
    /// Chunks from the best down, until the visitor stops. The visitor must not call the mempool.
    void visit_chunks(const std::function<ChunkVerdict(const ChunkView&)>& visitor) const;

    // --- Any thread ---

    const MempoolOptions& options() const;
    bool contains(const Txid& txid) const;
    bool contains(const Wtxid& wtxid) const;
    TransactionRef find(const Txid& txid) const;
    TransactionRef find(const Wtxid& wtxid) const;
    std::optional<RelayInfo> relay_info(const Txid& txid) const;
    std::optional<RelayInfo> relay_info(const Wtxid& wtxid) const;
    std::optional<EntryInfo> entry(const Txid& txid) const;
    /// Every transaction's info in mining order (getrawmempool true), taken a few hundred at a time: what leaves
    /// meanwhile is left out, what comes is not seen.
    std::vector<EntryInfo> entries() const;
    Snapshot snapshot() const;
    /// In mining order, those not in the mempool dropped: the order in which to announce.
    std::vector<Wtxid> sort_for_mining(std::vector<Wtxid> wtxids) const;
    std::optional<ClusterInfo> cluster(const Txid& txid) const;
    /// Itself excluded; nothing if it is not in the mempool.
    std::optional<std::vector<Txid>> ancestors(const Txid& txid) const;
    std::optional<std::vector<Txid>> descendants(const Txid& txid) const;
    /// Whether the limits of clusters would let it in, with what it spends from; what it would replace counts too. Its
    /// signature operations are not looked at.
    bool has_room_for(const Transaction& transaction) const;
    /// For each, nothing if it is not in the mempool. All are of one moment.
    std::vector<std::optional<Burden>> burdens(std::span<const Txid> txids, const policy::FeeRate& rate) const;
    /// Sums of the chunks in mining order, beginning with {0, 0}.
    std::vector<policy::FeeFraction> fee_rate_diagram() const;
    /// The transaction that spends `outpoint`, null if none does.
    TransactionRef spender(const Outpoint& outpoint) const;

    MempoolTotals totals() const;
    /// What a transaction must pay to enter while the mempool has lately been full; 0 when it has not. The rate falls
    /// by half every twelve hours (faster when emptier) once a block has come.
    policy::FeeRate min_fee_rate(std::int64_t now) const;
    std::uint64_t sequence() const;
    /// Grows with every change (getblocktemplate's longpollid).
    std::uint64_t updates() const;
    std::vector<Prioritisation> prioritisations() const;

    /// Transactions of our own that no peer has asked for yet.
    void add_unbroadcast(const Txid& txid);
    void remove_unbroadcast(const Txid& txid);
    std::vector<Txid> unbroadcast() const;

private:
    std::unique_ptr<MempoolState> state_;
};

}  // namespace cairn::mempool
