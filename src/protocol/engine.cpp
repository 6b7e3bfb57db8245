#include "protocol/engine.h"

#include <algorithm>
#include <utility>

#include "protocol/engine_state.h"

namespace cairn::protocol {
namespace {

/// One input: sets the time, and afterwards settles what it led to.
class Input {
public:
    Input(EngineState& state, Time now) : state_(state) { state.context.now = now; }
    explicit Input(EngineState& state) : state_(state) {}
    ~Input() { state_.finish(); }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

private:
    EngineState& state_;
};

}  // namespace

Engine::Engine(EngineOptions options, const ChainPort& chain, MempoolPort& mempool, const HeaderRules& rules,
               Random& random, Time now)
    : state_(std::make_unique<EngineState>(std::move(options), chain, mempool, rules, random, now))
{
    for (const auto& endpoint : state_->context.options.external_addresses) {
        add_local_address(endpoint, kScoreGivenByOwner);
    }
    for (const auto& [endpoint, score] : state_->context.options.discovered_addresses) {
        if (state_->context.options.reachable.contains(endpoint.address.kind())) add_local_address(endpoint, score);
    }
}

Engine::~Engine() = default;

std::vector<Action> Engine::take_actions()
{
    return std::exchange(state_->context.actions, {});
}

void Engine::start(Time now)
{
    const Input input(*state_, now);
    state_->connections.start();
}

void Engine::stop()
{
    const Input input(*state_);
    state_->context.stopped = true;
    for (const auto& [id, peer] : state_->context.peers) state_->context.disconnect(*peer, "stopping");
}

void Engine::tick(Time now)
{
    const Input input(*state_, now);
    EngineState& s = *state_;
    if (s.context.stopped) return;
    s.connections.tick(s.download.anything_in_flight(), s.download.last_tip_update());
    s.download.find_silent();
    s.tx_relay.retry_unbroadcast();
    if (s.context.bans.sweep(now)) s.context.act(Save{Save::What::kBans});
    s.context.ticking = true;
    for (const auto& [id, peer] : s.context.peers) s.work_on(*peer);
    s.context.ticking = false;
}

void Engine::hasten(Duration by)
{
    state_->tx_relay.hasten(by);
}

std::optional<PeerId> Engine::on_accepted(const NewConnection& connection, Time now)
{
    const Input input(*state_, now);
    return state_->connections.on_accepted(connection);
}

std::optional<PeerId> Engine::on_connected(std::uint64_t attempt, const NewConnection& connection, Time now)
{
    const Input input(*state_, now);
    const auto id = state_->connections.on_connected(attempt, connection);
    if (id) state_->greet(*id);
    return id;
}

void Engine::on_connect_failed(std::uint64_t attempt, Time now)
{
    const Input input(*state_, now);
    state_->connections.on_connect_failed(attempt);
}

void Engine::on_bytes(PeerId id, ByteSpan bytes, Time now)
{
    const Input input(*state_, now);
    Peer* peer = state_->context.find(id);
    if (peer == nullptr) return;
    state_->receive(*peer, bytes);
    if (!peer->disconnecting) state_->work_on(*peer);
}

void Engine::on_sent(PeerId id, std::size_t bytes, Time now)
{
    const Input input(*state_, now);
    Peer* peer = state_->context.find(id);
    if (peer == nullptr) return;
    const bool was_full = peer->unsent > state_->context.options.send_buffer;
    peer->unsent -= std::min(bytes, peer->unsent);
    peer->last_send = now;
    if (was_full) state_->work_on(*peer);
}

void Engine::on_disconnected(PeerId id, Time now)
{
    const Input input(*state_, now);
    auto& peers = state_->context.peers;
    const auto found = peers.find(id);
    if (found == peers.end()) return;
    found->second->disconnecting = true;
    state_->forget(*found->second);
    peers.erase(found);
}

void Engine::on_resolved(const std::string& name, const std::vector<NetAddress>& addresses, Time now)
{
    const Input input(*state_, now);
    state_->connections.on_resolved(name, addresses);
}

void Engine::on_headers_result(PeerId id, const HeadersResult& result, Time now)
{
    const Input input(*state_, now);
    Peer* peer = state_->context.find(id);
    if (peer == nullptr) return;
    state_->headers.on_result(*peer, result);
    state_->work_on(*peer);
}

void Engine::on_block_result(PeerId id, const BlockHash& hash, const BlockResult& result, Time now)
{
    const Input input(*state_, now);
    Peer* peer = state_->context.find(id);
    state_->download.on_result(peer, hash, result);
    if (peer != nullptr) state_->work_on(*peer);
}

void Engine::on_block_checked(const BlockHash& hash, BlockVerdict verdict, const std::string& reason, Time now)
{
    const Input input(*state_, now);
    state_->download.on_checked(hash, verdict, reason);
}

void Engine::on_transaction_result(PeerId id, const Wtxid& wtxid, const TransactionResult& result, Time now)
{
    const Input input(*state_, now);
    const auto accepted = state_->tx_download.on_result(id, wtxid, result);
    if (accepted) state_->tx_relay.announce(*accepted, wtxid);
    if (Peer* peer = state_->context.find(id)) state_->work_on(*peer);
}

void Engine::on_block_read(PeerId id, const BlockHash& hash, const std::shared_ptr<const Bytes>& raw, Time now)
{
    const Input input(*state_, now);
    Peer* peer = state_->context.find(id);
    if (peer == nullptr) return;
    state_->server.on_block_read(*peer, hash, raw);
    if (!peer->disconnecting) state_->work_on(*peer);
}

void Engine::on_block_connected(const BlockRef& block, Time now)
{
    const Input input(*state_, now);
    state_->download.on_block_connected();
    if (state_->context.chain.is_initial_download()) return;
    state_->server.on_block_connected(block);
    state_->tx_download.on_block_connected(*block);
}

void Engine::on_block_disconnected(Time now)
{
    const Input input(*state_, now);
    state_->tx_download.on_block_disconnected();
}

void Engine::on_blocks_missed(Time now)
{
    const Input input(*state_, now);
    state_->download.on_block_connected();
    state_->tx_download.on_blocks_missed();
}

void Engine::on_tip_changed(HeaderHandle tip, HeaderHandle fork, bool initial_download, Time now)
{
    const Input input(*state_, now);
    if (initial_download) return;
    state_->tx_download.on_tip_changed();
    state_->announcer.on_tip_changed(tip, fork);
    state_->maintain_all();
}

void Engine::announce_transaction(const Txid& txid, const Wtxid& wtxid, Time now)
{
    const Input input(*state_, now);
    if (const auto info = state_->context.mempool.find(wtxid)) state_->tx_download.on_accepted(*info->transaction);
    state_->tx_relay.announce(txid, wtxid);
    state_->maintain_all();
}

std::vector<PeerStats> Engine::peers(Time now) const
{
    state_->context.now = now;
    std::vector<PeerStats> result;
    for (const auto& [id, peer] : state_->context.peers) result.push_back(state_->stats(*peer));
    return result;
}

std::expected<void, std::string> Engine::fetch_block(PeerId id, HeaderHandle header, Time now)
{
    const Input input(*state_, now);
    if (state_->context.chain.is_importing()) return std::unexpected("Loading blocks ...");
    Peer* peer = state_->context.find(id);
    if (peer == nullptr) return std::unexpected("Peer does not exist");
    if (!peer->serves_witnesses()) return std::unexpected("Pre-SegWit peer");
    if (!peer->handshake.complete) return std::unexpected("Peer not fully connected");
    const BlockHash hash = state_->context.chain.info(header).hash;
    if (std::ranges::any_of(peer->download.in_flight, [&](const auto& b) { return b.hash == hash; })) {
        return std::unexpected("Already requested from this peer");
    }
    state_->download.request(*peer, header);
    return {};
}

bool Engine::send_raw(PeerId id, std::string_view type, ByteSpan payload, Time now)
{
    const Input input(*state_, now);
    Peer* peer = state_->context.find(id);
    if (peer == nullptr) return false;
    state_->context.send(*peer, type, payload);
    return true;
}

}  // namespace cairn::protocol
