#pragma once
// api::ChainView over the chain, with the mempool for what is unconfirmed. api/chain_view.h has what each member means,
// its errors and its units; here is what they cost and how they can fail.
//
// Threads: any, any number at a time, but the validation thread for those that wait for it: invalidate, reconsider,
// precious, verify, utxo_statistics and scan_coins. What is about headers and tips is read without a lock. block and
// spent_outputs read the disk unless the block came lately; coin may read it, too.
// Errors: what is unknown or not here is an api::Error with Bitcoin Core's text. A disk that fails or data that is
// damaged throws base::EnvironmentError; so does waiting for a validation thread that has ended. Long jobs
// (utxo_statistics, scan_coins, any_coin_of, wait_for_tip_change) end early when the node is to stop. Source: Bitcoin
// Core's rpc/blockchain and the interfaces below it.

#include <memory>
#include <mutex>
#include <utility>

#include "api/chain_view.h"
#include "base/shutdown.h"
#include "chain/chain_manager.h"
#include "consensus/versionbits.h"
#include "mempool/mempool.h"

namespace cairn::services {

/// The references must outlive it.
class ChainService final : public api::ChainView {
public:
    /// `notice` is one more warning, shown for as long as the node runs; may be empty.
    ChainService(chain::ChainManager& chain, const mempool::Mempool& mempool, const base::ShutdownSignal& shutdown,
                 std::string notice);

    api::ChainOverview overview() const override;
    std::vector<api::ChainStateInfo> chain_states() const override;
    std::vector<std::string> warnings() const override;
    bool in_initial_block_download() const override;
    double verification_progress(const BlockHash& block) const override;  // floating: progress

    api::BlockInfo tip() const override;
    std::optional<api::BlockInfo> block_info(const BlockHash& hash) const override;
    std::optional<api::BlockInfo> block_info(Height height) const override;
    std::optional<api::BlockInfo> ancestor(const BlockHash& descendant, Height height) const override;
    std::vector<api::ChainTip> chain_tips() const override;
    api::DeploymentState deployments(const BlockHash& block) const override;

    api::Result<BlockRef> block(const BlockHash& hash) const override;
    api::Result<std::shared_ptr<const SpentOutputs>> spent_outputs(const BlockHash& hash) const override;
    api::CoinAnswer coin(const Outpoint& outpoint, bool with_mempool) const override;
    std::optional<api::UnspentOutput> any_coin_of(const Txid& txid) const override;

    api::Result<api::UtxoStatistics> utxo_statistics(api::UtxoHash kind, api::JobControl& control) const override;
    api::Result<api::ScanSummary> scan_coins(const CoinVisitor& visit, api::JobControl& control) const override;
    bool verify(int level, int blocks) const override;

    api::Result<void> invalidate(const BlockHash& hash) override;
    api::Result<void> reconsider(const BlockHash& hash) override;
    api::Result<void> precious(const BlockHash& hash) override;
    api::Result<Height> prune_to(Height height) override;

    api::BlockInfo wait_for_tip_change(const BlockHash& current,
                                       std::optional<std::chrono::milliseconds> limit) override;
    bool is_stopping() const override { return shutdown_.requested(); }

private:
    api::Result<const chain::BlockNode*> find(const BlockHash& hash) const;
    std::optional<api::CoinAnswer> unconfirmed_coin(const Outpoint& outpoint) const;

    chain::ChainManager& chain_;
    const mempool::Mempool& mempool_;
    const base::ShutdownSignal& shutdown_;
    const std::string notice_;
    mutable std::mutex version_bits_mutex_;
    const std::unique_ptr<consensus::VersionBitsCache> version_bits_;
};

}  // namespace cairn::services
