// scantxoutset.

#include <array>
#include <map>

#include "crypto/hex.h"
#include "keys/descriptor.h"
#include "rpc/methods/descriptor_scripts.h"
#include "rpc/methods/dispatcher.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

/// The right to scan, held by one call at a time.
class ScanTurn {
public:
    explicit ScanTurn(CoinScan& scan) : scan_(scan), taken_(!scan.running.exchange(true)) {}
    ~ScanTurn()
    {
        if (taken_) scan_.running = false;
    }
    ScanTurn(const ScanTurn&) = delete;
    ScanTurn& operator=(const ScanTurn&) = delete;
    bool taken() const { return taken_; }

private:
    CoinScan& scan_;
    bool taken_;
};

/// What is looked for, and the descriptor that an output found is shown with.
using Needles = std::map<Bytes, std::string>;

Needles parse_needles(const Call& call)
{
    Needles needles;
    for (const Json& object : call["scanobjects"].as_array()) {
        for (auto& [script, descriptor] : describe_scripts(object, call.context)) {
            needles.insert_or_assign(std::move(script), std::move(descriptor));
        }
    }
    return needles;
}

Json found_json(const Call& call, const api::UnspentOutput& coin, const std::string& descriptor,
                const api::ScanSummary& at)
{
    const auto block = call.chain().ancestor(at.best_block, coin.height);
    Json out = Json::object();
    out.set("txid", coin.outpoint.txid.to_hex()).set("vout", coin.outpoint.index);
    out.set("scriptPubKey", to_hex(coin.script_pubkey)).set("desc", descriptor).set("amount", coin.value);
    out.set("coinbase", coin.coinbase).set("height", coin.height);
    if (block) out.set("blockhash", block->hash.to_hex());
    out.set("confirmations", at.height - coin.height + 1);
    return out;
}

Json start(const Call& call, CoinScan& scan)
{
    if (call["scanobjects"].is_null()) {
        refuse(Code::kMisc, "scanobjects argument is required for the start action");
    }
    const Needles needles = parse_needles(call);
    scan.control.abort = false;
    scan.control.progress = 0;
    std::map<Outpoint, api::UnspentOutput> found;
    const auto visit = [&](const Outpoint& outpoint, const CoinRef& coin) {
        Bytes script(coin.script_pubkey.begin(), coin.script_pubkey.end());
        if (!needles.contains(script)) return;
        found.try_emplace(outpoint,
                          api::UnspentOutput{outpoint, coin.value, std::move(script), coin.height, coin.coinbase});
    };
    const api::ScanSummary summary = unwrap(call.chain().scan_coins(visit, scan.control));
    Json unspents = Json::array();
    Amount total;
    for (const auto& [outpoint, coin] : found) {
        total += coin.value;
        unspents.push(found_json(call, coin, needles.at(coin.script_pubkey), summary));
    }
    Json out = Json::object();
    out.set("success", summary.completed).set("txouts", summary.outputs_seen).set("height", summary.height);
    out.set("bestblock", summary.best_block.to_hex()).set("unspents", std::move(unspents)).set("total_amount", total);
    return out;
}

Json scantxoutset(const Call& call)
{
    const std::string& action = call["action"].as_string();
    CoinScan& scan = call.dispatcher.coin_scan();
    if (action != "status" && action != "abort" && action != "start") {
        refuse(Code::kInvalidParameter, "Invalid action '" + action + "'");
    }
    const ScanTurn turn(scan);
    if (action == "status") {
        if (turn.taken()) return {};
        return Json::object().set("progress", scan.control.progress.load());
    }
    if (action == "abort") {
        if (turn.taken()) return false;
        scan.control.abort = true;
        return true;
    }
    if (!turn.taken()) refuse(Code::kInvalidParameter, "Scan already in progress, use action \"abort\" or \"status\"");
    return start(call, scan);
}

}  // namespace

std::span<const Entry> scan_methods()
{
    static constexpr std::array kTable{Entry{"scantxoutset", scantxoutset}};
    return kTable;
}

}  // namespace cairn::rpc
