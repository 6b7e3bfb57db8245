#include "wallet/ledger.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "consensus/limits.h"

namespace cairn::wallet {
namespace {

std::int64_t number_of(const std::string& text)
{
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

std::int64_t LedgerEntry::time() const
{
    const auto smart = record.values.find("timesmart");
    const std::int64_t stable = smart == record.values.end() ? 0 : number_of(smart->second);
    return stable != 0 ? stable : record.time_received;
}

const LedgerEntry* Ledger::find(const Txid& txid) const
{
    const auto found = entries_.find(txid);
    return found == entries_.end() ? nullptr : &found->second;
}

const TxOutput* Ledger::our_output(const Outpoint& outpoint) const
{
    const LedgerEntry* entry = find(outpoint.txid);
    if (entry == nullptr || !std::ranges::binary_search(entry->own, outpoint.index)) return nullptr;
    return &entry->transaction().outputs[outpoint.index];
}

bool Ledger::spends_ours(const Transaction& transaction) const
{
    return std::ranges::any_of(transaction.inputs,
                               [this](const TxInput& input) { return our_output(input.prevout) != nullptr; });
}

bool Ledger::concerns(const Transaction& transaction) const
{
    if (entries_.contains(transaction.txid)) return true;
    const auto pays = [this](const TxOutput& output) { return is_mine_(output.script_pubkey); };
    return std::ranges::any_of(transaction.outputs, pays) || spends_ours(transaction);
}

std::size_t Ledger::hash_of(ByteSpan script)
{
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(script.data()), script.size()});
}

void Ledger::settle(const Outpoint& outpoint)
{
    if (our_output(outpoint) == nullptr) return;
    if (spent(outpoint) == Spent::kInBlock) {
        unspent_.erase(outpoint);
    } else {
        unspent_.insert(outpoint);
    }
}

void Ledger::settle_inputs(const Transaction& transaction)
{
    if (transaction.is_coinbase()) return;
    for (const TxInput& input : transaction.inputs) settle(input.prevout);
}

void Ledger::index_inputs(const LedgerEntry& entry)
{
    const Transaction& transaction = entry.transaction();
    if (transaction.is_coinbase()) return;
    for (const TxInput& input : transaction.inputs) spends_.emplace(input.prevout, transaction.txid);
    settle_inputs(transaction);
}

void Ledger::index_outputs(LedgerEntry& entry)
{
    const auto outputs = entry.transaction().outputs;
    for (std::uint32_t i = 0; i < outputs.size(); ++i) {
        const auto place = std::ranges::lower_bound(entry.own, i);
        if ((place != entry.own.end() && *place == i) || !is_mine_(outputs[i].script_pubkey)) continue;
        entry.own.insert(place, i);
        const Outpoint outpoint{entry.transaction().txid, i};
        by_script_.emplace(hash_of(outputs[i].script_pubkey), outpoint);
        settle(outpoint);
    }
}

void Ledger::find_own_outputs()
{
    for (auto& [txid, entry] : entries_) index_outputs(entry);
}

LedgerEntry& Ledger::add(TransactionRecord record)
{
    const Txid txid = record.transaction->txid;
    const auto found = entries_.find(txid);
    if (found != entries_.end()) {
        if (found->second.transaction().wtxid != record.transaction->wtxid) {
            found->second.record.transaction = record.transaction;
        }
        index_outputs(found->second);
        return found->second;
    }
    const auto given = record.values.find("n");
    const std::int64_t order = given == record.values.end() ? next_order_ : number_of(given->second);
    record.values["n"] = std::to_string(order);
    next_order_ = std::max(next_order_, order + 1);
    LedgerEntry& entry = entries_.emplace(txid, LedgerEntry{std::move(record), order, {}}).first->second;
    in_order_.emplace(std::pair{order, txid}, &entry);
    earliest_time_ = std::min(earliest_time_.value_or(entry.time()), entry.time());
    index_outputs(entry);
    index_inputs(entry);
    return entry;
}

void Ledger::erase(const Txid& txid)
{
    const auto found = entries_.find(txid);
    if (found == entries_.end()) return;
    const LedgerEntry entry = std::move(found->second);
    const Transaction& transaction = entry.transaction();
    for (const std::uint32_t i : entry.own) {
        unspent_.erase({txid, i});
        const auto [first, last] = by_script_.equal_range(hash_of(transaction.outputs[i].script_pubkey));
        by_script_.erase(std::find_if(first, last, [&](const auto& own) { return own.second == Outpoint{txid, i}; }));
    }
    for (const TxInput& input : transaction.inputs) {
        const auto [first, last] = spends_.equal_range(input.prevout);
        const auto spend = std::find_if(first, last, [&](const auto& one) { return one.second == txid; });
        if (spend != last) spends_.erase(spend);
    }
    mempool_conflicts_.erase(txid);
    in_order_.erase({entry.order, txid});
    entries_.erase(found);
    settle_inputs(transaction);
}

std::vector<Txid> Ledger::spenders(const Outpoint& outpoint) const
{
    std::vector<Txid> found;
    const auto [first, last] = spends_.equal_range(outpoint);
    for (auto it = first; it != last; ++it) found.push_back(it->second);
    return found;
}

std::set<Txid> Ledger::conflicts(const Txid& txid) const
{
    std::set<Txid> found;
    const LedgerEntry* entry = find(txid);
    if (entry == nullptr) return found;
    for (const TxInput& input : entry->transaction().inputs) {
        for (const Txid& other : spenders(input.prevout)) {
            if (other != txid) found.insert(other);
        }
    }
    return found;
}

template <class Visit>
void Ledger::visit_family(const Txid& txid, const Visit& visit)
{
    std::set<Txid> seen{txid};
    std::vector<Txid> todo{txid};
    while (!todo.empty()) {
        const Txid next = todo.back();
        todo.pop_back();
        LedgerEntry& entry = entries_.at(next);
        if (!visit(entry)) continue;
        for (std::uint32_t i = 0; i < entry.transaction().outputs.size(); ++i) {
            for (const Txid& child : spenders({next, i})) {
                if (seen.insert(child).second) todo.push_back(child);
            }
        }
    }
}

std::vector<Txid> Ledger::mark_conflicted(const Txid& txid, const TransactionState& winner)
{
    TransactionState lost = winner;
    lost.kind = TransactionState::Kind::kConflicted;
    lost.index = -1;
    std::vector<Txid> changed;
    visit_family(txid, [&](LedgerEntry& entry) {
        const TransactionState& state = entry.state();
        const bool deeper = state.kind == TransactionState::Kind::kConflicted && state.height <= winner.height;
        if (deeper || state.is_confirmed()) return false;
        entry.record.state = lost;
        changed.push_back(entry.transaction().txid);
        return true;
    });
    return changed;
}

std::vector<Txid> Ledger::set_state(const Txid& txid, const TransactionState& state)
{
    LedgerEntry& entry = entries_.at(txid);
    std::vector<Txid> changed;
    if (entry.state() != state) {
        const bool moves = entry.state().is_confirmed() != state.is_confirmed();
        entry.record.state = state;
        changed.push_back(txid);
        if (moves) settle_inputs(entry.transaction());
    }
    if (state.is_confirmed()) {
        for (const Txid& other : conflicts(txid)) {
            const auto more = mark_conflicted(other, state);
            changed.insert(changed.end(), more.begin(), more.end());
        }
    }
    return changed;
}

std::vector<Txid> Ledger::abandon(const Txid& txid)
{
    TransactionState abandoned;
    abandoned.abandoned = true;
    std::vector<Txid> changed;
    visit_family(txid, [&](LedgerEntry& entry) {
        const TransactionState& state = entry.state();
        if (state.is_confirmed() || state.kind == TransactionState::Kind::kConflicted) return false;
        if (state != abandoned) changed.push_back(entry.transaction().txid);
        entry.record.state = abandoned;
        return true;
    });
    return changed;
}

Spent Ledger::spent(const Outpoint& outpoint) const
{
    Spent result = Spent::kNo;
    const auto [first, last] = spends_.equal_range(outpoint);
    for (auto it = first; it != last; ++it) {
        const TransactionState& state = entries_.at(it->second).state();
        Spent by = Spent::kNo;
        if (state.kind == TransactionState::Kind::kConfirmed) by = Spent::kInBlock;
        if (state.kind == TransactionState::Kind::kMempool) by = Spent::kInMempool;
        const bool waits = !state.abandoned && !mempool_conflicts_.contains(it->second);
        if (state.kind == TransactionState::Kind::kInactive && waits) by = Spent::kByInactive;
        result = std::max(result, by);
    }
    return result;
}

void Ledger::enter_mempool(const Transaction& transaction)
{
    for (const TxInput& input : transaction.inputs) {
        for (const Txid& other : spenders(input.prevout)) {
            if (other == transaction.txid) continue;
            visit_family(other, [&](const LedgerEntry& kept_out) {
                mempool_conflicts_[kept_out.transaction().txid].insert(transaction.txid);
                return true;
            });
        }
    }
}

void Ledger::leave_mempool(const Transaction& transaction)
{
    for (auto it = mempool_conflicts_.begin(); it != mempool_conflicts_.end();) {
        it->second.erase(transaction.txid);
        it = it->second.empty() ? mempool_conflicts_.erase(it) : std::next(it);
    }
}

std::set<Txid> Ledger::mempool_conflicts(const Txid& txid) const
{
    const auto found = mempool_conflicts_.find(txid);
    return found == mempool_conflicts_.end() ? std::set<Txid>{} : found->second;
}

int Ledger::depth(const LedgerEntry& entry) const
{
    const TransactionState& state = entry.state();
    const int blocks = tip_ - state.height + 1;
    if (state.kind == TransactionState::Kind::kConfirmed) return blocks;
    return state.kind == TransactionState::Kind::kConflicted ? -blocks : 0;
}

bool Ledger::is_immature_coinbase(const LedgerEntry& entry) const
{
    return entry.transaction().is_coinbase() && depth(entry) <= consensus::kCoinbaseMaturity;
}

bool Ledger::is_trusted(const LedgerEntry& entry, bool spend_unconfirmed_change) const
{
    std::set<Txid> trusted_parents;
    return is_trusted(entry, spend_unconfirmed_change, trusted_parents);
}

bool Ledger::is_trusted(const LedgerEntry& entry, bool spend_unconfirmed_change, std::set<Txid>& trusted_parents) const
{
    const int confirmations = depth(entry);
    if (confirmations >= 1) return true;
    if (confirmations < 0 || entry.state().kind != TransactionState::Kind::kMempool) return false;
    // Only what the wallet made itself, out of what is trusted, counts before it is confirmed.
    if (!spend_unconfirmed_change) return false;
    for (const TxInput& input : entry.transaction().inputs) {
        const LedgerEntry* parent = find(input.prevout.txid);
        if (parent == nullptr || our_output(input.prevout) == nullptr) return false;
        if (trusted_parents.contains(input.prevout.txid)) continue;
        if (!is_trusted(*parent, spend_unconfirmed_change, trusted_parents)) return false;
        trusted_parents.insert(input.prevout.txid);
    }
    return true;
}

Amount Ledger::debit(const Transaction& transaction) const
{
    Amount sum;
    for (const TxInput& input : transaction.inputs) {
        if (const TxOutput* output = our_output(input.prevout)) sum += output->value;
    }
    return sum;
}

Amount Ledger::credit(const LedgerEntry& entry) const
{
    Amount sum;
    for (const std::uint32_t i : entry.own) sum += entry.transaction().outputs[i].value;
    return sum;
}

OwnedCoin Ledger::coin_at(const Outpoint& outpoint) const
{
    const LedgerEntry& entry = entries_.at(outpoint.txid);
    return {outpoint, entry.transaction().outputs[outpoint.index], &entry};
}

std::vector<OwnedCoin> Ledger::coins() const
{
    std::vector<OwnedCoin> found;
    found.reserve(unspent_.size());
    for (const Outpoint& outpoint : unspent_) found.push_back(coin_at(outpoint));
    return found;
}

std::vector<OwnedCoin> Ledger::coins_of(ByteSpan script) const
{
    std::vector<OwnedCoin> found;
    const auto [first, last] = by_script_.equal_range(hash_of(script));
    for (auto it = first; it != last; ++it) {
        const OwnedCoin coin = coin_at(it->second);
        if (std::ranges::equal(coin.output.script_pubkey, script)) found.push_back(coin);
    }
    return found;
}

bool Ledger::has_spent_from(ByteSpan script) const
{
    const auto coins = coins_of(script);
    return std::ranges::any_of(coins, [this](const OwnedCoin& coin) { return spent(coin.outpoint) != Spent::kNo; });
}

}  // namespace cairn::wallet
