#pragma once
// Integers as bytes, whatever the machine's order.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cairn::crypto {

template <std::unsigned_integral T>
inline T load_little(const std::byte* from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    return value;
}

template <std::unsigned_integral T>
inline T load_big(const std::byte* from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
    return value;
}

template <std::unsigned_integral T>
inline void store_little(std::byte* to, T value)
{
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    std::memcpy(to, &value, sizeof value);
}

template <std::unsigned_integral T>
inline void store_big(std::byte* to, T value)
{
    if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
    std::memcpy(to, &value, sizeof value);
}

}  // namespace cairn::crypto
