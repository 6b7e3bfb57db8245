#pragma once
// Who is connected: which outbound connections to make (full relay, block relay, feelers, by hand), which inbound ones
// to take, and which to let go. Part of the engine: on its strand, without I/O, in node time (Context::now). What is to
// be done leaves as actions: a Connect for each attempt, which on_connected or on_connect_failed answers with its
// number. Refusals are values; nothing throws. Bounds: limits.h (slots of each kind, intervals); one automatic attempt
// at a time, and of added nodes as many as have slots.
// Source: Bitcoin Core's ThreadOpenConnections, ThreadOpenAddedConnections, CreateNodeFromAcceptedSocket,
// AttemptToEvictConnection, EvictExtraOutboundPeers and CheckForStaleTipAndEvictPeers.

#include <deque>
#include <map>
#include <set>

#include "protocol/context.h"
#include "protocol/engine.h"
#include "protocol/seeds.h"

namespace cairn::protocol {

class ConnectionManager {
public:
    /// Divides -maxconnections: 8 full-relay, then 2 block-relay-only, one feeler, and the rest inbound. Those of
    /// -addnode come on top. `context` must outlive it.
    explicit ConnectionManager(Context& context);

    /// Before it nothing is connected automatically; inbound connections and connect_to work.
    void start();
    /// Has an effect every kConnectInterval: seeds, connections that are missing, and turnover. `anything_in_flight`:
    /// some block is being downloaded; `last_tip_update`: when a block was connected last. Both tell whether the tip is
    /// stale (three block intervals old), which brings one more full-relay peer than there are slots.
    void tick(bool anything_in_flight, Time last_tip_update);

    /// A connection from outside: its peer, or nothing where it is refused: network inactive, address banned, address
    /// discouraged while slots are scarce, or no slot and nobody to evict. With noban neither ban nor discouragement
    /// counts.
    std::optional<PeerId> on_accepted(const NewConnection& connection);
    /// Nothing where the attempt is unknown, or its address is connected already, or nobody is wanted any more.
    std::optional<PeerId> on_connected(std::uint64_t attempt, const NewConnection& connection);
    /// Counts against the address, unless we may be offline ourselves.
    void on_connect_failed(std::uint64_t attempt);
    void on_resolved(const std::string& name, std::span<const NetAddress> addresses)
    {
        seeds_.on_resolved(name, addresses);
    }

    /// Names are "host" or "host:port". False where it is there already, be it as another way to write the address.
    bool add_node(const std::string& name);
    /// As it was given. False where it is not there. Its connection stays.
    bool remove_node(const std::string& name);
    std::vector<AddedNodeInfo> added_nodes() const;
    /// Tries once. False where all slots of the type are taken (manual ones have no bound) or the type is inbound; true
    /// also where it is connected already or being tried, and while the network is inactive: then nothing happens.
    bool connect_to(const std::string& name, ConnectionType type);

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
        int feelers = 0;
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
