#pragma once
// BIP141: the output of a coinbase that commits to the block's witnesses.

#include <optional>
#include <span>

#include "consensus/primitives/transaction.h"

namespace cairn::consensus {

/// Smallest script of a commitment: OP_RETURN, a push of 36, the marker aa21a9ed, and the hash.
inline constexpr std::size_t kWitnessCommitmentSize = 38;

/// Whether the script is a commitment; bytes after the hash are allowed.
bool is_witness_commitment(ByteSpan script_pubkey);
/// The index of the coinbase's commitment: the last such output.
std::optional<std::size_t> witness_commitment_index(const Transaction& coinbase);
/// The hash that a commitment must hold, from the witness root and the coinbase's reserved value.
Hash256 witness_commitment_hash(const Hash256& witness_root, ByteSpan reserved_value);
/// The script of a commitment to `hash`.
Bytes witness_commitment_script(const Hash256& hash);

}  // namespace cairn::consensus
