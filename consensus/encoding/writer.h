#pragma once
// Appends the network's encoding (little-endian integers, CompactSize) to a buffer: what Reader reads back.
//
// Nothing is refused: whatever fits the type is written, a size over Reader::kMaxLength too. Values, for one thread at
// a time.

#include <array>
#include <cstdint>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/endian.h"
#include "crypto/hash256.h"

namespace cairn {

class Writer {
public:
    Writer& u8(std::uint8_t value) { return little_endian(value); }
    Writer& u16(std::uint16_t value) { return little_endian(value); }
    Writer& u32(std::uint32_t value) { return little_endian(value); }
    Writer& u64(std::uint64_t value) { return little_endian(value); }
    Writer& i32(std::int32_t value) { return u32(static_cast<std::uint32_t>(value)); }
    Writer& i64(std::int64_t value) { return u64(static_cast<std::uint64_t>(value)); }
    Writer& boolean(bool value) { return u8(value ? 1 : 0); }
    Writer& u16_big_endian(std::uint16_t value) { return u16(static_cast<std::uint16_t>(value << 8 | value >> 8)); }
    Writer& compact_size(std::uint64_t value)
    {
        if (value < 253) return u8(static_cast<std::uint8_t>(value));
        if (value <= 0xffff) return u8(253).u16(static_cast<std::uint16_t>(value));
        if (value <= 0xffffffff) return u8(254).u32(static_cast<std::uint32_t>(value));
        return u8(255).u64(value);
    }
    Writer& bytes(ByteSpan value)
    {
        out_.insert(out_.end(), value.begin(), value.end());
        return *this;
    }
    /// As many bytes as `value` has, and its size before them as a CompactSize.
    Writer& sized_bytes(ByteSpan value) { return compact_size(value.size()).bytes(value); }
    Writer& hash256(const Hash256& value) { return bytes(value.span()); }
    template <class Tag>
    Writer& hash(const StrongHash<Tag>& value)
    {
        return hash256(value.value);
    }

    /// Room for `size` bytes in all, where it is known beforehand.
    void reserve(std::size_t size) { out_.reserve(size); }
    std::size_t size() const { return out_.size(); }
    /// All that was written; valid until more is.
    const Bytes& view() const { return out_; }
    /// The same, moved out: the writer is used up.
    Bytes take() { return std::move(out_); }

private:
    template <class Integer>
    Writer& little_endian(Integer value)
    {
        std::array<std::byte, sizeof(Integer)> encoded;
        crypto::store_little(encoded.data(), value);
        return bytes(encoded);
    }

    Bytes out_;
};

/// How many bytes compact_size writes for `value`.
constexpr std::size_t compact_size_length(std::uint64_t value)
{
    return value < 253 ? 1 : value <= 0xffff ? 3 : value <= 0xffffffff ? 5 : 9;
}

}  // namespace cairn
