#pragma once
// Bytes as libsecp256k1 and Crypto++ take them. Inside the room only.

#include <cstddef>

#include "crypto/bytes.h"

namespace cairn::crypto {

inline const unsigned char* raw(const std::byte* bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes);
}
inline unsigned char* raw(std::byte* bytes)
{
    return reinterpret_cast<unsigned char*>(bytes);
}
inline const unsigned char* raw(ByteSpan bytes)
{
    return raw(bytes.data());
}

}  // namespace cairn::crypto
