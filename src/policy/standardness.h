#pragma once
// What the node relays and mines beyond consensus, as pure rules on a transaction and the outputs it spends.
//
// Reasons are Bitcoin Core 31's texts: version, tx-size, scriptsig-size, scriptsig-not-pushonly, scriptpubkey,
// datacarrier, bare-multisig, dust, tx-size-small, bad-txns-nonstandard-inputs, bad-witness-nonstandard.

#include <cstdint>
#include <expected>
#include <vector>

#include "consensus/coins.h"
#include "consensus/primitives/transaction.h"
#include "policy/options.h"
#include "policy/refusal.h"

namespace cairn::policy {

/// Rules on the transaction alone (Core's IsStandardTx). Not of coinbases.
std::expected<void, Refusal> check_standard(const Transaction& transaction, const PolicyOptions& options);

/// Holds whatever -acceptnonstdtxn says: a stripped size of 64 bytes or less is refused ("tx-size-small").
std::expected<void, Refusal> check_stripped_size(const Transaction& transaction);

/// Rules on the scripts it spends, witness aside. `spent` in the order of its inputs.
std::expected<void, Refusal> check_inputs_standard(const Transaction& transaction, const SpentOutputs& spent);

/// Limits of standard witnesses: P2WSH, tapscript, no annex, none where no program asks for one.
std::expected<void, Refusal> check_witness_standard(const Transaction& transaction, const SpentOutputs& spent);

/// Whether it spends a witness program other than pay-to-anchor, so that a failure without witness may mean that the
/// witness was stripped on the way.
bool spends_non_anchor_witness_program(const Transaction& transaction, const SpentOutputs& spent);

/// Below this value an output costs more to spend than it is worth at `rate`; 0 for what cannot be spent.
Amount dust_threshold(const TxOutput& output, FeeRate rate);
bool is_dust(const TxOutput& output, FeeRate rate);
/// Indices of its dust outputs.
std::vector<std::uint32_t> dust_outputs(const Transaction& transaction, FeeRate rate);

/// A transaction with dust must pay no fee, so that nobody mines it alone ("dust"; ephemeral dust).
std::expected<void, Refusal> check_ephemeral_dust(const Transaction& transaction, FeeRate dust_rate, Amount fee,
                                                  Amount modified_fee);

/// BIP125's signal: an input with a sequence below 0xfffffffe.
bool signals_replacement(const Transaction& transaction);

}  // namespace cairn::policy
