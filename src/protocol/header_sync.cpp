#include "protocol/header_sync.h"

#include <algorithm>

namespace cairn::protocol {

bool HeaderSync::get_headers(Peer& peer, std::span<const BlockHash> locator)
{
    HeaderState& state = peer.headers;
    if (context_.now - state.last_getheaders <= kHeadersResponseTime) return false;
    LocatorMessage request;
    request.have.assign(locator.begin(), locator.end());
    context_.send(peer, message::kGetHeaders, encode_locator(request));
    state.last_getheaders = context_.now;
    return true;
}

void HeaderSync::on_headers(Peer& peer, ByteSpan payload)
{
    if (context_.chain.is_importing()) return;
    auto list = decode_headers(payload, kMaxHeaders);
    if (!list) return context_.debug(peer, "headers message that cannot be read");
    if (list->oversized()) {
        return context_.misbehaving(peer, "headers message size = " + std::to_string(list->count));
    }
    if (list->items.empty()) {
        peer.headers.presync.reset();
        peer.headers.last_getheaders = {};
        return;
    }
    if (check_work(peer, list->items)) process(peer, std::move(list->items));
}

bool HeaderSync::check_work(Peer& peer, std::span<const BlockHeader> headers)
{
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!context_.rules.has_valid_work(headers[i])) {
            context_.misbehaving(peer, "header with invalid proof of work");
            return false;
        }
        if (i > 0 && headers[i].previous != headers[i - 1].hash()) {
            context_.misbehaving(peer, "non-continuous headers sequence");
            return false;
        }
    }
    return true;
}

bool HeaderSync::is_known_chain(HeaderHandle header) const
{
    if (!header) return false;
    const Height height = context_.chain.info(header).height;
    return context_.chain.ancestor(context_.chain.best_header(), height) == header ||
           context_.chain.in_active_chain(header);
}

void HeaderSync::process(Peer& peer, std::vector<BlockHeader> headers)
{
    const bool full = headers.size() == kMaxHeaders;
    bool work_shown = continue_presync(peer, headers);
    if (headers.empty()) return;
    const bool presyncing = peer.headers.presync != nullptr;
    const HeaderHandle start = context_.chain.find(headers.front().previous);
    if (!start) {
        // An announcement that does not connect: ask for what lies between.
        get_headers(peer, context_.chain.locator(context_.chain.best_header()));
        update_availability(context_, peer, headers.back().hash());
        return;
    }
    peer.headers.last_getheaders = {};
    const HeaderHandle last = context_.chain.find(headers.back().hash());
    work_shown = work_shown || is_known_chain(last) || peer.has(kPermissionNoBan);
    if (!work_shown && is_low_work(peer, start, headers)) return;
    peer.headers.pending = PendingHeaders{full, !last, presyncing};
    peer.pending.headers = true;
    context_.act(SubmitHeaders{peer.id, std::move(headers)});
}

bool HeaderSync::continue_presync(Peer& peer, std::vector<BlockHeader>& headers)
{
    HeaderState& state = peer.headers;
    if (!state.presync) return false;
    HeaderPresync::Result result = state.presync->process(headers, headers.size() == kMaxHeaders);
    if (result.success) state.last_getheaders = {};
    if (result.request_more) get_headers(peer, state.presync->next_locator());
    if (state.presync->state() == HeaderPresync::State::kDone) {
        state.presync.reset();
    } else {
        report_progress(peer);
    }
    if (result.success) headers = std::move(result.headers);
    return result.success;
}

void HeaderSync::report_progress(const Peer& peer)
{
    const HeaderPresync& presync = *peer.headers.presync;
    if (presync.state() != HeaderPresync::State::kPresync || presync.work() < reported_work_) return;
    reported_work_ = presync.work();
    context_.act(PresyncProgress{presync.height(), presync.time()});
}

