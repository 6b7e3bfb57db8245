#pragma once
// What the mempool must know of the chain; `services` joins it to the room that has it.

#include <cstdint>
#include <span>

#include "consensus/coins.h"
#include "consensus/primitives/hashes.h"
#include "consensus/script/flags.h"

namespace cairn::mempool {

/// The active tip, as the next block builds on it.
struct ChainTip {
    BlockHash hash;
    Height height = 0;
    std::int64_t median_time_past = 0;
    /// Script flags that the next block's scripts are run under.
    ScriptFlags next_block_flags = kMandatoryFlags;
};

/// Called on the validation thread only, where the chain does not change meanwhile.
class ChainPort {
public:
    virtual ~ChainPort() = default;
    virtual ChainTip tip() const = 0;
    /// Confirmed coins at the tip. Asking leaves no trace: who sends what is refused fills no cache.
    virtual CoinsView& coins() = 0;
    /// A transaction that spends these was accepted: a block will soon ask for them.
    virtual void warm(std::span<const Outpoint> outpoints) = 0;
    /// Median time past of the active chain's block at `height`; 0 <= height <= tip.
    virtual std::int64_t median_time_past(Height height) const = 0;
};

}  // namespace cairn::mempool
