#include "crypto/cleanse.h"

#include <cstring>

namespace cairn::crypto {

void cleanse(void* memory, std::size_t size)
{
    if (size == 0) return;
    std::memset(memory, 0, size);
    // Says that the memory is read afterwards, so that the writes above stay.
    __asm__ __volatile__("" : : "r"(memory) : "memory");
}

}  // namespace cairn::crypto
