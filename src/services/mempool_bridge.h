#pragma once
// Joins chain and mempool, on the validation thread: each declares what it asks of the other, and neither sees it.

#include <functional>

#include "base/clock.h"
#include "chain/chain_manager.h"
#include "events/event_bus.h"
#include "mempool/mempool.h"

namespace cairn::services {

/// What the mempool asks of the chain. Made before the chain, which is set once, before it starts.
class MempoolChain final : public mempool::ChainPort {
public:
    void set(chain::ChainManager& chain) { chain_ = &chain; }
    /// Within a step of the chain the published tip lags behind: the bridge says which block was told of last.
    void set_tip(const chain::BlockNode* tip) { told_tip_ = tip; }

    mempool::ChainTip tip() const override;
    CoinsView& coins() override { return chain_->coins_view(); }
    void warm(std::span<const Outpoint> outpoints) override { chain_->warm_coins(outpoints); }
    std::int64_t median_time_past(Height height) const override;

private:
    const chain::BlockNode& tip_node() const { return told_tip_ ? *told_tip_ : *chain_->tip(); }

    chain::ChainManager* chain_ = nullptr;
    const chain::BlockNode* told_tip_ = nullptr;
};

/// What the chain tells the mempool.
class ChainMempool final : public chain::MempoolPort {
public:
    ChainMempool(mempool::Mempool& mempool, MempoolChain& chain, const base::Clock& clock)
        : mempool_(mempool), chain_(chain), clock_(clock)
    {
    }
    void on_block_connected(const BlockRef& block, const chain::BlockNode& node,
                            const std::shared_ptr<const SpentOutputs>& spent) override;
    void on_block_disconnected(const BlockRef& block, const chain::BlockNode& node) override;
    void on_tip_settled(const chain::BlockNode& tip, bool reorganised, bool keep_disconnected) override;

private:
    mempool::Mempool& mempool_;
    MempoolChain& chain_;
    const base::Clock& clock_;
};

/// Publishes what the mempool tells.
class MempoolEvents final : public mempool::Observer {
public:
    explicit MempoolEvents(events::EventBus& bus) : bus_(bus) {}
    void on_transaction_added(const events::TransactionAdded& added) override { bus_.publish(added); }
    void on_transaction_removed(const events::TransactionRemoved& removed) override { bus_.publish(removed); }

private:
    events::EventBus& bus_;
};

}  // namespace cairn::services
