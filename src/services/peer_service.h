#pragma once
// The peer-to-peer side of the node: joins the engine, its sockets, chain, mempool and disk.

#include <filesystem>
#include <memory>

#include "base/executor.h"
#include "base/random.h"
#include "events/event_bus.h"
#include "net/peer_host.h"
#include "services/mempool_service.h"
#include "services/peer_control.h"
#include "services/peer_files.h"
#include "services/peer_ports.h"

namespace cairn::services {

/// Randomness of the base room, as the peer-to-peer logic asks for it.
class PeerRandom final : public protocol::Random {
public:
    explicit PeerRandom(base::Random& random) : random_(random) {}
    std::uint64_t next() override { return random_.u64(); }

private:
    base::Random& random_;
};

/// Thread-safe. What Parts refer to must outlive it.
class PeerService final : public RelayPort, private net::NodePort, private events::Subscriber {
public:
    struct Parts {
        chain::ChainManager& chain;
        mempool::Mempool& mempool;
        events::EventBus& events;
        base::Clock& clock;
        base::Random& random;
        base::FileSystem& files;
        std::filesystem::path folder;
        base::FailureHandler on_failure;
        /// Of events that wait for the network thread.
        events::QueueBound event_bound{};
    };
    PeerService(Parts parts, protocol::EngineOptions options, net::SocketOptions sockets);
    ~PeerService() override;

    /// Loads what was kept, binds, connects. The error is for the owner.
    std::expected<void, std::string> start();
    /// Closes all connections, saves, and takes no more results.
    void stop();
    api::NetworkControl& control() { return control_; }
    /// After node time was moved: all deadlines have been looked at when it returns.
    void settle_timers() { host_->settle_timers(); }
    /// mockscheduler
    void hasten(std::chrono::seconds by) { host_->hasten(by); }

    void announce(const TransactionRef& transaction) override;
    std::vector<api::OrphanTransaction> orphans() const override;

private:
    // net::NodePort, on the network thread
    void on_action(protocol::SubmitHeaders action) override;
    void on_action(protocol::SubmitBlock action) override;
    void on_action(protocol::SubmitTransaction action) override;
    void on_action(const protocol::ReadBlock& action) override;
    void on_action(const protocol::Save& action) override;
    void on_action(const protocol::PresyncProgress& action) override;
    // events::Subscriber
    bool wants(const events::Fact& fact) const override;
    /// On the network thread, in one order with the results of what was submitted: the validation thread posts both.
    void on_event(const events::Event& event) override;
    void on_fact(const events::BlockConnected& connected, protocol::Engine& engine, protocol::Time now);
    void on_fact(const events::BlockDisconnected& disconnected, protocol::Engine& engine, protocol::Time now);
    void on_fact(const events::TipChanged& changed, protocol::Engine& engine, protocol::Time now);
    void on_fact(const events::EventsLost& lost, protocol::Engine& engine, protocol::Time now);
    void on_tip(const chain::BlockNode& tip, bool initial_download, protocol::Engine& engine, protocol::Time now);
    /// On the validation thread.
    void on_verdict(const chain::BlockNode& node, const std::optional<Rejection>& rejection);
    /// Null where it cannot be read.
    std::shared_ptr<const Bytes> read_block(const BlockHash& hash) const;
    void save_all();

    Parts parts_;
    PeerChain peer_chain_;
    PeerMempool peer_mempool_;
    PeerHeaderRules header_rules_;
    PeerRandom random_;
    PeerFiles files_;
    /// Runs `work` on the network thread. For callbacks of the chain, which may come when this service has been stopped
    /// and destroyed: then nothing happens.
    std::function<void(net::PeerHost::Work)> poster() const;

    std::shared_ptr<net::PeerHost> host_;  // shared only as long as a callback posts
    PeerControl control_;
    const chain::BlockNode* last_tip_ = nullptr;  // that the engine was told of; network thread
    std::unique_ptr<base::SerialExecutor> reader_;
    std::unique_ptr<events::Subscription> subscription_;
    base::Registration verdict_registration_;
};

}  // namespace cairn::services
