#pragma once
// What the parts of the engine share: the ports, the peers, and the actions collected. Internal to protocol.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/siphash.h"
#include "protocol/actions.h"
#include "protocol/address_manager.h"
#include "protocol/ban_list.h"
#include "protocol/options.h"
#include "protocol/peer.h"
#include "protocol/ports.h"

namespace cairn::protocol {

struct Context {
    Context(EngineOptions engine_options, const ChainPort& chain_port, MempoolPort& mempool_port,
            const HeaderRules& header_rules, Random& random_source, Time time);

    EngineOptions options;
    const ChainPort& chain;
    MempoolPort& mempool;
    const HeaderRules& rules;
    Random& random;
    Time now;

    std::map<PeerId, std::unique_ptr<Peer>> peers;
    std::vector<Action> actions;
    AddressManager addresses;
    BanList bans;
    std::map<Endpoint, int> local_addresses;  // with their scores
    bool network_active = options.network_active;
    bool stopped = false;
    bool ticking = false;         // the input under way is the clock's
    std::vector<PeerId> leaving;  // marked by the input under way: closed, or judged, at its end
    /// Bytes sent to peers in the current day of -maxuploadtarget.
    std::uint64_t cycle_bytes = 0;
    Time cycle_start{};

    Peer* find(PeerId id);
    void act(Action action) { actions.push_back(std::move(action)); }
    void log(Log::Level level, std::string text) { act(Log{level, std::move(text)}); }
    /// How the log names a peer: "peer=7", with -logips "peer=7, peeraddr=1.2.3.4:8333".
    std::string shown(const Peer& peer) const;
    void debug(const Peer& peer, std::string_view text);
    void send(Peer& peer, std::string_view type, ByteSpan payload = {});
    /// In as many messages as the list needs; none for an empty one.
    void send_inventory(Peer& peer, std::string_view type, std::span<const Inventory> items);
    /// Closes at the end of the input under way.
    void disconnect(Peer& peer, std::string_view reason);
    /// The peer broke a rule: it will be disconnected and discouraged, unless it is exempt.
    void misbehaving(Peer& peer, std::string_view reason);
    /// As Core's MaybePunishNodeForBlock.
    void punish_for_block(Peer& peer, BlockVerdict verdict, const std::string& reason);
    /// A number that others cannot guess.
    std::uint64_t keyed(std::uint64_t purpose, ByteSpan bytes) const;

    ChainWork anti_dos_work() const;
    /// The tip is recent enough that blocks are asked for as soon as they are announced.
    bool can_direct_fetch() const;
    Services desirable_services(Services offered) const;
    bool has_desirable_services(Services offered) const { return (desirable_services(offered) & ~offered) == 0; }
    bool upload_target_reached(bool historical) const;
    /// Transactions from this peer are not wanted.
    bool rejects_transactions(const Peer& peer) const;
    /// May this block be served: part of the best chain, or a recent branch.
    bool may_serve(HeaderHandle header) const;
};

/// Makes sure that the peer's best known block takes in what it announced earlier.
void update_availability(Context& context, Peer& peer);
void update_availability(Context& context, Peer& peer, const BlockHash& announced);
/// The peer is known to have this header.
bool peer_has_header(const Context& context, const Peer& peer, HeaderHandle header);

}  // namespace cairn::protocol
