#include "mempool/acceptance.h"

#include <algorithm>
#include <set>

#include "consensus/check_transaction.h"
#include "consensus/script/script_batch.h"
#include "consensus/script/sigops.h"
#include "policy/standardness.h"

namespace cairn::mempool {

using policy::Fault;
using policy::PolicyReason;
using policy::Refusal;

namespace {

/// Height of coins that are in the mempool only: never mature, never a coinbase's.
constexpr Height kMempoolHeight = 0x7fffffff;

std::unexpected<Refusal> refuse(PolicyReason reason, std::string detail = {})
{
    return std::unexpected(Refusal{reason, std::move(detail)});
}

Fault fault_of(const Rejection& rejection)
{
    switch (rejection.reason) {
        case RejectReason::kInputsMissingOrSpent:
            return Fault::kMissingInputs;
        case RejectReason::kPrematureCoinbaseSpend:
            return Fault::kPremature;
        default:
            return Fault::kConsensus;
    }
}

std::uint64_t tie_of(const Transaction& transaction)
{
    // The highest digits of the txid as it is shown: every node breaks ties alike.
    std::uint64_t tie = 0;
    for (std::size_t i = 32; i-- > 24;)
        tie = tie << 8 | std::to_integer<std::uint64_t>(transaction.txid.value.bytes[i]);
    return tie;
}

}  // namespace

Acceptance::Acceptance(MempoolState& state, TransactionRef transaction, const AcceptOptions& options,
                       Judgement judgement, const PackageParents* package)
    : state_(state),
      transaction_(std::move(transaction)),
      options_(options),
      judgement_(judgement),
      package_(package),
      tip_(state.chain.tip())
{
}

Acceptance::Check Acceptance::check_by_itself()
{
    using Step = Check (Acceptance::*)();
    constexpr Step kSteps[] = {&Acceptance::check_alone, &Acceptance::check_known,  &Acceptance::find_inputs,
                               &Acceptance::check_locks, &Acceptance::check_inputs, &Acceptance::check_fees,
                               &Acceptance::check_truc};
    for (const Step step : kSteps) {
        if (auto passed = (this->*step)(); !passed) return passed;
    }
    return {};
}

AcceptResult Acceptance::run()
{
    if (auto passed = check_by_itself(); !passed) return std::unexpected(std::move(passed.error()));
    if (auto passed = plan(); !passed) return std::unexpected(std::move(passed.error()));
    const Accepted result = accepted();
    if (options_.max_fee_rate && result.effective_rate > *options_.max_fee_rate) {
        return refuse(PolicyReason::kMaxFeeRateExceeded);
    }
    if (auto passed = check_ephemeral_spends(); !passed) return std::unexpected(std::move(passed.error()));
    if (auto passed = check_scripts(); !passed) return std::unexpected(std::move(passed.error()));
    if (!options_.test_only) {
        state_.chain.warm(confirmed_);
        state_.apply(std::move(*proposal_), {replaced_, RemovalReason::kReplaced, make_entry()});
    }
    return result;
}

Accepted Acceptance::accepted() const
{
    Accepted result{transaction_->txid, transaction_->wtxid, size(), fee_, policy::FeeRate{modified_fee_, size()}, {}};
    for (const Slot slot : replaced_) result.replaced.push_back(state_.entries[slot].transaction);
    return result;
}

ClusterGraph::Addition Acceptance::addition(Slot slot) const
{
    return {slot, {graph_fee(modified_fee_), adjusted_weight_}, tie_of(*transaction_), parents_};
}

TransactionRef Acceptance::unconfirmed(const Txid& txid) const
{
    if (const Slot slot = state_.entries.find(txid); slot != kNoSlot) return state_.entries[slot].transaction;
    if (package_ == nullptr) return nullptr;
    const auto found = package_->find(txid);
    return found == package_->end() ? nullptr : found->second;
}

Acceptance::Check Acceptance::check_alone()
{
    if (auto valid = consensus::check_transaction(*transaction_); !valid) {
        return std::unexpected(Refusal{valid.error()});
    }
    if (transaction_->is_coinbase()) return refuse(PolicyReason::kCoinbase);
    if (state_.options.policy.require_standard) {
        if (auto standard = policy::check_standard(*transaction_, state_.options.policy); !standard) return standard;
    }
    if (auto size = policy::check_stripped_size(*transaction_); !size) return size;
    if (!consensus::is_final(*transaction_, tip_.height + 1, tip_.median_time_past)) {
        return refuse(PolicyReason::kNonFinal);
    }
    return {};
}

Acceptance::Check Acceptance::check_known()
{
    if (state_.entries.find(transaction_->wtxid) != kNoSlot) return refuse(PolicyReason::kAlreadyInMempool);
    if (state_.entries.find(transaction_->txid) != kNoSlot) return refuse(PolicyReason::kSameNonWitnessDataInMempool);
    for (const TxInput& input : transaction_->inputs) {
        if (const Slot slot = state_.entries.spender(input.prevout); slot != kNoSlot) direct_conflicts_.push_back(slot);
    }
    if (package_ != nullptr && !direct_conflicts_.empty()) return refuse(PolicyReason::kReplacementDisallowed);
    std::ranges::sort(direct_conflicts_);
    direct_conflicts_.erase(std::ranges::unique(direct_conflicts_).begin(), direct_conflicts_.end());
    return {};
}

Acceptance::Check Acceptance::find_inputs()
{
    parents_ = state_.parents_of(*transaction_);
    std::vector<TransactionRef> made_by;  // null: confirmed
    for (const TxInput& input : transaction_->inputs) {
        made_by.push_back(unconfirmed(input.prevout.txid));
        if (!made_by.back()) confirmed_.push_back(input.prevout);
    }
    const std::span<const CoinRef> found = state_.chain.coins().fetch(confirmed_);
    spent_ = std::make_shared<SpentOutputs>();
    std::size_t next = 0;
    for (std::size_t i = 0; i < made_by.size(); ++i) {
        const std::uint32_t index = transaction_->inputs[i].prevout.index;
        CoinRef coin;
        if (!made_by[i]) {
            coin = found[next++];
        } else if (index < made_by[i]->outputs.size()) {
            const TxOutput& output = made_by[i]->outputs[index];
            coin = {output.value, output.script_pubkey, kMempoolHeight, false, 0};
        }
        if (!coin.exists()) return missing_inputs();
        spent_->add(coin.value, coin.script_pubkey, coin.height, coin.coinbase);
        spends_coinbase_ = spends_coinbase_ || coin.coinbase;
        coins_.push_back(coin);
    }
    // What the view showed holds until it is asked again: from here on the copies.
    for (std::size_t i = 0; i < coins_.size(); ++i) coins_[i].script_pubkey = spent_->script_pubkey(i);
    return {};
}

Acceptance::Check Acceptance::missing_inputs() const
{
    // Perhaps it is confirmed already. A few outputs tell; more would let peers make us search for nothing.
    constexpr std::size_t kLookups = 16;
    std::vector<Outpoint> own;
    const std::size_t count = std::min(transaction_->outputs.size(), kLookups);
    for (std::uint32_t i = 0; i < count; ++i) own.push_back({transaction_->txid, i});
    const auto found = state_.chain.coins().fetch(own);
    const bool known = std::ranges::any_of(found, [](const CoinRef& coin) { return coin.exists(); });
    return refuse(known ? PolicyReason::kAlreadyKnown : PolicyReason::kMissingOrSpent);
}

Acceptance::Check Acceptance::check_locks()
{
    std::vector<Height> heights;
    for (const CoinRef& coin : coins_) {
        const bool unconfirmed = coin.height == kMempoolHeight;
        heights.push_back(unconfirmed ? tip_.height + 1 : coin.height);
        if (!unconfirmed) highest_input_ = std::max(highest_input_, coin.height);
    }
    lock_ = consensus::sequence_lock(*transaction_, heights, ChainTimes(state_.chain));
    if (!consensus::is_unlocked(lock_, tip_.height + 1, tip_.median_time_past)) {
        return refuse(PolicyReason::kNonBip68Final);
    }
    return {};
}

Acceptance::Check Acceptance::check_inputs()
{
    const auto fee = consensus::check_inputs(*transaction_, coins_, tip_.height + 1);
    if (!fee) return std::unexpected(Refusal(fee.error(), fault_of(fee.error())));
    fee_ = *fee;
    if (!state_.options.policy.require_standard) return {};
    if (auto inputs = policy::check_inputs_standard(*transaction_, *spent_); !inputs) return inputs;
    if (transaction_->has_witness()) return policy::check_witness_standard(*transaction_, *spent_);
    return {};
}

Acceptance::Check Acceptance::check_fees()
{
    const policy::PolicyOptions& options = state_.options.policy;
    sigop_cost_ = consensus::transaction_sigop_cost(*transaction_, *spent_, 0, policy::kStandardScriptFlags);
    adjusted_weight_ = policy::sigop_adjusted_weight(transaction_->weight(), sigop_cost_, options.bytes_per_sigop);
    modified_fee_ = policy::add_saturating(fee_, state_.delta_of(transaction_->txid));
    if (options.require_standard) {
        auto dust = policy::check_ephemeral_dust(*transaction_, options.dust_relay_rate, fee_, modified_fee_);
        if (!dust) return dust;
    }
    if (sigop_cost_ > policy::kMaxStandardSigopCost) {
        return refuse(PolicyReason::kTooManySigops, std::to_string(sigop_cost_));
    }
    if (judgement_ == Judgement::kFromBlock) return {};
    const auto lacks = [&](Amount required) {
        return std::to_string(modified_fee_.satoshis()) + " < " + std::to_string(required.satoshis());
    };
    const Amount rolling =
        state_.rolling_fee.rate(options_.now, state_.memory_bytes(), state_.options.max_bytes).fee_for(size());
    if (rolling > Amount{0} && modified_fee_ < rolling) return refuse(PolicyReason::kMempoolMinFee, lacks(rolling));
    const Amount relay = options.min_relay_rate.fee_for(size());
    if (modified_fee_ < relay) return refuse(PolicyReason::kMinRelayFee, lacks(relay));
    return {};
}

std::vector<policy::TrucParent> Acceptance::truc_parents() const
{
    std::vector<policy::TrucParent> result;
    for (const Slot slot : parents_) {
        policy::TrucParent parent{state_.entries[slot].transaction.get(), state_.graph.ancestor_count(slot), {}, 0};
        for (const Slot other : state_.graph.descendants(slot)) {
            if (other == slot) continue;
            parent.descendants.push_back(state_.entries[other].transaction.get());
            parent.only_descendant_ancestors = state_.graph.ancestor_count(other);
        }
        result.push_back(std::move(parent));
    }
    return result;
}

Acceptance::Check Acceptance::check_truc()
{
    if (judgement_ == Judgement::kFromBlock) return {};
    std::vector<Txid> conflicts;
    for (const Slot slot : direct_conflicts_) conflicts.push_back(state_.entries[slot].transaction->txid);
    const auto violation = policy::check_truc(*transaction_, size(), truc_parents(), conflicts);
    if (!violation) return {};
    if (violation->evictable_sibling == nullptr || package_ != nullptr)
        return refuse(PolicyReason::kTrucViolation, violation->detail);
    direct_conflicts_.push_back(state_.entries.find(violation->evictable_sibling->txid));
    sibling_eviction_ = true;
    return {};
}

Acceptance::Check Acceptance::plan()
{
    if (!direct_conflicts_.empty()) {
        if (auto pays = plan_replacement(); !pays) return pays;
    }
    ClusterGraph::Change change;
    change.removals = replaced_;
    change.additions.push_back(addition(state_.entries.next_slot()));
    proposal_ = state_.graph.propose(change);
    if (proposal_->oversized()) return refuse(PolicyReason::kTooLargeCluster);
    if (direct_conflicts_.empty()) return {};
    if (compare_diagrams(proposal_->diagram_after(), proposal_->diagram_before()) != std::partial_ordering::greater) {
        return refuse(PolicyReason::kReplacementFailed, "insufficient feerate: does not improve feerate diagram");
    }
    return check_not_spending_conflicts();
}

std::unexpected<Refusal> Acceptance::refuse_replacement(PolicyReason reason, const std::string& why) const
{
    Refusal refusal(reason, "rejecting replacement " + transaction_->txid.to_hex() + why);
    if (sibling_eviction_) refusal.reason += " (including sibling eviction)";
    return std::unexpected(std::move(refusal));
}

Acceptance::Check Acceptance::plan_replacement()
{
    const std::size_t clusters = state_.graph.cluster_count(direct_conflicts_);
    if (clusters > policy::kMaxReplacedClusters) {
        return refuse_replacement(PolicyReason::kTooManyReplacements,
                                  "; too many conflicting clusters (" + std::to_string(clusters) + " > " +
                                      std::to_string(policy::kMaxReplacedClusters) + ")");
    }
    replaced_ = state_.graph.descendants_of(direct_conflicts_);
    return check_replacement_pays();
}

Acceptance::Check Acceptance::check_replacement_pays() const
{
    Amount replaced_fees;
    for (const Slot slot : replaced_) {
        replaced_fees = policy::add_saturating(replaced_fees, state_.entries[slot].modified_fee);
    }
    const Amount more = policy::add_saturating(modified_fee_, -replaced_fees);
    const Amount bandwidth = state_.options.policy.incremental_relay_rate.fee_for(size());
    const auto refuse_for = [this](const std::string& lack, Amount paid, Amount due) {
        return refuse_replacement(PolicyReason::kInsufficientFee,
                                  ", " + lack + "; " + policy::format_money(paid) + " < " + policy::format_money(due));
    };
    if (modified_fee_ < replaced_fees) {
        return refuse_for("less fees than conflicting txs", modified_fee_, replaced_fees);
    }
    if (more < bandwidth) return refuse_for("not enough additional fees to relay", more, bandwidth);
    return {};
}

Acceptance::Check Acceptance::check_not_spending_conflicts() const
{
    for (const Slot parent : parents_) {
        for (const Slot ancestor : state_.graph.ancestors(parent)) {
            if (std::ranges::find(direct_conflicts_, ancestor) == direct_conflicts_.end()) continue;
            return refuse(PolicyReason::kSpendsConflicting, transaction_->txid.to_hex() +
                                                                " spends conflicting transaction " +
                                                                state_.entries[ancestor].transaction->txid.to_hex());
        }
    }
    return {};
}

Acceptance::Check Acceptance::check_ephemeral_spends() const
{
    if (judgement_ == Judgement::kFromBlock || !state_.options.policy.require_standard) return {};
    std::set<Txid> looked_at;
    for (const TxInput& from_input : transaction_->inputs) {
        const TransactionRef parent = unconfirmed(from_input.prevout.txid);
        if (!parent || !looked_at.insert(parent->txid).second) continue;
        for (const std::uint32_t index : policy::dust_outputs(*parent, state_.options.policy.dust_relay_rate)) {
            const Outpoint dust{parent->txid, index};
            const bool spent =
                std::ranges::any_of(transaction_->inputs, [&](const TxInput& input) { return input.prevout == dust; });
            if (spent) continue;
            return refuse(PolicyReason::kMissingEphemeralSpends, "tx " + transaction_->txid.to_hex() +
                                                                     " (wtxid=" + transaction_->wtxid.to_hex() +
                                                                     ") did not spend parent's ephemeral dust");
        }
    }
    return {};
}

Acceptance::Check Acceptance::check_scripts() const
{
    if (auto standard = run_scripts(policy::kStandardScriptFlags); !standard) return standard;
    // Once more as the next block would: a guard against standard rules that are wider than consensus somewhere. The
    // signatures come from the cache.
    return run_scripts(tip_.next_block_flags);
}

Acceptance::Check Acceptance::run_scripts(ScriptFlags flags) const
{
    const consensus::ScriptBatch batch(transaction_, spent_, flags);
    const auto failure = batch.run(0, batch.size(), state_.verifier);
    if (!failure) return {};
    const Outpoint& prevout = transaction_->inputs[failure->input].prevout;
    Refusal refusal(PolicyReason::kScriptVerify, "input " + std::to_string(failure->input) + " of " +
                                                     transaction_->txid.to_hex() + " (wtxid " +
                                                     transaction_->wtxid.to_hex() + "), spending " +
                                                     prevout.txid.to_hex() + ":" + std::to_string(prevout.index));
    const bool of_the_block = !flags.has(policy::kStandardScriptFlags.without(kMandatoryFlags));
    refusal.reason = std::string(of_the_block ? "block" : "mempool") + "-script-verify-flag-failed (" +
                     std::string(text(failure->error)) + ")";
    if (of_the_block) refusal.fault = Fault::kConsensus;
    if (!transaction_->has_witness() && policy::spends_non_anchor_witness_program(*transaction_, *spent_)) {
        refusal.fault = Fault::kWitnessStripped;
    }
    return std::unexpected(std::move(refusal));
}

Entry Acceptance::make_entry() const
{
    Entry entry;
    entry.transaction = transaction_;
    entry.fee = fee_;
    entry.modified_fee = modified_fee_;
    entry.time = options_.entered.value_or(options_.now);
    // What comes back from a block was there before anything that spends it.
    entry.sequence = judgement_ == Judgement::kFromBlock ? 0 : state_.sequence;
    entry.lock = lock_;
    entry.highest_input = highest_input_;
    entry.height = tip_.height;
    entry.sigop_cost = static_cast<std::int32_t>(sigop_cost_);
    entry.adjusted_weight = static_cast<std::int32_t>(adjusted_weight_);
    entry.spends_coinbase = spends_coinbase_;
    return entry;
}

}  // namespace cairn::mempool
