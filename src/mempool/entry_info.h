#pragma once
// What readers are shown of the mempool: values, good for as long as they are kept.

#include <cstdint>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "policy/fee_rate.h"

namespace cairn::mempool {

/// A transaction with its ancestors, or its descendants.
struct Family {
    std::size_t count = 1;
    policy::VirtualSize size = 0;
    Amount fees;  // modified
};

/// One transaction of the mempool (getmempoolentry).
struct EntryInfo {
    TransactionRef transaction;
    policy::VirtualSize size = 0;  // by weight or signature operations, whichever is more
    Weight adjusted_weight = 0;    // the same in weight
    Amount fee;
    Amount modified_fee;  // with prioritisetransaction's delta
    std::int64_t time = 0;
    Height height = 0;  // of the tip when it entered
    std::int64_t sigop_cost = 0;
    std::uint64_t sequence = 0;
    Family ancestors;
    Family descendants;
    /// The chunk it would be mined with.
    policy::FeeFraction chunk;   // modified fee, adjusted weight
    std::vector<Txid> parents;   // in the mempool
    std::vector<Txid> children;  // in the mempool
    bool unbroadcast = false;
    /// It, or an unconfirmed ancestor, signals BIP125.
    bool signals_replacement = false;
};

/// What relay needs of one transaction.
struct RelayInfo {
    TransactionRef transaction;
    Amount fee;
    policy::VirtualSize size = 0;
    std::int64_t time = 0;
    std::uint64_t sequence = 0;
};

/// Everything in mining order, and the sequence number at which that was so (getrawmempool, BIP35, subscribers that
/// catch up).
struct Snapshot {
    std::vector<RelayInfo> transactions;
    std::uint64_t sequence = 0;
};

/// What whoever spends from a transaction takes over, to be mined at a certain fee rate.
struct Burden {
    std::size_t ancestor_count = 1;  // itself included
    std::size_t cluster_size = 1;    // transactions
    struct Debtor {
        Txid txid;
        policy::FeeFraction paid;  // modified fee, virtual size
    };
    /// The transaction and its ancestors, but for those that chunks of at least that rate bring into a block anyway.
    /// What these lack together, to reach the rate, is for the spender to pay; of several transactions spent from, the
    /// union of their debtors counts.
    std::vector<Debtor> debtors;
};

struct ClusterInfo {
    struct Chunk {
        policy::FeeFraction rate;  // modified fee, adjusted weight
        std::vector<Txid> transactions;
    };
    Weight weight = 0;
    std::vector<Chunk> chunks;  // in mining order
};

/// Totals (getmempoolinfo).
struct MempoolTotals {
    std::size_t transactions = 0;
    std::int64_t virtual_bytes = 0;
    std::size_t memory_bytes = 0;
    Amount fees;
    std::size_t unbroadcast = 0;
};

struct Prioritisation {
    Txid txid;
    Amount delta;
    bool in_mempool = false;
    Amount modified_fee;  // where it is in the mempool
};

/// One step of the mempool's order: transactions mined together, parents first.
struct ChunkTransaction {
    TransactionRef transaction;
    Amount fee;
    Amount modified_fee;
    Weight adjusted_weight = 0;
    std::int64_t sigop_cost = 0;
};
struct ChunkView {
    policy::FeeFraction rate;  // modified fee, adjusted weight
    std::vector<ChunkTransaction> transactions;
};
/// kSkip leaves out this chunk and all later ones of its cluster, which may build on it.
enum class ChunkVerdict : std::uint8_t { kInclude, kSkip, kStop };

}  // namespace cairn::mempool
