#pragma once
// Which block to ask of which peer: several peers at once, within a window above the last common block. As Bitcoin Core
// does it, and beyond that: what a peer that has fallen silent was asked for is asked of another peer as well after a
// second or so (kTakeoverMin), so that one stalled peer does not hold up the others.

#include <map>
#include <set>
#include <vector>

#include "protocol/context.h"

namespace cairn::protocol {

class BlockDownload {
public:
    explicit BlockDownload(Context& context) : context_(context) {}

    /// Timeouts, then requests for as many blocks as the peer may have in flight.
    void maintain(Peer& peer);
    /// Once per tick: who is silent, and whose share is therefore open to others.
    void find_silent();
    /// A new header was announced by this peer: fetch what is missing up to it at once, if we are near the tip.
    void fetch_announced(Peer& peer, HeaderHandle last);
    void request(Peer& peer, HeaderHandle header);
    void on_block(Peer& peer, Bytes payload);
    void on_result(Peer* peer, const BlockHash& hash, const BlockResult& result);
    void on_checked(const BlockHash& hash, BlockVerdict verdict, const std::string& reason);
    void on_block_connected();
    void forget_peer(Peer& peer);

    /// In flight, or being validated.
    bool is_requested(const BlockHash& hash) const { return in_flight_.contains(hash) || processing_.contains(hash); }
    bool anything_in_flight() const { return !in_flight_.empty(); }
    /// Sync from this peer: it is preferred, or there is nobody better.
    bool may_sync_from(const Peer& peer) const;
    Time last_tip_update() const { return last_tip_update_; }
    std::size_t processing_bytes() const { return processing_bytes_; }
    void remove_request(const BlockHash& hash, std::optional<PeerId> from);

private:
    struct Choice {
        std::vector<HeaderHandle> blocks;
        std::optional<PeerId> waiting_for;  // who was asked for the first block that is missing
        std::optional<PeerId> staller;      // the same, if that keeps the window from moving
    };
    struct Processing {
        std::size_t count = 0;
        std::size_t bytes = 0;
    };

    bool has_timed_out(Peer& peer);
    bool add_request(Peer& peer, HeaderHandle header);
    void ask(Peer& peer, std::span<const HeaderHandle> headers);
    Choice choose(Peer& peer, std::size_t count);
    bool choose_from(Peer& peer, std::span<const HeaderHandle> headers, Height window_end, std::size_t count,
                     Choice& choice);
    std::vector<HeaderHandle> take_over(const Peer& peer, std::size_t count) const;
    bool update_last_common(Peer& peer);
    std::vector<HeaderHandle> path(HeaderHandle to, Height from, Height count) const;
    void delivered(Peer& peer, const BlockHash& hash);
    Duration takeover_delay() const;
    bool awaits_announcement() const;
    bool is_silent(const Peer& peer) const;
    void submit(Peer& peer, const BlockRef& block);
    void remember_source(const BlockHash& hash, PeerId peer);
    std::optional<PeerId> take_source(const BlockHash& hash);

    Context& context_;
    std::multimap<BlockHash, PeerId> in_flight_;
    std::map<BlockHash, Processing> processing_;
    std::size_t processing_bytes_ = 0;
    std::map<BlockHash, PeerId> sources_;
    std::vector<BlockHash> source_order_;
    std::size_t source_next_ = 0;
    std::set<PeerId> silent_;
    Duration stalling_timeout_ = kStallingTimeout;
    Duration typical_delivery_{0};
    Time last_tip_update_{};
};

}  // namespace cairn::protocol
