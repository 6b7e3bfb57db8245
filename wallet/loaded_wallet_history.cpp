// What a wallet has done: its transactions as RPC lists them.

#include <algorithm>
#include <cstdlib>

#include "keys/address.h"
#include "policy/standardness.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {

using api::ErrorCode;

namespace {

std::optional<std::string> value_of(const TransactionRecord& record, const std::string& name)
{
    const auto found = record.values.find(name);
    if (found == record.values.end()) return std::nullopt;
    return found->second;
}

std::optional<Txid> txid_of(const TransactionRecord& record, const std::string& name)
{
    const auto text = value_of(record, name);
    return text ? Txid::from_hex(*text) : std::nullopt;
}

}  // namespace

void LoadedWallet::describe_sent(const LedgerEntry& entry, Amount fee, bool include_change,
                                 api::WalletTransaction& out) const
{
    const auto outputs = entry.transaction().outputs;
    for (std::uint32_t i = 0; i < outputs.size(); ++i) {
        if (!include_change && is_change(outputs[i])) continue;
        api::WalletTransactionDetail detail;
        detail.address = keys::address_of(outputs[i].script_pubkey, format());
        detail.category = "send";
        detail.amount = -outputs[i].value;
        detail.vout = i;
        detail.fee = -fee;
        detail.abandoned = entry.state().abandoned;
        if (const auto* book = detail.address ? book_entry(*detail.address) : nullptr) detail.label = book->label;
        out.details.push_back(std::move(detail));
    }
}

void LoadedWallet::describe_received(const LedgerEntry& entry, bool include_change, api::WalletTransaction& out) const
{
    const auto outputs = entry.transaction().outputs;
    for (const std::uint32_t i : entry.own) {
        if (!include_change && is_change(outputs[i])) continue;
        api::WalletTransactionDetail detail;
        detail.address = keys::address_of(outputs[i].script_pubkey, format());
        detail.category = "receive";
        if (entry.transaction().is_coinbase()) {
            detail.category = ledger_.depth(entry) < 1              ? "orphan"
                              : ledger_.is_immature_coinbase(entry) ? "immature"
                                                                    : "generate";
        }
        detail.amount = outputs[i].value;
        detail.vout = i;
        detail.abandoned = entry.state().abandoned;
        detail.parent_descriptors = parent_descriptors(outputs[i].script_pubkey);
        if (const auto* book = detail.address ? book_entry(*detail.address) : nullptr) detail.label = book->label;
        out.details.push_back(std::move(detail));
    }
}

api::WalletTransaction LoadedWallet::describe(const LedgerEntry& entry, bool include_change, bool any_depth) const
{
    const Transaction& transaction = entry.transaction();
    api::WalletTransaction out;
    out.transaction = entry.record.transaction;
    out.confirmations = ledger_.depth(entry);
    out.generated = transaction.is_coinbase();
    out.trusted = ledger_.is_trusted(entry, shared_.settings.spend_unconfirmed_change);
    if (entry.state().is_confirmed()) {
        const auto block = around().chain.block_info(entry.state().block);
        out.place = {entry.state().block, entry.state().height, static_cast<std::uint32_t>(entry.state().index),
                     block ? block->header.time : 0};
    }
    for (const Txid& other : ledger_.conflicts(transaction.txid)) out.wallet_conflicts.push_back(other);
    for (const Txid& other : ledger_.mempool_conflicts(transaction.txid)) out.mempool_conflicts.push_back(other);
    out.replaced_by = txid_of(entry.record, "replaced_by_txid");
    out.replaces = txid_of(entry.record, "replaces_txid");
    out.comment = value_of(entry.record, "comment");
    out.to = value_of(entry.record, "to");
    out.time = entry.time();
    out.time_received = entry.record.time_received;
    const bool replaceable = out.confirmations == 0 && policy::signals_replacement(transaction);
    out.bip125_replaceable = replaceable ? "yes" : "no";
    const Amount debit = ledger_.debit(transaction);
    const bool from_us = debit > Amount{};
    const Amount credit = ledger_.is_immature_coinbase(entry) ? Amount{} : ledger_.credit(entry);
    Amount paid;
    for (const TxOutput& output : transaction.outputs) paid += output.value;
    const Amount fee = from_us ? debit - paid : Amount{};
    out.amount = credit - debit + fee;
    if (from_us) {
        out.fee = -fee;
        describe_sent(entry, fee, include_change, out);
    }
    // What a conflict has taken away was not received.
    if (any_depth || out.confirmations >= 0) describe_received(entry, include_change || !from_us, out);
    out.last_block = last_block_;
    out.last_height = last_height_;
    return out;
}

api::Result<api::WalletTransaction> LoadedWallet::transaction(const Txid& txid) const
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    const LedgerEntry* entry = ledger_.find(txid);
    if (entry == nullptr) {
        return refuse(ErrorCode::kInvalidAddressOrKey, "Invalid or non-wallet transaction id");
    }
    return describe(*entry);
}

/// Whether anything of it is left.
bool LoadedWallet::keep_label(const std::optional<std::string>& label, api::WalletTransaction& transaction)
{
    if (!label) return true;
    // A label is of addresses of the wallet: only what they received.
    std::erase_if(transaction.details, [&](const api::WalletTransactionDetail& detail) {
        return detail.category == "send" || detail.label.value_or("") != *label;
    });
    return !transaction.details.empty();
}

std::vector<api::WalletTransaction> LoadedWallet::transactions(const api::TransactionFilter& filter) const
{
    const Lock lock = enter();
    std::vector<api::WalletTransaction> newest;
    std::size_t details = 0;
    const auto look_at = [&](const LedgerEntry& entry) {
        if (filter.less_deep_than && std::abs(ledger_.depth(entry)) >= *filter.less_deep_than) return;
        api::WalletTransaction described = describe(entry, filter.include_change, filter.among.has_value());
        if (!keep_label(filter.label, described)) return;
        details += described.details.size();
        newest.push_back(std::move(described));
    };
    if (filter.among) {
        for (const Txid& txid : *filter.among) {
            if (const LedgerEntry* entry = ledger_.find(txid)) look_at(*entry);
        }
        return newest;
    }
    for (auto it = ledger_.in_order().rbegin(); it != ledger_.in_order().rend() && details < filter.wanted; ++it) {
        look_at(*it->second);
    }
    std::ranges::reverse(newest);
    return newest;
}

api::Result<void> LoadedWallet::abandon(const Txid& txid)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    const LedgerEntry* entry = ledger_.find(txid);
    if (entry == nullptr) {
        return refuse(ErrorCode::kInvalidAddressOrKey, "Invalid or non-wallet transaction id");
    }
    if (entry->state().kind != TransactionState::Kind::kInactive || entry->state().abandoned) {
        return refuse(ErrorCode::kInvalidAddressOrKey, "Transaction not eligible for abandonment");
    }
    return keep_in_step([&] {
        store(ledger_.abandon(txid));
        return api::Result<void>{};
    });
}

}  // namespace cairn::wallet
