#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kRawTransactions;
constexpr std::string_view kDecoded =
    "{ txid, hash, version, size, vsize, weight, locktime, vin: [ { coinbase | txid, vout, scriptSig: { asm, hex }, "
    "txinwitness, "
    "sequence } ], vout: [ { value, n, scriptPubKey: { asm, desc, hex, address, type } } ] }";

Argument max_fee_rate()
{
    return amount("maxfeerate")
        .fall_back_to("0.10")
        .explain("Refuse a fee rate above this, in coins per kvB; 0: take any");
}

Argument previous_outputs()
{
    return array("prevtxs",
                 {object("", {hex("txid"), number("vout"), hex("scriptPubKey"), hex("redeemScript").optional(),
                              hex("witnessScript").optional(), amount("amount").optional()})
                      .optional()})
        .optional()
        .explain("Outputs it spends that the node does not know");
}

Argument sighash()
{
    return text("sighashtype")
        .optional()
        .explain("DEFAULT, ALL, NONE, SINGLE, or one of the last three with |ANYONECANPAY");
}

std::vector<MethodSpec> sending()
{
    return {
        {"sendrawtransaction",
         kHere,
         {hex("hexstring"), max_fee_rate(),
          amount("maxburnamount")
              .fall_back_to("0.00")
              .explain("Refuse outputs that nobody can spend above this, in coins")},
         "Hands in a transaction to the mempool and announces it to peers.",
         "\"txid\"",
         {"\"signedhex\""}},
        {"testmempoolaccept",
         kHere,
         {array("rawtxs", {hex("rawtx").optional()})
              .explain("One transaction, or a package with parents before children; at most 25"),
          max_fee_rate()},
         "Whether the mempool would take transactions. Nothing is kept.",
         "[ { txid, wtxid, package-error, allowed, vsize, fees: { base, effective-feerate, effective-includes }, "
         "reject-reason, "
         "reject-details } ]",
         {"'[\"signedhex\"]'"}},
        {"getrawtransaction",
         kHere,
         {hex("txid"),
          number("verbosity|verbose")
              .fall_back_to(0)
              .unchecked()
              .explain("0: hex; 1: decoded; 2: with fee and what the inputs spend"),
          hex("blockhash").optional().explain("The block it is in; without it, only the mempool is looked at")},
         "A transaction of the mempool, or of a given block.",
         "\"hex\"\nwith verbosity: the fields of decoderawtransaction, and hex, in_active_chain, blockhash, "
         "confirmations, time, "
         "blocktime, fee",
         {"\"mytxid\" 1"}},
    };
}

std::vector<MethodSpec> making()
{
    return {
        {"createrawtransaction",
         kHere,
         {array("inputs", {object("", {hex("txid"), number("vout"), number("sequence").optional()}).optional()}),
          // An object or an array of objects: the method looks at it itself.
          array("outputs", {map_of("", amount("address")).optional(), object("", {hex("data")}).optional()})
              .unchecked()
              .explain("[ { address: amount }, { \"data\": hex } ], or one object of them"),
          number("locktime").fall_back_to(0).explain("Height or time before which it may not be mined"),
          boolean("replaceable").fall_back_to(true).explain("Signal BIP125 in inputs without a sequence of their own"),
          number("version").fall_back_to(2)},
         "A transaction without signatures, in hex. It is neither kept nor sent.",
         "\"hex\"",
         {"'[{\"txid\":\"myid\",\"vout\":0}]' '[{\"address\":0.01}]'"}},
        {"decoderawtransaction",
         kHere,
         {hex("hexstring"),
          boolean("iswitness").optional().explain("With witness or without; left out: as it makes sense")},
         "What a transaction says.",
         kDecoded,
         {"\"hexstring\""}},
        {"decodescript",
         kHere,
         {hex("hexstring").explain("The script; may be empty")},
         "What a script says, and its addresses.",
         "{ asm, desc, type, address, p2sh, segwit: { asm, desc, hex, type, address, p2sh-segwit } }",
         {"\"hexstring\""}},
        {"combinerawtransaction",
         kHere,
         {array("txs", {hex("hexstring").optional()}).explain("Two or more, alike but for their signatures")},
         "One transaction with the signatures of several. What it spends must be unspent.",
         "\"hex\"",
         {"'[\"myhex1\",\"myhex2\"]'"}},
        {"signrawtransactionwithkey",
         kHere,
         {text("hexstring"), array("privkeys", {text("privatekey").optional()}).explain("Private keys as WIF"),
          previous_outputs(), sighash()},
         "Signs a transaction with the keys given; the node keeps none of them.",
         "{ hex, complete, errors: [ { txid, vout, witness, scriptSig, sequence, error } ] }",
         {"\"myhex\" '[\"key1\",\"key2\"]'"}},
        {"signrawtransactionwithwallet",
         Category::kWallet,
         {text("hexstring"), previous_outputs(), sighash()},
         "Signs a transaction with the wallet's keys.",
         "{ hex, complete, errors: [ { txid, vout, witness, scriptSig, sequence, error } ] }",
         {"\"myhex\""}},
    };
}

}  // namespace

std::vector<MethodSpec> raw_transactions()
{
    std::vector<MethodSpec> all = sending();
    const std::vector<MethodSpec> more = making();
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace cairn::rpc::declare
