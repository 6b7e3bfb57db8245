#pragma once
// Facts the node publishes: immutable values, numbered in the order in which they became true.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "consensus/coins.h"
#include "consensus/primitives/block.h"
#include "consensus/primitives/transaction.h"

namespace cairn::events {

struct BlockConnected {
    BlockRef block;
    /// What the block spends, in the order of its inputs without the coinbase's. Null for the genesis block.
    std::shared_ptr<const SpentOutputs> spent;
    Height height = 0;
};

struct BlockDisconnected {
    BlockRef block;
    std::shared_ptr<const SpentOutputs> spent;
    Height height = 0;
};

/// After the blocks that lead to it: the active chain ends here now.
struct TipChanged {
    BlockHash tip;
    Height height = 0;
    /// The last block that the old chain and the new one share.
    BlockHash fork;
    Height fork_height = 0;
    bool initial_download = false;
};

struct TransactionAdded {
    TransactionRef transaction;
    Amount fee;
    /// Of the mempool: counts additions and removals but for those by a block, as `getrawmempool` shows it.
    std::uint64_t mempool_sequence = 0;
};

enum class RemovalReason : std::uint8_t { kExpiry, kSizeLimit, kReorganised, kBlock, kConflict, kReplaced };

struct TransactionRemoved {
    TransactionRef transaction;
    RemovalReason reason = RemovalReason::kBlock;
    std::uint64_t mempool_sequence = 0;
};

/// Something the node's owner should know of, from now on among the chain's warnings.
struct WarningRaised {
    std::string text;
};

/// The subscriber's queue was full and events were dropped: it must catch up, blocks from storage, mempool from a
/// snapshot, to at least the state after event `last`.
struct EventsLost {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

using Fact = std::variant<BlockConnected, BlockDisconnected, TipChanged, TransactionAdded, TransactionRemoved,
                          WarningRaised, EventsLost>;

struct Event {
    /// 1 for the first since the node started; EventsLost has the number of the last it lost.
    std::uint64_t sequence = 0;
    Fact fact;
};
using EventRef = std::shared_ptr<const Event>;

}  // namespace cairn::events
