#pragma once
// The rules that hold at a block's place in the tree. Source: Bitcoin Core 31 `GetBlockScriptFlags`, `ConnectBlock`.

#include "consensus/connect_block.h"
#include "consensus/header_node.h"
#include "consensus/params.h"

namespace cairn::consensus {

/// Script flags of the block with `hash` at `height`: P2SH, WITNESS and TAPROOT from genesis on but for the network's
/// exceptions; DERSIG, CHECKLOCKTIMEVERIFY, CHECKSEQUENCEVERIFY and NULLDUMMY by buried height.
ScriptFlags block_script_flags(const BlockHash& hash, Height height, const Params& params);

/// Whether the block on top of `parent` must not create a txid that has coins (BIP30): not for the two blocks that did,
/// nor where BIP34 has made it impossible.
bool forbids_existing_txids(const BlockHash& hash, const HeaderNode& parent, const Params& params);

/// The two blocks that repeated a coinbase (heights 91842 and 91880), and the two whose coinbases they overwrote
/// (91722 and 91812), which can therefore not be spent.
bool is_bip30_repeat(const BlockHash& hash, Height height);
bool is_bip30_unspendable(const BlockHash& hash, Height height);

/// The context of the block with `hash` on top of `parent`. `times` must outlive its use. (The genesis block is never
/// connected: its coinbase cannot be spent.)
ConnectContext make_connect_context(const BlockHash& hash, const HeaderNode& parent, const Params& params,
                                    const AncestorTimes& times, bool check_scripts = true);

}  // namespace cairn::consensus
