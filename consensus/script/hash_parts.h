#pragma once
// The pieces of transactions that signature hashes are made of. Inside consensus/script only.

#include "consensus/primitives/transaction.h"
#include "crypto/sha256.h"

namespace cairn::consensus {

inline void write_outpoint(crypto::Sha256& hasher, const Outpoint& outpoint)
{
    hasher.write(outpoint.txid.span()).write_u32(outpoint.index);
}

inline void write_amount(crypto::Sha256& hasher, Amount amount)
{
    hasher.write_u64(static_cast<std::uint64_t>(amount.satoshis()));
}

inline void write_script(crypto::Sha256& hasher, ByteSpan script)
{
    hasher.write_compact_size(script.size()).write(script);
}

inline void write_output(crypto::Sha256& hasher, const TxOutput& output)
{
    write_amount(hasher, output.value);
    write_script(hasher, output.script_pubkey);
}

inline Hash256 hash_prevouts(const Transaction& transaction)
{
    crypto::Sha256 hasher;
    for (const auto& input : transaction.inputs) write_outpoint(hasher, input.prevout);
    return hasher.finish();
}

inline Hash256 hash_sequences(const Transaction& transaction)
{
    crypto::Sha256 hasher;
    for (const auto& input : transaction.inputs) hasher.write_u32(input.sequence);
    return hasher.finish();
}

inline Hash256 hash_outputs(const Transaction& transaction)
{
    crypto::Sha256 hasher;
    for (const auto& output : transaction.outputs) write_output(hasher, output);
    return hasher.finish();
}

inline Hash256 hash_output(const TxOutput& output)
{
    crypto::Sha256 hasher;
    write_output(hasher, output);
    return hasher.finish();
}

}  // namespace cairn::consensus
