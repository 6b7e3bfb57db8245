#pragma once
// What an input must show to spend a script, given a source of signatures. Inner header of keys.

#include <optional>
#include <vector>

#include "consensus/script/interpreter.h"
#include "keys/signing_provider.h"

namespace cairn::keys {

/// How a taproot key signs.
struct TaprootKeyUse {
    /// The key is an internal one: sign for the output key.
    bool tweak = false;
    std::optional<Hash256> merkle_root;
    /// In a script of the tree.
    std::optional<Hash256> leaf_hash;
};

class SignatureSource {
public:
    virtual ~SignatureSource() = default;
    /// With hash type. Nothing if there is no key for it.
    virtual std::optional<Bytes> ecdsa(ByteSpan public_key, ByteSpan script_code, consensus::SigVersion version) = 0;
    virtual std::optional<Bytes> schnorr(const XOnlyKey& key, const TaprootKeyUse& use) = 0;
};

struct Satisfaction {
    /// What script_sig pushes, in order.
    std::vector<Bytes> script_sig;
    std::vector<Bytes> witness;
    /// All signatures are there. A multisig without all has empty places.
    bool complete = false;
};

/// Nothing for scripts of no known template, or whose parts or keys are not known.
std::optional<Satisfaction> satisfy_script(ByteSpan script_pubkey, SignatureSource& signatures,
                                           const SigningProvider& provider);

}  // namespace cairn::keys
