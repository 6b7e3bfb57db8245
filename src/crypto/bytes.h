#pragma once
// The two ways bytes are passed around: seen (ByteSpan) and owned (Bytes).

#include <cstddef>
#include <span>
#include <vector>

namespace cairn {

/// Bytes somebody else owns; valid as long as their owner says.
using ByteSpan = std::span<const std::byte>;

/// Bytes owned.
using Bytes = std::vector<std::byte>;

}  // namespace cairn
