// The state of the chain, and the owner's wishes about it.

#include <array>

#include "crypto/hex.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

void append_prune_state(Json& out, const api::PruneState& prune)
{
    out.set("pruned", prune.pruning);
    if (!prune.pruning) return;
    out.set("pruneheight", prune.lowest_kept);
    out.set("automatic_pruning", prune.automatic);
    if (prune.automatic) out.set("prune_target_size", prune.target_bytes);
}

Json getblockchaininfo(const Call& call)
{
    const api::ChainOverview overview = call.chain().overview();
    const api::BlockInfo& tip = overview.tip;
    Json out = Json::object();
    out.set("chain", overview.network);
    out.set("blocks", tip.height);
    out.set("headers", overview.best_header_height);
    out.set("bestblockhash", tip.hash.to_hex());
    out.set("bits", hex32(tip.header.bits));
    out.set("target", tip.target.to_hex());
    out.set("difficulty", Json::real(difficulty(tip.header.bits)));
    out.set("time", tip.header.time);
    out.set("mediantime", tip.median_time_past);
    out.set("verificationprogress", Json::real(overview.verification_progress));
    out.set("initialblockdownload", overview.initial_block_download);
    out.set("chainwork", tip.chain_work.to_hex());
    out.set("size_on_disk", overview.size_on_disk);
    append_prune_state(out, overview.prune);
    if (overview.signet_challenge) out.set("signet_challenge", to_hex(*overview.signet_challenge));
    out.set("warnings", warnings_json(call.context, overview.warnings));
    return out;
}

Json chain_state_json(const api::ChainStateInfo& state)
{
    Json out = Json::object();
    out.set("blocks", state.tip.height);
    out.set("bestblockhash", state.tip.hash.to_hex());
    out.set("bits", hex32(state.tip.header.bits));
    out.set("target", state.tip.target.to_hex());
    out.set("difficulty", Json::real(difficulty(state.tip.header.bits)));
    out.set("verificationprogress", Json::real(state.verification_progress));
    out.set("coins_db_cache_bytes", state.coins_db_cache_bytes);
    out.set("coins_tip_cache_bytes", state.coins_tip_cache_bytes);
    if (state.snapshot_block) out.set("snapshot_blockhash", state.snapshot_block->to_hex());
    out.set("validated", state.validated);
    return out;
}

Json getchainstates(const Call& call)
{
    Json states = Json::array();
    for (const api::ChainStateInfo& state : call.chain().chain_states()) states.push(chain_state_json(state));
    Json out = Json::object();
    out.set("headers", call.chain().overview().best_header_height).set("chainstates", std::move(states));
    return out;
}

std::string_view status_name(api::ChainTipStatus status)
{
    switch (status) {
        case api::ChainTipStatus::kActive:
            return "active";
        case api::ChainTipStatus::kInvalid:
            return "invalid";
        case api::ChainTipStatus::kHeadersOnly:
            return "headers-only";
        case api::ChainTipStatus::kValidFork:
            return "valid-fork";
        case api::ChainTipStatus::kValidHeaders:
            break;
    }
    return "valid-headers";
}

Json getchaintips(const Call& call)
{
    Json out = Json::array();
    for (const api::ChainTip& tip : call.chain().chain_tips()) {
        Json entry = Json::object();
        entry.set("height", tip.height).set("hash", tip.hash.to_hex()).set("branchlen", tip.branch_length);
        out.push(std::move(entry.set("status", status_name(tip.status))));
    }
    return out;
}

Json getdifficulty(const Call& call)
{
    return Json::real(difficulty(call.chain().tip().header.bits));
}

api::BlockInfo window_end(const Call& call)
{
    if (call["blockhash"].is_null()) return call.chain().tip();
    api::BlockInfo block = find_block(call, call["blockhash"]);
    if (!block.in_active_chain) refuse(Code::kInvalidParameter, "Block is not in main chain");
    return block;
}

int window_size(const Call& call, Height end)
{
    constexpr int kMonth = 30 * 24 * 60 * 60;
    if (call["nblocks"].is_null()) {
        return std::max(0, std::min(static_cast<int>(kMonth / call.context.params->target_spacing), end - 1));
    }
    const int count = call["nblocks"].as_int<int>();
    if (count < 0 || (count > 0 && count >= end)) {
        refuse(Code::kInvalidParameter, "Invalid block count: should be between 0 and the block's height - 1");
    }
    return count;
}

Json getchaintxstats(const Call& call)
{
    const api::BlockInfo end = window_end(call);
    const int count = window_size(call, end.height);
    Json out = Json::object();
    out.set("time", end.header.time);
    if (end.chain_transactions > 0) out.set("txcount", end.chain_transactions);
    out.set("window_final_block_hash", end.hash.to_hex());
    out.set("window_final_block_height", end.height);
    out.set("window_block_count", count);
    const auto begin = call.chain().ancestor(end.hash, end.height - count);
    if (count == 0 || !begin) return out;
    const std::int64_t seconds = std::int64_t{end.median_time_past} - begin->median_time_past;
    out.set("window_interval", seconds);
    if (end.chain_transactions == 0 || begin->chain_transactions == 0) return out;
    const std::uint64_t transactions = end.chain_transactions - begin->chain_transactions;
    out.set("window_tx_count", transactions);
    // floating: a rate
    if (seconds > 0) out.set("txrate", Json::real(static_cast<double>(transactions) / static_cast<double>(seconds)));
    return out;
}

