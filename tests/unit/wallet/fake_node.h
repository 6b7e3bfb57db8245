#pragma once
// A chain and a mempool in memory behind the interfaces that the wallet sees, for its tests.

#include <filesystem>
#include <map>

#include "api/chain_view.h"
#include "api/mempool_view.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "consensus/params.h"
#include "events/event_bus.h"
#include "wallet/wallet_manager.h"

namespace cairn::wallet {

class FakeChain final : public api::ChainView {
public:
    /// Chains of different `salt` share no block.
    explicit FakeChain(events::EventBus& bus, std::uint32_t salt = 0);

    /// A block on the tip with these transactions, whose coinbase pays `script`; published.
    BlockRef mine(Bytes script, std::vector<TransactionRef> transactions = {});
    /// Takes the tip away; published.
    BlockRef disconnect_tip();
    /// Blocks that were disconnected are connected again when the chain has been looked up so many times more.
    void return_at_lookup(int lookups, std::vector<BlockRef> blocks);
    /// Publishes nothing from now on, as if events were lost or the wallet not there.
    void set_silent(bool silent) { silent_ = silent; }
    /// Blocks below this height are not there any more.
    void set_pruned_below(Height height) { pruned_below_ = height; }
    std::uint32_t time() const { return time_; }

    api::BlockInfo tip() const override;
    std::optional<api::BlockInfo> block_info(const BlockHash& hash) const override;
    std::optional<api::BlockInfo> block_info(Height height) const override;
    std::optional<api::BlockInfo> ancestor(const BlockHash& descendant, Height height) const override;
    api::Result<BlockRef> block(const BlockHash& hash) const override;
    bool in_initial_block_download() const override { return false; }
    bool is_stopping() const override { return false; }

    api::ChainOverview overview() const override { return {}; }
    std::vector<api::ChainStateInfo> chain_states() const override { return {}; }
    std::vector<std::string> warnings() const override { return {}; }
    double verification_progress(const BlockHash&) const override { return 1; }
    std::vector<api::ChainTip> chain_tips() const override { return {}; }
    api::DeploymentState deployments(const BlockHash&) const override { return {}; }
    api::Result<std::shared_ptr<const SpentOutputs>> spent_outputs(const BlockHash&) const override { return nullptr; }
    api::CoinAnswer coin(const Outpoint&, bool) const override { return {}; }
    std::optional<api::UnspentOutput> any_coin_of(const Txid&) const override { return {}; }
    api::Result<api::UtxoStatistics> utxo_statistics(api::UtxoHash, api::JobControl&) const override { return {}; }
    api::Result<api::ScanSummary> scan_coins(const CoinVisitor&, api::JobControl&) const override { return {}; }
    bool verify(int, int) const override { return true; }
    api::Result<void> invalidate(const BlockHash&) override { return {}; }
    api::Result<void> reconsider(const BlockHash&) override { return {}; }
    api::Result<void> precious(const BlockHash&) override { return {}; }
    api::Result<Height> prune_to(Height) override { return 0; }
    api::BlockInfo wait_for_tip_change(const BlockHash&, std::optional<std::chrono::milliseconds>) override
    {
        return tip();
    }

private:
    api::BlockInfo info_of(const BlockRef& block) const;
    void count_lookup() const;

    events::EventBus& bus_;
    consensus::Params params_;
    mutable std::mutex mutex_;
    mutable std::vector<BlockRef> active_;
    mutable std::vector<BlockRef> returning_;
    mutable int lookups_until_return_ = 0;
    std::map<BlockHash, std::pair<BlockRef, Height>> all_;
    std::uint32_t time_ = 1'700'000'000;
    std::uint32_t salt_;
    bool silent_ = false;
    Height pruned_below_ = 0;
};

class FakeMempool final : public api::MempoolView {
public:
    explicit FakeMempool(events::EventBus& bus) : bus_(bus) {}

