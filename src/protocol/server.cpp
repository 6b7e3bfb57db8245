#include "protocol/server.h"

namespace cairn::protocol {

std::optional<std::vector<BlockHash>> Server::read_locator(Peer& peer, ByteSpan payload, BlockHash& stop)
{
    const auto list = decode_locator_list(payload, stop);
    if (!list) {
        context_.debug(peer, "locator that cannot be read");
        return std::nullopt;
    }
    if (list->oversized()) {
        context_.disconnect(peer, "locator of size " + std::to_string(list->count));
        return std::nullopt;
    }
    return list->items;
}

void Server::on_getheaders(Peer& peer, ByteSpan payload)
{
    BlockHash stop;
    const auto locator = read_locator(peer, payload, stop);
    const ChainPort& chain = context_.chain;
    if (!locator || chain.is_importing()) return;
    const HeaderInfo tip = chain.info(chain.tip());
    if (tip.work < chain.minimum_work() && !peer.has(kPermissionDownload)) {
        // Nothing of ours is worth having yet; an empty answer lets the peer go on with others.
        return context_.send(peer, message::kHeaders, encode_headers({}));
    }
    HeaderHandle walk;
    if (locator->empty()) {
        walk = chain.find(stop);
        if (!walk || !context_.may_serve(walk)) return;
    } else {
        walk = chain.active_at(chain.info(chain.find_fork(*locator)).height + 1);
    }
    std::vector<BlockHeader> headers;
    HeaderHandle last;
    while (walk && headers.size() < kMaxHeaders) {
        const HeaderInfo info = chain.info(walk);
        headers.push_back(chain.block_header(walk));
        last = walk;
        if (info.hash == stop) break;
        walk = chain.in_active_chain(walk) ? chain.active_at(info.height + 1) : HeaderHandle{};
    }
    // If nothing is new to it, it has all we have.
    peer.headers.best_sent = last ? last : chain.tip();
    context_.send(peer, message::kHeaders, encode_headers(headers));
}

void Server::on_getblocks(Peer& peer, ByteSpan payload)
{
    BlockHash stop;
    const auto locator = read_locator(peer, payload, stop);
    if (!locator) return;
    const ChainPort& chain = context_.chain;
    Height height = chain.info(chain.find_fork(*locator)).height + 1;
    for (std::size_t count = 1; count <= kMaxGetBlocksAnswer; ++count, ++height) {
        const HeaderHandle header = chain.active_at(height);
        if (!header || !chain.status(header).have_data) return;
        const BlockHash hash = chain.info(header).hash;
        if (hash == stop) return;
        peer.announce.as_inv.push_back(hash);
        // When it asks for the last of them, an inv of the tip makes it ask for more.
        if (count == kMaxGetBlocksAnswer) peer.serve.continuation = hash;
    }
}

void Server::on_getdata(Peer& peer, ByteSpan payload)
{
    const auto list = decode_inventory(payload);
    if (!list) return context_.debug(peer, "getdata message that cannot be read");
    if (list->oversized()) {
        return context_.misbehaving(peer, "getdata message size = " + std::to_string(list->count));
    }
    auto& requests = peer.serve.requests;
    requests.insert(requests.end(), list->items.begin(), list->items.end());
}

bool Server::serve(Peer& peer)
{
    auto& requests = peer.serve.requests;
    while (!requests.empty()) {
        if (peer.disconnecting || peer.serve.reading || peer.unsent > context_.options.send_buffer) return false;
        if (!serve_transactions(peer)) return false;
        if (requests.empty()) break;
        const Inventory item = requests.front();
        requests.pop_front();
        if (item.is_block()) serve_block(peer, item);
    }
    return !peer.serve.reading;
}

/// The transactions at the front of the queue. False if the send buffer is full.
bool Server::serve_transactions(Peer& peer)
{
    auto& requests = peer.serve.requests;
    std::vector<Inventory> missing;
    while (!requests.empty() && requests.front().is_tx() && peer.unsent <= context_.options.send_buffer) {
        const Inventory item = requests.front();
        requests.pop_front();
        if (!peer.tx_relay) continue;
        if (const TransactionRef tx = find_transaction(peer, item)) {
            if (item.type == InvType::kTx) {
                context_.send(peer, message::kTx, encode_without_witness(*tx));
            } else {
                context_.send(peer, message::kTx, tx->raw);
            }
            context_.mempool.mark_broadcast(tx->txid);
        } else {
            missing.push_back(item);
        }
    }
    context_.send_inventory(peer, message::kNotFound, missing);
    return requests.empty() || !requests.front().is_tx();
}

TransactionRef Server::find_transaction(const Peer& peer, const Inventory& item) const
{
    const bool by_wtxid = item.type == InvType::kWtx;
    const auto found = by_wtxid ? context_.mempool.find(Wtxid{item.hash}) : context_.mempool.find(Txid{item.hash});
    // Only what was in the mempool when we last announced: else asking would tell when it came.
    if (found && found->sequence < peer.tx_relay->last_sequence) return found->transaction;
    const auto recent = recent_transactions_.find(item.hash);
    if (recent == recent_transactions_.end()) return nullptr;
    return transaction_ref(recent_, recent->second);
}

void Server::on_block_connected(const BlockRef& block)
{
    recent_ = block;
    recent_transactions_.clear();
    for (std::size_t i = 0; i < block->transactions.size(); ++i) {
        recent_transactions_[block->transactions[i].txid.value] = i;
        recent_transactions_[block->transactions[i].wtxid.value] = i;
    }
}

void Server::serve_block(Peer& peer, const Inventory& item)
{
    const ChainPort& chain = context_.chain;
    const BlockHash hash{item.hash};
    const HeaderHandle header = chain.find(hash);
    if (!header || !context_.may_serve(header)) return;
    const HeaderInfo info = chain.info(header);
    const HeaderInfo best = chain.info(chain.best_header());
    const bool historical = from_unix(best.time) - from_unix(info.time) > kHistoricalBlockAge;
    if (context_.upload_target_reached(true) && (historical || item.type == InvType::kFilteredBlock) &&
        !peer.has(kPermissionDownload)) {
        return context_.disconnect(peer, "historical block serving limit reached");
    }
    const bool limited =
        (context_.options.services & kNodeNetworkLimited) != 0 && (context_.options.services & kNodeNetwork) == 0;
    const Height depth = chain.info(chain.tip()).height - info.height;
    if (limited && depth > kLimitedMinBlocks + 2 && !peer.has(kPermissionNoBan)) {
        return context_.disconnect(peer, "ignore block request below NODE_NETWORK_LIMITED threshold");
    }
    if (!chain.status(header).have_data) return;
    // Without a filter loaded, which we never take, nothing answers a request for a filtered block.
    if (item.type == InvType::kFilteredBlock) return continue_inventory(peer, hash);
    peer.serve.reading = item;
    context_.act(ReadBlock{peer.id, hash});
}

void Server::on_block_read(Peer& peer, const BlockHash& hash, const std::shared_ptr<const Bytes>& raw)
{
    if (!peer.serve.reading || peer.serve.reading->hash != hash.value) return;
    const InvType type = peer.serve.reading->type;
    peer.serve.reading.reset();
    if (!raw) return context_.disconnect(peer, "cannot load block from disk");
    send_block(peer, type, raw);
    continue_inventory(peer, hash);
}

void Server::send_block(Peer& peer, InvType type, const std::shared_ptr<const Bytes>& raw)
{
    // A request for a compact block may be answered with the whole one (BIP152).
    if (type != InvType::kBlock) return context_.send(peer, message::kBlock, *raw);
    const auto block = decode_block(raw);
    if (!block) return context_.disconnect(peer, "cannot load block from disk");
    context_.send(peer, message::kBlock, encode_without_witness(**block));
}

void Server::continue_inventory(Peer& peer, const BlockHash& hash)
{
    if (peer.serve.continuation.is_null() || peer.serve.continuation != hash) return;
    const BlockHash tip = context_.chain.info(context_.chain.tip()).hash;
    const Inventory item{InvType::kBlock, tip.value};
    context_.send_inventory(peer, message::kInv, std::span{&item, 1});
    peer.serve.continuation = {};
}

void Server::on_mempool(Peer& peer)
{
    const bool allowed = peer.has(kPermissionMempool);
    if (!allowed) {
        if (!peer.has(kPermissionNoBan)) context_.disconnect(peer, "mempool request with bloom filters disabled");
        return;
    }
    if (peer.tx_relay) peer.tx_relay->send_mempool = true;
}

}  // namespace cairn::protocol
