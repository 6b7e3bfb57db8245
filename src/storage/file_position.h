#pragma once
// Places in the numbered block and undo files.

#include <cstdint>

namespace cairn::storage {

/// Where a record's data begins: behind its magic and size.
struct FilePosition {
    std::int32_t file = -1;
    std::uint32_t offset = 0;

    bool is_null() const { return file < 0; }
    friend bool operator==(const FilePosition&, const FilePosition&) = default;
};

/// What the block index remembers of a pair of block and undo files.
struct BlockFileInfo {
    std::uint32_t blocks = 0;
    std::uint32_t size = 0;  // bytes in use of the block file
    std::uint32_t undo_size = 0;
    std::uint32_t height_first = 0;
    std::uint32_t height_last = 0;
    std::uint64_t time_first = 0;
    std::uint64_t time_last = 0;

    friend bool operator==(const BlockFileInfo&, const BlockFileInfo&) = default;
    /// Counts a block in; not its size.
    void add_block(std::uint32_t height, std::uint64_t time);
};

}  // namespace cairn::storage
