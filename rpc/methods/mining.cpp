// Handing in blocks, and figures about mining.

#include <algorithm>
#include <array>

#include "consensus/uint256.h"
#include "crypto/hex.h"
#include "rpc/methods/parse_block.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json hashes_per_second(const Call& call, int count, int height)
{
    if (count < -1 || count == 0) {
        refuse(Code::kInvalidParameter, "Invalid nblocks. Must be a positive number or -1.");
    }
    const auto end = height == -1 ? std::optional(call.chain().tip()) : call.chain().block_info(Height{height});
    if (height < -1 || !end) refuse(Code::kInvalidParameter, "Block does not exist at specified height");
    if (end->height == 0) return 0;
    if (count == -1) count = end->height % call.context.params->difficulty_interval() + 1;
    count = std::min(count, end->height);
    std::int64_t earliest = end->header.time;
    std::int64_t latest = earliest;
    api::BlockInfo block = *end;
    for (int i = 0; i < count; ++i) {
        auto parent = call.chain().block_info(block.header.previous);
        if (!parent) return 0;
        block = *std::move(parent);
        earliest = std::min(earliest, std::int64_t{block.header.time});
        latest = std::max(latest, std::int64_t{block.header.time});
    }
    if (earliest == latest) return 0;
    const Uint256 work = Uint256::from_hash(end->chain_work) - Uint256::from_hash(block.chain_work);
    return Json::real(work.to_double() / static_cast<double>(latest - earliest));  // floating: a rate
}

Json getnetworkhashps(const Call& call)
{
    return hashes_per_second(call, call["nblocks"].as_int<int>(), call["height"].as_int<int>());
}

Json getmininginfo(const Call& call)
{
    const api::ChainOverview overview = call.chain().overview();
    const api::BlockInfo& tip = overview.tip;
    const api::LastTemplate last = call.mining().last_template();
    const api::NextBlock next = call.mining().next_block();
    Json out = Json::object();
    out.set("blocks", tip.height);
    if (last.weight) out.set("currentblockweight", *last.weight);
    if (last.transactions) out.set("currentblocktx", *last.transactions);
    out.set("bits", hex32(tip.header.bits));
    out.set("difficulty", Json::real(difficulty(tip.header.bits)));
    out.set("target", tip.target.to_hex());
    out.set("networkhashps", hashes_per_second(call, 120, -1));
    out.set("pooledtx", call.mempool().info().transactions);
    out.set("blockmintxfee", call.mining().minimum_fee_rate());
    out.set("chain", overview.network);
    Json following = Json::object();
    following.set("height", next.height).set("bits", hex32(next.bits));
    following.set("difficulty", Json::real(difficulty(next.bits))).set("target", next.target.to_hex());
    out.set("next", std::move(following));
    if (overview.signet_challenge) out.set("signet_challenge", to_hex(*overview.signet_challenge));
    out.set("warnings", warnings_json(call.context, overview.warnings));
    return out;
}

Json submitblock(const Call& call)
{
    const api::BlockSubmissionResult result = call.mining().submit(parse_block(call["hexdata"]));
    switch (result.kind) {
        case api::BlockSubmission::kAccepted:
            return {};
        case api::BlockSubmission::kDuplicate:
            return "duplicate";
        case api::BlockSubmission::kDuplicateInvalid:
            return "duplicate-invalid";
        case api::BlockSubmission::kDuplicateInconclusive:
            return "duplicate-inconclusive";
        case api::BlockSubmission::kInconclusive:
            return "inconclusive";
        case api::BlockSubmission::kRejected:
            break;
    }
    return result.reason.empty() ? "rejected" : result.reason;
}

Json submitheader(const Call& call)
{
    unwrap(call.mining().submit_header(parse_header(call["hexdata"])));
    return {};
}

}  // namespace

std::span<const Entry> mining_methods()
{
    static constexpr std::array kTable{Entry{"getnetworkhashps", getnetworkhashps},
                                       Entry{"getmininginfo", getmininginfo}, Entry{"submitblock", submitblock},
                                       Entry{"submitheader", submitheader}};
    return kTable;
}

}  // namespace cairn::rpc
