#pragma once
// BIP39: a wallet's seed as words that people can write down. English list.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace cairn::keys {

/// The words of 16, 20, 24, 28 or 32 bytes of entropy, with a space between. Asserts the size.
std::string encode_mnemonic(ByteSpan entropy);
/// The entropy; nothing for an unknown word, a wrong count or a wrong checksum. Words as encode_mnemonic writes them.
std::optional<Bytes> decode_mnemonic(std::string_view words);
/// The 64-byte seed of BIP32. `passphrase` is used as it is: callers give it in Unicode's form NFKD.
Bytes mnemonic_seed(std::string_view words, std::string_view passphrase);
/// The list of BIP39, in order.
const std::array<std::string_view, 2048>& english_words();

}  // namespace cairn::keys
