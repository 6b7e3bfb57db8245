#pragma once
// What a signature of a transaction input signs.
//
// Source: Bitcoin Core `SignatureHash` for scripts before segwit, BIP143 for witness version 0, BIP341 and 342.

#include <cstdint>
#include <optional>

#include "consensus/primitives/transaction.h"
#include "consensus/script/sighash_cache.h"
#include "crypto/sha256.h"

namespace cairn::consensus {

inline constexpr std::uint8_t kSighashDefault = 0;  // taproot only: as kSighashAll, not written
inline constexpr std::uint8_t kSighashAll = 1;
inline constexpr std::uint8_t kSighashNone = 2;
inline constexpr std::uint8_t kSighashSingle = 3;
inline constexpr std::uint8_t kSighashAnyoneCanPay = 0x80;

/// Before segwit. `script_code` without the signatures that FindAndDelete takes out; OP_CODESEPARATORs are left out
/// here. All bits of `hash_type` are signed. `input` is below the number of inputs.
/// CONSENSUS: with kSighashSingle and no output of the input's index the hash is the number 1.
Hash256 sighash_legacy(const Transaction& transaction, std::uint32_t input, ByteSpan script_code,
                       std::uint32_t hash_type);

/// Witness version 0 (BIP143). Parts that the cache lacks are computed.
Hash256 sighash_witness_v0(const Transaction& transaction, std::uint32_t input, ByteSpan script_code, Amount amount,
                           std::uint32_t hash_type, const SighashCache& cache);

/// What a taproot signature covers beside the transaction.
struct TaprootSpend {
    /// SHA-256 of the annex with its CompactSize, if there is one.
    std::optional<Hash256> annex_hash;
    /// Of the script, when a script spends; nothing for the key path.
    std::optional<Hash256> leaf_hash;
    /// Position in opcodes of the last OP_CODESEPARATOR executed.
    std::uint32_t code_separator_position = 0xffffffff;
};

/// Nothing for a hash type that BIP341 does not define, for kSighashSingle without output of that index, and if the
/// cache has no taproot parts. `spent` is the output that the input spends.
std::optional<Hash256> sighash_taproot(const Transaction& transaction, std::uint32_t input, const TxOutput& spent,
                                       std::uint8_t hash_type, const SighashCache& cache, const TaprootSpend& spend);

/// The state of a sighash before its last four bytes, the hash type, are written: lets one input's many signatures
/// with equal script code share the work (OP_CHECKMULTISIG). Nothing where the hash does not depend on it
/// (kSighashSingle without output).
std::optional<crypto::Sha256> begin_sighash_legacy(const Transaction& transaction, std::uint32_t input,
                                                   ByteSpan script_code, std::uint32_t hash_type);

}  // namespace cairn::consensus
