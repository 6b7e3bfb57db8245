#pragma once
// One transaction's way into the mempool: the checks in order of what they cost, then the change itself.

#include <map>
#include <memory>

#include "mempool/state.h"
#include "policy/truc.h"

namespace cairn::mempool {

/// How strictly a transaction is judged.
enum class Judgement {
    kFull,
    /// It was in a block: no limits of fees, version 3 or ephemeral dust.
    kFromBlock,
};

/// Transactions that come before this one in a package under test, by txid. They are taken for unconfirmed parents;
/// nothing is replaced.
using PackageParents = std::map<Txid, TransactionRef>;

/// Used once. Reads the state without its lock (validation thread), and takes it to apply.
class Acceptance {
public:
    Acceptance(MempoolState& state, TransactionRef transaction, const AcceptOptions& options, Judgement judgement,
               const PackageParents* package = nullptr);

    /// Checks, and unless options.test_only, changes the mempool (without limiting its size).
    AcceptResult run();

    // For packages, which plan the change for all of them together.
    using Check = std::expected<void, policy::Refusal>;
    /// Everything before the graph and the scripts.
    Check check_by_itself();
    Check check_ephemeral_spends() const;
    Check check_scripts() const;
    Accepted accepted() const;
    /// What the graph would be given, under `slot`; parents that are in the package are left to the caller.
    ClusterGraph::Addition addition(Slot slot) const;
    std::vector<policy::TrucParent> truc_parents() const;

private:
    /// Each step may rely on those before it.
    Check check_alone();
    Check check_known();
    Check find_inputs();
    Check check_inputs();
    Check check_locks();
    Check check_fees();
    Check check_truc();
    Check plan();
    Check plan_replacement();
    Check check_replacement_pays() const;
    Check check_not_spending_conflicts() const;
    Check run_scripts(ScriptFlags flags) const;

    Check missing_inputs() const;
    std::unexpected<policy::Refusal> refuse_replacement(policy::PolicyReason reason, const std::string& why) const;
    policy::VirtualSize size() const { return policy::virtual_size(adjusted_weight_); }
    Entry make_entry() const;
    TransactionRef unconfirmed(const Txid& txid) const;

    MempoolState& state_;
    TransactionRef transaction_;
    AcceptOptions options_;
    Judgement judgement_;
    const PackageParents* package_;
    ChainTip tip_;

    std::vector<CoinRef> coins_;       // in the inputs' order, the mempool's among them; scripts point into spent_
    std::vector<Outpoint> confirmed_;  // inputs that are
    std::shared_ptr<SpentOutputs> spent_;
    consensus::SequenceLock lock_;
    Height highest_input_ = 0;
    bool spends_coinbase_ = false;
    Amount fee_;
    Amount modified_fee_;
    std::int64_t sigop_cost_ = 0;
    Weight adjusted_weight_ = 0;
    std::vector<Slot> parents_;
    std::vector<Slot> direct_conflicts_;
    std::vector<Slot> replaced_;  // direct conflicts with their descendants
    bool sibling_eviction_ = false;
    std::optional<ClusterGraph::Proposal> proposal_;
};

/// The chain's times, as relative locks ask for them.
class ChainTimes final : public consensus::AncestorTimes {
public:
    explicit ChainTimes(const ChainPort& chain) : chain_(chain) {}
    std::int64_t median_time_past(Height height) const override { return chain_.median_time_past(height); }

private:
    const ChainPort& chain_;
};

}  // namespace cairn::mempool
