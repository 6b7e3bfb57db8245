#include "crypto/schnorr.h"

#include <cassert>

#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

#include "crypto/cleanse.h"
#include "crypto/secp256k1_bytes.h"

namespace cairn::crypto {

bool verify_schnorr(ByteSpan x_only_key, ByteSpan signature, ByteSpan message)
{
    secp256k1_xonly_pubkey key;
    return x_only_key.size() == 32 && signature.size() == 64 &&
           secp256k1_xonly_pubkey_parse(secp256k1_context_static, &key, raw(x_only_key)) != 0 &&
           secp256k1_schnorrsig_verify(secp256k1_context_static, raw(signature), raw(message), message.size(), &key) !=
               0;
}

SchnorrSignature sign_schnorr(const SigningContext& context, const SecretKey& key, const Hash256& message,
                              std::span<const std::byte, 32> aux)
{
    secp256k1_keypair pair;
    [[maybe_unused]] int done = secp256k1_keypair_create(context.get(), &pair, raw(key.bytes()));
    assert(done != 0);
    SchnorrSignature signature;
    done =
        secp256k1_schnorrsig_sign32(context.get(), raw(signature.data()), raw(message.span()), &pair, raw(aux.data()));
    assert(done != 0);
    cleanse(&pair, sizeof pair);
    return signature;
}

}  // namespace cairn::crypto
