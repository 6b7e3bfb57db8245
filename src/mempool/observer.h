#pragma once
// What the mempool tells: each transaction that enters or leaves, in order. `services` publishes it.

#include "events/event.h"

namespace cairn::mempool {

using events::RemovalReason;
using events::TransactionAdded;
using events::TransactionRemoved;

/// Called on the validation thread, with no lock of the mempool held.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void on_transaction_added(const TransactionAdded& added) = 0;
    virtual void on_transaction_removed(const TransactionRemoved& removed) = 0;
};

}  // namespace cairn::mempool
