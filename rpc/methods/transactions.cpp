// Transactions as they are.

#include <algorithm>
#include <array>

#include "crypto/hex.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

/// A transaction, and the block it was found in.
struct Found {
    TransactionRef transaction;
    std::optional<api::BlockInfo> block;
    BlockRef data;
    std::size_t index = 0;
};

Found find_in_block(const Call& call, const Txid& txid, const api::BlockInfo& info)
{
    if (!info.has_block) refuse(Code::kMisc, "Block not available");
    Found found;
    found.data = unwrap(call.chain().block(info.hash));
    for (const Transaction& transaction : found.data->transactions) {
        if (transaction.txid != txid) continue;
        found.index = static_cast<std::size_t>(&transaction - found.data->transactions.data());
        found.transaction = transaction_ref(found.data, found.index);
        found.block = info;
        return found;
    }
    refuse(Code::kInvalidAddressOrKey,
           "No such transaction found in the provided block. Use gettransaction for wallet transactions.");
}

Found find_transaction(const Call& call, const Txid& txid)
{
    if (!call["blockhash"].is_null()) {
        const auto hash = parse_hash_as<BlockHash>(call["blockhash"], "parameter 3");
        auto info = call.chain().block_info(hash);
        if (!info) refuse(Code::kInvalidAddressOrKey, "Block hash not found");
        return find_in_block(call, txid, *info);
    }
    Found found;
    found.transaction = call.mempool().transaction(txid);
    if (!found.transaction) {
        refuse(Code::kInvalidAddressOrKey,
               "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction "
               "queries. Use gettransaction for wallet transactions.");
    }
    return found;
}

void append_place(Json& out, const std::optional<api::BlockInfo>& block)
{
    if (!block) return;
    if (!block->in_active_chain) {
        out.set("confirmations", 0);
        return;
    }
    out.set("confirmations", block->confirmations).set("time", block->header.time).set("blocktime", block->header.time);
}

/// What the transaction spends; null where the block's undo data is not there.
std::shared_ptr<const SpentOutputs> spent_by(const Call& call, const Found& found)
{
    if (!found.block || found.transaction->is_coinbase() || !found.block->has_undo) return nullptr;
    return read_spent_outputs(call, found.block->hash);
}

std::size_t first_spent(const Found& found)
{
    std::size_t first = 0;
    for (std::size_t i = 1; i < found.index; ++i) first += found.data->transactions[i].inputs.size();
    return first;
}

Json getrawtransaction(const Call& call)
{
    const auto txid = parse_hash_as<Txid>(call["txid"], "parameter 1");
    const auto genesis = call.chain().block_info(Height{0});
    if (genesis && txid.value == genesis->header.merkle_root) {
        refuse(Code::kInvalidAddressOrKey,
               "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved");
    }
    const int verbosity = parse_verbosity(call["verbosity"], 0);
    const Found found = find_transaction(call, txid);
    if (verbosity <= 0) return to_hex(found.transaction->raw);
    Json out = Json::object();
    if (found.block) out.set("in_active_chain", found.block->in_active_chain);
    const auto spent = verbosity >= 2 ? spent_by(call, found) : nullptr;
    append_transaction(out, *found.transaction, call.context.addresses,
                       {spent.get(), spent ? first_spent(found) : 0, true});
    out.set("hex", to_hex(found.transaction->raw));
    if (found.block) out.set("blockhash", found.block->hash.to_hex());
    append_place(out, found.block);
    return out;
}

Json decoderawtransaction(const Call& call)
{
    const Json& witness = call["iswitness"];
    WitnessForm form = WitnessForm::kTryBoth;
    if (!witness.is_null()) form = witness.as_bool() ? WitnessForm::kOnlyWith : WitnessForm::kOnlyWithout;
    const auto transaction = parse_transaction(call["hexstring"].as_string(), form, "TX decode failed");
    Json out = Json::object();
    append_transaction(out, *transaction, call.context.addresses);
    return out;
}

}  // namespace

std::span<const Entry> transaction_methods()
{
    static constexpr std::array kTable{Entry{"getrawtransaction", getrawtransaction},
                                       Entry{"decoderawtransaction", decoderawtransaction}};
    return kTable;
}

}  // namespace cairn::rpc
