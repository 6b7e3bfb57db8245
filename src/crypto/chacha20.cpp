#include "crypto/chacha20.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include <cryptopp/chachapoly.h>

#include "crypto/cleanse.h"
#include "crypto/endian.h"
#include "crypto/raw_bytes.h"

namespace cairn::crypto {
namespace {

void quarter_round(std::array<std::uint32_t, 16>& x, std::size_t a, std::size_t b, std::size_t c, std::size_t d)
{
    x[a] += x[b];
    x[d] = std::rotl(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = std::rotl(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = std::rotl(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = std::rotl(x[b] ^ x[c], 7);
}

template <class Cipher>
Bytes encrypt(Key32 key, ByteSpan nonce, ByteSpan associated, ByteSpan plain)
{
    Bytes out(plain.size() + kAeadTagSize);
    typename Cipher::Encryption cipher;
    cipher.SetKeyWithIV(raw(key), key.size(), raw(nonce), nonce.size());
    cipher.EncryptAndAuthenticate(raw(out.data()), raw(out.data() + plain.size()), kAeadTagSize, raw(nonce),
                                  static_cast<int>(nonce.size()), raw(associated), associated.size(), raw(plain),
                                  plain.size());
    return out;
}

template <class Cipher>
std::optional<Bytes> decrypt(Key32 key, ByteSpan nonce, ByteSpan associated, ByteSpan cipher_text)
{
    if (cipher_text.size() < kAeadTagSize) return std::nullopt;
    const ByteSpan body = cipher_text.first(cipher_text.size() - kAeadTagSize);
    const ByteSpan tag = cipher_text.last(kAeadTagSize);
    Bytes out(body.size());
    typename Cipher::Decryption cipher;
    cipher.SetKeyWithIV(raw(key), key.size(), raw(nonce), nonce.size());
    const bool fits =
        cipher.DecryptAndVerify(raw(out.data()), raw(tag), tag.size(), raw(nonce), static_cast<int>(nonce.size()),
                                raw(associated), associated.size(), raw(body), body.size());
    if (fits) return out;
    cleanse(out);
    return std::nullopt;
}

}  // namespace

ChaCha20::ChaCha20(Key32 key, Nonce12 nonce, std::uint32_t block_counter)
{
    state_ = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (std::size_t i = 0; i < 8; ++i) state_[4 + i] = load_little<std::uint32_t>(key.data() + 4 * i);
    state_[12] = block_counter;
    for (std::size_t i = 0; i < 3; ++i) state_[13 + i] = load_little<std::uint32_t>(nonce.data() + 4 * i);
}

ChaCha20::~ChaCha20()
{
    cleanse(state_.data(), sizeof state_);
    cleanse(block_);
}

void ChaCha20::next_block()
{
    auto x = state_;
    for (int i = 0; i < 10; ++i) {
        quarter_round(x, 0, 4, 8, 12);
        quarter_round(x, 1, 5, 9, 13);
        quarter_round(x, 2, 6, 10, 14);
        quarter_round(x, 3, 7, 11, 15);
        quarter_round(x, 0, 5, 10, 15);
        quarter_round(x, 1, 6, 11, 12);
        quarter_round(x, 2, 7, 8, 13);
        quarter_round(x, 3, 4, 9, 14);
    }
    for (std::size_t i = 0; i < 16; ++i) store_little(block_.data() + 4 * i, x[i] + state_[i]);
    ++state_[12];
    used_ = 0;
}

void ChaCha20::keystream(std::span<std::byte> out)
{
    while (!out.empty()) {
        if (used_ == block_.size()) next_block();
        const std::size_t taken = std::min(out.size(), block_.size() - used_);
        std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(used_), taken, out.begin());
        used_ += taken;
        out = out.subspan(taken);
    }
}

void ChaCha20::crypt(ByteSpan in, std::span<std::byte> out)
{
    assert(in.size() == out.size());
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (used_ == block_.size()) next_block();
        out[i] = in[i] ^ block_[used_++];
    }
}

Bytes chacha20_poly1305_encrypt(Key32 key, Nonce12 nonce, ByteSpan associated, ByteSpan plain)
{
    return encrypt<CryptoPP::ChaCha20Poly1305>(key, nonce, associated, plain);
}

std::optional<Bytes> chacha20_poly1305_decrypt(Key32 key, Nonce12 nonce, ByteSpan associated, ByteSpan cipher)
{
    return decrypt<CryptoPP::ChaCha20Poly1305>(key, nonce, associated, cipher);
}

Bytes xchacha20_poly1305_encrypt(Key32 key, Nonce24 nonce, ByteSpan associated, ByteSpan plain)
{
    return encrypt<CryptoPP::XChaCha20Poly1305>(key, nonce, associated, plain);
}

std::optional<Bytes> xchacha20_poly1305_decrypt(Key32 key, Nonce24 nonce, ByteSpan associated, ByteSpan cipher)
{
    return decrypt<CryptoPP::XChaCha20Poly1305>(key, nonce, associated, cipher);
}

}  // namespace cairn::crypto
