// The mempool, seen from outside.

#include <algorithm>
#include <array>
#include <set>

#include "crypto/hex.h"
#include "policy/options.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json getmempoolinfo(const Call& call)
{
    const api::MempoolInfo info = call.mempool().info();
    Json out = Json::object();
    out.set("loaded", info.loaded);
    out.set("size", info.transactions);
    out.set("bytes", info.virtual_bytes);
    out.set("usage", info.memory_usage);
    out.set("total_fee", info.total_fee);
    out.set("maxmempool", info.max_memory);
    out.set("mempoolminfee", info.minimum_fee);
    out.set("minrelaytxfee", info.minimum_relay_fee);
    out.set("incrementalrelayfee", info.incremental_relay_fee);
    out.set("unbroadcastcount", info.unbroadcast);
    out.set("permitbaremultisig", info.permit_bare_multisig);
    out.set("maxdatacarriersize", info.max_data_carrier_bytes);
    out.set("limitclustercount", info.cluster_count_limit);
    out.set("limitclustersize", info.cluster_virtual_size_limit);
    out.set("optimal", info.optimal);
    if (call.context.is_deprecated_on("fullrbf")) out.set("fullrbf", true);
    return out;
}

Json entry_json(const Call& call, const api::MempoolEntry& entry)
{
    Json fees = Json::object();
    fees.set("base", entry.fee).set("modified", entry.modified_fee).set("ancestor", entry.ancestor_fees);
    fees.set("descendant", entry.descendant_fees).set("chunk", entry.chunk_fee);
    std::set<std::string> depends;
    for (const Txid& parent : entry.parents) depends.insert(parent.to_hex());
    Json out = Json::object();
    out.set("vsize", entry.virtual_size);
    out.set("weight", entry.weight);
    out.set("time", entry.time);
    out.set("height", entry.height);
    out.set("descendantcount", entry.descendant_count);
    out.set("descendantsize", entry.descendant_virtual_size);
    out.set("ancestorcount", entry.ancestor_count);
    out.set("ancestorsize", entry.ancestor_virtual_size);
    out.set("wtxid", entry.transaction->wtxid.to_hex());
    out.set("chunkweight", entry.chunk_weight);
    out.set("fees", std::move(fees));
    out.set("depends", Json::array_of(depends));
    out.set("spentby", hash_list(entry.children));
    out.set("unbroadcast", entry.unbroadcast);
    if (call.context.is_deprecated_on("bip125")) out.set("bip125-replaceable", entry.replaceable);
    return out;
}

Json entries_json(const Call& call, const std::vector<api::MempoolEntry>& entries, bool verbose)
{
    Json out = verbose ? Json::object() : Json::array();
    for (const api::MempoolEntry& entry : entries) {
        const std::string txid = entry.transaction->txid.to_hex();
        if (verbose) {
            out.set(txid, entry_json(call, entry));
        } else {
            out.push(txid);
        }
    }
    return out;
}

Json getrawmempool(const Call& call)
{
    const bool with_sequence = call["mempool_sequence"].as_bool();
    if (call["verbose"].as_bool()) {
        if (with_sequence) {
            refuse(Code::kInvalidParameter, "Verbose results cannot contain mempool sequence values.");
        }
        return entries_json(call, call.mempool().entries(), true);
    }
    const api::MempoolListing listing = call.mempool().listing();
    if (!with_sequence) return hash_list(listing.txids);
    return Json::object().set("txids", hash_list(listing.txids)).set("mempool_sequence", listing.sequence);
}

/// The answer about a transaction; refuses one that is not there.
template <class T>
T in_mempool(std::optional<T> found)
{
    if (!found) refuse(Code::kInvalidAddressOrKey, "Transaction not in mempool");
    return *std::move(found);
}

Txid wanted(const Call& call)
{
    return parse_hash_as<Txid>(call["txid"], "txid");
}

Json getmempoolentry(const Call& call)
{
    return entry_json(call, in_mempool(call.mempool().entry(wanted(call))));
}

Json getmempoolancestors(const Call& call)
{
    return entries_json(call, in_mempool(call.mempool().ancestors(wanted(call))), call["verbose"].as_bool());
}

Json getmempooldescendants(const Call& call)
{
    return entries_json(call, in_mempool(call.mempool().descendants(wanted(call))), call["verbose"].as_bool());
}

Json getmempoolcluster(const Call& call)
{
    const api::MempoolCluster cluster = in_mempool(call.mempool().cluster(wanted(call)));
    Json chunks = Json::array();
    for (const api::MempoolChunk& chunk : cluster.chunks) {
        Json entry = Json::object();
        entry.set("chunkfee", chunk.fee).set("chunkweight", chunk.weight).set("txs", hash_list(chunk.transactions));
        chunks.push(std::move(entry));
    }
    Json out = Json::object();
    out.set("clusterweight", cluster.weight).set("txcount", cluster.transactions).set("chunks", std::move(chunks));
    return out;
}

Json getmempoolfeeratediagram(const Call& call)
{
    Json out = Json::array();
    for (const api::DiagramPoint& point : call.mempool().fee_rate_diagram()) {
        out.push(std::move(Json::object().set("weight", point.weight).set("fee", point.fee)));
    }
    return out;
}

Outpoint parse_prevout(const Json& value)
{
    constexpr std::array kMembers{ExpectedMember{"txid", Json::Kind::kString},
                                  ExpectedMember{"vout", Json::Kind::kNumber}};
    (void)value.as_object();
    check_members(value, kMembers, false, true);
    return parse_outpoint(value);
}

