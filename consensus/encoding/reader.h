#pragma once
// Reads the network's encoding (little-endian integers, CompactSize) from untrusted bytes.
//
// The first failure sticks: from then on every read gives zero or an empty span, and error() says what went wrong, so
// that a decoder reads all its fields and asks once at the end. Nothing is allocated by a length that was not there.

#include <cstdint>
#include <optional>

#include "consensus/encoding/decode_error.h"
#include "crypto/bytes.h"
#include "crypto/hash256.h"

namespace cairn {

class Reader {
public:
    explicit Reader(ByteSpan bytes) : rest_(bytes) {}

    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    std::uint64_t u64();
    std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
    bool boolean() { return u8() != 0; }
    std::uint16_t u16_big_endian();

    /// A CompactSize. With kLength, refuses what Bitcoin Core refuses as a length (over 0x02000000).
    enum class Range { kLength, kAny };
    std::uint64_t compact_size(Range range = Range::kLength);

    /// The next `size` bytes, seen in place.
    ByteSpan bytes(std::uint64_t size);
    /// A CompactSize and that many bytes, seen in place.
    ByteSpan sized_bytes() { return bytes(compact_size()); }
    Hash256 hash256();
    template <class Strong>
    Strong strong_hash()
    {
        return Strong{hash256()};
    }

    void fail(DecodeError error)
    {
        if (!error_) error_ = error;
        rest_ = {};
    }
    bool ok() const { return !error_; }
    std::optional<DecodeError> error() const { return error_; }
    ByteSpan rest() const { return rest_; }
    bool at_end() const { return rest_.empty(); }
    /// Fails with kTrailingBytes unless all was read.
    void expect_end()
    {
        if (ok() && !at_end()) fail(DecodeError::kTrailingBytes);
    }

private:
    ByteSpan rest_;
    std::optional<DecodeError> error_;
};

}  // namespace cairn
