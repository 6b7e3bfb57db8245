#pragma once
// Why bytes could not be decoded.

#include <cstdint>
#include <string_view>

namespace cairn {

enum class DecodeError : std::uint8_t {
    kTruncated,         // the bytes end before the value does
    kNonCanonicalSize,  // a CompactSize longer than it needs to be
    kOversizedSize,     // a CompactSize over 0x02000000, which Bitcoin Core refuses to read as a length
    kSuperfluousWitness,
    kUnknownFlag,  // a transaction flag other than 0x01
    kTrailingBytes,
    kBadValue,  // a field whose value its codec refuses
};

/// One line for people.
std::string_view text(DecodeError error);

}  // namespace cairn
