#include "services/mempool_bridge.h"

#include "consensus/connect_context.h"

namespace cairn::services {

mempool::ChainTip MempoolChain::tip() const
{
    const auto& node = tip_node();
    const auto& params = chain_->params();
    mempool::ChainTip tip;
    tip.hash = node.hash();
    tip.height = node.height();
    tip.median_time_past = consensus::median_time_past(node);
    // The next block's hash is not known; no exception of the script rules will be made for it.
    tip.next_block_flags = consensus::block_script_flags(BlockHash{}, node.height() + 1, params);
    return tip;
}

std::int64_t MempoolChain::median_time_past(Height height) const
{
    return consensus::median_time_past(*tip_node().ancestor(height));
}

void ChainMempool::on_block_connected(const BlockRef& block, const chain::BlockNode& node,
                                      const std::shared_ptr<const SpentOutputs>&)
{
    chain_.set_tip(&node);
    mempool_.on_block_connected(*block, base::unix_seconds(clock_.now()));
}

void ChainMempool::on_block_disconnected(const BlockRef& block, const chain::BlockNode& node)
{
    chain_.set_tip(node.parent());
    mempool_.on_block_disconnected(*block);
}

void ChainMempool::on_tip_settled(const chain::BlockNode& tip, bool, bool keep_disconnected)
{
    chain_.set_tip(&tip);
    mempool_.on_tip_settled(base::unix_seconds(clock_.now()), keep_disconnected);
    chain_.set_tip(nullptr);
}

}  // namespace cairn::services
