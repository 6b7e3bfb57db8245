#pragma once
// The engine's parts, wired together, and the order in which a peer's messages are decided. Internal to protocol.

#include "protocol/address_relay.h"
#include "protocol/block_announcer.h"
#include "protocol/block_download.h"
#include "protocol/connection_manager.h"
#include "protocol/context.h"
#include "protocol/header_sync.h"
#include "protocol/server.h"
#include "protocol/session.h"
#include "protocol/tx_download.h"
#include "protocol/tx_relay.h"

namespace cairn::protocol {

struct EngineState {
    EngineState(EngineOptions options, const ChainPort& chain, MempoolPort& mempool, const HeaderRules& rules,
                Random& random, Time now)
        : context(std::move(options), chain, mempool, rules, random, now),
          session(context),
          download(context),
          headers(context, download),
          announcer(context),
          server(context),
          tx_download(context),
          tx_relay(context),
          address_relay(context),
          connections(context)
    {
    }

    Context context;
    Session session;
    BlockDownload download;
    HeaderSync headers;
    BlockAnnouncer announcer;
    Server server;
    TxDownload tx_download;
    TxRelay tx_relay;
    AddressRelay address_relay;
    ConnectionManager connections;

    void receive(Peer& peer, ByteSpan bytes);
    /// Decides as many of the peer's messages as may be now.
    void process(Peer& peer);
    /// What is due for this peer: timeouts, requests, announcements.
    void maintain(Peer& peer);
    void work_on(Peer& peer)
    {
        process(peer);
        maintain(peer);
    }
    void maintain_all();
    /// At the end of each input: discourages, closes, forgets; tries orphans that are due.
    void finish();
    /// A new connection: greet it.
    void greet(PeerId id);
    void forget(Peer& peer);
    PeerStats stats(const Peer& peer) const;

private:
    bool may_decide(const Peer& peer) const;
    void decide(Peer& peer, Received message);
    void decide_data(Peer& peer, Received message);
    void on_inv(Peer& peer, ByteSpan payload);
    void update_reading(Peer& peer);
    void discourage(Peer& peer);
    void let_go();
};

}  // namespace cairn::protocol
