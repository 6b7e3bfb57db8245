#include "crypto/mac.h"

#include <cassert>

#include <cryptopp/hmac.h>
#include <cryptopp/misc.h>
#include <cryptopp/pwdbased.h>
#include <cryptopp/sha.h>

#include "crypto/cleanse.h"
#include "crypto/raw_bytes.h"

namespace cairn::crypto {
namespace {

template <class Hasher, class Digest>
void hmac_into(Digest& out, ByteSpan key, ByteSpan message)
{
    CryptoPP::HMAC<Hasher> hmac{raw(key), key.size()};
    hmac.CalculateDigest(raw(out.data()), raw(message), message.size());
}

}  // namespace

Hash256 hmac_sha256(ByteSpan key, ByteSpan message)
{
    Hash256 out;
    hmac_into<CryptoPP::SHA256>(out.bytes, key, message);
    return out;
}

Hash512 hmac_sha512(ByteSpan key, ByteSpan message)
{
    Hash512 out;
    hmac_into<CryptoPP::SHA512>(out, key, message);
    return out;
}

Hash512 pbkdf2_hmac_sha512(ByteSpan password, ByteSpan salt, std::uint32_t iterations)
{
    assert(iterations > 0);
    Hash512 out;
    const CryptoPP::PKCS5_PBKDF2_HMAC<CryptoPP::SHA512> derive;
    derive.DeriveKey(raw(out.data()), out.size(), 0, raw(password), password.size(), raw(salt), salt.size(),
                     iterations);
    return out;
}

Hash256 hkdf_sha256_32(ByteSpan key_material, ByteSpan salt, ByteSpan info)
{
    Hash256 extracted = hmac_sha256(salt, key_material);
    Bytes message{info.begin(), info.end()};
    message.push_back(std::byte{1});
    const Hash256 out = hmac_sha256(extracted.span(), message);
    cleanse(extracted.bytes);
    return out;
}

bool equal_in_constant_time(ByteSpan a, ByteSpan b)
{
    return a.size() == b.size() && CryptoPP::VerifyBufsEqual(raw(a), raw(b), a.size());
}

}  // namespace cairn::crypto
