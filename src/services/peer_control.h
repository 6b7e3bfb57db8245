#pragma once
// api::NetworkControl over the peer-to-peer logic.

#include "api/network_control.h"
#include "chain/chain_manager.h"
#include "net/peer_host.h"

namespace cairn::services {

/// Thread-safe. What is referred to must outlive it.
class PeerControl final : public api::NetworkControl {
public:
    PeerControl(net::PeerHost& host, const chain::ChainManager& chain) : host_(host), chain_(chain) {}

    api::NetworkInfo info() const override;
    api::NetworkTotals totals() const override;
    std::vector<api::PeerInfo> peers() const override;
    std::uint64_t connection_count() const override;
    bool set_active(bool active) override;

    api::Result<void> add_node(const std::string& name, bool v2_transport) override;
    api::Result<void> remove_node(const std::string& name) override;
    api::Result<void> try_once(const std::string& name, bool v2_transport) override;
    std::vector<api::AddedNode> added_nodes() const override;
    api::Result<void> add_connection(const std::string& address, const std::string& type, bool v2_transport) override;
    api::Result<void> disconnect(const std::string& address) override;
    api::Result<void> disconnect(std::int64_t peer) override;
    api::Result<void> ping_all() override;
    api::Result<void> ban(const std::string& subnet, std::int64_t until) override;
    api::Result<void> unban(const std::string& subnet) override;
    std::vector<api::Ban> bans() const override;
    void clear_bans() override;
    api::Result<void> fetch_block(const BlockHash& hash, std::int64_t peer) override;
    std::vector<api::KnownAddress> known_addresses(std::size_t count, const std::string& network) const override;
    api::Result<bool> add_known_address(const std::string& address, std::uint16_t port, bool tried) override;
    api::Result<void> send_message(std::int64_t peer, const std::string& type, const Bytes& payload) override;

private:
    /// Asks the engine, on its thread.
    template <class Question>
    auto ask(Question question) const
    {
        decltype(question(std::declval<protocol::Engine&>(), protocol::Time{})) answer{};
        host_.run([&](protocol::Engine& engine, protocol::Time now) { answer = question(engine, now); });
        return answer;
    }

    net::PeerHost& host_;
    const chain::ChainManager& chain_;
};

}  // namespace cairn::services
