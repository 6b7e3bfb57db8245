// gettxoutproof and verifytxoutproof.

#include <array>
#include <set>

#include "crypto/hex.h"
#include "rpc/methods/partial_merkle_tree.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

std::set<Txid> parse_txids(const Json& list)
{
    if (list.empty()) refuse(Code::kInvalidParameter, "Parameter 'txids' cannot be empty");
    std::set<Txid> txids;
    for (const Json& value : list.as_array()) {
        if (!txids.insert(parse_hash_as<Txid>(value, "txid")).second) {
            refuse(Code::kInvalidParameter, "Invalid parameter, duplicated txid: " + value.as_string());
        }
    }
    return txids;
}

/// The block with one of them, found by an output that is not spent yet.
api::BlockInfo find_block_with(const Call& call, const std::set<Txid>& txids)
{
    for (const Txid& txid : txids) {
        const auto coin = call.chain().any_coin_of(txid);
        if (!coin) continue;
        if (auto block = call.chain().block_info(coin->height)) return *std::move(block);
    }
    refuse(Code::kInvalidAddressOrKey, "Transaction not yet in block");
}

Json gettxoutproof(const Call& call)
{
    const std::set<Txid> wanted = parse_txids(call["txids"]);
    const Json& hash = call["blockhash"];
    const api::BlockInfo info = hash.is_null() ? find_block_with(call, wanted) : find_block(call, hash);
    const BlockRef block = unwrap(call.chain().block(info.hash));
    std::vector<Txid> txids;
    std::vector<bool> matches;
    std::size_t found = 0;
    for (const Transaction& transaction : block->transactions) {
        txids.push_back(transaction.txid);
        matches.push_back(wanted.contains(transaction.txid));
        if (matches.back()) ++found;
    }
    if (found != wanted.size()) {
        refuse(Code::kInvalidAddressOrKey, "Not all transactions found in specified or retrieved block");
    }
    return to_hex(encode_proof(block->header, txids, matches));
}

Json verifytxoutproof(const Call& call)
{
    const auto proof = decode_proof(parse_hex(call["proof"], "proof"));
    if (!proof) refuse(Code::kMisc, "SpanReader::read(): end of data: iostream error");
    if (!proof->valid) return Json::array();
    const auto block = call.chain().block_info(proof->header.hash());
    if (!block || !block->in_active_chain || block->transactions == 0) {
        refuse(Code::kInvalidAddressOrKey, "Block not found in chain");
    }
    if (block->transactions != proof->transactions) return Json::array();
    return hash_list(proof->proved);
}

}  // namespace

std::span<const Entry> proof_methods()
{
    static constexpr std::array kTable{Entry{"gettxoutproof", gettxoutproof},
                                       Entry{"verifytxoutproof", verifytxoutproof}};
    return kTable;
}

}  // namespace cairn::rpc
