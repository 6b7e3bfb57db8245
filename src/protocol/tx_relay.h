#pragma once
// Telling peers of transactions: in batches at random times, so that who listens learns little of where one came from,
// and only what the peer's fee filter lets through. Source: Bitcoin Core's SendMessages.

#include <map>

#include "protocol/context.h"

namespace cairn::protocol {

class TxRelay {
public:
    explicit TxRelay(Context& context);

    void announce(const Txid& txid, const Wtxid& wtxid);
    void on_known(Peer& peer, const Hash256& name);
    void maintain(Peer& peer);
    /// Once per tick: transactions of our own that no peer has asked for are announced again.
    void retry_unbroadcast();
    /// The next time of that comes so much earlier.
    void hasten(Duration by) { next_unbroadcast_ -= by; }

private:
    bool is_due(Peer& peer);
    void add_whole_mempool(Peer& peer, std::vector<Inventory>& items);
    void add_batch(Peer& peer, std::vector<Inventory>& items);
    void send_fee_filter(Peer& peer);
    Amount rounded_fee(Amount fee) const;

    Context& context_;
    std::map<std::uint64_t, Time> next_for_inbound_;  // by network key: inbound peers of one network learn together
    Time next_unbroadcast_;
    Amount everything_;  // the highest filter: no transaction passes
};

}  // namespace cairn::protocol
