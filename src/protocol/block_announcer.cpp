#include "protocol/block_announcer.h"

#include <algorithm>

namespace cairn::protocol {

void BlockAnnouncer::on_tip_changed(HeaderHandle tip, HeaderHandle fork)
{
    std::vector<BlockHash> hashes;
    for (HeaderHandle walk = tip; walk && walk != fork && hashes.size() < kMaxBlocksToAnnounce;) {
        const HeaderInfo info = context_.chain.info(walk);
        hashes.push_back(info.hash);
        walk = info.previous;
    }
    std::ranges::reverse(hashes);
    for (const auto& [id, peer] : context_.peers) {
        auto& queue = peer->announce.as_headers;
        if (!peer->handshake.complete) {
            // Kept short all the same: more than can be announced is cut to the newest.
            queue.clear();
        }
        queue.insert(queue.end(), hashes.begin(), hashes.end());
        if (queue.size() > kMaxBlocksToAnnounce + 1) {
            queue.erase(queue.begin(), queue.end() - static_cast<std::ptrdiff_t>(kMaxBlocksToAnnounce + 1));
        }
    }
}

std::optional<std::vector<HeaderHandle>> BlockAnnouncer::headers_for(const Peer& peer) const
{
    const ChainPort& chain = context_.chain;
    const auto& queue = peer.announce.as_headers;
    if (!peer.handshake.prefers_headers || queue.size() > kMaxBlocksToAnnounce) return std::nullopt;
    std::vector<HeaderHandle> headers;
    HeaderHandle last;
    for (const BlockHash& hash : queue) {
        const HeaderHandle header = chain.find(hash);
        if (!header || !chain.in_active_chain(header)) return std::nullopt;  // reorganised meanwhile
        const HeaderHandle previous = chain.info(header).previous;
        if (last && previous != last) return std::nullopt;
        last = header;
        if (!headers.empty()) {
            headers.push_back(header);
        } else if (peer_has_header(context_, peer, header)) {
            continue;
        } else if (!previous || peer_has_header(context_, peer, previous)) {
            headers.push_back(header);
        } else {
            return std::nullopt;  // it would not connect
        }
    }
    return headers;
}

void BlockAnnouncer::maintain(Peer& peer)
{
    AnnounceState& state = peer.announce;
    if (!state.as_headers.empty()) {
        update_availability(context_, peer);
        if (const auto headers = headers_for(peer)) {
            std::vector<BlockHeader> full;
            for (const HeaderHandle header : *headers) full.push_back(context_.chain.block_header(header));
            if (!full.empty()) {
                context_.send(peer, message::kHeaders, encode_headers(full));
                peer.headers.best_sent = headers->back();
            }
        } else {
            const HeaderHandle newest = context_.chain.find(state.as_headers.back());
            if (newest && !peer_has_header(context_, peer, newest)) state.as_inv.push_back(state.as_headers.back());
        }
        state.as_headers.clear();
    }
    std::vector<Inventory> items;
    for (const BlockHash& hash : state.as_inv) items.push_back({InvType::kBlock, hash.value});
    state.as_inv.clear();
    context_.send_inventory(peer, message::kInv, items);
}

}  // namespace cairn::protocol
