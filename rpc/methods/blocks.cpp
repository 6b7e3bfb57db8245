// getblock and its like.

#include <array>

#include "crypto/hex.h"
#include "rpc/methods/render.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

Json getbestblockhash(const Call& call)
{
    return call.chain().tip().hash.to_hex();
}

Json getblockcount(const Call& call)
{
    return call.chain().tip().height;
}

Json getblockhash(const Call& call)
{
    const int height = call["height"].as_int<int>();
    const auto block = height < 0 ? std::nullopt : call.chain().block_info(Height{height});
    if (!block) refuse(Code::kInvalidParameter, "Block height out of range");
    return block->hash.to_hex();
}

Json getblockheader(const Call& call)
{
    const api::BlockInfo block = find_block(call, call["blockhash"], "hash");
    if (!call["verbose"].as_bool()) return to_hex(block.header.encode());
    return header_json(block);
}

Json getblock(const Call& call)
{
    const auto hash = parse_hash_as<BlockHash>(call["blockhash"], "blockhash");
    const int verbosity = parse_verbosity(call["verbosity"], 1);
    const auto info = call.chain().block_info(hash);
    if (!info) refuse(Code::kInvalidAddressOrKey, "Block not found");
    const BlockRef block = read_block(call, hash);
    if (verbosity <= 0) return to_hex(block->raw);
    std::shared_ptr<const SpentOutputs> spent;
    if (verbosity >= 2 && info->has_undo && info->height > 0) spent = read_spent_outputs(call, hash);
    return block_json(*info, *block, verbosity, spent.get(), call.context.addresses);
}

Json getblockfrompeer(const Call& call)
{
    const auto hash = parse_hash_as<BlockHash>(call["blockhash"], "blockhash");
    const auto peer = call["peer_id"].as_int<std::int64_t>();
    const auto block = call.chain().block_info(hash);
    if (!block) refuse(Code::kMisc, "Block header missing");
    const api::ChainOverview overview = call.chain().overview();
    // A block above the tip would stand in files that pruning deletes too early.
    if (overview.prune.pruning && block->height > overview.tip.height) {
        refuse(Code::kMisc,
               "In prune mode, only blocks that the node has already synced previously can be fetched from a peer");
    }
    if (block->has_block) refuse(Code::kMisc, "Block already downloaded");
    unwrap(call.network().fetch_block(hash, peer));
    return Json::object();
}

}  // namespace

std::span<const Entry> block_methods()
{
    static constexpr std::array kTable{Entry{"getbestblockhash", getbestblockhash},
                                       Entry{"getblockcount", getblockcount},
                                       Entry{"getblockhash", getblockhash},
                                       Entry{"getblockheader", getblockheader},
                                       Entry{"getblock", getblock},
                                       Entry{"getblockfrompeer", getblockfrompeer}};
    return kTable;
}

}  // namespace cairn::rpc
