#pragma once
// api::Mining over chain, mempool and mining. Templates are made and judged by the validation thread; nonces are looked
// for on the caller's.

#include <functional>
#include <mutex>

#include "api/mining.h"
#include "base/shutdown.h"
#include "chain/chain_manager.h"
#include "mempool/mempool.h"
#include "services/template_port.h"

namespace cairn::services {

/// Thread-safe. The references must outlive it.
class MiningService final : public api::Mining {
public:
    MiningService(chain::ChainManager& chain, const mempool::Mempool& mempool, const base::Clock& clock,
                  const base::ShutdownSignal& shutdown, const mining::TemplateOptions& options)
        : chain_(chain), mempool_(mempool), shutdown_(shutdown), options_(options), port_(chain, clock)
    {
    }

    api::Result<api::BlockTemplate> make_template(const api::TemplateOptions& options) override;
    api::LastTemplate last_template() const override;
    api::NextBlock next_block() override;
    Amount minimum_fee_rate() const override { return options_.min_fee_rate.per_kvb(); }
    Weight max_block_weight() const override { return options_.max_weight; }

    std::optional<std::string> check_proposal(const BlockRef& block) override;
    api::BlockSubmissionResult submit(const BlockRef& block) override;
    api::Result<void> submit_header(const BlockHeader& header) override;
    api::Result<std::optional<api::GeneratedBlock>> generate(ByteSpan coinbase_script,
                                                             std::uint64_t& max_tries) override;
    api::Result<api::GeneratedBlock> generate_block(ByteSpan coinbase_script, std::vector<TransactionRef> transactions,
                                                    bool submit) override;

private:
    std::expected<mining::BlockTemplate, Rejection> build(ByteSpan coinbase_script, bool use_mempool);
    /// Mines and, where asked, hands in. Nothing where tries ran out or the node stops.
    api::Result<std::optional<api::GeneratedBlock>> mine(const mining::BlockTemplate& made, std::uint64_t& max_tries,
                                                         bool submit);

    chain::ChainManager& chain_;
    const mempool::Mempool& mempool_;
    const base::ShutdownSignal& shutdown_;
    const mining::TemplateOptions options_;
    TemplatePort port_;  // validation thread
    mutable std::mutex last_mutex_;
    api::LastTemplate last_;
};

}  // namespace cairn::services
