#pragma once
// Memory that held secrets, wiped.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace cairn::crypto {

/// Overwrites memory with zeros in a way that the compiler does not leave out.
void cleanse(void* memory, std::size_t size);
inline void cleanse(std::span<std::byte> bytes)
{
    cleanse(bytes.data(), bytes.size());
}

/// Wipes what it frees.
template <class T>
struct WipingAllocator {
    using value_type = T;

    WipingAllocator() = default;
    template <class U>
    WipingAllocator(const WipingAllocator<U>&)
    {
    }
    T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
    void deallocate(T* memory, std::size_t count)
    {
        cleanse(memory, count * sizeof(T));
        std::allocator<T>{}.deallocate(memory, count);
    }
    friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

/// Bytes that are wiped when freed, also when the vector grows.
using SecretBytes = std::vector<std::byte, WipingAllocator<std::byte>>;

}  // namespace cairn::crypto
