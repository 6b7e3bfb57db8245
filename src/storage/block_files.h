#pragma once
// Blocks and their undo data in numbered files, blkNNNNN.dat and revNNNNN.dat, XORed with the key in xor.dat. Bitcoin
// Core's format; docs/formats/block-files.md.
//
// Threads: reads by any, at any time. Writes by any too; they take a lock only to be given their place. A position that
// write_block returned is durable after the next flush(), and the index may name it only then.

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "base/random.h"
#include "consensus/primitives/block.h"
#include "storage/file_position.h"
#include "storage/obfuscation.h"
#include "storage/undo_codec.h"

namespace cairn::storage {

using Magic = std::array<std::byte, 4>;

inline constexpr std::uint32_t kMaxBlockFileSize = 128U << 20;
/// Space is reserved in steps of these.
inline constexpr std::uint32_t kBlockFileChunk = 16U << 20;
inline constexpr std::uint32_t kUndoFileChunk = 1U << 20;
/// Magic and size before each record; the checksum after each undo record.
inline constexpr std::uint32_t kRecordHeaderSize = 8;
inline constexpr std::uint32_t kUndoChecksumSize = 32;
/// A record may claim no more.
inline constexpr std::uint32_t kMaxRecordSize = 0x02000000;
/// Nothing more is written when less would be left free on the disk.
inline constexpr std::uint64_t kMinFreeSpace = std::uint64_t{50} << 20;

/// Why a record could not be read back. Whether that is fatal, the caller knows.
struct BlockReadError {
    enum class Kind {
        kMissing,    // no such file, or it is too short
        kCorrupt,    // wrong magic, impossible size, does not decode, wrong checksum
        kWrongHash,  // a block, but not the one expected
    };
    Kind kind;
    std::string text;
};

class BlockFiles {
public:
    struct Options {
        std::filesystem::path folder;  // …/blocks; must exist
        Magic magic{};
        base::FileSystem* files = nullptr;  // null: the operating system's
        base::Random* random = nullptr;     // of the key of a new folder; null: the operating system's
        /// -blocksxor. Without it, a folder that has a key is refused.
        bool use_xor = true;
        /// -fastprune: files of 64 KiB.
        bool small_files = false;
        /// What a block read back without an expected hash must pass (its proof of work); may be empty.
        std::function<bool(const BlockHeader&, const BlockHash&)> check_header;
    };
    /// `infos` as the index has them (empty in a new folder). Reads or makes xor.dat. Throws StorageError,
    /// base::IoError.
    BlockFiles(Options options, std::vector<BlockFileInfo> infos);
    ~BlockFiles();

    /// Appends a block. Throws IoError; with disk_full() nothing that was there is harmed.
    FilePosition write_block(ByteSpan raw, Height height, std::uint32_t time);
    /// A block that is already in a file (-reindex, or found by unindexed_tails()); durable after the next flush(),
    /// too.
    void note_block(FilePosition position, std::uint32_t size, Height height, std::uint32_t time);
    /// Blocks are written to files from this one on: while those below are read by note_block's caller, they are not
    /// known to be full of blocks. 0: to the last that is known.
    void write_only_from(std::int32_t file);
    /// Appends undo data (encode_undo's) to the file of the same number as the block's. `previous`: the hash of the
    /// block's parent, part of the checksum.
    FilePosition write_undo(std::int32_t file, ByteSpan undo, const BlockHash& previous, Height height);

    // Reading. IoError where a file is there and cannot be read.

    std::expected<Bytes, BlockReadError> read_raw_block(FilePosition position) const;
    std::expected<BlockRef, BlockReadError> read_block(FilePosition position,
                                                       const std::optional<BlockHash>& expected) const;
    std::expected<BlockUndo, BlockReadError> read_undo(FilePosition position, const BlockHash& previous) const;

    /// All that was written is on the disk when this returns.
    void flush();
    /// File records that changed since the last call, for the index; call after flush().
    std::vector<std::pair<std::int32_t, BlockFileInfo>> take_changed_infos();
    std::int32_t last_file() const;
    BlockFileInfo info(std::int32_t file) const;

    /// Bytes in use by blocks and undo data.
    std::uint64_t usage() const;
    /// Every file there is, from 0 up to the first gap: what -reindex reads.
    std::vector<FilePosition> file_starts() const;
    /// Where a record begins behind the last known block of the last file, and at the start of every file after it:
    /// blocks that were written, and that a crash kept from the index. (Their bytes, magic included, start there.)
    std::vector<FilePosition> unindexed_tails() const;
    std::filesystem::path block_path(std::int32_t file) const;
    std::filesystem::path undo_path(std::int32_t file) const;
    const Obfuscation& obfuscation() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cairn::storage
