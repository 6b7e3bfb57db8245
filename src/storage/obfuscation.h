#pragma once
// The XOR pass over what is on disk, so that virus scanners find no viruses that somebody put into the chain. Bitcoin
// Core's: 8 key bytes repeated over the whole file or value.

#include <array>
#include <cstdint>
#include <span>

#include "crypto/bytes.h"

namespace cairn::storage {

class Obfuscation {
public:
    static constexpr std::size_t kKeySize = 8;
    using Key = std::array<std::byte, kKeySize>;

    Obfuscation() = default;
    explicit Obfuscation(const Key& key) : key_(key) {}

    const Key& key() const { return key_; }
    bool is_identity() const { return key_ == Key{}; }
    /// In place; the same call undoes it. `offset`: where in the file or value `bytes` begins.
    void apply(std::span<std::byte> bytes, std::uint64_t offset = 0) const;

private:
    Key key_{};
};

}  // namespace cairn::storage
