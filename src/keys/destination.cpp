#include "keys/destination.h"

#include "consensus/script/script.h"

namespace cairn::keys {
namespace {

using policy::ScriptType;

Bytes owned(ByteSpan bytes)
{
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Destination pubkey_hash_destination(ByteSpan hash160)
{
    return {ScriptType::kPubkeyHash, -1, owned(hash160)};
}

Destination script_hash_destination(ByteSpan hash160)
{
    return {ScriptType::kScriptHash, -1, owned(hash160)};
}

Destination witness_destination(int version, ByteSpan program)
{
    return {policy::classify_script(make_witness_program_script(version, program)).type, version, owned(program)};
}

std::optional<Destination> destination_of(ByteSpan script)
{
    const auto found = policy::classify_script(script);
    switch (found.type) {
        case ScriptType::kPubkeyHash:
        case ScriptType::kScriptHash:
        case ScriptType::kWitnessV0KeyHash:
        case ScriptType::kWitnessV0ScriptHash:
        case ScriptType::kWitnessV1Taproot:
        case ScriptType::kWitnessUnknown:
            return Destination{found.type, found.witness_version, owned(found.parts[0])};
        case ScriptType::kAnchor:
            return Destination{found.type, found.witness_version, owned(script.subspan(2))};
        case ScriptType::kNonstandard:
        case ScriptType::kPubkey:
        case ScriptType::kMultisig:
        case ScriptType::kNullData:
            break;
    }
    return std::nullopt;
}

Bytes script_for(const Destination& destination)
{
    if (destination.type == ScriptType::kPubkeyHash) return make_p2pkh_script(destination.payload);
    if (destination.type == ScriptType::kScriptHash) return make_p2sh_script(destination.payload);
    return make_witness_program_script(destination.witness_version, destination.payload);
}

}  // namespace cairn::keys
