#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kWallet;

Argument watch_only()
{
    return boolean("include_watchonly").fall_back_to(false).explain("No longer has a meaning");
}

std::vector<MethodSpec> paying()
{
    return {
        {"sendtoaddress",
         kHere,
         {text("address"), amount("amount").explain("In coins"),
          text("comment").optional().explain("Kept in the wallet only"),
          text("comment_to").optional().explain("Whom it is for; kept in the wallet only"),
          boolean("subtractfeefromamount").fall_back_to(false).explain("The receiver pays the fee"),
          boolean("replaceable").optional().explain("Signal BIP125"),
          number("conf_target").optional().explain("Blocks in which it should confirm"),
          text("estimate_mode").fall_back_to("unset").explain("unset, economical or conservative"),
          boolean("avoid_reuse").optional().explain("Leave coins alone whose address was spent from"),
          amount("fee_rate").optional().explain("In satoshis per vB"),
          boolean("verbose").fall_back_to(false).explain("Tell how the fee was chosen")},
         "Pays an amount to an address.",
         "\"txid\"\nverbose: { txid, fee_reason }",
         {"\"bc1q09vm5lfy0j5reeulh4x5752q25uqqvz34hufdl\" 0.1"}},
        {"sendmany",
         kHere,
         {text("dummy").fall_back_to("").shown_as("\"\"").explain("Empty, for old callers"),
          map_of("amounts", amount("address")).explain("Amounts by address"),
          number("minconf").optional().explain("Ignored"), text("comment").optional(),
          array("subtractfeefrom", {text("address").optional()})
              .optional()
              .explain("Who shares the fee: addresses, or places from 0"),
          boolean("replaceable").optional(), number("conf_target").optional(),
          text("estimate_mode").fall_back_to("unset"), amount("fee_rate").optional().explain("In satoshis per vB"),
          boolean("verbose").fall_back_to(false)},
         "Pays several addresses with one transaction.",
         "\"txid\"\nverbose: { txid, fee_reason }",
         {"\"\" '{\"address1\":0.01,\"address2\":0.02}'"}},
    };
}

std::vector<MethodSpec> coins()
{
    return {
        {"getbalance",
         kHere,
         {text("dummy").optional().explain("\"*\", for old callers"), number("minconf").fall_back_to(0), watch_only(),
          boolean("avoid_reuse").optional()},
         "What the wallet can spend.",
         "n (in coins)",
         {"\"*\" 6"}},
        {"getbalances",
         kHere,
         {},
         "What the wallet has, by how sure it is.",
         "{ mine: { trusted, untrusted_pending, immature, nonmempool, used }, lastprocessedblock: { hash, height } }",
         {""}},
        {"getreceivedbyaddress",
         kHere,
         {text("address"), number("minconf").fall_back_to(1), boolean("include_immature_coinbase").fall_back_to(false)},
         "What an address of the wallet has received in all.",
         "n (in coins)",
         {"\"address\" 6"}},
        {"listunspent",
         kHere,
         {number("minconf").fall_back_to(1), number("maxconf").fall_back_to(9'999'999),
          array("addresses", {text("address").optional()}).fall_back_to(Json::array()).explain("Only coins of these"),
          boolean("include_unsafe").fall_back_to(true).explain("Also unconfirmed coins that others sent"),
          options("query_options", {amount("minimumAmount").fall_back_to("0.00"), amount("maximumAmount").optional(),
                                    number("maximumCount").optional(), amount("minimumSumAmount").optional(),
                                    boolean("include_immature_coinbase").fall_back_to(false)})
              .shown_as("query_options")},
         "The wallet's coins.",
         "[ { txid, vout, address, label, scriptPubKey, amount, confirmations, ancestorcount, ancestorsize, "
         "ancestorfees, "
         "redeemScript, witnessScript, spendable, solvable, reused, desc, parent_descs, safe } ]",
         {"6 9999999 '[]' true '{\"minimumAmount\": 0.005}'"}},
        {"lockunspent",
         kHere,
         {boolean("unlock"),
          array("transactions", {object("", {hex("txid"), number("vout")}).optional()})
              .fall_back_to(Json::array())
              .explain("The coins; none, with unlock: all"),
          boolean("persistent").fall_back_to(false).explain("Remember it in the wallet's file")},
         "Keeps coins from being chosen for payments, or no longer.",
         "true|false",
         {"false '[{\"txid\":\"a08e6907dbbd3d809776dbfc5d82e371b764ed838b5655e72f463568df1aadf0\",\"vout\":1}]'"}},
        {"listlockunspent", kHere, {}, "The coins that are kept from being chosen.", "[ { txid, vout } ]", {""}},
    };
}

std::vector<MethodSpec> history()
{
    return {
        {"listtransactions",
         kHere,
         {text("label").optional().explain("Only incoming ones of this label; \"*\": all"),
          number("count").fall_back_to(10), number("skip").fall_back_to(0), watch_only()},
         "The latest entries of the wallet's history, oldest first.",
         "[ { address, category, amount, label, vout, fee, confirmations, generated, trusted, blockhash, blockheight, "
         "blockindex, "
         "blocktime, txid, wtxid, walletconflicts, replaced_by_txid, replaces_txid, mempoolconflicts, to, time, "
         "timereceived, "
         "comment, bip125-replaceable, parent_descs, abandoned } ]",
         {"\"*\" 20 100"}},
        {"listsinceblock",
         kHere,
         {hex("blockhash").optional().explain("The last block that is known already; without it: everything"),
          number("target_confirmations").fall_back_to(1).explain("`lastblock` is the block with so many confirmations"),
          watch_only(),
          boolean("include_removed").fall_back_to(true).explain("Also what blocks had that are no longer in the chain"),
          boolean("include_change").fall_back_to(false).explain("Also outputs of change"),
          text("label").optional().explain("Only incoming ones of this label")},
         "The entries of the wallet's history since a block, and up to which block to ask from the next time.",
         "{ transactions: [ as listtransactions ], removed: [ as listtransactions ], lastblock }",
         {"", "\"000000000000000bacf66f7497b7dc45ef753ee9a7d38571037cdb1a57f663ad\" 6"}},
        {"gettransaction",
         kHere,
         {text("txid"), watch_only(), boolean("verbose").fall_back_to(false).explain("With the decoded transaction")},
         "A transaction of the wallet.",
         "{ amount, fee, confirmations, …, details: [ { address, category, amount, label, vout, fee, abandoned, "
         "parent_descs } ], "
         "hex, decoded, lastprocessedblock }",
         {"\"1075db55d416d3ca199f55b6084e2115b9345e16c5cf302fc80e9d5fbf5d48d\""}},
        {"abandontransaction",
         kHere,
         {hex("txid")},
         "Gives up an unconfirmed transaction that is not in the mempool: its inputs may be spent again.",
         "null",
         {"\"1075db55d416d3ca199f55b6084e2115b9345e16c5cf302fc80e9d5fbf5d48d\""}},
    };
}

}  // namespace

std::vector<MethodSpec> wallet_coins()
{
    std::vector<MethodSpec> all = paying();
    for (auto&& part : {coins(), history()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace cairn::rpc::declare
