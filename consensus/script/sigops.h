#pragma once
// Signature operations, as blocks count them.
//
// Source: Bitcoin Core `GetTransactionSigOpCost` and what it calls; BIP16, BIP141.

#include <cstddef>
#include <cstdint>
#include <span>

#include "consensus/coins.h"
#include "consensus/primitives/transaction.h"
#include "consensus/script/flags.h"

namespace cairn::consensus {

/// kAccurate: OP_CHECKMULTISIG after OP_1 … OP_16 counts as that many; otherwise always as 20.
enum class SigopCounting { kInaccurate, kAccurate };

/// Up to the end, or the first instruction that cannot be read.
std::uint32_t count_sigops(ByteSpan script, SigopCounting counting);
/// Of script_sigs and script_pubkeys, inaccurately: what is limited even without the spent outputs.
std::uint32_t legacy_sigops(const Transaction& transaction);
/// Of the redeem script, accurately; 0 if `script_pubkey` is not P2SH.
std::uint32_t p2sh_sigops(ByteSpan script_sig, ByteSpan script_pubkey);
/// Of the witness program that `script_pubkey`, or the redeem script, is.
std::uint32_t witness_sigops(ByteSpan script_sig, ByteSpan script_pubkey, std::span<const ByteSpan> witness);

/// BIP141's cost of the whole transaction: 4 for each of legacy_sigops and, as far as the flags ask for them, 4 for
/// each P2SH operation of its inputs and 1 for each of their witnesses. The outputs it spends begin at `first_spent`
/// (not read for a coinbase).
std::int64_t transaction_sigop_cost(const Transaction& transaction, const SpentOutputs& spent, std::size_t first_spent,
                                    ScriptFlags flags);

}  // namespace cairn::consensus
