#include "keys/destination.h"

#include <cassert>
#include <initializer_list>

namespace cairn::keys {
namespace {

using policy::ScriptType;

Bytes concatenate(std::initializer_list<unsigned> before, ByteSpan middle, std::initializer_list<unsigned> after)
{
    Bytes bytes;
    bytes.reserve(before.size() + middle.size() + after.size());
    for (const unsigned byte : before) bytes.push_back(static_cast<std::byte>(byte));
    bytes.insert(bytes.end(), middle.begin(), middle.end());
    for (const unsigned byte : after) bytes.push_back(static_cast<std::byte>(byte));
    return bytes;
}

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
    const unsigned opcode = version == 0 ? 0 : 0x50 + static_cast<unsigned>(version);
    const Bytes script = concatenate({opcode, static_cast<unsigned>(program.size())}, program, {});
    return {policy::classify_script(script).type, version, owned(program)};
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
    if (destination.type == ScriptType::kPubkeyHash) {
        return concatenate({0x76, 0xa9, 20}, destination.payload, {0x88, 0xac});
    }
    if (destination.type == ScriptType::kScriptHash) return concatenate({0xa9, 20}, destination.payload, {0x87});
    assert(destination.witness_version >= 0 && destination.witness_version <= 16);
    const auto version = static_cast<unsigned>(destination.witness_version);
    const unsigned opcode = version == 0 ? 0 : 0x50 + version;
    return concatenate({opcode, static_cast<unsigned>(destination.payload.size())}, destination.payload, {});
}

}  // namespace cairn::keys