    /// Refuse what is submitted.
    void set_refusing(bool refusing) { refusing_ = refusing; }
    /// Clusters have no room for anything more.
    void set_full_clusters(bool full) { full_clusters_ = full; }
    /// What spending from a transaction takes on, until told otherwise: nothing.
    void set_burden(const Txid& txid, const api::MempoolBurden& burden);
    void add(const TransactionRef& transaction);
    void remove(const TransactionRef& transaction, events::RemovalReason reason);
    std::vector<TransactionRef> transactions() const;
    std::vector<TransactionRef> take_all();
    int submissions() const { return submissions_; }

    api::MempoolInfo info() const override;
    std::vector<api::MempoolEntry> entries() const override;
    std::optional<api::MempoolEntry> entry(const Txid& txid) const override;
    api::SubmitOutcome submit(const TransactionRef& transaction, const api::SubmitOptions& options) override;

    api::MempoolListing listing() const override;
    TransactionRef transaction(const Txid& txid) const override;
    std::optional<std::vector<api::MempoolEntry>> ancestors(const Txid&) const override { return {}; }
    std::optional<std::vector<api::MempoolEntry>> descendants(const Txid&) const override { return {}; }
    std::optional<api::MempoolCluster> cluster(const Txid&) const override { return {}; }
    std::vector<std::optional<api::MempoolBurden>> burdens(std::span<const Txid> txids, Amount rate) const override;
    bool has_room_for(const Transaction&) const override { return !full_clusters_; }
    std::vector<api::DiagramPoint> fee_rate_diagram() const override { return {}; }
    std::vector<TransactionRef> spenders(std::span<const Outpoint> outpoints) const override
    {
        return std::vector<TransactionRef>(outpoints.size());
    }
    std::vector<api::OrphanTransaction> orphans() const override { return {}; }
    api::PackageOutcome test_accept(std::span<const TransactionRef>) const override { return {}; }
    api::Result<void> prioritise(const Txid&, Amount) override { return {}; }
    std::vector<Priority> priorities() const override { return {}; }
    api::Result<std::string> save() override { return ""; }
    api::Result<void> import(const std::string&, const api::MempoolImport&) override { return {}; }

private:
    events::EventBus& bus_;
    mutable std::mutex mutex_;
    std::vector<TransactionRef> transactions_;
    std::map<Txid, api::MempoolBurden> burdens_;
    bool refusing_ = false;
    bool full_clusters_ = false;
    int submissions_ = 0;
};

/// Everything a manager needs, with a folder of its own that is removed at the end.
class FakeNode {
public:
    explicit FakeNode(std::uint32_t salt = 0);
    ~FakeNode();

    WalletSettings settings;
    base::FileSystem* files = &base::os_file_system();
    base::ManualClock clock;
    base::OsRandom random;
    /// A wallet whose disk has failed is served no more; the node would stop, here the test goes on.
    events::EventBus bus{events::EventBus::Delivery::kThreads, [](std::string_view, const std::exception_ptr& failure) {
                             try {
                                 std::rethrow_exception(failure);
                             } catch (const base::EnvironmentError&) {
                             }
                         }};
    base::Scheduler scheduler;
    FakeChain chain;
    FakeMempool mempool;
    std::map<std::string, bool> remembered;
    std::filesystem::path folder;

    std::unique_ptr<WalletManager> make_manager();
    /// A loaded wallet of that name.
    std::shared_ptr<api::Wallet> make_wallet(WalletManager& manager, const std::string& name,
                                             const std::string& passphrase = "");
    /// Gives the wallet so many coinbases, and buries them under a hundred blocks.
    void fund(api::Wallet& wallet, int coinbases, std::optional<keys::OutputType> kind = std::nullopt);
    /// A payment of somebody else's to the wallet, in a block.
    void pay_in(api::Wallet& wallet, Amount amount);
    /// Moves the mempool into a block.
    BlockRef confirm();
};

/// Of an address on regtest; throws for a text that is none.
keys::Destination destination(const std::string& address);
Bytes script_of(const std::string& address);
/// Of nobody's in these tests.
Bytes foreign_script();
std::string foreign_address();

}  // namespace cairn::wallet
