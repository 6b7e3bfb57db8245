#include "crypto/schnorr.h"

#include <cassert>

#include <secp256k1_schnorrsig.h>

#include "crypto/cleanse.h"
#include "crypto/points.h"
#include "crypto/raw_bytes.h"

namespace cairn::crypto {

bool verify_schnorr(ByteSpan x_only_key, ByteSpan signature, ByteSpan message)
{
    const auto key = parse_x_only(x_only_key);
    return key && signature.size() == 64 &&
           secp256k1_schnorrsig_verify(secp256k1_context_static, raw(signature), raw(message), message.size(), &*key) !=
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
