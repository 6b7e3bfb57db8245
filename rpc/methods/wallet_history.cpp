// The wallet's history.

#include <algorithm>
#include <array>

#include "base/io_error.h"
#include "base/thread.h"
#include "crypto/hex.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

void append_place(Json& out, const api::WalletTransaction& transaction)
{
    out.set("confirmations", transaction.confirmations);
    if (transaction.generated) out.set("generated", true);
    if (!transaction.place) {
        out.set("trusted", transaction.trusted);
        return;
    }
    const auto& place = *transaction.place;
    out.set("blockhash", place.block.to_hex()).set("blockheight", place.height);
    out.set("blockindex", place.index).set("blocktime", place.time);
}

/// What is the same for every detail of a transaction.
void append_transaction_facts(Json& out, const api::WalletTransaction& transaction)
{
    append_place(out, transaction);
    out.set("txid", transaction.transaction->txid.to_hex()).set("wtxid", transaction.transaction->wtxid.to_hex());
    out.set("walletconflicts", hash_list(transaction.wallet_conflicts));
    out.set("mempoolconflicts", hash_list(transaction.mempool_conflicts));
    if (transaction.replaced_by) out.set("replaced_by_txid", transaction.replaced_by->to_hex());
    if (transaction.replaces) out.set("replaces_txid", transaction.replaces->to_hex());
    out.set("time", transaction.time).set("timereceived", transaction.time_received);
    out.set("bip125-replaceable", transaction.bip125_replaceable);
    if (transaction.comment) out.set("comment", *transaction.comment);
    if (transaction.to) out.set("to", *transaction.to);
}

Json detail_json(const api::WalletTransactionDetail& detail)
{
    Json out = Json::object();
    const bool sent = detail.category == "send";
    if (!sent) out.set("parent_descs", Json::array_of(detail.parent_descriptors));
    if (detail.address) out.set("address", *detail.address);
    out.set("category", detail.category).set("amount", detail.amount);
    if (detail.label) out.set("label", *detail.label);
    out.set("vout", detail.vout);
    if (detail.fee) out.set("fee", *detail.fee);
    return std::move(out.set("abandoned", detail.abandoned));
}

void append_entries(std::vector<Json>& entries, const api::WalletTransaction& transaction)
{
    for (const api::WalletTransactionDetail& detail : transaction.details) {
        Json entry = detail_json(detail);
        append_transaction_facts(entry, transaction);
        entries.push_back(std::move(entry));
    }
}

std::vector<Json> entries_of(const std::vector<api::WalletTransaction>& transactions)
{
    std::vector<Json> entries;
    for (const api::WalletTransaction& transaction : transactions) append_entries(entries, transaction);
    return entries;
}

Json list_of(std::vector<Json> entries)
{
    Json out = Json::array();
    for (Json& entry : entries) out.push(std::move(entry));
    return out;
}

std::optional<std::string> parse_wanted_label(const Json& value)
{
    if (value.is_null() || value.as_string() == "*") return std::nullopt;
    if (value.as_string().empty()) {
        refuse(Code::kInvalidParameter, "Label argument must be a valid label name or \"*\".");
    }
    return value.as_string();
}

Json listtransactions(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    api::TransactionFilter filter;
    filter.label = parse_wanted_label(call["label"]);
    const int count = call["count"].as_int<int>();
    const int skip = call["skip"].as_int<int>();
    if (count < 0) refuse(Code::kInvalidParameter, "Negative count");
    if (skip < 0) refuse(Code::kInvalidParameter, "Negative from");
    const auto skipped = static_cast<std::size_t>(skip);
    filter.wanted = skipped + static_cast<std::size_t>(count);
    // Counted from the newest back, and shown the other way round.
    std::vector<Json> newest;
    const auto transactions = wallet->transactions(filter);
    for (auto it = transactions.rbegin(); it != transactions.rend(); ++it) append_entries(newest, *it);
    newest.resize(std::min(newest.size(), filter.wanted));
    newest.erase(newest.begin(), newest.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, newest.size())));
    std::ranges::reverse(newest);
    return list_of(std::move(newest));
}

