#include "protocol/engine_state.h"

#include <algorithm>
#include <utility>

namespace cairn::protocol {
void EngineState::greet(PeerId id)
{
    Peer* peer = context.find(id);
    if (peer != nullptr && !peer->is_inbound()) session.send_version(*peer);
}

void EngineState::receive(Peer& peer, ByteSpan bytes)
{
    std::vector<Received> messages;
    const bool ok = peer.transport.receive(bytes, messages);
    peer.last_receive = context.now;
    peer.bytes_received += bytes.size();
    for (Received& message : messages) {
        const std::string name = is_known_message(message.type) ? message.type : "*other*";
        peer.received_per_message[name] += message.wire_size;
        if (message.dropped) {
            context.debug(peer, "message with wrong checksum or type dropped");
            continue;
        }
        peer.queued_bytes += message.wire_size;
        peer.queue.push_back(std::move(message));
    }
    if (!ok) return context.disconnect(peer, peer.transport.failure());
    update_reading(peer);
}

void EngineState::update_reading(Peer& peer)
{
    const bool enabled = peer.queued_bytes <= context.options.receive_buffer && peer.queue.size() <= kMaxQueuedMessages;
    if (enabled == peer.reading) return;
    peer.reading = enabled;
    context.act(SetReading{peer.id, enabled});
}

/// Decision 11: what earlier messages submitted must be decided first; but blocks need not wait for blocks.
bool EngineState::may_decide(const Peer& peer) const
{
    const PendingWork& pending = peer.pending;
    if (pending.headers || pending.transaction || peer.serve.reading) return false;
    if (tx_download.awaits_orphans(peer.id)) return false;
    const Received& next = peer.queue.front();
    if (next.type != message::kBlock) return pending.blocks.empty();
    if (pending.blocks.empty()) {
        return download.processing_bytes() == 0 ||
               download.processing_bytes() + next.payload.size() <= kMaxProcessingBytes;
    }
    // A block whose parent is not known yet may be about to get it from the blocks before it.
    const auto header = decode_header(next.payload);
    if (header && !context.chain.find(header->previous)) return false;
    return pending.blocks.size() < kMaxSubmittedBlocks &&
           pending.block_bytes + next.payload.size() <= kMaxSubmittedBlockBytes &&
           download.processing_bytes() + next.payload.size() <= kMaxProcessingBytes;
}

void EngineState::process(Peer& peer)
{
    while (!peer.disconnecting && !peer.should_discourage) {
        if (peer.pending.idle() && !server.serve(peer)) break;
        if (peer.queue.empty() || peer.unsent > context.options.send_buffer || !may_decide(peer)) break;
        Received message = std::move(peer.queue.front());
        peer.queue.pop_front();
        peer.queued_bytes -= message.wire_size;
        decide(peer, std::move(message));
    }
    if (!peer.disconnecting) update_reading(peer);
}

void EngineState::decide(Peer& peer, Received message)
{
    const bool had_version = peer.handshake.version != 0;
    const bool was_complete = peer.handshake.complete;
    if (!session.on_message(peer, message)) return decide_data(peer, std::move(message));
    if (peer.disconnecting) return;
    if (!had_version && peer.handshake.version != 0) address_relay.on_version(peer);
    if (!was_complete && peer.handshake.complete) tx_download.add_peer(peer);
}

void EngineState::decide_data(Peer& peer, Received message)
{
    const std::string_view type = message.type;
    const ByteSpan payload = message.payload;
    if (type == message::kBlock) return download.on_block(peer, std::move(message.payload));
    if (type == message::kHeaders) return headers.on_headers(peer, payload);
    if (type == message::kTx) {
        const TransactionRef again = tx_download.on_transaction(peer, payload);
        if (again) tx_relay.announce(again->txid, again->wtxid);
        return;
    }
    if (type == message::kInv) return on_inv(peer, payload);
    if (type == message::kGetData) return server.on_getdata(peer, payload);
    if (type == message::kGetHeaders) return server.on_getheaders(peer, payload);
    if (type == message::kGetBlocks) return server.on_getblocks(peer, payload);
    if (type == message::kNotFound) return tx_download.on_notfound(peer, payload);
    if (type == message::kMempool) return server.on_mempool(peer);
    if (type == message::kAddr) return address_relay.on_addr(peer, payload, false);
    if (type == message::kAddrV2) return address_relay.on_addr(peer, payload, true);
    if (type == message::kGetAddr) return address_relay.on_getaddr(peer);
}

void EngineState::on_inv(Peer& peer, ByteSpan payload)
{
    const auto list = decode_inventory(payload);
    if (!list) return context.debug(peer, "inv message that cannot be read");
    if (list->oversized()) return context.misbehaving(peer, "inv message size = " + std::to_string(list->count));
    const bool rejects = context.rejects_transactions(peer);
    std::vector<BlockHash> blocks;
    for (const Inventory& item : list->items) {
        // Only the kind of name that was agreed on.
        if (item.type == (peer.handshake.wtxid_relay ? InvType::kTx : InvType::kWtx)) continue;
        if (item.type == InvType::kBlock) {
            blocks.push_back(BlockHash{item.hash});
        } else if (item.is_tx()) {
            if (rejects) return context.disconnect(peer, "transaction inv sent in violation of protocol");
            tx_relay.on_known(peer, item.hash);
            if (context.chain.is_initial_download()) continue;
            tx_download.on_announcement(peer, {item.hash, item.type == InvType::kWtx});
        }
    }
    headers.on_block_inventory(peer, blocks);
}

void EngineState::maintain(Peer& peer)
{
    if (peer.disconnecting || peer.should_discourage || context.stopped) return;
    session.maintain(peer);
    if (peer.disconnecting || !peer.handshake.complete) return;
    address_relay.maintain(peer);
    if (peer.disconnecting) return;
    headers.maintain(peer);
    if (peer.disconnecting) return;
    announcer.maintain(peer);
    tx_relay.maintain(peer);
    download.maintain(peer);
    if (peer.disconnecting) return;
    tx_download.maintain(peer);
}

void EngineState::maintain_all()
{
    for (const auto& [id, peer] : context.peers) maintain(*peer);
}

void EngineState::discourage(Peer& peer)
{
    peer.should_discourage = false;
    if (peer.disconnecting) return;
    if (peer.has(kPermissionNoBan) || peer.type == ConnectionType::kManual) {
        const std::string kind = peer.has(kPermissionNoBan) ? "noban" : "manually connected";
        context.log(Log::Level::kWarning, "Not punishing " + kind + " peer " + std::to_string(peer.id) + "!");
        return;
    }
    context.disconnect(peer, "misbehaviour");
    // A local address stands for many (Tor, proxies).
    if (peer.address.address.is_local()) return;
    context.bans.discourage(peer.address.address);
    for (const auto& [id, other] : context.peers) {
        if (other->address.address == peer.address.address) context.disconnect(*other, "its address is discouraged");
    }
}

void EngineState::finish()
{
    let_go();
    for (const PeerId id : tx_download.try_orphans()) work_on(*context.find(id));
    let_go();
}

/// Of those who are marked; which may mark others, of the same address.
void EngineState::let_go()
{
    while (!context.leaving.empty()) {
        for (const PeerId id : std::exchange(context.leaving, {})) {
            const auto found = context.peers.find(id);
            if (found == context.peers.end()) continue;
            Peer& peer = *found->second;
            if (peer.should_discourage) discourage(peer);
            if (!peer.disconnecting) {
                process(peer);  // spared: it goes on
                continue;
            }
            forget(peer);
            context.act(Disconnect{id});
            context.peers.erase(found);
        }
    }
}

void EngineState::forget(Peer& peer)
{
    download.forget_peer(peer);
    headers.forget_peer(peer);
    tx_download.forget_peer(peer);
    if (peer.handshake.complete && !peer.is_inbound() && peer.type != ConnectionType::kBlockRelay) {
        context.addresses.connected(peer.address, context.now);
    }
}

PeerStats EngineState::stats(const Peer& peer) const
{
    PeerStats s;
    s.id = peer.id;
    s.address_name = peer.name;
    s.address = peer.address;
    s.bind = peer.bind;
    s.local = peer.handshake.local;
    s.network = peer.connected_network();
    s.services = peer.handshake.services;
    s.relay_transactions = peer.tx_relay && peer.tx_relay->relay;
    s.last_inv_sequence = peer.tx_relay ? peer.tx_relay->last_sequence : 0;
    s.inv_to_send = peer.tx_relay ? peer.tx_relay->to_send.size() : 0;
    s.last_send = peer.last_send;
    s.last_receive = peer.last_receive;
    s.last_transaction = peer.last_transaction;
    s.last_block = peer.last_block;
    s.connected = peer.connected;
    s.time_offset = peer.handshake.time_offset;
    s.ping = peer.ping.last;
    s.minimum_ping = peer.ping.minimum;
    if (peer.ping.nonce != 0 && context.now > peer.ping.start) s.ping_wait = context.now - peer.ping.start;
    s.bytes_sent = peer.bytes_sent;
    s.bytes_received = peer.bytes_received;
    s.bytes_sent_per_message = peer.sent_per_message;
    s.bytes_received_per_message = peer.received_per_message;
    s.version = peer.handshake.version;
    s.user_agent = peer.handshake.user_agent;
    s.inbound = peer.is_inbound();
    s.bip152_hb_from = peer.bip152_from;
    s.presynced_headers = peer.headers.presync ? peer.headers.presync->height() : -1;
    const ChainPort& chain = context.chain;
    s.synced_headers = peer.headers.best_known ? chain.info(peer.headers.best_known).height : -1;
    s.synced_blocks = peer.download.last_common ? chain.info(peer.download.last_common).height : -1;
    for (const BlockInFlight& block : peer.download.in_flight) s.inflight.push_back(block.height);
    s.addr_relay_enabled = peer.addresses.enabled;
    s.addr_processed = peer.addresses.processed;
    s.addr_rate_limited = peer.addresses.rate_limited;
    s.permissions = peer.permissions;
    s.minimum_fee_filter = peer.tx_relay ? peer.tx_relay->fee_filter_received : Amount{};
    s.connection_type = peer.type;
    s.transport = std::string(TransportV1::kName);
    s.messages_waiting = peer.queue.size();
    return s;
}

}  // namespace cairn::protocol
