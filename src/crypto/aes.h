#pragma once
// AES-256 in CBC mode with PKCS#7 padding: what Bitcoin Core's encrypted wallets use. From Crypto++.

#include <cstddef>
#include <optional>
#include <span>

#include "crypto/bytes.h"
#include "crypto/cleanse.h"

namespace cairn::crypto {

Bytes aes256_cbc_encrypt(std::span<const std::byte, 32> key, std::span<const std::byte, 16> iv, ByteSpan plain);
/// Nothing if the size is no multiple of 16 or the padding is wrong.
std::optional<SecretBytes> aes256_cbc_decrypt(std::span<const std::byte, 32> key, std::span<const std::byte, 16> iv,
                                              ByteSpan cipher);

}  // namespace cairn::crypto
