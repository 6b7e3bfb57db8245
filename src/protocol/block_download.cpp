#include "protocol/block_download.h"

#include <algorithm>

namespace cairn::protocol {

bool BlockDownload::may_sync_from(const Peer& peer) const
{
    if (peer.download.preferred) return true;
    if (!peer.serves_blocks() || peer.type == ConnectionType::kAddrFetch) return false;
    const bool anyone_preferred =
        std::ranges::any_of(context_.peers, [](const auto& entry) { return entry.second->download.preferred; });
    return !anyone_preferred || in_flight_.empty();
}

/// Headers just sent by a peer are in the tree before their result is back here; who announced a block is asked for it
/// (fetch_announced), not somebody else who happens to be looked at in between.
bool BlockDownload::awaits_announcement() const
{
    return context_.can_direct_fetch() &&
           std::ranges::any_of(context_.peers, [](const auto& entry) { return entry.second->pending.headers; });
}

void BlockDownload::maintain(Peer& peer)
{
    if (has_timed_out(peer)) return;
    const bool syncing = context_.chain.is_initial_download();
    const bool wanted = peer.serves_blocks() && ((may_sync_from(peer) && !peer.is_limited()) || !syncing);
    if (!wanted || context_.now < peer.download.not_before || awaits_announcement()) return;
    const auto budget = [&] {
        return kMaxBlocksInFlightPerPeer - std::min(peer.download.in_flight.size(), kMaxBlocksInFlightPerPeer);
    };
    if (budget() == 0) return;
    // Looking through the window costs something: not for every single block that arrives.
    if (!context_.ticking && peer.download.in_flight.size() > kRefillBlocksAt) return;
    update_availability(context_, peer);
    if (!silent_.empty()) ask(peer, take_over(peer, budget()));
    const Choice choice = choose(peer, budget());
    ask(peer, choice.blocks);
    if (peer.download.in_flight.empty() && choice.staller) {
        Peer* staller = context_.find(*choice.staller);
        if (staller != nullptr && staller->download.stalling_since == Time{}) {
            staller->download.stalling_since = context_.now;
        }
    }
}

bool BlockDownload::has_timed_out(Peer& peer)
{
    DownloadState& state = peer.download;
    const Time now = context_.now;
    if (state.stalling_since != Time{} && state.stalling_since < now - stalling_timeout_) {
        context_.log(Log::Level::kInfo,
                     "Peer is stalling block download, disconnecting peer=" + std::to_string(peer.id));
        context_.disconnect(peer, "stalling block download");
        stalling_timeout_ = std::min(2 * stalling_timeout_, Duration{kStallingTimeoutMax});
        return true;
    }
    if (state.in_flight.empty()) return false;
    const auto downloading = std::ranges::count_if(
        context_.peers, [](const auto& entry) { return !entry.second->download.in_flight.empty(); });
    // floating: a time
    const double factor = kBlockTimeoutBase + kBlockTimeoutPerPeer * static_cast<double>(downloading - 1);
    const double allowed = factor * static_cast<double>(context_.options.network.block_interval.count());
    if (now <= state.downloading_since + Duration{static_cast<Duration::rep>(allowed)}) return false;
    context_.log(Log::Level::kInfo, "Timeout downloading block " + state.in_flight.front().hash.to_hex() +
                                        ", disconnecting peer=" + std::to_string(peer.id));
    context_.disconnect(peer, "timeout downloading block");
    return true;
}

bool BlockDownload::add_request(Peer& peer, HeaderHandle header)
{
    const HeaderInfo info = context_.chain.info(header);
    const auto [first, last] = in_flight_.equal_range(info.hash);
    if (std::any_of(first, last, [&](const auto& entry) { return entry.second == peer.id; })) return false;
    in_flight_.emplace(info.hash, peer.id);
    peer.download.in_flight.push_back({header, info.hash, info.height, context_.now});
    if (peer.download.in_flight.size() == 1) peer.download.downloading_since = context_.now;
    return true;
}

void BlockDownload::ask(Peer& peer, std::span<const HeaderHandle> headers)
{
    const InvType type = peer.serves_witnesses() ? InvType::kWitnessBlock : InvType::kBlock;
    std::vector<Inventory> wanted;
    for (const HeaderHandle header : headers) {
        if (!add_request(peer, header)) continue;
        wanted.push_back({type, context_.chain.info(header).hash.value});
    }
    context_.send_inventory(peer, message::kGetData, wanted);
}

void BlockDownload::request(Peer& peer, HeaderHandle header)
{
    remove_request(context_.chain.info(header).hash, std::nullopt);
    ask(peer, std::span{&header, 1});
}

void BlockDownload::remove_request(const BlockHash& hash, std::optional<PeerId> from)
{
    auto [it, last] = in_flight_.equal_range(hash);
    while (it != last) {
        if (from && it->second != *from) {
            ++it;
            continue;
        }
        const auto owner = context_.peers.find(it->second);
        it = in_flight_.erase(it);
        if (owner == context_.peers.end()) continue;
        DownloadState& state = owner->second->download;
        const auto place = std::ranges::find(state.in_flight, hash, &BlockInFlight::hash);
        if (place == state.in_flight.end()) continue;
        if (place == state.in_flight.begin()) state.downloading_since = std::max(state.downloading_since, context_.now);
        state.in_flight.erase(place);
        state.stalling_since = {};
    }
}

void BlockDownload::forget_peer(Peer& peer)
{
    for (const BlockInFlight& block : peer.download.in_flight) {
        const auto [first, last] = in_flight_.equal_range(block.hash);
        const auto entry = std::find_if(first, last, [&](const auto& e) { return e.second == peer.id; });
        if (entry != last) in_flight_.erase(entry);
    }
    peer.download.in_flight.clear();
    silent_.erase(peer.id);
}

// --- Choosing.

bool BlockDownload::update_last_common(Peer& peer)
{
    const ChainPort& chain = context_.chain;
    const HeaderHandle best = peer.headers.best_known;
    if (!best) return false;
    const HeaderInfo best_info = chain.info(best);
    const HeaderInfo tip = chain.info(chain.tip());
    if (best_info.work < tip.work || best_info.work < chain.minimum_work()) return false;
    // The last block of the active chain on the way to the peer's best.
    HeaderHandle fork = chain.ancestor(best, std::min(tip.height, best_info.height));
    while (fork && !chain.in_active_chain(fork)) fork = chain.info(fork).previous;
    HeaderHandle& last = peer.download.last_common;
    const bool stale = !last || !fork || chain.info(fork).work > chain.info(last).work ||
                       chain.ancestor(best, chain.info(last).height) != last;
    if (stale) last = fork;
    return last && last != best;
}

std::vector<HeaderHandle> BlockDownload::path(HeaderHandle to, Height from, Height count) const
{
    std::vector<HeaderHandle> result(static_cast<std::size_t>(count));
    HeaderHandle walk = context_.chain.ancestor(to, from + count);
    for (std::size_t i = result.size(); i-- > 0;) {
        result[i] = walk;
        walk = context_.chain.info(walk).previous;
    }
    return result;
}

BlockDownload::Choice BlockDownload::choose(Peer& peer, std::size_t count)
{
    Choice choice;
    if (count == 0 || !update_last_common(peer)) return choice;
    constexpr Height kStep = 128;
    const HeaderHandle best = peer.headers.best_known;
    Height height = context_.chain.info(peer.download.last_common).height;
    const Height window_end = height + kBlockWindow;
    const Height top = std::min(context_.chain.info(best).height, window_end + 1);
    while (height < top) {
        const Height step = std::min(top - height, kStep);
        if (!choose_from(peer, path(best, height, step), window_end, count, choice)) break;
        height += step;
    }
    return choice;
}

/// False when there is nothing more to choose.
bool BlockDownload::choose_from(Peer& peer, std::span<const HeaderHandle> headers, Height window_end, std::size_t count,
                                Choice& choice)
{
    const ChainPort& chain = context_.chain;
    const Height best_height = chain.info(peer.headers.best_known).height;
    for (const HeaderHandle header : headers) {
        const HeaderStatus status = chain.status(header);
        if (!status.valid) return false;
        if (status.segwit && !peer.serves_witnesses()) return false;
        const HeaderInfo info = chain.info(header);
        if (status.have_data || chain.active_at(info.height) == header) {
            if (status.have_chain_data) peer.download.last_common = header;
            continue;
        }
        if (processing_.contains(info.hash)) continue;
        if (const auto asked = in_flight_.find(info.hash); asked != in_flight_.end()) {
            if (!choice.waiting_for) choice.waiting_for = asked->second;
            continue;
        }
        if (info.height > window_end) {
            // Everything in the window is asked for: whoever has the first of it holds us up.
            if (choice.blocks.empty() && choice.waiting_for != peer.id) choice.staller = choice.waiting_for;
            return false;
        }
        if (peer.is_limited() && best_height - info.height >= kLimitedMinBlocks - 2) continue;
        choice.blocks.push_back(header);
        if (choice.blocks.size() == count) return false;
    }
    return true;
}

std::vector<HeaderHandle> BlockDownload::take_over(const Peer& peer, std::size_t count) const
{
    std::vector<std::pair<Height, HeaderHandle>> found;
    if (silent_.contains(peer.id) || !peer.headers.best_known) return {};
    for (const PeerId id : silent_) {
        const auto entry = context_.peers.find(id);
        if (entry == context_.peers.end()) continue;
        for (const BlockInFlight& block : entry->second->download.in_flight) {
            if (in_flight_.count(block.hash) >= kMaxRequestersPerBlock || processing_.contains(block.hash)) continue;
            if (context_.chain.ancestor(peer.headers.best_known, block.height) != block.header) continue;
            const HeaderStatus status = context_.chain.status(block.header);
            if (status.have_data || !status.valid || (status.segwit && !peer.serves_witnesses())) continue;
            found.emplace_back(block.height, block.header);
        }
    }
    std::ranges::sort(found, {}, &std::pair<Height, HeaderHandle>::first);
    std::vector<HeaderHandle> result;
    for (const auto& [height, header] : found) {
        if (result.size() < count && (result.empty() || result.back() != header)) result.push_back(header);
    }
    return result;
}

void BlockDownload::fetch_announced(Peer& peer, HeaderHandle last)
{
    const ChainPort& chain = context_.chain;
    const HeaderInfo last_info = chain.info(last);
    if (!context_.can_direct_fetch() || !chain.status(last).valid) return;
    if (chain.info(chain.tip()).work > last_info.work) return;
    std::vector<HeaderHandle> missing;
    HeaderHandle walk = last;
    while (walk && !chain.in_active_chain(walk) && missing.size() <= kMaxBlocksInFlightPerPeer) {
        const HeaderStatus status = chain.status(walk);
        const HeaderInfo info = chain.info(walk);
        if (!status.have_data && !is_requested(info.hash) && (!status.segwit || peer.serves_witnesses())) {
            missing.push_back(walk);
        }
        walk = info.previous;
    }
    // A large reorganisation: not a matter of an announcement or two.
    if (!walk || !chain.in_active_chain(walk)) return;
    std::ranges::reverse(missing);
    const std::size_t in_flight = std::min(peer.download.in_flight.size(), kMaxBlocksInFlightPerPeer);
    missing.resize(std::min(missing.size(), kMaxBlocksInFlightPerPeer - in_flight));
    ask(peer, missing);
}

}  // namespace cairn::protocol
