#pragma once
// Numbers on the script stack: little-endian, sign in the highest bit, of any size up to a limit.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "crypto/bytes.h"

namespace cairn {

inline constexpr std::size_t kDefaultNumberSize = 4;
/// Of the operands of OP_CHECKLOCKTIMEVERIFY and OP_CHECKSEQUENCEVERIFY.
inline constexpr std::size_t kLockTimeNumberSize = 5;

/// The bytes of a number; at most nine.
class EncodedNumber {
public:
    explicit EncodedNumber(std::int64_t number);
    ByteSpan bytes() const { return ByteSpan{bytes_}.first(size_); }

private:
    std::array<std::byte, 9> bytes_{};
    std::size_t size_ = 0;
};

/// Nothing if `bytes` has more than `max_size` (at most 8) bytes or, with `require_minimal`, more than its number
/// needs.
std::optional<std::int64_t> decode_number(ByteSpan bytes, bool require_minimal,
                                          std::size_t max_size = kDefaultNumberSize);

/// False for zero of any size, and for negative zero.
bool is_true(ByteSpan element);

}  // namespace cairn
