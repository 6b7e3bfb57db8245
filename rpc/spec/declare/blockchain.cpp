#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kBlockchain;

Argument block_hash()
{
    return hex("blockhash").explain("The block's hash");
}

Argument wait_limit()
{
    return number("timeout").fall_back_to(0).explain("Milliseconds to wait; 0 waits without end");
}

// lint: long, because it is a table
std::vector<MethodSpec> blocks()
{
    return {
        {"getbestblockhash", kHere, {}, "The hash of the tip of the active chain.", "\"hex\"", {""}},
        {"getblockcount", kHere, {}, "The height of the tip of the active chain; the genesis block's is 0.", "n", {""}},
        {"getblockhash",
         kHere,
         {number("height").explain("A height in the active chain")},
         "The hash of the block at a height of the active chain.",
         "\"hex\"",
         {"1000"}},
        {"getblockheader",
         kHere,
         {block_hash(), boolean("verbose").fall_back_to(true).explain("false: the 80 bytes in hex")},
         "The header of a block, and what is known of its place in the chain.",
         "verbose=false: \"hex\"\nverbose=true: { hash, confirmations, height, version, versionHex, merkleroot, time, "
         "mediantime, "
         "nonce, bits, target, difficulty, chainwork, nTx, previousblockhash, nextblockhash }",
         {"\"00000000c937983704a73af28acdec37b049d214adbda81d7e2a3dd146f6ed09\""}},
        {"getblock",
         kHere,
         {block_hash(),
          number("verbosity|verbose")
              .fall_back_to(1)
              .unchecked()
              .explain("0: hex; 1: header and txids; 2: with transactions; 3: with what their inputs spend")},
         "A block.",
         "verbosity 0: \"hex\"\nverbosity 1: the fields of getblockheader, and strippedsize, size, weight, "
         "coinbase_tx, tx "
         "(txids)\nverbosity 2: tx holds transactions as decoderawtransaction shows them, with hex and fee\nverbosity "
         "3: each "
         "input has prevout { generated, height, value, scriptPubKey }",
         {"\"00000000c937983704a73af28acdec37b049d214adbda81d7e2a3dd146f6ed09\" 2"}},
        {"getblockstats",
         kHere,
         {number("hash_or_height")
              .unchecked()
              .read_as(CliFormat::kJsonOrText)
              .explain("A hash, or a height of the active chain"),
          array("stats", {text("height").optional(), text("time").optional()})
              .optional()
              .shown_as("stats")
              .explain("Names of the figures wanted; all if left out")},
         "Figures about a block: fees, fee rates, sizes, counts, growth of the set of unspent outputs. Amounts are in "
         "satoshis. "
         "Fails for blocks whose data is pruned.",
         "{ avgfee, avgfeerate, … }",
         {"1000 '[\"minfeerate\",\"avgfeerate\"]'"}},
        {"getblockfrompeer",
         kHere,
         {block_hash(), number("peer_id").explain("The peer's number, from getpeerinfo")},
         "Asks a peer for a block whose header is known. Returns at once; the block, if the peer has it, arrives "
         "later.",
         "{}",
         {"\"00000000c937983704a73af28acdec37b049d214adbda81d7e2a3dd146f6ed09\" 0"}},
        {"gettxoutproof",
         kHere,
         {array("txids", {hex("txid").optional()}).explain("The transactions to prove"),
          hex("blockhash").optional().explain("Where they are; without it, one of them must have an unspent output")},
         "A proof that transactions are in a block: the header and a branch of its Merkle tree, in hex.",
         "\"hex\"",
         {"'[\"mytxid\"]'"}},
        {"verifytxoutproof",
         kHere,
         {hex("proof").explain("What gettxoutproof answered")},
         "The transactions that a proof proves. Fails if its block is not in the active chain; empty if the proof is "
         "none.",
         "[ \"txid\", … ]",
         {"\"proof\""}},
    };
}

