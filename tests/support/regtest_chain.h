#pragma once
// A chain with its coins in memory, each of whose blocks passes every rule with every script: what tests of spending
// build on.

#include <cstdint>
#include <expected>
#include <memory>
#include <vector>

#include "consensus/params.h"
#include "support/block_builder.h"
#include "support/header_tree.h"
#include "support/map_coins_view.h"

namespace cairn::test {

class RegtestChain {
public:
    explicit RegtestChain(consensus::Params params = consensus::make_params(Network::kRegtest));

    /// Checks and connects a block on the tip, all scripts run; what refuses it, or nothing.
    std::expected<void, Rejection> connect(const BlockRef& block);
    /// Takes the tip off.
    void disconnect();

    /// The plan of a block on the tip.
    BlockPlan next(std::vector<TransactionRef> transactions = {}) const;
    BlockRef make_next(std::vector<TransactionRef> transactions = {}) const
    {
        return make_block(next(std::move(transactions)), params_);
    }
    /// Mines `count` empty blocks; throws if the rules refuse one.
    void mine(int count);
    /// Mines a block of these; throws if the rules refuse it.
    BlockRef mine(std::vector<TransactionRef> transactions);

    const consensus::Params& params() const { return params_; }
    const TestNode& tip() const { return *tip_; }
    Height height() const { return tip_->height(); }
    MapCoinsView& coins() { return coins_; }
    HeaderTree& tree() { return tree_; }
    /// The connected blocks but the genesis block's, lowest first.
    const std::vector<BlockRef>& blocks() const { return blocks_; }
    /// The coinbase output of the block at `height`.
    Outpoint coinbase(Height height) const;
    const SpentOutputs& undo(Height height) const { return *undo_.at(static_cast<std::size_t>(height) - 1); }

private:
    consensus::Params params_;
    HeaderTree tree_;
    const TestNode* tip_;
    MapCoinsView coins_;
    std::vector<BlockRef> blocks_;
    std::vector<std::shared_ptr<const SpentOutputs>> undo_;
};

}  // namespace cairn::test
