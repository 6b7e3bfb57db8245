#pragma once
// Reads the network's encoding (little-endian integers, CompactSize) from untrusted bytes.
//
// The first failure sticks: from then on every read gives zero or an empty span, and error() says what went wrong, so
// that a decoder reads all its fields and asks once at the end. Nothing is allocated by a length that was not there.
// A loop over an untrusted count must ask ok() as well: after a failure there is nothing left to slow it down.

#include <cstdint>
#include <cstring>
#include <optional>

#include "consensus/encoding/decode_error.h"
#include "crypto/bytes.h"
#include "crypto/endian.h"
#include "crypto/hash256.h"

namespace cairn {

class Reader {
public:
    /// The largest CompactSize that Bitcoin Core reads as a length.
    static constexpr std::uint64_t kMaxLength = 0x02000000;

    explicit Reader(ByteSpan bytes) : rest_(bytes) {}

    std::uint8_t u8() { return little_endian<std::uint8_t>(); }
    std::uint16_t u16() { return little_endian<std::uint16_t>(); }
    std::uint32_t u32() { return little_endian<std::uint32_t>(); }
    std::uint64_t u64() { return little_endian<std::uint64_t>(); }
    std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
    bool boolean() { return u8() != 0; }
    std::uint16_t u16_big_endian()
    {
        const std::uint16_t swapped = u16();
        return static_cast<std::uint16_t>(swapped << 8 | swapped >> 8);
    }

    /// A CompactSize. With kLength, refuses what Bitcoin Core refuses as a length (over 0x02000000).
    enum class Range { kLength, kAny };
    std::uint64_t compact_size(Range range = Range::kLength)
    {
        const std::uint8_t first = u8();
        if (first < 253) return first;
        const std::uint64_t value = first == 253 ? u16() : first == 254 ? u32() : u64();
        const std::uint64_t least = first == 253 ? 253 : first == 254 ? 0x10000 : 0x100000000;
        if (!ok()) return 0;
        if (value < least) return fail(DecodeError::kNonCanonicalSize), 0;
        if (range == Range::kLength && value > kMaxLength) return fail(DecodeError::kOversizedSize), 0;
        return value;
    }

    /// The next `size` bytes, seen in place.
    ByteSpan bytes(std::uint64_t size)
    {
        if (size > rest_.size()) return fail(DecodeError::kTruncated), ByteSpan{};
        const ByteSpan result = rest_.first(static_cast<std::size_t>(size));
        rest_ = rest_.subspan(static_cast<std::size_t>(size));
        return result;
    }
    /// A CompactSize and that many bytes, seen in place.
    ByteSpan sized_bytes() { return bytes(compact_size()); }
    Hash256 hash256()
    {
        Hash256 hash;
        const ByteSpan seen = bytes(hash.bytes.size());
        if (seen.size() == hash.bytes.size()) std::memcpy(hash.bytes.data(), seen.data(), hash.bytes.size());
        return hash;
    }
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
    template <class Integer>
    Integer little_endian()
    {
        const ByteSpan seen = bytes(sizeof(Integer));
        return seen.empty() ? Integer{0} : crypto::load_little<Integer>(seen.data());
    }

    ByteSpan rest_;
    std::optional<DecodeError> error_;
};

}  // namespace cairn
