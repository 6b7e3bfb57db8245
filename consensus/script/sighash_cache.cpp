#include "consensus/script/sighash_cache.h"

#include "consensus/script/hash_parts.h"
#include "consensus/script/opcodes.h"
#include "crypto/sha256.h"

namespace cairn::consensus {
namespace {

struct Needs {
    bool witness_v0 = false;
    bool taproot = false;
};

/// Looks like a taproot output; what is not one fails before its signature hash is asked for.
bool is_taproot_like(ByteSpan script_pubkey)
{
    return script_pubkey.size() == 34 && script_pubkey[0] == static_cast<std::byte>(Opcode::k1);
}

Needs needs_of(const Transaction& transaction, const SpentOutputs* spent, std::size_t first_spent)
{
    Needs needs;
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        if (transaction.inputs[i].witness.empty()) continue;
        if (spent != nullptr && is_taproot_like(spent->script_pubkey(first_spent + i))) {
            needs.taproot = true;
        } else {
            needs.witness_v0 = true;
        }
    }
    return needs;
}

SighashCache::WitnessV0 doubled(const Hash256& prevouts, const Hash256& sequences, const Hash256& outputs)
{
    return {crypto::sha256(prevouts.span()), crypto::sha256(sequences.span()), crypto::sha256(outputs.span())};
}

}  // namespace

SighashCache::SighashCache(const Transaction& transaction, Parts parts)
{
    if (parts == Parts::kAll || needs_of(transaction, nullptr, 0).witness_v0) {
        witness_v0_ = doubled(hash_prevouts(transaction), hash_sequences(transaction), hash_outputs(transaction));
    }
}

SighashCache::SighashCache(const Transaction& transaction, const SpentOutputs& spent, std::size_t first_spent,
                           Parts parts)
{
    Needs needs = needs_of(transaction, &spent, first_spent);
    if (parts == Parts::kAll) needs = {true, true};
    if (!needs.witness_v0 && !needs.taproot) return;

    const Hash256 prevouts = hash_prevouts(transaction);
    const Hash256 sequences = hash_sequences(transaction);
    const Hash256 outputs = hash_outputs(transaction);
    if (needs.witness_v0) witness_v0_ = doubled(prevouts, sequences, outputs);
    if (!needs.taproot) return;
    crypto::Sha256 amounts;
    crypto::Sha256 scripts;
    for (std::size_t i = first_spent; i < first_spent + transaction.inputs.size(); ++i) {
        write_amount(amounts, spent[i].value);
        write_script(scripts, spent.script_pubkey(i));
    }
    taproot_ = Taproot{prevouts, sequences, outputs, amounts.finish(), scripts.finish()};
}

}  // namespace cairn::consensus