/// From a block back to the active chain.
struct Detached {
    Height fork = 0;
    std::vector<BlockHash> blocks;
};

Detached detached_since(const Call& call, BlockHash hash)
{
    Detached detached;
    auto info = call.chain().block_info(hash);
    if (!info) refuse(Code::kInvalidAddressOrKey, "Block not found");
    for (; info && !info->in_active_chain; info = call.chain().block_info(info->header.previous)) {
        detached.blocks.push_back(info->hash);
    }
    if (info) detached.fork = info->height;
    return detached;
}

std::vector<Txid> transactions_in(const Call& call, const std::vector<BlockHash>& blocks)
{
    std::vector<Txid> txids;
    for (const BlockHash& hash : blocks) {
        try {
            const auto block = call.chain().block(hash);
            if (!block) refuse(Code::kInternal, "Can't read block from disk. " + block.error().message);
            for (const Transaction& transaction : (*block)->transactions) txids.push_back(transaction.txid);
        } catch (const base::EnvironmentError&) {
            refuse(Code::kInternal, "Can't read block from disk. " + base::describe(std::current_exception()));
        }
    }
    return txids;
}

Json listsinceblock(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const api::WalletInfo info = wallet->info();
    api::TransactionFilter filter;
    filter.include_change = call["include_change"].as_bool();
    if (!call["label"].is_null()) filter.label = parse_label(call["label"]);
    Detached since;
    if (const Json& hash = call["blockhash"]; !hash.is_null() && !hash.as_string().empty()) {
        since = detached_since(call, parse_hash_as<BlockHash>(hash, "blockhash"));
        filter.less_deep_than = info.last_height + 1 - since.fork;
    }
    const int target = call["target_confirmations"].as_int<int>();
    if (target < 1) refuse(Code::kInvalidParameter, "Invalid parameter");
    Json out = Json::object();
    out.set("transactions", list_of(entries_of(wallet->transactions(filter))));
    if (call["include_removed"].as_bool()) {
        filter.less_deep_than.reset();
        filter.among = transactions_in(call, since.blocks);
        out.set("removed", list_of(entries_of(wallet->transactions(filter))));
    }
    const Height last = info.last_height + 1 - std::min(target, info.last_height + 1);
    const auto block = call.chain().ancestor(info.last_block, last);
    return std::move(out.set("lastblock", block ? block->hash.to_hex() : BlockHash{}.to_hex()));
}

Json gettransaction(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const api::WalletTransaction transaction = unwrap(wallet->transaction(parse_hash_as<Txid>(call["txid"], "txid")));
    Json out = Json::object();
    out.set("amount", transaction.amount);
    if (transaction.fee) out.set("fee", *transaction.fee);
    append_transaction_facts(out, transaction);
    Json details = Json::array();
    for (const api::WalletTransactionDetail& detail : transaction.details) details.push(detail_json(detail));
    out.set("details", std::move(details)).set("hex", to_hex(transaction.transaction->raw));
    if (call["verbose"].as_bool()) {
        Json decoded = Json::object();
        append_transaction(decoded, *transaction.transaction, call.context.addresses);
        out.set("decoded", std::move(decoded));
    }
    return std::move(out.set("lastprocessedblock", last_block_json(transaction.last_block, transaction.last_height)));
}

Json abandontransaction(const Call& call)
{
    unwrap(call.wallet()->abandon(parse_hash_as<Txid>(call["txid"], "txid")));
    return {};
}

}  // namespace

std::span<const Entry> wallet_history_methods()
{
    static constexpr std::array kTable{Entry{"listtransactions", listtransactions},
                                       Entry{"listsinceblock", listsinceblock}, Entry{"gettransaction", gettransaction},
                                       Entry{"abandontransaction", abandontransaction}};
    return kTable;
}

}  // namespace cairn::rpc
