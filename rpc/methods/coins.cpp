// The set of unspent outputs.

#include <array>

#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json gettxout(const Call& call)
{
    const Outpoint outpoint{parse_hash_as<Txid>(call["txid"], "txid"), call["n"].as_int<std::uint32_t>()};
    const api::CoinAnswer answer = call.chain().coin(outpoint, call["include_mempool"].as_bool());
    if (!answer.coin) return {};
    const api::UnspentOutput& coin = *answer.coin;
    const bool confirmed = coin.height != api::UnspentOutput::kMempoolHeight;
    Json out = Json::object();
    out.set("bestblock", answer.best_block.to_hex());
    out.set("confirmations", confirmed ? answer.best_height - coin.height + 1 : 0);
    out.set("value", coin.value);
    out.set("scriptPubKey", script_json(coin.script_pubkey, call.context.addresses));
    out.set("coinbase", coin.coinbase);
    return out;
}

api::UtxoHash parse_hash_type(const std::string& name)
{
    if (name == "hash_serialized_3") return api::UtxoHash::kSerialized3;
    if (name == "muhash") return api::UtxoHash::kMuhash;
    if (name == "none") return api::UtxoHash::kNone;
    refuse(Code::kInvalidParameter, "'" + name + "' is not a valid hash_type");
}

Json gettxoutsetinfo(const Call& call)
{
    const std::string& name = call["hash_type"].as_string();
    const api::UtxoHash kind = parse_hash_type(name);
    if (!call["hash_or_height"].is_null()) {
        refuse(Code::kInvalidParameter, "Querying specific block heights requires coinstatsindex");
    }
    api::JobControl control;
    const api::UtxoStatistics statistics = unwrap(call.chain().utxo_statistics(kind, control));
    Json out = Json::object();
    out.set("height", statistics.height);
    out.set("bestblock", statistics.best_block.to_hex());
    out.set("txouts", statistics.outputs);
    out.set("bogosize", statistics.bogo_size);
    if (statistics.hash) out.set(name, statistics.hash->to_hex());
    out.set("total_amount", statistics.total);
    out.set("transactions", statistics.transactions);
    out.set("disk_size", statistics.disk_size);
    return out;
}

}  // namespace

std::span<const Entry> coin_methods()
{
    static constexpr std::array kTable{Entry{"gettxout", gettxout}, Entry{"gettxoutsetinfo", gettxoutsetinfo}};
    return kTable;
}

}  // namespace cairn::rpc
