#pragma once
// The whole peer-to-peer logic of a node, without any I/O: inputs in, actions out.
//
// Every input carries the node's time, which may be mocked. After each input the caller takes the actions and carries
// them out in order. `tick` is to be called every kTickInterval of real time and at once when node time was moved: it
// examines all deadlines, which are kept in node time. Not thread-safe: one strand calls it.
//
// Order (decision 11): a peer's message is decided only when the results of what its earlier messages submitted
// (headers, blocks, transactions, block reads) have come back; only blocks may be submitted one after another. Orphans
// that a transaction completed are decided before its sender's next message, for a while, and before those of the
// peer on whose account they are tried. Behaviour follows Bitcoin Core 31's net_processing and net; where it differs,
// limits.h and the classes say so.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/actions.h"
#include "protocol/options.h"
#include "protocol/peer_stats.h"
#include "protocol/ports.h"
#include "protocol/random.h"

namespace cairn::protocol {

class AddressManager;
class BanList;
struct EngineState;

inline constexpr Duration kTickInterval = 100ms;

/// What is known of a connection when it is made.
struct NewConnection {
    /// The peer's address; for connections by name, what the name resolved to.
    Endpoint address;
    /// Our side of the socket.
    std::optional<Endpoint> bind;
    /// For inbound: from -whitebind. The engine adds those of -whitelist.
    Permissions permissions = kPermissionNone;
    /// Inbound over the socket of -bind=…=onion.
    bool onion_bind = false;
};

class Engine {
public:
    /// The ports must outlive the engine.
    Engine(EngineOptions options, const ChainPort& chain, MempoolPort& mempool, const HeaderRules& rules,
           Random& random, Time now);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// What is to be done since it was asked last.
    std::vector<Action> take_actions();

    // --- Connections.
    /// Begins automatic connections (before, only what is asked for by hand and inbound ones happen).
    void start(Time now);
    /// Closes all connections; nothing happens afterwards.
    void stop();
    void tick(Time now);
    /// mockscheduler: what it does at long intervals (announcing anew what no peer has asked for) is due so much
    /// earlier.
    void hasten(Duration by);
    /// A peer connected to us. Nothing if it is refused (banned, full, network inactive): close the socket.
    std::optional<PeerId> on_accepted(const NewConnection& connection, Time now);
    /// A Connect action succeeded. Nothing if it is not wanted any more: close the socket.
    std::optional<PeerId> on_connected(std::uint64_t attempt, const NewConnection& connection, Time now);
    void on_connect_failed(std::uint64_t attempt, Time now);
    void on_bytes(PeerId peer, ByteSpan bytes, Time now);
    /// So many bytes of those given to Send left for the kernel.
    void on_sent(PeerId peer, std::size_t bytes, Time now);
    /// The connection is gone (closed by the peer or by an error).
    void on_disconnected(PeerId peer, Time now);
    void on_resolved(const std::string& name, const std::vector<NetAddress>& addresses, Time now);

    // --- Answers to actions.
    void on_headers_result(PeerId peer, const HeadersResult& result, Time now);
    void on_block_result(PeerId peer, const BlockHash& hash, const BlockResult& result, Time now);
    /// A verdict on a stored block that came after its on_block_result (it could not be connected then).
    void on_block_checked(const BlockHash& hash, BlockVerdict verdict, const std::string& reason, Time now);
    void on_transaction_result(PeerId peer, const Wtxid& wtxid, const TransactionResult& result, Time now);
    /// The block's encoding with witnesses; null if it cannot be read (pruned meanwhile, error).
    void on_block_read(PeerId peer, const BlockHash& hash, const std::shared_ptr<const Bytes>& raw, Time now);

    // --- Facts to announce.
    void on_block_connected(const BlockRef& block, Time now);
    void on_block_disconnected(Time now);
    /// Blocks were connected or disconnected that the engine was not told of; on_tip_changed follows.
    void on_blocks_missed(Time now);
    /// The active chain has a new tip. `fork`: the last block that the old and the new chain share.
    void on_tip_changed(HeaderHandle tip, HeaderHandle fork, bool initial_download, Time now);
    /// Tell all peers of a transaction that entered the mempool otherwise than through a peer (RPC, wallet).
    void announce_transaction(const Txid& txid, const Wtxid& wtxid, Time now);

    // --- Control (RPC).
    void set_network_active(bool active, Time now);
    bool network_active() const;
    /// False if it is there already.
    bool add_node(const std::string& name);
    bool remove_node(const std::string& name);
    std::vector<AddedNodeInfo> added_nodes() const;
    /// addnode … onetry; addconnection with another type. False where all slots of the type are taken.
    bool connect_to(const std::string& name, ConnectionType type, Time now);
    bool disconnect(PeerId peer);
    /// By "host:port" as shown by getpeerinfo, or by subnet.
    bool disconnect(const std::string& address);
    std::size_t disconnect(const Subnet& subnet);
    /// Bans, and disconnects whom it concerns. False if it is banned already or the list is full.
    bool ban(const Subnet& subnet, std::int64_t until, Time now);
    bool is_banned(const NetAddress& address, Time now) const;
    bool unban(const Subnet& subnet);
    void clear_bans();
    std::vector<BanEntry> bans(Time now) const;
    void restore_bans(const std::vector<BanEntry>& entries, Time now);
    void ping_all();
    /// getblockfrompeer. The error is Bitcoin Core's text.
    std::expected<void, std::string> fetch_block(PeerId peer, HeaderHandle header, Time now);
    /// Sends a message as it is (sendmsgtopeer). False if there is no such peer.
    bool send_raw(PeerId peer, std::string_view type, ByteSpan payload, Time now);
    /// Scores of our own addresses, by how they are known. As Bitcoin Core's LOCAL_IF, LOCAL_BIND and LOCAL_MANUAL.
    static constexpr int kScoreOfInterface = 1;
    static constexpr int kScoreBound = 2;
    static constexpr int kScoreGivenByOwner = 4;
    /// Our own address, as told by -externalip or discovered on an interface; announced to peers.
    void add_local_address(const Endpoint& endpoint, int score);
    std::vector<std::pair<Endpoint, int>> local_addresses() const;

    std::vector<PeerStats> peers(Time now) const;
    std::size_t connection_count() const;
    std::size_t inbound_count() const;
    std::vector<OrphanInfo> orphans() const;
    /// Median of what outbound peers' clocks differ from ours, seconds.
    std::int64_t median_time_offset() const;
    /// Whether -maxuploadtarget is spent; with `historical`, keeping a reserve for new blocks.
    bool upload_target_reached(bool historical, Time now) const;
    std::uint64_t upload_cycle_bytes() const;
    Duration upload_cycle_left(Time now) const;
    AddressManager& addresses();
    const AddressManager& addresses() const;
    const EngineOptions& options() const;
    Services services() const;

private:
    std::unique_ptr<EngineState> state_;
};

}  // namespace cairn::protocol
