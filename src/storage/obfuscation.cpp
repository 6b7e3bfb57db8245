#include "storage/obfuscation.h"

#include <cstring>

namespace cairn::storage {

void Obfuscation::apply(std::span<std::byte> bytes, std::uint64_t offset) const
{
    if (is_identity()) return;
    // The key as it repeats from here on, so that whole words can be taken.
    Key turned;
    for (std::size_t i = 0; i < kKeySize; ++i) turned[i] = key_[(offset + i) % kKeySize];
    std::uint64_t word = 0;
    std::memcpy(&word, turned.data(), kKeySize);
    std::size_t i = 0;
    for (; i + kKeySize <= bytes.size(); i += kKeySize) {
        std::uint64_t value = 0;
        std::memcpy(&value, &bytes[i], kKeySize);
        value ^= word;
        std::memcpy(&bytes[i], &value, kKeySize);
    }
    for (; i < bytes.size(); ++i) bytes[i] ^= turned[i % kKeySize];
}

}  // namespace cairn::storage
