#pragma once
// The forms of ECDSA signatures that flags ask for.

#include "consensus/script/flags.h"
#include "consensus/script/script_error.h"
#include "crypto/bytes.h"

namespace cairn::consensus {

/// Strict DER with one byte of hash type after it (BIP66).
bool is_der_signature(ByteSpan signature);
/// kOk, or the rule that `signature` (with its hash type byte) breaks under `flags`. An empty one breaks none.
ScriptError check_signature_encoding(ByteSpan signature, ScriptFlags flags);

}  // namespace cairn::consensus
