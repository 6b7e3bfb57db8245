#pragma once
// What the mempool tells: each transaction that enters or leaves, in order, with the sequence number of Bitcoin Core's
// `mempool_sequence`. `services` turns it into the node's events.

#include <cstdint>

#include "consensus/primitives/transaction.h"
#include "events/event.h"
#include "policy/fee_rate.h"

namespace cairn::mempool {

using events::RemovalReason;

struct TransactionAdded {
    TransactionRef transaction;
    Amount fee;
    policy::VirtualSize size = 0;
    std::uint64_t sequence = 0;
    /// Came back from a disconnected block, past the limits of fees.
    bool from_block = false;
};

struct TransactionRemoved {
    TransactionRef transaction;
    RemovalReason reason{};
    std::uint64_t sequence = 0;
};

/// Called on the validation thread, with no lock of the mempool held.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void on_transaction_added(const TransactionAdded& added) = 0;
    virtual void on_transaction_removed(const TransactionRemoved& removed) = 0;
};

}  // namespace cairn::mempool
