#pragma once
// A 256-bit hash value, and strong types over it. Stored in the order in which it was computed and is sent; shown to
// people in reverse, as Bitcoin always has (to_hex, from_hex in crypto/hex.h's sense are here for that reason).

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace cairn {

/// 32 bytes. Ordering is by the stored bytes, which is the order of LevelDB keys, not numeric order.
struct Hash256 {
    std::array<std::byte, 32> bytes{};

    friend constexpr auto operator<=>(const Hash256&, const Hash256&) = default;
    constexpr ByteSpan span() const { return bytes; }
    constexpr bool is_null() const { return *this == Hash256{}; }

    /// 64 lower-case digits in display order (the stored bytes reversed).
    std::string to_hex() const;
    /// The inverse of to_hex; either case. Nothing unless exactly 64 hex digits are given.
    static std::optional<Hash256> from_hex(std::string_view hex);
};

/// A Hash256 that is the hash of one kind of thing; kinds do not mix.
template <class Tag>
struct StrongHash {
    Hash256 value;

    friend constexpr auto operator<=>(const StrongHash&, const StrongHash&) = default;
    constexpr ByteSpan span() const { return value.span(); }
    constexpr bool is_null() const { return value.is_null(); }
    std::string to_hex() const { return value.to_hex(); }
    static std::optional<StrongHash> from_hex(std::string_view hex)
    {
        const auto hash = Hash256::from_hex(hex);
        if (!hash) return std::nullopt;
        return StrongHash{*hash};
    }
};

}  // namespace cairn