Json gettxspendingprevout(const Call& call)
{
    constexpr std::array kMembers{ExpectedMember{"mempool_only", Json::Kind::kBool},
                                  ExpectedMember{"return_spending_tx", Json::Kind::kBool}};
    const Json& outputs = call["outputs"];
    if (outputs.empty()) refuse(Code::kInvalidParameter, "Invalid parameter, outputs are missing");
    const Json options = call["options"].is_null() ? Json::object() : call["options"];
    check_members(options, kMembers, true, true);
    const bool mempool_only = !options.has("mempool_only") || options["mempool_only"].as_bool();
    const bool with_bytes = options.has("return_spending_tx") && options["return_spending_tx"].as_bool();
    std::vector<Outpoint> prevouts;
    for (const Json& output : outputs.as_array()) prevouts.push_back(parse_prevout(output));
    const auto spenders = call.mempool().spenders(prevouts);
    Json out = Json::array();
    for (std::size_t i = 0; i < prevouts.size(); ++i) {
        Json entry = outputs[i];
        if (!spenders[i] && !mempool_only) {
            refuse(Code::kMisc, "Mempool lacks a relevant spend, and txospenderindex is unavailable.");
        }
        if (spenders[i]) entry.set("spendingtxid", spenders[i]->txid.to_hex());
        if (spenders[i] && with_bytes) entry.set("spendingtx", to_hex(spenders[i]->raw));
        out.push(std::move(entry));
    }
    return out;
}

Json savemempool(const Call& call)
{
    return Json::object().set("filename", unwrap(call.mempool().save()));
}

Json importmempool(const Call& call)
{
    const Json& given = call["options"];
    const auto choice = [&](std::string_view name, bool fallback) {
        const Json& value = given[name];
        return value.is_null() ? fallback : value.as_bool();
    };
    api::MempoolImport options;
    options.use_current_time = choice("use_current_time", true);
    options.apply_fee_deltas = choice("apply_fee_delta_priority", false);
    options.apply_unbroadcast = choice("apply_unbroadcast_set", false);
    unwrap(call.mempool().import(call["filepath"].as_string(), options));
    return Json::object();
}

Json orphan_json(const api::OrphanTransaction& orphan)
{
    const Transaction& transaction = *orphan.transaction;
    Json out = Json::object();
    out.set("txid", transaction.txid.to_hex()).set("wtxid", transaction.wtxid.to_hex());
    out.set("bytes", transaction.raw.size()).set("vsize", policy::virtual_size(transaction.weight()));
    out.set("weight", transaction.weight()).set("from", Json::array_of(orphan.from));
    return out;
}

Json getorphantxs(const Call& call)
{
    if (call["verbosity"].is_bool()) refuse(Code::kType, "Verbosity was boolean but only integer allowed");
    const int verbosity = parse_verbosity(call["verbosity"], 0);
    if (verbosity < 0 || verbosity > 2) {
        refuse(Code::kInvalidParameter, "Invalid verbosity value " + std::to_string(verbosity));
    }
    Json out = Json::array();
    for (const api::OrphanTransaction& orphan : call.mempool().orphans()) {
        if (verbosity == 0) {
            out.push(orphan.transaction->txid.to_hex());
            continue;
        }
        Json entry = orphan_json(orphan);
        if (verbosity == 2) entry.set("hex", to_hex(orphan.transaction->raw));
        out.push(std::move(entry));
    }
    return out;
}

Json prioritisetransaction(const Call& call)
{
    const auto txid = wanted(call);
    const auto delta = call["fee_delta"].as_int<std::int64_t>();
    const Json& dummy = call["dummy"];
    if (!dummy.is_null() && parse_fixed_point(dummy.as_number_text(), 8) != 0) {
        refuse(Code::kInvalidParameter,
               "Priority is no longer supported, dummy argument to prioritisetransaction must be 0.");
    }
    unwrap(call.mempool().prioritise(txid, Amount{delta}));
    return true;
}

Json getprioritisedtransactions(const Call& call)
{
    Json out = Json::object();
    for (const auto& priority : call.mempool().priorities()) {
        Json entry = Json::object();
        entry.set("fee_delta", priority.delta.satoshis()).set("in_mempool", priority.modified_fee.has_value());
        if (priority.modified_fee) entry.set("modified_fee", priority.modified_fee->satoshis());
        out.set(priority.txid.to_hex(), std::move(entry));
    }
    return out;
}

}  // namespace

std::span<const Entry> mempool_methods()
{
    static constexpr std::array kTable{Entry{"getmempoolinfo", getmempoolinfo},
                                       Entry{"getrawmempool", getrawmempool},
                                       Entry{"getmempoolentry", getmempoolentry},
                                       Entry{"getmempoolancestors", getmempoolancestors},
                                       Entry{"getmempooldescendants", getmempooldescendants},
                                       Entry{"getmempoolcluster", getmempoolcluster},
                                       Entry{"getmempoolfeeratediagram", getmempoolfeeratediagram},
                                       Entry{"gettxspendingprevout", gettxspendingprevout},
                                       Entry{"savemempool", savemempool},
                                       Entry{"importmempool", importmempool},
                                       Entry{"getorphantxs", getorphantxs},
                                       Entry{"prioritisetransaction", prioritisetransaction},
                                       Entry{"getprioritisedtransactions", getprioritisedtransactions}};
    return kTable;
}

}  // namespace cairn::rpc
