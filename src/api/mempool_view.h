#pragma once
// Unconfirmed transactions as rpc, wallet and servers see them. Implemented by `services`.
//
// Threads: any member from any thread. Answers are values. submit() returns once the transaction is visible to every
// later call. Fee rates are amounts per 1000 virtual bytes.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/error.h"
#include "consensus/primitives/transaction.h"

namespace cairn::api {

struct MempoolInfo {
    bool loaded = false;
    std::uint64_t transactions = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t memory_usage = 0;
    Amount total_fee;
    std::uint64_t max_memory = 0;
    /// What a transaction must pay now, per kvB; never below minimum_relay_fee.
    Amount minimum_fee;
    Amount minimum_relay_fee;
    Amount incremental_relay_fee;
    std::uint64_t unbroadcast = 0;
    bool permit_bare_multisig = true;
    std::uint64_t max_data_carrier_bytes = 0;
    std::uint64_t cluster_count_limit = 0;
    std::uint64_t cluster_virtual_size_limit = 0;
    /// Whether all clusters are known to be linearised optimally.
    bool optimal = true;
    /// Counts changes of the mempool.
    std::uint64_t sequence = 0;
};

/// A transaction in the mempool with its family. Ancestors and descendants include itself.
struct MempoolEntry {
    TransactionRef transaction;
    std::int64_t virtual_size = 0;
    Weight weight = 0;
    std::int64_t time = 0;  // seconds since 1970
    Height height = 0;
    Amount fee;
    Amount modified_fee;
    std::uint64_t ancestor_count = 0;
    std::uint64_t ancestor_virtual_size = 0;
    Amount ancestor_fees;
    std::uint64_t descendant_count = 0;
    std::uint64_t descendant_virtual_size = 0;
    Amount descendant_fees;
    /// The chunk of its cluster's linearisation in which it would be mined.
    Amount chunk_fee;
    Weight chunk_weight = 0;
    std::vector<Txid> parents;
    std::vector<Txid> children;
    bool unbroadcast = false;
    bool replaceable = true;
};

/// What spending from an unconfirmed transaction takes on, to be mined at a certain fee rate.
struct MempoolBurden {
    std::uint64_t ancestor_count = 1;  // itself included
    std::uint64_t cluster_size = 1;    // transactions
    struct Debtor {
        Txid txid;
        Amount fee;  // with prioritisetransaction's delta
        std::int64_t virtual_size = 0;
    };
    /// Of the transaction and its ancestors, those that would not be mined at that rate by themselves or for their
    /// other descendants' sake: the spender pays what they lack together. Of several transactions spent from, the
    /// union counts.
    std::vector<Debtor> debtors;
};

struct MempoolChunk {
    Amount fee;
    Weight weight = 0;
    std::vector<Txid> transactions;
};

/// importmempool's choices.
struct MempoolImport {
    bool use_current_time = true;  // else the times of the file count
    bool apply_fee_deltas = false;
    bool apply_unbroadcast = false;
};

struct DiagramPoint {
    Weight weight = 0;
    Amount fee;
};

/// One cluster, chunks best first.
struct MempoolCluster {
    Weight weight = 0;
    std::uint64_t transactions = 0;
    std::vector<MempoolChunk> chunks;
};

struct MempoolListing {
    std::vector<Txid> txids;
    std::uint64_t sequence = 0;
};

struct OrphanTransaction {
    TransactionRef transaction;
    std::vector<std::int64_t> from;  // peer numbers
};

enum class SubmitStatus : std::uint8_t {
    kAccepted,
    kAlreadyInMempool,
    kMissingInputs,
    kRejected,
    /// Test only: an earlier transaction of the package failed, and so this one was not looked at.
    kNotValidated,
};

/// What became of one transaction.
struct SubmitOutcome {
    SubmitStatus status = SubmitStatus::kRejected;
    /// The network's reason, such as "min relay fee not met", and the reason with its detail.
    std::string reason;
    std::string detail;
    // Where accepted:
    Amount fee;
    std::int64_t virtual_size = 0;
    Amount effective_fee_rate;
    std::vector<Wtxid> effective_includes;
    std::vector<Txid> replaced;
};

struct PackageOutcome {
    /// Why the package as such was refused: the text of "package-error"; empty where it was not.
    std::string package_error;
    std::vector<SubmitOutcome> transactions;  // one per transaction given, in order
};

struct SubmitOptions {
    /// Refuse to submit what pays more than this in all.
    std::optional<Amount> max_fee;
    /// Tell peers (and keep telling until one asks).
    bool relay = true;
};

class MempoolView {
public:
    virtual ~MempoolView() = default;

    virtual MempoolInfo info() const = 0;
    virtual MempoolListing listing() const = 0;
    /// All entries, ancestors before descendants.
    virtual std::vector<MempoolEntry> entries() const = 0;
    virtual std::optional<MempoolEntry> entry(const Txid& txid) const = 0;
    virtual TransactionRef transaction(const Txid& txid) const = 0;  // null: not there
    /// Without the transaction itself; nothing if it is not in the mempool.
    virtual std::optional<std::vector<MempoolEntry>> ancestors(const Txid& txid) const = 0;
    virtual std::optional<std::vector<MempoolEntry>> descendants(const Txid& txid) const = 0;
    virtual std::optional<MempoolCluster> cluster(const Txid& txid) const = 0;
    /// For each, nothing if it is not in the mempool. `rate` per kvB. All are of one moment.
    virtual std::vector<std::optional<MempoolBurden>> burdens(std::span<const Txid> txids, Amount rate) const = 0;
    /// Whether the limits of clusters would let it in, with what it spends from; what it would replace counts too.
    virtual bool has_room_for(const Transaction& transaction) const = 0;
    /// Sums of weight and fee: none, and then after each chunk of the whole mempool, best first.
    virtual std::vector<DiagramPoint> fee_rate_diagram() const = 0;
    /// The mempool's transaction that spends each outpoint; null where none does.
    virtual std::vector<TransactionRef> spenders(std::span<const Outpoint> outpoints) const = 0;
    virtual std::vector<OrphanTransaction> orphans() const = 0;

    virtual SubmitOutcome submit(const TransactionRef& transaction, const SubmitOptions& options) = 0;
    /// Looks at the transactions, as a package where there are several, without keeping them.
    virtual PackageOutcome test_accept(std::span<const TransactionRef> transactions) const = 0;
    /// Adds to the fee that mining and eviction see. false: refused (a transaction with dust may not be raised).
    virtual Result<void> prioritise(const Txid& txid, Amount delta) = 0;
    struct Priority {
        Txid txid;
        Amount delta;
        std::optional<Amount> modified_fee;  // where it is in the mempool
    };
    virtual std::vector<Priority> priorities() const = 0;
    /// Writes the mempool to disk; the file's name.
    virtual Result<std::string> save() = 0;
    /// Adds what a file written so holds. A relative path is below the program's working folder.
    virtual Result<void> import(const std::string& path, const MempoolImport& options) = 0;
};

}  // namespace cairn::api
