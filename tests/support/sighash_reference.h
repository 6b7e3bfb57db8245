#pragma once
// Signature hashes computed the slow and obvious way, from whole copies of the transaction: what the node's own are
// compared with.

#include <cstdint>
#include <optional>

#include "consensus/coins.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/sighash.h"

namespace cairn::test {

Hash256 reference_sighash_legacy(TransactionDraft transaction, std::uint32_t input, ByteSpan script_code,
                                 std::uint32_t hash_type);
Hash256 reference_sighash_witness_v0(const TransactionDraft& transaction, std::uint32_t input, ByteSpan script_code,
                                     Amount amount, std::uint32_t hash_type);
std::optional<Hash256> reference_sighash_taproot(const TransactionDraft& transaction, std::uint32_t input,
                                                 const SpentOutputs& spent, std::uint8_t hash_type,
                                                 const consensus::TaprootSpend& spend);

}  // namespace cairn::test