/// True if the headers are not to be processed: too little work is behind them (yet).
bool HeaderSync::is_low_work(Peer& peer, HeaderHandle start, std::vector<BlockHeader>& headers)
{
    ChainWork work = context_.chain.info(start).work;
    for (const BlockHeader& header : headers) work += context_.rules.work_of(header.bits);
    const ChainWork minimum = context_.anti_dos_work();
    if (work >= minimum) return false;
    if (headers.size() == kMaxHeaders) {
        peer.headers.presync = std::make_unique<HeaderPresync>(context_.options.network, context_.rules, context_.chain,
                                                               start, minimum, context_.random, context_.now);
        continue_presync(peer, headers);
    } else {
        context_.debug(peer, "Ignoring low-work chain");
    }
    return true;
}

void HeaderSync::on_result(Peer& peer, const HeadersResult& result)
{
    const PendingHeaders pending = peer.headers.pending.value_or(PendingHeaders{});
    peer.headers.pending.reset();
    peer.pending.headers = false;
    if (result.verdict != BlockVerdict::kValid || !result.last) {
        context_.punish_for_block(peer, result.verdict, "invalid header received: " + result.reason);
        return;
    }
    after_headers(peer, result.last, pending);
    download_.fetch_announced(peer, result.last);
}

void HeaderSync::after_headers(Peer& peer, HeaderHandle last, const PendingHeaders& pending)
{
    const ChainPort& chain = context_.chain;
    if (pending.full && !pending.presyncing) get_headers(peer, chain.locator(last));
    const HeaderInfo info = chain.info(last);
    update_availability(context_, peer, info.hash);
    HeaderState& state = peer.headers;
    if (!pending.full && !pending.presyncing && state.sync_started) state.caught_up = true;
    const ChainWork tip_work = chain.info(chain.tip()).work;
    if (pending.received_new && info.work > tip_work) state.last_block_announcement = context_.now;
    const ChainWork known_work = state.best_known ? chain.info(state.best_known).work : ChainWork{};
    if (chain.is_initial_download() && !pending.full && state.best_known && known_work < chain.minimum_work() &&
        peer.is_outbound_or_block_relay()) {
        return context_.disconnect(peer, "outbound peer headers chain has insufficient work");
    }
    if (peer.type != ConnectionType::kFullOutbound || !state.best_known || state.chain_protected) return;
    const auto protected_count =
        std::ranges::count_if(context_.peers, [](const auto& entry) { return entry.second->headers.chain_protected; });
    if (protected_count < kMaxProtectedOutbound && known_work >= tip_work) state.chain_protected = true;
}

void HeaderSync::on_block_inventory(Peer& peer, std::span<const BlockHash> hashes)
{
    const BlockHash* wanted = nullptr;
    for (const BlockHash& hash : hashes) {
        const bool known = static_cast<bool>(context_.chain.find(hash));
        update_availability(context_, peer, hash);
        if (!known && !context_.chain.is_importing() && !download_.is_requested(hash)) wanted = &hash;
    }
    if (wanted == nullptr) return;
    HeaderState& state = peer.headers;
    // While syncing from another peer, ask at most once, and not several peers because of one block.
    const bool first_trigger = !state.inv_triggered_getheaders && *wanted != last_inv_trigger_;
    if (!state.sync_started && !first_trigger) return;
    get_headers(peer, context_.chain.locator(context_.chain.best_header()));
    if (!state.sync_started) {
        state.inv_triggered_getheaders = true;
        last_inv_trigger_ = *wanted;
    }
}

int HeaderSync::syncing_peers() const
{
    return static_cast<int>(
        std::ranges::count_if(context_.peers, [](const auto& entry) { return entry.second->headers.sync_started; }));
}

