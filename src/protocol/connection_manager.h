#pragma once
// Who is connected: which outbound connections to make (full relay, block relay, feelers, by hand), which inbound ones
// to take, and which to let go. Source: Bitcoin Core's ThreadOpenConnections and its neighbours.

#include <deque>
#include <map>
#include <set>

#include "protocol/context.h"
#include "protocol/engine.h"
#include "protocol/seeds.h"

namespace cairn::protocol {

class ConnectionManager {
public:
    explicit ConnectionManager(Context& context);

    void start();
    void tick(bool anything_in_flight, Time last_tip_update);

    std::optional<PeerId> on_accepted(const NewConnection& connection);
    std::optional<PeerId> on_connected(std::uint64_t attempt, const NewConnection& connection);
    void on_connect_failed(std::uint64_t attempt, bool proxy_failed);
    void on_resolved(const std::string& name, std::span<const NetAddress> addresses)
    {
        seeds_.on_resolved(name, addresses);
    }

    bool add_node(const std::string& name);
    bool remove_node(const std::string& name);
    std::vector<AddedNodeInfo> added_nodes() const;
    bool connect_to(const std::string& name, ConnectionType type);
    int max_inbound() const { return max_inbound_; }

private:
    struct Attempt {
        ConnectionType type = ConnectionType::kManual;
        Endpoint endpoint;
        std::string name;
        bool count_failure = false;
    };
    struct ManualTarget {
        std::string name;
        Time next_try{};
    };
    struct Outbound {
        int full = 0;
        int block_relay = 0;
        std::set<Bytes> groups;
    };

    Peer& add_peer(ConnectionType type, const NewConnection& connection);
    Permissions whitelisted(const NetAddress& address, bool incoming) const;
    bool make_room();
    int count(ConnectionType type) const;
    const Peer* find_by_name(const std::string& name) const;
    bool is_connected(const Endpoint& endpoint) const;
    bool is_attempted(const std::string& name) const;
    void begin(Attempt attempt);

    void try_manual(std::deque<ManualTarget>& targets, Duration retry, int limit);
    int manual_count() const;
    void open_automatic();
    std::optional<ConnectionType> next_type(const Outbound& outbound);
    std::optional<AddressChoice> choose_address(ConnectionType type, const Outbound& outbound);
    bool is_suitable(const AddressChoice& choice, ConnectionType type, const Outbound& outbound, int tries) const;
    Outbound survey() const;
    void evict_extra();
    void evict_extra_block_relay();
    void evict_extra_full();
    void check_stale_tip(bool anything_in_flight, Time last_tip_update);

    Context& context_;
    int max_full_;
    int max_block_relay_;
    int max_inbound_;
    PeerId next_id_ = 0;
    std::uint64_t next_attempt_ = 0;
    std::map<std::uint64_t, Attempt> attempts_;
    std::deque<ManualTarget> added_;
    std::deque<ManualTarget> connect_;
    Seeds seeds_;
    bool started_ = false;
    Time started_at_{};
    Time next_round_{};
    Time next_feeler_{};
    Time next_extra_block_relay_{};
    Time next_stale_check_{};
    Time next_extra_check_{};
    Time next_save_{};
    bool try_extra_full_ = false;
    bool extra_block_relay_ = false;
};

}  // namespace cairn::protocol
