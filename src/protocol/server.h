#pragma once
// Answering: headers, block inventories, blocks, transactions. Blocks come from disk by a ReadBlock action; until one
// is read and given to the shell, the peer's later requests and messages wait. Source: Bitcoin Core's ProcessGetData,
// getheaders and getblocks.

#include <map>

#include "protocol/context.h"

namespace cairn::protocol {

class Server {
public:
    explicit Server(Context& context) : context_(context) {}

    void on_getheaders(Peer& peer, ByteSpan payload);
    void on_getblocks(Peer& peer, ByteSpan payload);
    void on_getdata(Peer& peer, ByteSpan payload);
    void on_mempool(Peer& peer);
    void on_block_read(Peer& peer, const BlockHash& hash, const std::shared_ptr<const Bytes>& raw);
    /// Goes on with what the peer asked for. False while something of it remains.
    bool serve(Peer& peer);
    /// The latest block's transactions are served although they are in no mempool any more.
    void on_block_connected(const BlockRef& block);

private:
    std::optional<std::vector<BlockHash>> read_locator(Peer& peer, ByteSpan payload, BlockHash& stop);
    bool serve_transactions(Peer& peer);
    void serve_block(Peer& peer, const Inventory& item);
    TransactionRef find_transaction(const Peer& peer, const Inventory& item) const;
    void send_block(Peer& peer, InvType type, const std::shared_ptr<const Bytes>& raw);
    void continue_inventory(Peer& peer, const BlockHash& hash);

    Context& context_;
    BlockRef recent_;
    std::map<Hash256, std::size_t> recent_transactions_;  // by txid and by wtxid
};

}  // namespace cairn::protocol
