#pragma once
// api::Mining over chain, mempool and mining. Templates are made and judged by the validation thread; nonces are looked
// for on the caller's.

#include <chrono>
#include <mutex>
#include <optional>

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
        : chain_(chain), mempool_(mempool), clock_(clock), shutdown_(shutdown), options_(options), port_(chain, clock)
    {
    }

    /// As Bitcoin Core, the template before again, with its time moved on, while it has the tip, and the mempool has
    /// not changed or not for kTemplateAge.
    api::Result<api::BlockTemplate> make_template() override;
    static constexpr std::chrono::seconds kTemplateAge{5};
    api::LastTemplate last_template() const override;
    api::NextBlock next_block() override;
    Amount minimum_fee_rate() const override { return options_.min_fee_rate.per_kvb(); }

    std::optional<std::string> check_proposal(const BlockRef& block) override;
    api::BlockSubmissionResult submit(const BlockRef& block) override;
    api::Result<void> submit_header(const BlockHeader& header) override;
    api::Result<std::optional<api::GeneratedBlock>> generate(ByteSpan coinbase_script,
                                                             std::uint64_t& max_tries) override;
    api::Result<api::GeneratedBlock> generate_block(ByteSpan coinbase_script, std::vector<TransactionRef> transactions,
                                                    bool submit) override;

private:
    struct HandedOut {
        mining::BlockTemplate made;
        std::uint64_t mempool_updates = 0;
        std::int64_t at = 0;  // node clock
    };
    /// On the validation thread.
    std::expected<mining::BlockTemplate, Rejection> build(ByteSpan coinbase_script, bool use_mempool);
    std::expected<void, Rejection> renew_handed_out();
    std::expected<mining::BlockTemplate, Rejection> build_with(ByteSpan coinbase_script,
                                                               std::vector<TransactionRef> transactions);
    /// Mines and, where asked, hands in. Nothing where tries ran out or the node stops.
    api::Result<std::optional<api::GeneratedBlock>> mine(const mining::BlockTemplate& made, std::uint64_t& max_tries,
                                                         bool submit);

    chain::ChainManager& chain_;
    const mempool::Mempool& mempool_;
    const base::Clock& clock_;
    const base::ShutdownSignal& shutdown_;
    const mining::TemplateOptions options_;
    TemplatePort port_;                    // validation thread
    std::optional<HandedOut> handed_out_;  // validation thread
    mutable std::mutex last_mutex_;
    api::LastTemplate last_;
};

}  // namespace cairn::services
