#pragma once
// Headers first: asking, checking, the defence against chains with little work, and letting go of outbound peers whose
// chain stays behind. Source: Bitcoin Core's ProcessHeadersMessage and what surrounds it.

#include "protocol/block_download.h"
#include "protocol/context.h"

namespace cairn::protocol {

class HeaderSync {
public:
    HeaderSync(Context& context, BlockDownload& download) : context_(context), download_(download) {}

    void on_headers(Peer& peer, ByteSpan payload);
    void on_result(Peer& peer, const HeadersResult& result);
    /// Block announcements of an inv message: the last unknown one triggers a getheaders.
    void on_block_inventory(Peer& peer, std::span<const BlockHash> hashes);
    /// Starts the initial sync, watches its timeout, and sends sendheaders when due.
    void maintain(Peer& peer);
    void forget_peer(const Peer& peer);

private:
    bool check_work(Peer& peer, std::span<const BlockHeader> headers);
    void process(Peer& peer, std::vector<BlockHeader> headers);
    bool continue_presync(Peer& peer, std::vector<BlockHeader>& headers);
    bool is_low_work(Peer& peer, HeaderHandle start, std::vector<BlockHeader>& headers);
    bool get_headers(Peer& peer, std::span<const BlockHash> locator);
    void after_headers(Peer& peer, HeaderHandle last, const PendingHeaders& pending);
    void start_sync(Peer& peer);
    bool watch_timeout(Peer& peer);
    void consider_eviction(Peer& peer);
    bool is_known_chain(HeaderHandle header) const;
    void report_progress(const Peer& peer);
    int syncing_peers() const;

    Context& context_;
    BlockDownload& download_;
    BlockHash last_inv_trigger_;
    ChainWork reported_work_;
};

}  // namespace cairn::protocol
