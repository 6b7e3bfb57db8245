// The wallet's history.

#include <algorithm>
#include <array>

#include "crypto/hex.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

Json txids_json(const std::vector<Txid>& txids)
{
    Json out = Json::array();
    for (const Txid& txid : txids) out.push(txid.to_hex());
    return out;
}

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
    out.set("walletconflicts", txids_json(transaction.wallet_conflicts));
    out.set("mempoolconflicts", txids_json(transaction.mempool_conflicts));
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

/// Entries from the newest back, until there are `wanted`.
std::vector<Json> newest_entries(const std::vector<api::WalletTransaction>& transactions, std::size_t wanted)
{
    std::vector<Json> entries;
    for (auto it = transactions.rbegin(); it != transactions.rend() && entries.size() < wanted; ++it) {
        for (const api::WalletTransactionDetail& detail : it->details) {
            Json entry = detail_json(detail);
            append_transaction_facts(entry, *it);
            entries.push_back(std::move(entry));
        }
    }
    return entries;
}

std::string parse_label(const Json& value)
{
    if (value.is_null()) return "*";
    if (value.as_string().empty()) {
        refuse(Code::kInvalidParameter, "Label argument must be a valid label name or \"*\".");
    }
    return value.as_string();
}

Json listtransactions(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const std::string label = parse_label(call["label"]);
    const int count = call["count"].as_int<int>();
    const int skip = call["skip"].as_int<int>();
    if (count < 0) refuse(Code::kInvalidParameter, "Negative count");
    if (skip < 0) refuse(Code::kInvalidParameter, "Negative from");
    const auto skipped = static_cast<std::size_t>(skip);
    const std::size_t wanted = skipped + static_cast<std::size_t>(count);
    std::vector<Json> entries = newest_entries(wallet->transactions(label), wanted);
    entries.resize(std::min(entries.size(), wanted));
    Json out = Json::array();
    for (std::size_t i = entries.size(); i > std::min(skipped, entries.size()); --i)
        out.push(std::move(entries[i - 1]));
    return out;
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
                                       Entry{"gettransaction", gettransaction},
                                       Entry{"abandontransaction", abandontransaction}};
    return kTable;
}

}  // namespace cairn::rpc
