#pragma once
// A node of values: a regtest chain in memory, and answers that tests set.

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "api/node.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/signing_context.h"
#include "rpc/methods/dispatcher.h"
#include "rpc/spec/error.h"
#include "support/regtest_chain.h"

namespace cairn::rpc::test {

class FakeChain final : public api::ChainView {
public:
    FakeChain();

    api::ChainOverview overview() const override;
    std::vector<api::ChainStateInfo> chain_states() const override;
    std::vector<std::string> warnings() const override { return {"young"}; }
    bool in_initial_block_download() const override { return false; }
    double verification_progress(const BlockHash&) const override { return 1; }
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
    BlockRef block_at(Height height) const;
    api::BlockInfo wait_for_tip_change(const BlockHash& current,
                                       std::optional<std::chrono::milliseconds> limit) override;
    bool is_stopping() const override { return stopping; }

    const std::unique_ptr<cairn::test::RegtestChain> chain = std::make_unique<cairn::test::RegtestChain>();
    bool pruning = false;
    bool stopping = false;
    std::string done;  // what was asked for last
    std::function<void()> while_waiting;
    std::function<void()> while_scanning;
};

class FakeMempool final : public api::MempoolView {
public:
    api::MempoolInfo info() const override;
    api::MempoolListing listing() const override;
    std::vector<api::MempoolEntry> entries() const override;
    std::optional<api::MempoolEntry> entry(const Txid& txid) const override;
    TransactionRef transaction(const Txid& txid) const override;
    std::optional<std::vector<api::MempoolEntry>> ancestors(const Txid& txid) const override;
    std::optional<std::vector<api::MempoolEntry>> descendants(const Txid& txid) const override;
    std::optional<api::MempoolCluster> cluster(const Txid& txid) const override;
    std::vector<std::optional<api::MempoolBurden>> burdens(std::span<const Txid> txids, Amount) const override
    {
        return std::vector<std::optional<api::MempoolBurden>>(txids.size());
    }
    bool has_room_for(const Transaction&) const override { return true; }
    std::vector<api::DiagramPoint> fee_rate_diagram() const override;
    std::vector<TransactionRef> spenders(std::span<const Outpoint> outpoints) const override;
    std::vector<api::OrphanTransaction> orphans() const override;
    api::SubmitOutcome submit(const TransactionRef& transaction, const api::SubmitOptions& options) override;
    api::PackageOutcome test_accept(std::span<const TransactionRef> transactions) const override;
    api::Result<void> prioritise(const Txid& txid, Amount delta) override;
    std::vector<Priority> priorities() const override { return {}; }
    api::Result<std::string> save() override { return "/node/mempool.dat"; }
    api::Result<void> import(const std::string& path, const api::MempoolImport& options) override
    {
        imported = path + (options.use_current_time ? " now" : "") + (options.apply_fee_deltas ? " fees" : "") +
                   (options.apply_unbroadcast ? " unbroadcast" : "");
        return {};
    }
    std::string imported;

    std::vector<TransactionRef> transactions;
    api::SubmitOutcome next_outcome;
    std::optional<Amount> seen_max_fee;
};

class FakeMining final : public api::Mining {
public:
    api::Result<api::BlockTemplate> make_template() override;
    api::LastTemplate last_template() const override { return {}; }
    api::NextBlock next_block() override { return {5, 0x207fffff, {}}; }
    Amount minimum_fee_rate() const override { return Amount{1}; }
    std::optional<std::string> check_proposal(const BlockRef&) override { return "inconclusive-not-best-prevblk"; }
    api::BlockSubmissionResult submit(const BlockRef& block) override;
    api::Result<void> submit_header(const BlockHeader& header) override;
    api::Result<std::optional<api::GeneratedBlock>> generate(ByteSpan coinbase_script,
                                                             std::uint64_t& max_tries) override;
    api::Result<api::GeneratedBlock> generate_block(ByteSpan coinbase_script, std::vector<TransactionRef> transactions,
                                                    bool submit) override;

