// How a wallet follows the chain and the mempool.

#include <algorithm>

#include "base/log.h"
#include "consensus/encoding/writer.h"
#include "keys/address.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {
namespace {

/// How many blocks may pass before the file says how far the wallet is.
constexpr Height kWriteInterval = 144;
constexpr std::int64_t kResubmitAfter = 12 * 60 * 60;
constexpr std::uint64_t kResubmitSpread = 24 * 60 * 60;
constexpr std::int64_t kOlderThanTip = 5 * 60;

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

}  // namespace

void LoadedWallet::on_event(const events::Event& event)
{
    const Lock lock{mutex_};
    if (!database_) return;
    std::visit(Overloaded{
                   [this](const events::BlockConnected& fact) { on_block_connected(fact.block, fact.height); },
                   [this](const events::BlockDisconnected& fact) { on_block_disconnected(*fact.block, fact.height); },
                   [](const events::TipChanged&) {},
                   [](const events::WarningRaised&) {},
                   [this](const events::TransactionAdded& fact) { see_mempool(fact.transaction); },
                   [this](const events::TransactionRemoved& fact) { see_removed(*fact.transaction, fact.reason); },
                   [this](const events::EventsLost&) {
                       catch_up();
                       refresh_mempool_states();
                   },
               },
               event.fact);
}

void LoadedWallet::on_block_connected(const BlockRef& block, Height height)
{
    if (block->header.previous == last_block_) {
        connect(block, height);
        return;
    }
    // One that was already scanned, or one after some that were missed.
    const auto ours = around().chain.ancestor(last_block_, height);
    if (!ours || ours->hash != block->hash) catch_up();
}

void LoadedWallet::on_block_disconnected(const Block& block, Height height)
{
    if (block.hash == last_block_) disconnect(block.hash, block.header.previous, height);
}

template <class Change>
void LoadedWallet::step_to(const BlockHash& block, Height height, const Change& change)
{
    const auto set_tip = [this](const BlockHash& new_block, Height new_height) {
        last_block_ = new_block;
        last_height_ = new_height;
        ledger_.set_tip(new_height);
    };
    const auto before = std::pair{last_block_, last_height_};
    set_tip(block, height);
    try {
        keep_in_step([&] {
            change();
            return true;
        });
    } catch (...) {
        // Else closing would write that it is done with the block.
        set_tip(before.first, before.second);
        throw;
    }
}

void LoadedWallet::connect(const BlockRef& block, Height height)
{
    step_to(block->hash, height, [&] {
        scan_block(block, height);
        if (height - written_height_ >= kWriteInterval) write_best_block();
    });
}

void LoadedWallet::scan_block(const BlockRef& block, Height height)
{
    TransactionState state;
    state.kind = TransactionState::Kind::kConfirmed;
    state.block = block->hash;
    state.height = height;
    bool any = false;
    for (std::size_t i = 0; i < block->transactions.size(); ++i) {
        state.index = static_cast<std::int32_t>(i);
        any = see_confirmed(block->transactions[i], state, block->header.time) || any;
    }
    if (any && height == last_height_) write_best_block();
}

void LoadedWallet::disconnect(const BlockHash& block, const BlockHash& previous, Height height)
{
    step_to(previous, height - 1, [&] {
        std::vector<Txid> changed;
        for (const auto& [txid, entry] : ledger_.entries()) {
            if (entry.state().block == block) changed.push_back(txid);
        }
        for (const Txid& txid : changed) ledger_.set_state(txid, TransactionState{});
        store(changed);
        abandon_orphaned_coinbases(changed);
        if (!changed.empty()) write_best_block();
    });
}

void LoadedWallet::abandon_orphaned_coinbases(const std::vector<Txid>& transactions)
{
    for (const Txid& txid : transactions) {
        const LedgerEntry& entry = *ledger_.find(txid);
        const bool lives = entry.state().is_confirmed() || !entry.transaction().is_coinbase();
        // Nobody takes it without its block, nor what spends from it.
        if (!lives) store(ledger_.abandon(txid));
    }
}

void LoadedWallet::catch_up()
{
    // Back to what the active chain has too.
    for (auto info = around().chain.block_info(last_block_); info && !info->in_active_chain;
         info = around().chain.block_info(last_block_)) {
        disconnect(info->hash, info->header.previous, info->height);
    }
    for (auto next = around().chain.block_info(last_height_ + 1); next;
         next = around().chain.block_info(last_height_ + 1)) {
        if (next->header.previous != last_block_) break;  // it moved on; its events follow
        if (around().chain.is_stopping()) break;
        const auto block = around().chain.block(next->hash);
        if (!block) {
            base::log_error("Wallet {}: block {} is missing: {}", name_, next->height, block.error().message);
            break;
        }
        connect(*block, next->height);
    }
}

