#include "keys/script_builder.h"

namespace cairn::keys {

ScriptBuilder& ScriptBuilder::push(ByteSpan data)
{
    const std::size_t size = data.size();
    int width = 0;
    if (size < 0x4c) {
        op(static_cast<unsigned>(size));
    } else {
        width = size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
        op(width == 1 ? 0x4c : width == 2 ? 0x4d : 0x4e);
    }
    for (int i = 0; i < width; ++i) op(static_cast<unsigned>((size >> (8 * i)) & 0xff));
    script_.insert(script_.end(), data.begin(), data.end());
    return *this;
}

ScriptBuilder& ScriptBuilder::push_minimal(ByteSpan data)
{
    if (data.size() != 1) return push(data);
    const auto value = std::to_integer<unsigned>(data[0]);
    if (value >= 1 && value <= 16) return op(0x50 + value);
    if (value == 0x81) return op(0x4f);
    return push(data);
}

ScriptBuilder& ScriptBuilder::number(std::int64_t value)
{
    if (value == 0) return op(0);
    if (value == -1) return op(0x4f);
    if (value >= 1 && value <= 16) return op(static_cast<unsigned>(0x50 + value));
    Bytes bytes;
    const bool negative = value < 0;
    for (auto rest = negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value); rest != 0;
         rest >>= 8) {
        bytes.push_back(static_cast<std::byte>(rest & 0xff));
    }
    if ((bytes.back() & std::byte{0x80}) != std::byte{0}) bytes.push_back(std::byte{0});
    if (negative) bytes.back() |= std::byte{0x80};
    return push(bytes);
}

}  // namespace cairn::keys
