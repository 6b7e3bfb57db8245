#include "crypto/aes.h"

#include <algorithm>

#include <cryptopp/aes.h>
#include <cryptopp/modes.h>

#include "crypto/raw_bytes.h"

namespace cairn::crypto {
namespace {

constexpr std::size_t kBlock = CryptoPP::AES::BLOCKSIZE;

}  // namespace

Bytes aes256_cbc_encrypt(std::span<const std::byte, 32> key, std::span<const std::byte, 16> iv, ByteSpan plain)
{
    const std::size_t padding = kBlock - plain.size() % kBlock;
    SecretBytes padded(plain.begin(), plain.end());
    padded.resize(plain.size() + padding, static_cast<std::byte>(padding));
    Bytes cipher(padded.size());
    CryptoPP::CBC_Mode<CryptoPP::AES>::Encryption mode(raw(key.data()), key.size(), raw(iv.data()));
    mode.ProcessData(raw(cipher.data()), raw(padded.data()), padded.size());
    return cipher;
}

std::optional<SecretBytes> aes256_cbc_decrypt(std::span<const std::byte, 32> key, std::span<const std::byte, 16> iv,
                                              ByteSpan cipher)
{
    if (cipher.empty() || cipher.size() % kBlock != 0) return std::nullopt;
    SecretBytes plain(cipher.size());
    CryptoPP::CBC_Mode<CryptoPP::AES>::Decryption mode(raw(key.data()), key.size(), raw(iv.data()));
    mode.ProcessData(raw(plain.data()), raw(cipher.data()), cipher.size());
    const auto padding = std::to_integer<std::size_t>(plain.back());
    if (padding == 0 || padding > kBlock) return std::nullopt;
    const auto is_padding = [&](std::byte b) { return b == plain.back(); };
    if (!std::all_of(plain.end() - static_cast<std::ptrdiff_t>(padding), plain.end(), is_padding)) return std::nullopt;
    plain.resize(plain.size() - padding);
    return plain;
}

}  // namespace cairn::crypto
