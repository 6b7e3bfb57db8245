#include "consensus/script/signature_verifier.h"

#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"

namespace cairn::consensus {

bool ImmediateVerifier::verify_ecdsa(ByteSpan public_key, ByteSpan signature, const Hash256& sighash)
{
    return crypto::verify_ecdsa(public_key, signature, sighash);
}

bool ImmediateVerifier::verify_schnorr(ByteSpan x_only_key, ByteSpan signature, const Hash256& sighash)
{
    return crypto::verify_schnorr(x_only_key, signature, sighash.span());
}

}  // namespace cairn::consensus
