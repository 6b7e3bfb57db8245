#include "storage/file_position.h"

#include <algorithm>

namespace cairn::storage {

void BlockFileInfo::add_block(std::uint32_t height, std::uint64_t time)
{
    if (blocks == 0) {
        height_first = height;
        time_first = time;
    }
    height_first = std::min(height_first, height);
    time_first = std::min(time_first, time);
    height_last = std::max(height_last, height);
    time_last = std::max(time_last, time);
    ++blocks;
}

}  // namespace cairn::storage
