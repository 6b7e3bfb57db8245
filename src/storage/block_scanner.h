#pragma once
// Finds the blocks in a file of unknown content: -loadblock, -reindex. Anything between records is skipped.

#include <cstdint>
#include <memory>
#include <optional>

#include "base/file_system.h"
#include "consensus/primitives/block.h"
#include "storage/block_files.h"
#include "storage/obfuscation.h"

namespace cairn::storage {

/// A record that has the magic, a possible size, and as many bytes.
struct ScannedRecord {
    std::uint64_t offset = 0;  // of the block's first byte
    std::shared_ptr<const Bytes> bytes;
};

/// Reads the file once, in pieces, holding no more than two of the largest blocks. Throws base::IoError.
class BlockScanner {
public:
    /// A block is between 80 bytes and this.
    static constexpr std::uint32_t kMaxBlockSize = 4'000'000;

    /// Searches from byte `from` on.
    BlockScanner(std::unique_ptr<base::File> file, const Magic& magic, const Obfuscation& obfuscation = {},
                 std::uint64_t from = 0);
    ~BlockScanner();

    /// The next record; nothing at the end. The search goes on behind it, whether or not it holds a block: so a file is
    /// read once, whatever is in it.
    std::optional<ScannedRecord> next();
    /// Where the search goes on.
    std::uint64_t position() const { return position_; }

private:
    /// Makes what the file has of [offset, offset + size) available, at the front of the window's bytes.
    ByteSpan load(std::uint64_t offset, std::size_t size);
    std::optional<std::uint64_t> find_magic();

    std::unique_ptr<base::File> file_;
    Magic magic_;
    Obfuscation obfuscation_;
    std::uint64_t size_ = 0;
    std::uint64_t position_ = 0;
    Bytes window_;
    std::uint64_t window_offset_ = 0;
};

}  // namespace cairn::storage
