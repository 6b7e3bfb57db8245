#pragma once
// Appends the network's encoding to a buffer.

#include <cstdint>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn {

class Writer {
public:
    Writer& u8(std::uint8_t value);
    Writer& u16(std::uint16_t value);
    Writer& u32(std::uint32_t value);
    Writer& u64(std::uint64_t value);
    Writer& i32(std::int32_t value) { return u32(static_cast<std::uint32_t>(value)); }
    Writer& i64(std::int64_t value) { return u64(static_cast<std::uint64_t>(value)); }
    Writer& boolean(bool value) { return u8(value ? 1 : 0); }
    Writer& u16_big_endian(std::uint16_t value);
    Writer& compact_size(std::uint64_t value);
    Writer& bytes(ByteSpan value);
    Writer& sized_bytes(ByteSpan value) { return compact_size(value.size()).bytes(value); }
    Writer& hash256(const Hash256& value) { return bytes(value.span()); }
    template <class Tag>
    Writer& hash(const StrongHash<Tag>& value)
    {
        return hash256(value.value);
    }

    void reserve(std::size_t size) { out_.reserve(size); }
    std::size_t size() const { return out_.size(); }
    const Bytes& view() const { return out_; }
    Bytes take() { return std::move(out_); }

private:
    Bytes out_;
};

}  // namespace cairn