bool LoadedWallet::see_confirmed(const Transaction& transaction, const TransactionState& state,
                                 std::uint32_t block_time)
{
    if (!transaction.is_coinbase()) {
        // A payment of ours may be refused by the chain without the winner being ours.
        for (const TxInput& input : transaction.inputs) {
            for (const Txid& other : ledger_.spenders(input.prevout)) {
                if (other == transaction.txid) continue;
                store(ledger_.mark_conflicted(other, state));
            }
        }
    }
    if (!ledger_.concerns(transaction)) return false;
    TransactionRecord record;
    record.transaction = detach(transaction);
    record.time_received = static_cast<std::uint32_t>(now());
    // The order of times is that in which the wallet learnt; a block found later is as old as it says.
    const auto time = std::min<std::int64_t>(now(), block_time);
    record.values["timesmart"] = std::to_string(time);
    take_in(std::move(record), state);
    return true;
}

void LoadedWallet::see_mempool(const TransactionRef& transaction)
{
    ledger_.enter_mempool(*transaction);
    if (!ledger_.concerns(*transaction)) return;
    const LedgerEntry* known = ledger_.find(transaction->txid);
    if (known != nullptr && known->state().is_confirmed()) return;
    TransactionRecord record;
    record.transaction = detach(*transaction);
    record.time_received = static_cast<std::uint32_t>(now());
    record.values["timesmart"] = std::to_string(now());
    TransactionState state;
    state.kind = TransactionState::Kind::kMempool;
    keep_in_step([&] {
        take_in(std::move(record), state);
        return true;
    });
}

void LoadedWallet::see_removed(const Transaction& transaction, events::RemovalReason reason)
{
    ledger_.leave_mempool(transaction);
    const LedgerEntry* known = ledger_.find(transaction.txid);
    if (known == nullptr || known->state().kind != TransactionState::Kind::kMempool) return;
    if (reason == events::RemovalReason::kBlock) return;      // the block says the rest
    ledger_.set_state(transaction.txid, TransactionState{});  // the file does not say what was in the mempool
}

void LoadedWallet::take_in(TransactionRecord record, const TransactionState& state)
{
    const Txid txid = record.transaction->txid;
    const TransactionRef transaction = record.transaction;
    const bool is_new = ledger_.find(txid) == nullptr;
    // First, since it makes more scripts the wallet's, which the transaction may pay too.
    for (const TxOutput& output : transaction->outputs) mark_used(output.script_pubkey);
    ledger_.add(std::move(record));
    auto changed = ledger_.set_state(txid, state);
    if (is_new) changed.push_back(txid);
    std::ranges::sort(changed);
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    store(changed);
    if (is_new) database_->write(record_key("orderposnext"), Writer().i64(ledger_.next_order()).view());
}

void LoadedWallet::mark_used(ByteSpan script)
{
    for (const Bytes& passed : descriptors_.mark_used(*database_, vault_, script)) {
        // Handed out by another copy of the wallet, it seems: an address to be paid at, and not change.
        const auto address = keys::address_of(passed, format());
        if (address && book_entry(*address) == nullptr) write_address(*address, "", "receive");
    }
}

void LoadedWallet::store(const std::vector<Txid>& changed)
{
    for (const Txid& txid : changed) {
        const LedgerEntry* entry = ledger_.find(txid);
        if (entry != nullptr) database_->write(record_key("tx", txid.value), encode(entry->record));
    }
}

void LoadedWallet::refresh_mempool_states()
{
    ledger_.forget_mempool();
    for (const Txid& txid : around().mempool.listing().txids) {
        if (const auto transaction = around().mempool.transaction(txid)) see_mempool(transaction);
    }
    for (const auto& [txid, entry] : ledger_.entries()) {
        const bool is_gone =
            entry.state().kind == TransactionState::Kind::kMempool && !around().mempool.transaction(txid);
        if (is_gone) ledger_.set_state(txid, TransactionState{});
    }
}

void LoadedWallet::recall_mempool_states()
{
    TransactionState state;
    state.kind = TransactionState::Kind::kMempool;
    for (const Txid& txid : around().mempool.listing().txids) {
        const auto transaction = around().mempool.transaction(txid);
        if (!transaction) continue;
        ledger_.enter_mempool(*transaction);
        const LedgerEntry* known = ledger_.find(txid);
        if (known != nullptr && known->state().kind == TransactionState::Kind::kInactive)
            ledger_.set_state(txid, state);
    }
}

std::vector<BlockHash> LoadedWallet::locator() const
{
    std::vector<BlockHash> hashes;
    Height step = 1;
    for (Height height = last_height_; height >= 0;) {
        const auto info = around().chain.ancestor(last_block_, height);
        if (!info) break;
        hashes.push_back(info->hash);
        if (height == 0) break;
        if (hashes.size() > 10) step *= 2;
        height = std::max(0, height - step);
    }
    return hashes;
}

void LoadedWallet::write_best_block()
{
    database_->write(record_key("bestblock"), encode_locator({}));
    database_->write(record_key("bestblock_nomerkle"), encode_locator(locator()));
    written_height_ = last_height_;
}

