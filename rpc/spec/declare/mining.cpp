#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kMining;

Argument tries()
{
    return number("maxtries").fall_back_to(1'000'000).explain("Nonces to try in all");
}

}  // namespace

// lint: long, because it is a table
std::vector<MethodSpec> mining()
{
    return {
        {"getblocktemplate",
         kHere,
         {object("template_request",
                 {text("mode").optional().explain("\"template\" or \"proposal\""),
                  array("capabilities", {text("str").optional()}).optional(),
                  array("rules", {text("segwit"), text("str").optional()})
                      .explain("Soft forks the miner knows; \"segwit\" is needed"),
                  text("longpollid").optional().explain("Wait until the template with this id is out of date"),
                  hex("data").optional().explain("The block of a proposal")})},
         "A block to be mined (BIP22, 23, 9, 145), or the verdict on a proposed one.",
         "{ capabilities, version, rules, vbavailable, vbrequired, previousblockhash, transactions, coinbaseaux, "
         "coinbasevalue, "
         "longpollid, target, mintime, mutable, noncerange, sigoplimit, sizelimit, weightlimit, curtime, bits, height, "
         "signet_challenge, default_witness_commitment }\nproposal: null or \"reason\"",
         {"'{\"rules\": [\"segwit\"]}'"}},
        {"getmininginfo",
         kHere,
         {},
         "What a miner wants to know.",
         "{ blocks, currentblockweight, currentblocktx, bits, difficulty, target, networkhashps, pooledtx, "
         "blockmintxfee, chain, "
         "signet_challenge, next: { height, bits, difficulty, target }, warnings }",
         {""}},
        {"getnetworkhashps",
         kHere,
         {number("nblocks").fall_back_to(120).explain("Blocks to look at; -1: since the last change of difficulty"),
          number("height").fall_back_to(-1).explain("As it was at this height; -1: now")},
         "The network's hashes per second, estimated from the last blocks.",
         "n",
         {""}},
        {"submitblock",
         kHere,
         {hex("hexdata").explain("The block in hex"), text("dummy").optional().explain("For old callers; ignored")},
         "Hands in a block.",
         "null if it was accepted\n\"reason\" if not (BIP22)",
         {"\"mydata\""}},
        {"submitheader",
         kHere,
         {hex("hexdata").explain("The header in hex")},
         "Hands in a header as a candidate for the chain.",
         "null",
         {"\"aabbcc\""}},
        {"generatetoaddress",
         Category::kHidden,
         {number("nblocks").explain("How many"), text("address").explain("Who is paid"), tries()},
         "Mines blocks at once. For regtest.",
         "[ \"blockhash\", … ]",
         {"11 \"myaddress\""}},
        {"generatetodescriptor",
         Category::kHidden,
         {number("num_blocks").explain("How many"), text("descriptor").explain("Who is paid"), tries()},
         "Mines blocks at once. For regtest.",
         "[ \"blockhash\", … ]",
         {"11 \"mydesc\""}},
        {"generateblock",
         Category::kHidden,
         {text("output").explain("Who is paid: an address or a descriptor"),
          array("transactions", {hex("rawtx/txid").optional()})
              .explain("Hex, or txids of the mempool, in the block's order"),
          boolean("submit").fall_back_to(true).explain("false: the block is made and not handed in")},
         "Mines a block of exactly these transactions. For regtest.",
         "{ hash, hex }",
         {"\"myaddress\" '[\"rawtx\", \"mytxid\"]'"}},
        {"generate",
         Category::kHidden,
         {},
         "has been replaced by the -generate cli option. Refer to -help for more information.",
         "",
         {}},
    };
}

}  // namespace cairn::rpc::declare
