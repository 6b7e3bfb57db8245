#include "crypto/hashes.h"

#include <cryptopp/ripemd.h>
#include <cryptopp/sha.h>
#include <cryptopp/sha3.h>

#include "crypto/raw_bytes.h"
#include "crypto/sha256.h"

namespace cairn::crypto {
namespace {

template <class Hasher, class Digest>
void digest_into(Digest& out, ByteSpan bytes)
{
    Hasher{}.CalculateDigest(raw(out.data()), raw(bytes), bytes.size());
}

}  // namespace

Hash160 ripemd160(ByteSpan bytes)
{
    Hash160 out;
    digest_into<CryptoPP::RIPEMD160>(out, bytes);
    return out;
}

Hash160 sha1(ByteSpan bytes)
{
    Hash160 out;
    digest_into<CryptoPP::SHA1>(out, bytes);
    return out;
}

Hash160 hash160(ByteSpan bytes)
{
    return ripemd160(sha256(bytes).span());
}

Hash512 sha512(ByteSpan bytes)
{
    Hash512 out;
    digest_into<CryptoPP::SHA512>(out, bytes);
    return out;
}

Hash256 sha3_256(ByteSpan bytes)
{
    Hash256 out;
    digest_into<CryptoPP::SHA3_256>(out.bytes, bytes);
    return out;
}

}  // namespace cairn::crypto
