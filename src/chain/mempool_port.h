#pragma once
// What the chain tells the mempool: on the validation thread, before the new tip is published.

#include "chain/block_node.h"
#include "consensus/coins.h"

namespace cairn::chain {

/// Implemented by an adapter over the mempool. All calls come on the validation thread; none may throw but for faults
/// of the environment. ChainManager's coins_view(), tip() and times answer on that thread for the state told of last.
class MempoolPort {
public:
    virtual ~MempoolPort() = default;
    /// `block` is the new tip. `spent`: the outputs it spends, in the order of its inputs.
    virtual void on_block_connected(const BlockRef& block, const BlockNode& node,
                                    const std::shared_ptr<const SpentOutputs>& spent) = 0;
    /// `block` was the tip; its parent is now.
    virtual void on_block_disconnected(const BlockRef& block, const BlockNode& node) = 0;
    /// The blocks of this step have all been told, and `tip` is about to be published. After a reorganisation, the
    /// mempool takes transactions of disconnected blocks back here. `keep_disconnected` is false where so many blocks
    /// were taken back (over 10, by invalidateblock) that they are better dropped.
    virtual void on_tip_settled(const BlockNode& tip, bool reorganised, bool keep_disconnected) = 0;
};

}  // namespace cairn::chain