    api::BlockSubmissionResult next_result;
    BlockRef submitted;
    Bytes script;
};

class FakeNetwork final : public api::NetworkControl {
public:
    api::NetworkInfo info() const override;
    api::NetworkTotals totals() const override { return {}; }
    std::vector<api::PeerInfo> peers() const override;
    std::uint64_t connection_count() const override { return 1; }
    bool set_active(bool active) override { return active; }
    api::Result<void> add_node(const std::string& name, bool) override { return note("add " + name); }
    api::Result<void> remove_node(const std::string& name) override;
    api::Result<void> try_once(const std::string& name, bool) override { return note("try " + name); }
    std::vector<api::AddedNode> added_nodes() const override { return {{"a:1", true, "1.2.3.4:1", false}}; }
    api::Result<void> add_connection(const std::string& address, const std::string& type, bool) override
    {
        return note(address + " " + type);
    }
    api::Result<void> disconnect(const std::string& address) override { return note("disconnect " + address); }
    api::Result<void> disconnect(std::int64_t peer) override { return note("disconnect #" + std::to_string(peer)); }
    api::Result<void> ping_all() override { return note("ping"); }
    api::Result<void> ban(const std::string& subnet, std::int64_t until) override
    {
        return note("ban " + subnet + " " + std::to_string(until));
    }
    api::Result<void> unban(const std::string& subnet) override { return note("unban " + subnet); }
    std::vector<api::Ban> bans() const override { return {{"1.2.3.0/24", 100, 1'700'000'100}}; }
    void clear_bans() override { done = "clear"; }
    api::Result<void> fetch_block(const BlockHash&, std::int64_t) override { return note("fetch"); }
    std::vector<api::KnownAddress> known_addresses(std::size_t, const std::string&) const override
    {
        return {{1, 9, "1.2.3.4", 8333, "ipv4"}};
    }
    api::Result<bool> add_known_address(const std::string&, std::uint16_t, bool) override { return true; }
    api::Result<void> send_message(std::int64_t, const std::string& type, const Bytes&) override { return note(type); }

    std::string done;

private:
    api::Result<void> note(std::string what)
    {
        done = std::move(what);
        return {};
    }
};

class FakeControl final : public api::NodeControl {
public:
    void stop() override { stopped = true; }
    std::chrono::seconds uptime() const override { return std::chrono::seconds{42}; }
    std::chrono::system_clock::time_point now() const override { return {}; }
    std::string log_path() const override { return "/node/debug.log"; }
    std::vector<api::LogCategory> log_categories() const override { return {{"net", net}}; }
    bool set_log_category(const std::string& name, bool active) override;
    api::LockedMemory locked_memory() const override { return {}; }
    std::optional<std::string> malloc_info() const override { return std::nullopt; }
    bool is_mockable() const override { return mockable; }
    api::Result<void> set_mock_time(std::optional<std::chrono::seconds> since_1970) override;
    api::Result<void> move_scheduler(std::chrono::seconds) override { return {}; }
    void sync_event_queues() override { ++synced; }

    bool stopped = false;
    bool net = false;
    bool mockable = true;
    int synced = 0;
    std::optional<std::chrono::seconds> mock_time;
};

/// A dispatcher over the fakes.
class FakeNode {
public:
    explicit FakeNode(api::WalletManager* wallets = nullptr, std::vector<std::string> deprecated = {});

    /// The result as JSON text, or "code message".
    std::string call(const std::string& method, std::string_view arguments = "[]", const std::string& path = "/");

    FakeChain chain;
    FakeMempool mempool;
    FakeMining mining;
    FakeNetwork network;
    FakeControl control;
    base::ManualClock clock;
    base::SeededRandom random{1};
    crypto::SigningContext signing;
    Dispatcher dispatcher;
};

}  // namespace cairn::rpc::test
