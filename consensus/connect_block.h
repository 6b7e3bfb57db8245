#pragma once
// Consensus as a pure function: a block, its context and a view of the coins before it give the difference it makes,
// or the reason why it may not be. It only reads; the chain applies the effects.
//
// Source: Bitcoin Core 31 `ConnectBlock`, `DisconnectBlock`; BIP30, 34, 68, 113, 141, 341.

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <vector>

#include "consensus/coins.h"
#include "consensus/locks.h"
#include "consensus/primitives/block.h"
#include "consensus/rejection.h"
#include "consensus/script/flags.h"
#include "consensus/script/script_batch.h"

namespace cairn::consensus {

/// All that connecting needs to know beside the block and the coins. Made by make_connect_context for a place in the
/// block tree.
struct ConnectContext {
    Height height = 0;
    /// Median time past of the block's parent: the clock of relative locks.
    std::int64_t median_time_past = 0;
    const AncestorTimes* ancestor_times = nullptr;
    /// Script flags of this very block, exceptions applied.
    ScriptFlags script_flags;
    /// BIP68 relative locks hold (CSV active).
    bool relative_locks = false;
    /// No coin of one of the block's txids may exist (BIP30), as computed with its exceptions and the BIP34 shortcut.
    bool forbid_existing_txids = true;
    /// At most this much may the coinbase claim beside fees.
    Amount subsidy;
    /// False under -assumevalid: no batch of script checks is made; everything else is checked.
    bool check_scripts = true;
};

/// An output the block creates that is neither unspendable nor spent again in the same block.
struct CreatedCoin {
    std::uint32_t transaction;  // index in the block
    std::uint32_t output;
};

/// The difference a valid block makes, the script checks it stands or falls with, and what undo needs.
struct BlockEffects {
    /// Slots (CoinRef::slot) of the view's coins that the block spends; those it creates and spends itself have none.
    std::vector<std::uint32_t> spent_slots;
    std::vector<CreatedCoin> created;
    /// Every spent output, also those created in the block, in the order of the block's inputs without the coinbase's.
    std::shared_ptr<const SpentOutputs> spent;
    /// The block's script checks; null when context.check_scripts is false or there are none.
    std::shared_ptr<const ScriptBatch> scripts;
    Amount fees;
    /// BIP141 signature operation cost of the whole block.
    std::int64_t sigop_cost = 0;
};

/// Checks everything that needs coins, except the scripts themselves, which the caller runs from `effects.scripts`
/// before it commits. The block must have passed check_block and check_block_in_context. Throws only what `coins`
/// throws.
std::expected<BlockEffects, Rejection> connect_block(const BlockRef& block, const ConnectContext& context,
                                                     CoinsView& coins);

/// What to reject the block with when one of its script checks failed.
Rejection script_rejection(const ScriptFailure& failure, const Block& block);

/// What disconnecting a block changes: the coins to remove (its own outputs) and to restore (its inputs'). Coins that
/// the block both created and spent are in neither, so the order of applying does not matter.
struct DisconnectEffects {
    struct Restored {
        Outpoint outpoint;
        std::uint32_t spent_index;  // into the undo data given
    };
    std::vector<Outpoint> removed;
    std::vector<Restored> restored;
    /// False if a coin to remove was missing or different, or one to restore was there already (it is overwritten): a
    /// sign of corruption (Core's DISCONNECT_UNCLEAN), except for the coinbases of BIP30, which are tolerated.
    bool clean = true;
};

/// `spent` is the undo data of the block, as connect_block gave it. Rejects undo data that does not fit the block.
std::expected<DisconnectEffects, Rejection> disconnect_block(const Block& block, Height height,
                                                             const SpentOutputs& spent, CoinsView& coins);

}  // namespace cairn::consensus
