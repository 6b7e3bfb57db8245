#pragma once
// How many bytes of the heap things take, as the system's allocator hands them out.

#include <cstddef>
#include <vector>

#include "consensus/primitives/transaction.h"

namespace cairn::mempool {

/// A block of `bytes` as glibc's malloc rounds it on 64-bit systems; nothing for nothing.
constexpr std::size_t malloc_bytes(std::size_t bytes)
{
    if (bytes == 0) return 0;
    constexpr std::size_t kSmallest = 32;
    const std::size_t rounded = (bytes + 8 + 15) / 16 * 16;
    return rounded < kSmallest ? kSmallest : rounded;
}

template <class T>
std::size_t vector_bytes(const std::vector<T>& vector)
{
    return malloc_bytes(vector.capacity() * sizeof(T));
}

/// A node of std::set or std::map with this payload.
template <class T>
constexpr std::size_t tree_node_bytes()
{
    return malloc_bytes(4 * sizeof(void*) + sizeof(T));
}

/// A detached transaction with its bytes and its parsed parts.
std::size_t transaction_bytes(const Transaction& transaction);

}  // namespace cairn::mempool