// lint: long, because it is a table
std::vector<MethodSpec> chain()
{
    return {
        {"getblockchaininfo",
         kHere,
         {},
         "The state of the chain: its tip, how far it is verified, what is on disk.",
         "{ chain, blocks, headers, bestblockhash, bits, target, difficulty, time, mediantime, verificationprogress, "
         "initialblockdownload, chainwork, size_on_disk, pruned, pruneheight, automatic_pruning, prune_target_size, "
         "signet_challenge, warnings }",
         {""}},
        {"getchainstates",
         kHere,
         {},
         "The chain states: one, and a second while a snapshot of the coins is validated.",
         "{ headers, chainstates: [ { blocks, bestblockhash, bits, target, difficulty, verificationprogress, "
         "snapshot_blockhash, "
         "coins_db_cache_bytes, coins_tip_cache_bytes, validated } ] }",
         {""}},
        {"getchaintips",
         kHere,
         {},
         "The ends of all known chains. Status: active, valid-fork (validated, not active), valid-headers (complete, "
         "not "
         "validated), headers-only (blocks missing), invalid.",
         "[ { height, hash, branchlen, status } ]",
         {""}},
        {"getchaintxstats",
         kHere,
         {number("nblocks").optional().explain("Blocks in the window; without it, those of about a month"),
          hex("blockhash").optional().explain("The window's last block; without it, the tip")},
         "How many transactions there are, in all and per second in a window of blocks.",
         "{ time, txcount, window_final_block_hash, window_final_block_height, window_block_count, window_interval, "
         "window_tx_count, txrate }",
         {"2016"}},
        {"getdeploymentinfo",
         kHere,
         {hex("blockhash").optional().explain("Without it, the tip")},
         "The soft forks: which rules hold for the block after this one, and how the signalling of others stands.",
         "{ hash, height, script_flags, deployments: { name: { type, height, active, bip9 } } }",
         {""}},
        {"getdifficulty", kHere, {}, "The tip's proof-of-work difficulty, as a multiple of the least.", "n", {""}},
        {"preciousblock",
         kHere,
         {block_hash()},
         "Treats a block as if it had arrived before all others with as much work. Forgotten when the node restarts.",
         "null",
         {"\"blockhash\""}},
        {"pruneblockchain",
         kHere,
         {number("height").explain("A height, or a time in seconds since 1970")},
         "Deletes block files up to a height, as far as the rules of pruning allow. Needs -prune.",
         "n (the last height deleted)",
         {"1000"}},
        {"verifychain",
         kHere,
         {number("checklevel").optional().explain("0 to 4, default 3; higher checks more"),
          number("nblocks").optional().explain("Default 6; 0: all")},
         "Checks the last blocks again. Whether all was well.",
         "true|false",
         {""}},
        {"waitfornewblock",
         kHere,
         {wait_limit(), hex("current_tip").optional().explain("Wait until the tip is not this one")},
         "Waits for a new tip and answers it; after the timeout, or when the node stops, the tip as it is.",
         "{ hash, height }",
         {"1000"}},
        {"waitforblock",
         kHere,
         {block_hash(), wait_limit()},
         "Waits until a block is the tip and answers it; after the timeout, or when the node stops, the tip as it is.",
         "{ hash, height }",
         {"\"blockhash\" 1000"}},
        {"waitforblockheight",
         kHere,
         {number("height"), wait_limit()},
         "Waits until the tip is at least as high and answers it; after the timeout, or when the node stops, the tip "
         "as it is.",
         "{ hash, height }",
         {"100 1000"}},
        {"invalidateblock",
         Category::kHidden,
         {block_hash()},
         "Treats a block as invalid, and with it all that build on it, until reconsiderblock.",
         "null",
         {"\"blockhash\""}},
        {"reconsiderblock",
         Category::kHidden,
         {block_hash()},
         "Takes back invalidateblock for a block, its ancestors and its descendants, and follows the best chain.",
         "null",
         {"\"blockhash\""}},
        {"syncwithvalidationinterfacequeue",
         Category::kHidden,
         {},
         "Waits until every part of the node has seen all that happened before this call.",
         "null",
         {""}},
    };
}

// lint: long, because it is a table
std::vector<MethodSpec> coins()
{
    return {
        {"gettxout",
         kHere,
         {text("txid").explain("The transaction"), number("n").explain("Which of its outputs, from 0"),
          boolean("include_mempool")
              .fall_back_to(true)
              .explain("An output that the mempool spends then counts as spent")},
         "An unspent output; null if it is spent or unknown.",
         "null\n{ bestblock, confirmations, value, scriptPubKey: { asm, desc, hex, type, address }, coinbase }",
         {"\"txid\" 1"}},
        {"gettxoutsetinfo",
         kHere,
         {text("hash_type").fall_back_to("hash_serialized_3").explain("hash_serialized_3, muhash or none"),
          number("hash_or_height")
              .optional()
              .unchecked()
              .read_as(CliFormat::kJsonOrText)
              .explain("Another block than the tip; needs an index that is not built"),
          boolean("use_index").fall_back_to(true)},
         "Figures about the set of unspent outputs, and a hash of it. Reads the whole set: may take minutes.",
         "{ height, bestblock, txouts, bogosize, hash_serialized_3 or muhash, total_amount, transactions, disk_size }",
         {""}},
        {"scantxoutset",
         kHere,
         {text("action").explain("start, status or abort"),
          array("scanobjects", {text("descriptor").optional(), object("").optional()})
              .optional()
              .shown_as("[scanobjects,...]")
              .explain("Descriptors, or { desc, range }: what to look for. Needed to start")},
         "Looks for the unspent outputs of descriptors, in the whole set. One scan at a time; status and abort are "
         "about it.",
         "start: { success, txouts, height, bestblock, unspents: [ { txid, vout, scriptPubKey, desc, amount, coinbase, "
         "height, "
         "blockhash, confirmations } ], total_amount }\nstatus: { progress } or null\nabort: true|false",
         {"start '[\"raw(76a91411b366edfc0a8b66feebae5c2e25a7b6a5d1cf3188ac)#fm24fxxy\"]'", "status"}},
    };
}

}  // namespace

// lint: long, because it is a table
std::vector<MethodSpec> blockchain()
{
    std::vector<MethodSpec> all = blocks();
    for (auto&& part : {chain(), coins()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace cairn::rpc::declare
