#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kBlockchain;
constexpr std::string_view kEntry =
    "{ vsize, weight, time, height, descendantcount, descendantsize, ancestorcount, ancestorsize, wtxid, chunkweight, "
    "fees: { "
    "base, modified, ancestor, descendant, chunk }, depends, spentby, unbroadcast, bip125-replaceable }";

Argument mempool_txid()
{
    return hex("txid").explain("A transaction in the mempool");
}

Argument entries_or_names()
{
    return boolean("verbose").fall_back_to(false).explain("false: txids; true: an object of entries by txid");
}

}  // namespace

// lint: long, because it is a table
std::vector<MethodSpec> mempool()
{
    return {
        {"getmempoolinfo",
         kHere,
         {},
         "The size and the limits of the mempool.",
         "{ loaded, size, bytes, usage, total_fee, maxmempool, mempoolminfee, minrelaytxfee, incrementalrelayfee, "
         "unbroadcastcount, permitbaremultisig, maxdatacarriersize, limitclustercount, limitclustersize, optimal }",
         {""}},
        {"getrawmempool",
         kHere,
         {entries_or_names(),
          boolean("mempool_sequence")
              .fall_back_to(false)
              .explain("With verbose=false: an object with the txids and the mempool's sequence number")},
         "The transactions in the mempool.",
         "[ \"txid\", … ]\n{ txid: entry }\n{ txids, mempool_sequence }",
         {"true"}},
        {"getmempoolentry",
         kHere,
         {mempool_txid()},
         "A transaction in the mempool, and its family there.",
         kEntry,
         {"\"mytxid\""}},
        {"getmempoolancestors",
         kHere,
         {mempool_txid(), entries_or_names()},
         "The transactions in the mempool that a transaction there builds on.",
         "[ \"txid\", … ]\n{ txid: entry }",
         {"\"mytxid\""}},
        {"getmempooldescendants",
         kHere,
         {mempool_txid(), entries_or_names()},
         "The transactions in the mempool that build on a transaction there.",
         "[ \"txid\", … ]\n{ txid: entry }",
         {"\"mytxid\""}},
        {"getmempoolcluster",
         kHere,
         {mempool_txid()},
         "The cluster of a transaction: all that are connected with it in the mempool, in the chunks in which they "
         "would be mined.",
         "{ clusterweight, txcount, chunks: [ { chunkfee, chunkweight, txs } ] }",
         {"\"mytxid\""}},
        {"getmempoolfeeratediagram",
         Category::kHidden,
         {},
         "The mempool's fee-rate diagram: sums of weight and fee after each chunk, best first.",
         "[ { weight, fee } ]",
         {""}},
        {"gettxspendingprevout",
         kHere,
         {array("outputs", {object("", {hex("txid"), number("vout")}).optional()})
              .explain("The outputs that may be spent"),
          options("options",
                  {boolean("mempool_only").optional().explain("Look in the mempool only, which is all there is"),
                   boolean("return_spending_tx").optional().explain("Show the spending transactions too")})},
         "The transactions in the mempool that spend outputs.",
         "[ { txid, vout, spendingtxid, spendingtx } ]",
         {"'[{\"txid\":\"a08e6907dbbd3d809776dbfc5d82e371b764ed838b5655e72f463568df1aadf0\",\"vout\":3}]'"}},
        {"importmempool",
         kHere,
         {text("filepath").explain("A file like mempool.dat"),
          options("options", {boolean("use_current_time")
                                  .fall_back_to(true)
                                  .explain("As if they came now, not at the times of the file"),
                              boolean("apply_fee_delta_priority")
                                  .fall_back_to(false)
                                  .explain("Take over what prioritisetransaction had added"),
                              boolean("apply_unbroadcast_set")
                                  .fall_back_to(false)
                                  .explain("Announce again what no peer had asked for")})},
         "Adds the transactions of a file to the mempool. Only import files of a source you trust.",
         "{}",
         {"/path/to/mempool.dat"}},
        {"savemempool", kHere, {}, "Writes the mempool to disk.", "{ filename }", {""}},
        {"getorphantxs",
         Category::kHidden,
         {number("verbosity")
              .fall_back_to(0)
              .unchecked()
              .explain("0: txids; 1: with sizes and peers; 2: with the bytes in hex")},
         "Transactions that wait for one they spend from.",
         "[ \"txid\", … ]\n[ { txid, wtxid, bytes, vsize, weight, from, hex } ]",
         {"2"}},
        {"getprioritisedtransactions",
         Category::kMining,
         {},
         "What prioritisetransaction has set.",
         "{ txid: { fee_delta, in_mempool, modified_fee } }",
         {""}},
        {"prioritisetransaction",
         Category::kMining,
         {hex("txid").explain("The transaction, in the mempool or not"),
          number("dummy").optional().explain("For old callers; null or 0"),
          number("fee_delta").explain("Satoshis; negative lowers")},
         "Adds to the fee that mining and eviction see of a transaction; the fee itself does not change.",
         "true",
         {"\"txid\" 0.0 10000"}},
    };
}

}  // namespace cairn::rpc::declare
