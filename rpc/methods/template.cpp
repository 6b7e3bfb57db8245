// getblocktemplate (BIP22, 23, 9, 145).

#include <algorithm>
#include <array>
#include <charconv>

#include "consensus/limits.h"
#include "crypto/hex.h"
#include "rpc/methods/parse_block.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

std::string mode_of(const Json& request)
{
    const Json& mode = request["mode"];
    if (mode.is_null()) return "template";
    if (!mode.is_string() || (mode.as_string() != "template" && mode.as_string() != "proposal")) {
        refuse(Code::kInvalidParameter, "Invalid mode");
    }
    return mode.as_string();
}

Json judge_proposal(const Call& call, const Json& request)
{
    if (!request["data"].is_string()) refuse(Code::kType, "Missing data String key for proposal");
    const auto reason = call.mining().check_proposal(parse_block(request["data"]));
    return reason ? Json(*reason) : Json{};
}

void check_ready(const Call& call)
{
    const Network network = call.context.params->network;
    if (network == Network::kRegtest || network == Network::kTestnet3 || network == Network::kTestnet4 ||
        network == Network::kSignet) {
        return;
    }
    if (call.network().connection_count() == 0) refuse(Code::kClientNotConnected, "Cairn is not connected!");
    if (call.chain().in_initial_block_download()) {
        refuse(Code::kInInitialDownload, "Cairn is in initial sync and waiting for blocks...");
    }
}

/// "<tip><sequence>", as the template before had it; of another type: what is now.
struct LongPoll {
    BlockHash tip;
    std::uint64_t sequence = 0;
};

LongPoll parse_long_poll(const Call& call, const Json& id)
{
    if (!id.is_string()) return {call.chain().tip().hash, call.mempool().info().sequence};
    const std::string& text = id.as_string();
    LongPoll out{parse_hash_as<BlockHash>(Json(text.substr(0, 64)), "longpollid")};
    const std::string_view digits = std::string_view(text).substr(std::min<std::size_t>(64, text.size()));
    std::from_chars(digits.data(), digits.data() + digits.size(), out.sequence);
    return out;
}

/// Until the tip is another one or, after a minute, the mempool has changed.
void wait_for_news(const Call& call, const Json& id)
{
    const LongPoll seen = parse_long_poll(call, id);
    std::chrono::milliseconds limit = std::chrono::minutes{1};
    while (!call.chain().is_stopping()) {
        if (call.chain().wait_for_tip_change(seen.tip, limit).hash != seen.tip) break;
        if (call.mempool().info().sequence != seen.sequence) break;
        limit = std::chrono::seconds{10};
    }
    if (call.chain().is_stopping()) refuse(Code::kClientNotConnected, "Shutting down");
}

void check_rules(const Call& call, const Json& request)
{
    std::vector<std::string> rules;
    const Json& given = request["rules"];
    for (std::size_t i = 0; i < given.size(); ++i) rules.push_back(given[i].as_string());
    if (call.context.params->signet_blocks && std::ranges::find(rules, "signet") == rules.end()) {
        refuse(Code::kInvalidParameter,
               "getblocktemplate must be called with the signet rule set (call with {\"rules\": [\"segwit\", "
               "\"signet\"]})");
    }
    if (std::ranges::find(rules, "segwit") == rules.end()) {
        refuse(Code::kInvalidParameter,
               "getblocktemplate must be called with the segwit rule set (call with {\"rules\": [\"segwit\"]})");
    }
}

Json transactions_json(const api::BlockTemplate& made)
{
    Json out = Json::array();
    for (const api::TemplateTransaction& entry : made.transactions) {
        const Transaction& transaction = *entry.transaction;
        Json one = Json::object();
        one.set("data", to_hex(transaction.raw));
        one.set("txid", transaction.txid.to_hex());
        one.set("hash", transaction.wtxid.to_hex());
        one.set("depends", Json::array_of(entry.depends));
        one.set("fee", entry.fee.satoshis());
        one.set("sigops", made.segwit_active ? entry.sigop_cost : entry.sigop_cost / consensus::kWitnessScale);
        one.set("weight", transaction.weight());
        out.push(std::move(one));
    }
    return out;
}

void append_limits(Json& out, const api::BlockTemplate& made)
{
    const std::int64_t scale = made.segwit_active ? 1 : consensus::kWitnessScale;
    out.set("noncerange", "00000000ffffffff");
    out.set("sigoplimit", consensus::kMaxBlockSigopCost / scale);
    out.set("sizelimit", static_cast<std::int64_t>(consensus::kMaxBlockSize) / scale);
    if (made.segwit_active) out.set("weightlimit", consensus::kMaxBlockWeight);
}

Json template_json(const api::BlockTemplate& made)
{
    Json bits = Json::object();
    for (const auto& bit : made.available_bits) bits.set(bit.name, bit.bit);
    Json out = Json::object();
    out.set("capabilities", std::move(Json::array().push("proposal")));
    out.set("version", made.version);
    out.set("rules", Json::array_of(made.rules));
    out.set("vbavailable", std::move(bits)).set("vbrequired", made.required_bits);
    out.set("previousblockhash", made.previous.to_hex());
    out.set("transactions", transactions_json(made));
    out.set("coinbaseaux", Json::object());
    out.set("coinbasevalue", made.coinbase_value.satoshis());
    out.set("longpollid", made.previous.to_hex() + std::to_string(made.mempool_sequence));
    out.set("target", made.target.to_hex());
    out.set("mintime", made.minimum_time);
    out.set("mutable", std::move(Json::array().push("time").push("transactions").push("prevblock")));
    append_limits(out, made);
    out.set("curtime", made.current_time);
    out.set("bits", hex32(made.bits));
    out.set("height", made.height);
    if (made.signet_challenge) out.set("signet_challenge", to_hex(*made.signet_challenge));
    out.set("default_witness_commitment", to_hex(made.witness_commitment));
    return out;
}

Json getblocktemplate(const Call& call)
{
    const Json& request = call["template_request"];
    if (mode_of(request) == "proposal") return judge_proposal(call, request);
    check_ready(call);
    if (!request["longpollid"].is_null()) wait_for_news(call, request["longpollid"]);
    check_rules(call, request);
    return template_json(unwrap(call.mining().make_template()));
}

}  // namespace

std::span<const Entry> template_methods()
{
    static constexpr std::array kTable{Entry{"getblocktemplate", getblocktemplate}};
    return kTable;
}

}  // namespace cairn::rpc
