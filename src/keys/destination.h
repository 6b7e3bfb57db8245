#pragma once
// Where a payment goes: the output scripts that have an address.

#include <compare>
#include <optional>

#include "crypto/bytes.h"
#include "policy/script_type.h"

namespace cairn::keys {

/// The kind of script, and what fills it. `type` is one of kPubkeyHash, kScriptHash, kWitnessV0KeyHash,
/// kWitnessV0ScriptHash, kWitnessV1Taproot, kAnchor, kWitnessUnknown; `payload` the hash or witness program.
struct Destination {
    policy::ScriptType type = policy::ScriptType::kNonstandard;
    int witness_version = -1;
    Bytes payload;

    friend bool operator==(const Destination&, const Destination&) = default;
    friend auto operator<=>(const Destination&, const Destination&) = default;
};

Destination pubkey_hash_destination(ByteSpan hash160);
Destination script_hash_destination(ByteSpan hash160);
/// Of any witness program: version 0 to 16, 2 to 40 bytes; version 0 of 20 or 32 only.
Destination witness_destination(int version, ByteSpan program);

/// The destination whose script_for is `script`; nothing for scripts without an address (also pay-to-pubkey).
std::optional<Destination> destination_of(ByteSpan script);
Bytes script_for(const Destination& destination);

}  // namespace cairn::keys
