#include "consensus/witness_commitment.h"

#include <algorithm>
#include <array>

#include "consensus/script/script.h"
#include "crypto/sha256.h"

namespace cairn::consensus {
namespace {

/// OP_RETURN, a push of 36 bytes, and the four bytes that mark them.
constexpr std::array kPrefix{std::byte{0x6a}, std::byte{0x24}, std::byte{0xaa},
                             std::byte{0x21}, std::byte{0xa9}, std::byte{0xed}};

}  // namespace

bool is_witness_commitment(ByteSpan script_pubkey)
{
    return script_pubkey.size() >= kWitnessCommitmentSize &&
           std::ranges::equal(script_pubkey.first(kPrefix.size()), kPrefix);
}

std::optional<std::size_t> witness_commitment_index(const Transaction& coinbase)
{
    for (std::size_t i = coinbase.outputs.size(); i-- > 0;) {
        if (is_witness_commitment(coinbase.outputs[i].script_pubkey)) return i;
    }
    return std::nullopt;
}

Hash256 witness_commitment_hash(const Hash256& witness_root, ByteSpan reserved_value)
{
    crypto::Sha256 hash;
    hash.write(witness_root.span()).write(reserved_value);
    return hash.finish_double();
}

Bytes witness_commitment_script(const Hash256& hash)
{
    return ScriptWriter{}.append(kPrefix).append(hash.span()).take();
}

}  // namespace cairn::consensus