std::optional<Height> LoadedWallet::height_from_locator() const
{
    for (const std::string_view type : {"bestblock", "bestblock_nomerkle"}) {
        const auto value = database_->read(record_key(type));
        const auto hashes = value ? decode_locator(*value) : std::nullopt;
        if (!hashes) continue;
        for (const BlockHash& hash : *hashes) {
            const auto info = around().chain.block_info(hash);
            if (!info || !info->in_active_chain) continue;
            if (hash != hashes->front()) {
                // After a reorganisation, or where the node had not yet written blocks that the wallet knew.
                base::log_warning(
                    "Wallet {}: block {}, which it had reached, is not in the chain: it looks again from "
                    "block {} on",
                    name_, hashes->front().to_hex(), info->height + 1);
            }
            return info->height;
        }
    }
    return std::nullopt;
}

bool LoadedWallet::is_of_other_chain() const
{
    const auto value = database_->read(record_key("bestblock_nomerkle"));
    const auto hashes = value ? decode_locator(*value) : std::nullopt;
    // The last one is a genesis block.
    return hashes && !hashes->empty() && !around().chain.block_info(hashes->back());
}

std::optional<std::string> LoadedWallet::catch_up_at_start()
{
    api::BlockInfo tip;
    Height from = 0;
    {
        const Lock lock{mutex_};
        if (!shared_.settings.allow_other_chains && is_of_other_chain()) {
            return "Wallet files should not be reused across chains. Restart cairnd with -walletcrosschain to "
                   "override.";
        }
        // The chain may be moving (-reindex, or blocks found again after a crash). What it gains after this is taken in
        // as new, once more if need be; in another order it would be missed.
        const auto reached = height_from_locator();
        if (auto error = load_transactions()) return error;
        tip = around().chain.tip();
        const auto birth = descriptors_.birth_time();
        from = reached ? *reached + 1 : birth ? first_height_after(*birth) : tip.height + 1;
        const auto before = around().chain.block_info(std::max(0, from - 1));
        last_block_ = before ? before->hash : BlockHash{};
        last_height_ = before ? before->height : -1;
        ledger_.set_tip(last_height_);
    }
    if (from <= tip.height) {
        const auto first = around().chain.block_info(from);
        if (first && !first->has_block) {
            return "Prune: last wallet synchronisation goes beyond pruned data. You need to -reindex (download the "
                   "whole "
                   "blockchain again in case of a pruned node)";
        }
    }
    const std::lock_guard scan_lock{scan_mutex_};
    if (from == 0 && tip.height >= 0) scan(0, 0);
    const Lock lock{mutex_};
    catch_up();
    return std::nullopt;
}

std::optional<std::string> LoadedWallet::follow()
{
    // First the subscription, so that no block falls between the scan and the first event.
    {
        const std::lock_guard guard{subscription_mutex_};
        subscription_ = around().events.subscribe("wallet", *this);
    }
    {
        // As many scripts as the keypool asks for, before blocks are searched for them.
        const Lock lock{mutex_};
        descriptors_.top_up(*database_, vault_);
        ledger_.find_own_outputs();
    }
    if (auto error = catch_up_at_start()) return error;
    {
        const Lock lock{mutex_};
        keep_in_step([&] {
            refresh_mempool_states();
            write_best_block();
            return true;
        });
        schedule_resubmission();
    }
    submit_unconfirmed(Submission::kAtLoad);
    return std::nullopt;
}

void LoadedWallet::submit_unconfirmed(Submission submission)
{
    if (!shared_.settings.broadcast) return;
    const bool at_load = submission == Submission::kAtLoad;
    std::vector<TransactionRef> waiting;
    {
        const Lock lock{mutex_};
        if (!database_) return;
        const auto tip = around().chain.block_info(last_block_);
        // Not those that a block could not have had yet.
        const std::int64_t latest = tip ? std::int64_t{tip->header.time} - kOlderThanTip : 0;
        for (const auto& [order, entry] : ledger_.in_order()) {
            const TransactionState& state = entry->state();
            const bool is_waiting = (state.kind == TransactionState::Kind::kInactive && !state.abandoned) ||
                                    (state.kind == TransactionState::Kind::kMempool && !at_load);
            if (!is_waiting || entry->transaction().is_coinbase()) continue;
            if (!at_load && entry->record.time_received > latest) continue;
            waiting.push_back(entry->record.transaction);
        }
    }
    for (const TransactionRef& transaction : waiting) {
        around().mempool.submit(transaction, {.max_fee = std::nullopt, .relay = !at_load});
    }
}

void LoadedWallet::schedule_resubmission()
{
    if (!shared_.settings.broadcast) return;
    const auto plan_next = [this] {
        next_resubmission_ = now() + kResubmitAfter + static_cast<std::int64_t>(around().random.below(kResubmitSpread));
    };
    plan_next();
    resubmission_ = around().scheduler.every(std::chrono::minutes{1}, [this, plan_next] {
        if (now() < next_resubmission_ || around().chain.in_initial_block_download()) return;
        plan_next();
        submit_unconfirmed(Submission::kPeriodic);
    });
}

}  // namespace cairn::wallet
