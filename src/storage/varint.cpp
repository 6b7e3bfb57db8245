#include "storage/varint.h"

#include <array>

namespace cairn::storage {

void append_varint(Bytes& out, std::uint64_t value)
{
    std::array<std::byte, 10> digits;
    std::size_t count = 0;
    while (true) {
        const auto more = count > 0 ? 0x80U : 0U;
        digits[count++] = static_cast<std::byte>((value & 0x7f) | more);
        if (value <= 0x7f) break;
        value = (value >> 7) - 1;
    }
    while (count > 0) out.push_back(digits[--count]);
}

std::uint64_t read_varint(Reader& reader, std::uint64_t max)
{
    std::uint64_t value = 0;
    while (reader.ok()) {
        const std::uint8_t byte = reader.u8();
        if (!reader.ok()) break;
        if (value > (UINT64_MAX >> 7)) break;
        value = (value << 7) | (byte & 0x7fU);
        if ((byte & 0x80U) == 0) {
            if (value > max) break;
            return value;
        }
        if (value == UINT64_MAX) break;
        ++value;
    }
    reader.fail(DecodeError::kBadValue);
    return 0;
}

}  // namespace cairn::storage
