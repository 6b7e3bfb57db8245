#pragma once
// Service bits of the version message and of addresses.

#include <cstdint>

namespace cairn::protocol {

using Services = std::uint64_t;

inline constexpr Services kNodeNone = 0;
inline constexpr Services kNodeNetwork = 1 << 0;
inline constexpr Services kNodeBloom = 1 << 2;
inline constexpr Services kNodeWitness = 1 << 3;
inline constexpr Services kNodeCompactFilters = 1 << 6;
inline constexpr Services kNodeNetworkLimited = 1 << 10;  // BIP159
inline constexpr Services kNodeP2pV2 = 1 << 11;           // BIP324

}  // namespace cairn::protocol
