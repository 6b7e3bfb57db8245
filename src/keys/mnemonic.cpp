#include "keys/mnemonic.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "crypto/mac.h"
#include "crypto/sha256.h"

namespace cairn::keys {
namespace {

constexpr unsigned kBitsPerWord = 11;
constexpr std::uint32_t kIterations = 2048;

bool is_entropy_size(std::size_t size)
{
    return size >= 16 && size <= 32 && size % 4 == 0;
}

bool bit_at(ByteSpan bytes, std::size_t i)
{
    return ((std::to_integer<unsigned>(bytes[i / 8]) >> (7 - i % 8)) & 1) != 0;
}

/// Entropy followed by the first byte of its SHA-256, of which a bit per 4 bytes of entropy counts.
Bytes with_checksum(ByteSpan entropy)
{
    Bytes bytes(entropy.begin(), entropy.end());
    bytes.push_back(crypto::sha256(entropy).bytes[0]);
    return bytes;
}

std::optional<std::size_t> index_of(std::string_view word)
{
    const auto& words = english_words();
    const auto found = std::ranges::lower_bound(words, word);
    if (found == words.end() || *found != word) return std::nullopt;
    return static_cast<std::size_t>(found - words.begin());
}

std::optional<std::vector<std::size_t>> word_indices(std::string_view text)
{
    std::vector<std::size_t> indices;
    for (bool more = true; more;) {
        const std::size_t space = text.find(' ');
        more = space != std::string_view::npos;
        const auto index = index_of(text.substr(0, space));
        if (!index || indices.size() == 24) return std::nullopt;
        indices.push_back(*index);
        text.remove_prefix(more ? space + 1 : text.size());
    }
    return indices;
}

}  // namespace

std::string encode_mnemonic(ByteSpan entropy)
{
    assert(is_entropy_size(entropy.size()));
    const Bytes bytes = with_checksum(entropy);
    const std::size_t count = entropy.size() * 3 / 4;
    std::string text;
    for (std::size_t word = 0; word < count; ++word) {
        std::size_t index = 0;
        for (std::size_t bit = 0; bit < kBitsPerWord; ++bit) {
            index = index << 1 | (bit_at(bytes, word * kBitsPerWord + bit) ? 1U : 0U);
        }
        if (word > 0) text += ' ';
        text += english_words()[index];
    }
    return text;
}

std::optional<Bytes> decode_mnemonic(std::string_view words)
{
    const auto indices = word_indices(words);
    if (!indices || indices->size() < 12 || indices->size() % 3 != 0) return std::nullopt;
    Bytes bytes(indices->size() * 4 / 3 + 1);
    for (std::size_t i = 0; i < indices->size() * kBitsPerWord; ++i) {
        const bool bit = (((*indices)[i / kBitsPerWord] >> (kBitsPerWord - 1 - i % kBitsPerWord)) & 1) != 0;
        if (bit) bytes[i / 8] |= static_cast<std::byte>(0x80U >> (i % 8));
    }
    const std::byte checksum = bytes.back();
    bytes.pop_back();
    const auto mask = static_cast<std::byte>(0xff00U >> (bytes.size() / 4));
    if ((crypto::sha256(bytes).bytes[0] & mask) != checksum) return std::nullopt;
    return bytes;
}

Bytes mnemonic_seed(std::string_view words, std::string_view passphrase)
{
    const std::string salt = "mnemonic" + std::string(passphrase);
    const auto seed =
        crypto::pbkdf2_hmac_sha512(std::as_bytes(std::span{words}), std::as_bytes(std::span{salt}), kIterations);
    return {seed.begin(), seed.end()};
}

}  // namespace cairn::keys
