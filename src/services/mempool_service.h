#pragma once
// api::MempoolView over the mempool. Whatever changes it is done by the validation thread, and waited for.

#include <vector>

#include "api/mempool_view.h"
#include "base/clock.h"
#include "chain/chain_manager.h"
#include "mempool/mempool.h"
#include "services/mempool_keeper.h"

namespace cairn::services {

/// What the mempool's service asks of the peer-to-peer side.
class RelayPort {
public:
    virtual ~RelayPort() = default;
    /// Tell peers of a transaction that did not come from one.
    virtual void announce(const TransactionRef& transaction) = 0;
    virtual std::vector<api::OrphanTransaction> orphans() const = 0;
};

/// Thread-safe. The references must outlive it.
class MempoolService final : public api::MempoolView {
public:
    MempoolService(chain::ChainManager& chain, mempool::Mempool& mempool, RelayPort& relay, const base::Clock& clock,
                   MempoolKeeper& keeper)
        : chain_(chain), mempool_(mempool), relay_(relay), clock_(clock), keeper_(keeper)
    {
    }

    api::MempoolInfo info() const override;
    api::MempoolListing listing() const override;
    std::vector<api::MempoolEntry> entries() const override;
    std::optional<api::MempoolEntry> entry(const Txid& txid) const override;
    TransactionRef transaction(const Txid& txid) const override { return mempool_.find(txid); }
    std::optional<std::vector<api::MempoolEntry>> ancestors(const Txid& txid) const override;
    std::optional<std::vector<api::MempoolEntry>> descendants(const Txid& txid) const override;
    std::optional<api::MempoolCluster> cluster(const Txid& txid) const override;
    std::vector<std::optional<api::MempoolBurden>> burdens(std::span<const Txid> txids, Amount rate) const override;
    bool has_room_for(const Transaction& transaction) const override;
    std::vector<api::DiagramPoint> fee_rate_diagram() const override;
    std::vector<TransactionRef> spenders(std::span<const Outpoint> outpoints) const override;
    std::vector<api::OrphanTransaction> orphans() const override { return relay_.orphans(); }

    api::SubmitOutcome submit(const TransactionRef& transaction, const api::SubmitOptions& options) override;
    api::PackageOutcome test_accept(std::span<const TransactionRef> transactions) const override;
    api::Result<void> prioritise(const Txid& txid, Amount delta) override;
    std::vector<Priority> priorities() const override;
    api::Result<std::string> save() override;
    api::Result<void> import(const std::string& path, const api::MempoolImport& options) override;

private:
    std::int64_t now() const { return base::unix_seconds(clock_.now()); }
    std::vector<api::MempoolEntry> entries_of(const std::vector<Txid>& txids) const;
    api::SubmitOutcome submit_new(const TransactionRef& transaction, const api::SubmitOptions& options);

    chain::ChainManager& chain_;
    mempool::Mempool& mempool_;
    RelayPort& relay_;
    const base::Clock& clock_;
    MempoolKeeper& keeper_;
};

}  // namespace cairn::services
