#pragma once
// How the interpreter has signatures verified. It is given by the caller, so that the same interpreter serves immediate
// verification, a cache in front of it, and deferred verification of many signatures together.
//
// A cache belongs to a room that has threads: it derives from SignatureVerifier, looks (key, signature, sighash) up
// under a salted hash, and asks an ImmediateVerifier for what it does not know. Only "valid" may be remembered.

#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn::consensus {

class SignatureVerifier {
public:
    virtual ~SignatureVerifier() = default;

    /// An ECDSA signature (DER as lax as Bitcoin's rules read it, without the hash type byte) over `sighash` by a key
    /// of 33 or 65 bytes. High S is normalised before verifying: refusing it is the interpreter's flag.
    virtual bool verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash) = 0;
    /// A 64-byte BIP340 signature over `sighash` by a 32-byte x-only key.
    virtual bool verify_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash) = 0;
};

/// Verifies at once with libsecp256k1. Stateless: one may be shared by all threads.
class ImmediateVerifier final : public SignatureVerifier {
public:
    bool verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash) override;
    bool verify_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash) override;
};

}  // namespace cairn::consensus
