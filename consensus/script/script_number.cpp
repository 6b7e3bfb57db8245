#include "consensus/script/script_number.h"

#include <algorithm>
#include <cassert>

namespace cairn {

EncodedNumber::EncodedNumber(std::int64_t number)
{
    const bool negative = number < 0;
    std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    for (; magnitude != 0; magnitude >>= 8) bytes_[size_++] = static_cast<std::byte>(magnitude);
    if (size_ == 0) return;
    // The sign takes the highest bit: of one more byte where that is in use.
    if ((bytes_[size_ - 1] & std::byte{0x80}) != std::byte{0}) ++size_;
    if (negative) bytes_[size_ - 1] |= std::byte{0x80};
}

std::optional<std::int64_t> decode_number(ByteSpan bytes, bool require_minimal, std::size_t max_size)
{
    assert(max_size <= 8);
    if (bytes.size() > max_size) return std::nullopt;
    if (bytes.empty()) return 0;
    const auto last = std::to_integer<unsigned>(bytes.back());
    if (require_minimal && (last & 0x7f) == 0) {
        // Nothing but a sign in the last byte: needed only if the one before has its highest bit in use.
        if (bytes.size() == 1 || (bytes[bytes.size() - 2] & std::byte{0x80}) == std::byte{0}) return std::nullopt;
    }
    std::uint64_t magnitude = last & 0x7f;
    for (std::size_t i = bytes.size() - 1; i > 0; --i) {
        magnitude = (magnitude << 8) | std::to_integer<std::uint64_t>(bytes[i - 1]);
    }
    const auto number = static_cast<std::int64_t>(magnitude);
    return (last & 0x80) != 0 ? -number : number;
}

bool is_true(ByteSpan element)
{
    if (element.empty()) return false;
    const auto is_set = [](std::byte byte) { return byte != std::byte{0}; };
    if (std::any_of(element.begin(), element.end() - 1, is_set)) return true;
    return element.back() != std::byte{0} && element.back() != std::byte{0x80};
}

}  // namespace cairn