void HeaderSync::maintain(Peer& peer)
{
    HeaderState& state = peer.headers;
    const ChainPort& chain = context_.chain;
    if (!peer.handshake.sent_sendheaders && state.best_known &&
        chain.info(state.best_known).work > chain.minimum_work()) {
        context_.send(peer, message::kSendHeaders);
        peer.handshake.sent_sendheaders = true;
    }
    if (!state.sync_started && peer.serves_blocks() && !chain.is_importing()) start_sync(peer);
    if (watch_timeout(peer)) return;
    consider_eviction(peer);
}

void HeaderSync::start_sync(Peer& peer)
{
    const ChainPort& chain = context_.chain;
    HeaderState& state = peer.headers;
    const HeaderHandle best = chain.best_header();
    const HeaderInfo info = chain.info(best);
    // The bulk of the headers comes from one peer. Once that has no more, or the best header is of today, all are
    // asked.
    const bool recent = from_unix(info.time) > context_.now - 24h;
    const bool caught_up =
        std::ranges::any_of(context_.peers, [](const auto& entry) { return entry.second->headers.caught_up; });
    const bool may_ask = recent || caught_up || (syncing_peers() == 0 && download_.may_sync_from(peer));
    if (!may_ask) return;
    // One below the best, so that an up-to-date peer answers with a header and thereby says what it has.
    if (!get_headers(peer, chain.locator(info.previous ? info.previous : best))) return;
    state.sync_started = true;
    const Duration behind = std::max(context_.now - from_unix(info.time), Duration{0});
    const auto expected_headers = behind / context_.options.network.block_interval;
    state.sync_timeout = context_.now + kHeadersTimeoutBase + kHeadersTimeoutPerHeader * expected_headers;
}

bool HeaderSync::watch_timeout(Peer& peer)
{
    HeaderState& state = peer.headers;
    if (!state.sync_started || state.sync_timeout == kFarFuture) return false;
    const HeaderInfo best = context_.chain.info(context_.chain.best_header());
    if (from_unix(best.time) > context_.now - 24h) {
        state.sync_timeout = kFarFuture;
        return false;
    }
    const bool others_preferred = std::ranges::any_of(
        context_.peers, [&](const auto& entry) { return entry.first != peer.id && entry.second->download.preferred; });
    if (context_.now <= state.sync_timeout || syncing_peers() != 1 || !others_preferred) return false;
    if (!peer.has(kPermissionNoBan)) {
        context_.disconnect(peer, "timeout downloading headers");
        return true;
    }
    state.sync_started = false;
    state.sync_timeout = {};
    return false;
}

void HeaderSync::consider_eviction(Peer& peer)
{
    HeaderState& state = peer.headers;
    if (state.chain_protected || !peer.is_outbound_or_block_relay() || !state.sync_started) return;
    const ChainPort& chain = context_.chain;
    const auto known_work = [&] { return chain.info(state.best_known).work; };
    const HeaderInfo tip = chain.info(chain.tip());
    if (state.best_known && known_work() >= tip.work) {
        state.chain_timeout = {};
        state.chain_work_header = {};
        state.chain_getheaders_sent = false;
    } else if (state.chain_timeout == Time{} || (state.chain_work_header && state.best_known &&
                                                 known_work() >= chain.info(state.chain_work_header).work)) {
        // It caught up to where we were: it gets another while to catch up to where we are.
        state.chain_timeout = context_.now + kChainSyncTimeout;
        state.chain_work_header = chain.tip();
        state.chain_getheaders_sent = false;
    } else if (context_.now > state.chain_timeout) {
        if (state.chain_getheaders_sent) return context_.disconnect(peer, "outbound peer has old chain");
        const HeaderHandle before = chain.info(state.chain_work_header).previous;
        get_headers(peer, chain.locator(before ? before : state.chain_work_header));
        state.chain_getheaders_sent = true;
        state.chain_timeout = context_.now + kHeadersResponseTime;
    }
}

void HeaderSync::forget_peer(const Peer& peer)
{
    if (peer.headers.presync) reported_work_ = {};
}

}  // namespace cairn::protocol
