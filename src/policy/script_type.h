#pragma once
// Which template an output script follows, and the parts that fill it: what standardness, addresses and signing ask
// first. Source: Bitcoin Core 31 `Solver` and `GetTxnOutputType`; BIP16, 141, 341, 433.

#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"

namespace cairn::policy {

enum class ScriptType : std::uint8_t {
    kNonstandard,
    kPubkey,
    kPubkeyHash,
    kScriptHash,
    kMultisig,
    kNullData,
    kAnchor,
    kWitnessV0KeyHash,
    kWitnessV0ScriptHash,
    kWitnessV1Taproot,
    kWitnessUnknown,
};

/// The name RPC shows: "pubkeyhash", "witness_v0_keyhash", …
std::string_view name(ScriptType type);

/// A classified script. Spans point into the script given.
struct ScriptTemplate {
    ScriptType type = ScriptType::kNonstandard;
    /// kPubkey, kMultisig: the keys as written; the hash or witness program of the other types; empty for kNonstandard,
    /// kNullData and kAnchor.
    std::vector<ByteSpan> parts;
    /// kMultisig: how many of `parts` must sign. 0 for other types.
    int required = 0;
    /// Witness types: the version 0 to 16. -1 for other types.
    int witness_version = -1;
};

/// Never refuses: what follows no template is kNonstandard. A multisig names 1 to 20 keys of a valid size and prefix; a
/// nulldata is OP_RETURN and pushes only; the anchor is OP_1 <4e73>.
ScriptTemplate classify_script(ByteSpan script);

}  // namespace cairn::policy
