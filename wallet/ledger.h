#pragma once
// The transactions of a wallet, and what they leave it with. Memory only: the wallet writes the file.
//
// A transaction is confirmed, in the mempool, inactive (neither), or conflicts with a block. Its coins count by that.
// What is asked all day takes no walk through the history: the coins that no block has spent are held apart, the
// transactions stand in their order, and the wallet's outputs are found by their script.
// Not thread-safe: the wallet's lock guards it. Source: Bitcoin Core's wallet, for what counts as trusted.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "consensus/primitives/block.h"
#include "wallet/records.h"

namespace cairn::wallet {

struct LedgerEntry {
    TransactionRecord record;
    std::int64_t order = 0;
    std::vector<std::uint32_t> own;  // which of its outputs pay the wallet; ascending

    const Transaction& transaction() const { return *record.transaction; }
    const TransactionState& state() const { return record.state; }
    std::int64_t time() const;
};

/// An output that pays the wallet.
struct OwnedCoin {
    Outpoint outpoint;
    TxOutput output;  // valid as long as the ledger is not changed
    const LedgerEntry* entry = nullptr;
};

enum class Spent { kNo, kByInactive, kInMempool, kInBlock };

class Ledger {
public:
    using IsMine = std::function<bool(ByteSpan script)>;
    explicit Ledger(IsMine is_mine) : is_mine_(std::move(is_mine)) {}

    /// What is known of the best chain.
    void set_tip(Height height) { tip_ = height; }
    Height tip() const { return tip_; }

    const LedgerEntry* find(const Txid& txid) const;
    const std::map<Txid, LedgerEntry>& entries() const { return entries_; }
    /// Oldest first, in the order learnt.
    const std::map<std::pair<std::int64_t, Txid>, const LedgerEntry*>& in_order() const { return in_order_; }
    std::int64_t next_order() const { return next_order_; }
    /// When the oldest transaction was made.
    std::optional<std::int64_t> earliest_time() const { return earliest_time_; }

    /// Whether it pays the wallet, or spends from it.
    bool concerns(const Transaction& transaction) const;
    bool spends_ours(const Transaction& transaction) const;

    /// Takes it in, with its order set if it has none. Replaces a version with another witness.
    LedgerEntry& add(TransactionRecord record);
    /// Changes its state and that of those that it conflicts with; the txids whose records changed.
    std::vector<Txid> set_state(const Txid& txid, const TransactionState& state);
    /// A transaction confirmed as `winner` says spends what `txid` spends: that one and those after it cannot be
    /// confirmed.
    std::vector<Txid> mark_conflicted(const Txid& txid, const TransactionState& winner);
    /// It and all that spends from it, if not in a block or in conflict with one, are given up; those that changed.
    std::vector<Txid> abandon(const Txid& txid);
    void erase(const Txid& txid);
    /// All transactions are forgotten.
    void clear() { *this = Ledger{std::move(is_mine_)}; }
    /// To be called when more scripts are the wallet's: outputs that pay them may be known already.
    void find_own_outputs();

    /// Transactions of the wallet that spend an outpoint.
    std::vector<Txid> spenders(const Outpoint& outpoint) const;
    /// Others of the wallet that spend what it spends.
    std::set<Txid> conflicts(const Txid& txid) const;
    /// By an inactive transaction only where no conflict keeps that out of the mempool.
    Spent spent(const Outpoint& outpoint) const;

    /// A transaction, the wallet's or not, came into the mempool: those of the wallet that spend what it spends, and
    /// those after them, cannot come there until it leaves.
    void enter_mempool(const Transaction& transaction);
    void leave_mempool(const Transaction& transaction);
    /// Nothing is known of the mempool any more.
    void forget_mempool() { mempool_conflicts_.clear(); }
    /// The transactions that keep it out.
    std::set<Txid> mempool_conflicts(const Txid& txid) const;

    /// 1 in the tip's block, 0 unconfirmed, negative for conflicts.
    int depth(const LedgerEntry& entry) const;
    bool is_immature_coinbase(const LedgerEntry& entry) const;
    bool is_trusted(const LedgerEntry& entry, bool spend_unconfirmed_change) const;
    /// Values of the wallet's own outputs that it spends; and of those it makes.
    Amount debit(const Transaction& transaction) const;
    Amount credit(const LedgerEntry& entry) const;
    const TxOutput* our_output(const Outpoint& outpoint) const;

    /// The outputs that pay the wallet and that no block has spent, by outpoint.
    std::vector<OwnedCoin> coins() const;
    /// All outputs that pay a script of the wallet, spent or not.
    std::vector<OwnedCoin> coins_of(ByteSpan script) const;
    /// Whether a coin of that script has been spent, or is about to be.
    bool has_spent_from(ByteSpan script) const;

private:
    bool is_trusted(const LedgerEntry& entry, bool spend_unconfirmed_change, std::set<Txid>& trusted_parents) const;
    /// The transaction and all that spends from it, each once; what spends from those that `visit` says no to is passed
    /// over.
    template <class Visit>
    void visit_family(const Txid& txid, const Visit& visit);
    void index_inputs(const LedgerEntry& entry);
    void index_outputs(LedgerEntry& entry);
    /// Puts a coin among those that no block has spent, or takes it out.
    void settle(const Outpoint& outpoint);
    void settle_inputs(const Transaction& transaction);
    OwnedCoin coin_at(const Outpoint& outpoint) const;
    static std::size_t hash_of(ByteSpan script);

    IsMine is_mine_;
    std::map<Txid, LedgerEntry> entries_;
    std::map<std::pair<std::int64_t, Txid>, const LedgerEntry*> in_order_;
    std::multimap<Outpoint, Txid> spends_;
    std::map<Txid, std::set<Txid>> mempool_conflicts_;  // none without one
    std::set<Outpoint> unspent_;
    std::unordered_multimap<std::size_t, Outpoint> by_script_;  // of the wallet's outputs, by a hash of the script
    std::int64_t next_order_ = 0;
    std::optional<std::int64_t> earliest_time_;
    Height tip_ = -1;
};

}  // namespace cairn::wallet
