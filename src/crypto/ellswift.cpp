#include "crypto/ellswift.h"

#include <cassert>

#include <secp256k1.h>
#include <secp256k1_ellswift.h>

#include "crypto/raw_bytes.h"

namespace cairn::crypto {

EllSwiftKey make_ellswift(const SigningContext& context, const SecretKey& key, std::span<const std::byte, 32> entropy)
{
    EllSwiftKey out;
    [[maybe_unused]] const int made =
        secp256k1_ellswift_create(context.get(), raw(out.data()), raw(key.bytes()), raw(entropy.data()));
    assert(made != 0);
    return out;
}

Hash256 ellswift_shared_secret(const SecretKey& key, const EllSwiftKey& ours, const EllSwiftKey& theirs, bool initiator)
{
    const EllSwiftKey& a = initiator ? ours : theirs;
    const EllSwiftKey& b = initiator ? theirs : ours;
    Hash256 out;
    [[maybe_unused]] const int made = secp256k1_ellswift_xdh(
        secp256k1_context_static, raw(out.bytes.data()), raw(a.data()), raw(b.data()), raw(key.bytes()),
        initiator ? 0 : 1, secp256k1_ellswift_xdh_hash_function_bip324, nullptr);
    assert(made != 0);
    return out;
}

}  // namespace cairn::crypto
