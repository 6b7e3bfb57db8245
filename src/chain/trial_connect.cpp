#include "chain/trial_connect.h"

#include "chain/connector.h"
#include "consensus/check_block.h"
#include "consensus/check_header.h"
#include "consensus/connect_context.h"

namespace cairn::chain {

std::expected<void, Rejection> trial_connect(ChainContext& context, const BlockRef& block, bool check_proof_of_work,
                                             bool check_merkle_root)
{
    const BlockNode& tip = *context.state.tip;
    const consensus::Params& params = context.params;
    if (block->header.previous != tip.hash()) {
        return std::unexpected(Rejection{RejectReason::kPreviousBlockNotFound, {}, "inconclusive-not-best-prevblk"});
    }
    const consensus::CheckBlockOptions options{check_proof_of_work, check_merkle_root};
    if (auto checked = consensus::check_block(*block, params, options); !checked) return checked;
    auto checked = consensus::check_header_in_context(block->header, tip, context.now(), params);
    if (checked) checked = consensus::check_block_in_context(*block, &tip, params);
    if (!checked) return checked;
    const consensus::NodeAncestorTimes times(tip);
    const auto place = consensus::make_connect_context(block->hash, tip, params, times, true);
    const auto effects = consensus::connect_block(block, place, context.state.coins.published_view());
    if (!effects) return std::unexpected(effects.error());
    if (auto refused = check_scripts(*block, effects->scripts, context.pool, context.verifier)) {
        return std::unexpected(std::move(*refused));
    }
    return {};
}

}  // namespace cairn::chain