Json signalling_json(const api::Signalling& bip9)
{
    Json out = Json::object();
    const bool counts = bip9.status == "started" || bip9.status == "locked_in";
    if (counts) out.set("bit", bip9.bit);
    out.set("start_time", bip9.start_time).set("timeout", bip9.timeout);
    out.set("min_activation_height", bip9.min_activation_height);
    out.set("status", bip9.status).set("since", bip9.since).set("status_next", bip9.status_next);
    if (bip9.statistics) {
        const auto& statistics = *bip9.statistics;
        Json numbers = Json::object();
        numbers.set("period", statistics.period).set("elapsed", statistics.elapsed).set("count", statistics.count);
        if (statistics.threshold > 0) {
            numbers.set("threshold", statistics.threshold).set("possible", statistics.possible);
        }
        out.set("statistics", std::move(numbers));
    }
    if (!bip9.signalling.empty()) out.set("signalling", bip9.signalling);
    return out;
}

Json deployment_json(const api::Deployment& deployment)
{
    Json out = Json::object();
    out.set("type", deployment.bip9 ? "bip9" : "buried");
    out.set("active", deployment.active);
    if (deployment.height) out.set("height", *deployment.height);
    if (deployment.bip9) out.set("bip9", signalling_json(*deployment.bip9));
    return out;
}

Json getdeploymentinfo(const Call& call)
{
    const bool at_tip = call["blockhash"].is_null();
    const api::BlockInfo block = at_tip ? call.chain().tip() : find_block(call, call["blockhash"]);
    const api::DeploymentState state = call.chain().deployments(block.hash);
    Json deployments = Json::object();
    for (const api::Deployment& deployment : state.deployments) {
        deployments.set(deployment.name, deployment_json(deployment));
    }
    Json out = Json::object();
    out.set("hash", state.block.to_hex()).set("height", state.height);
    out.set("script_flags", Json::array_of(state.script_flags)).set("deployments", std::move(deployments));
    return out;
}

Json preciousblock(const Call& call)
{
    unwrap(call.chain().precious(find_block(call, call["blockhash"]).hash));
    return {};
}

Json invalidateblock(const Call& call)
{
    unwrap(call.chain().invalidate(find_block(call, call["blockhash"]).hash));
    return {};
}

Json reconsiderblock(const Call& call)
{
    unwrap(call.chain().reconsider(find_block(call, call["blockhash"]).hash));
    return {};
}

Json verifychain(const Call& call)
{
    const Json& level = call["checklevel"];
    const Json& blocks = call["nblocks"];
    return call.chain().verify(level.is_null() ? 3 : level.as_int<int>(), blocks.is_null() ? 6 : blocks.as_int<int>());
}

/// Numbers from here on are times; the first block whose time, less two hours, is not before it is the limit.
constexpr std::int64_t kFirstTime = 1'000'000'000;

std::int64_t height_at_time(const Call& call, std::int64_t time)
{
    constexpr std::int64_t kWindow = 2 * 60 * 60;
    const std::int64_t wanted = time - kWindow;
    // Times are not in order, but the greatest so far is: the first block that reaches it has the least height.
    for (Height height = 0; height <= call.chain().tip().height; ++height) {
        const auto block = call.chain().block_info(height);
        if (block && block->header.time >= wanted) return height;
    }
    refuse(Code::kInvalidParameter, "Could not find block with at least the specified timestamp.");
}

Json pruneblockchain(const Call& call)
{
    constexpr Height kKept = 288;
    const api::ChainOverview overview = call.chain().overview();
    if (!overview.prune.pruning) refuse(Code::kMisc, "Cannot prune blocks because node is not in prune mode.");
    std::int64_t height = call["height"].as_int<int>();
    if (height < 0) refuse(Code::kInvalidParameter, "Negative block height.");
    if (height > kFirstTime) height = height_at_time(call, height);
    const Height tip = overview.tip.height;
    if (height > tip) refuse(Code::kInvalidParameter, "Blockchain is shorter than the attempted prune height.");
    return unwrap(call.chain().prune_to(std::min(static_cast<Height>(height), tip - kKept)));
}

}  // namespace

std::span<const Entry> chain_methods()
{
    static constexpr std::array kTable{
        Entry{"getblockchaininfo", getblockchaininfo}, Entry{"getchainstates", getchainstates},
        Entry{"getchaintips", getchaintips},           Entry{"getdifficulty", getdifficulty},
        Entry{"getchaintxstats", getchaintxstats},     Entry{"getdeploymentinfo", getdeploymentinfo},
        Entry{"preciousblock", preciousblock},         Entry{"invalidateblock", invalidateblock},
        Entry{"reconsiderblock", reconsiderblock},     Entry{"verifychain", verifychain},
        Entry{"pruneblockchain", pruneblockchain}};
    return kTable;
}

}  // namespace cairn::rpc
