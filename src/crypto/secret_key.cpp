#include "crypto/secret_key.h"

#include <algorithm>
#include <cassert>

#include "crypto/cleanse.h"
#include "crypto/mac.h"
#include "crypto/points.h"
#include "crypto/raw_bytes.h"

namespace cairn::crypto {

std::optional<SecretKey> SecretKey::parse(ByteSpan bytes)
{
    if (bytes.size() != kSize || secp256k1_ec_seckey_verify(secp256k1_context_static, raw(bytes)) == 0) {
        return std::nullopt;
    }
    SecretKey key;
    std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
    return key;
}

SecretKey::~SecretKey()
{
    cleanse(bytes_);
}

PublicKey SecretKey::public_key(const SigningContext& context) const
{
    secp256k1_pubkey point;
    [[maybe_unused]] const int made = secp256k1_ec_pubkey_create(context.get(), &point, raw(bytes_));
    assert(made != 0);
    return compress(point);
}

std::optional<SecretKey> SecretKey::tweak_add(const Hash256& tweak) const
{
    SecretKey sum = *this;
    if (secp256k1_ec_seckey_tweak_add(secp256k1_context_static, raw(sum.bytes_.data()), raw(tweak.span())) == 0) {
        return std::nullopt;
    }
    return sum;
}

SecretKey SecretKey::negated() const
{
    SecretKey out = *this;
    [[maybe_unused]] const int done = secp256k1_ec_seckey_negate(secp256k1_context_static, raw(out.bytes_.data()));
    assert(done != 0);
    return out;
}

std::optional<SecretKey> SecretKey::taproot_output(const SigningContext& context,
                                                   const std::optional<Hash256>& merkle_root) const
{
    const PublicKey public_point = public_key(context);
    const bool odd = public_point.bytes()[0] == std::byte{3};
    const SecretKey even = odd ? negated() : *this;
    return even.tweak_add(taproot_tweak(XOnlyKey::of(public_point).bytes(), merkle_root));
}

bool operator==(const SecretKey& a, const SecretKey& b)
{
    return equal_in_constant_time(a.bytes_, b.bytes_);
}

}  // namespace cairn::crypto
