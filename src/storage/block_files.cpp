#include "storage/block_files.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "base/log.h"
#include "crypto/hex.h"
#include "crypto/sha256.h"
#include "storage/open_files.h"

namespace cairn::storage {
namespace {

using base::FileSystem;
using base::IoError;
using base::LogCategory;
using base::OpenMode;

std::uint32_t chunk(FileKind kind)
{
    return kind == FileKind::kBlock ? kBlockFileChunk : kUndoFileChunk;
}

std::unexpected<BlockReadError> refuse(BlockReadError::Kind kind, std::string text)
{
    return std::unexpected(BlockReadError{kind, std::move(text)});
}

std::string shown(FileKind kind, FilePosition position)
{
    return fmt::format("{}{:05}.dat at {}", prefix(kind), position.file, position.offset);
}

std::uint32_t read_u32(ByteSpan bytes)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
    return value;
}

void append_record_header(Bytes& out, const Magic& magic, std::size_t size)
{
    out.insert(out.end(), magic.begin(), magic.end());
    for (std::size_t i = 0; i < 4; ++i) out.push_back(static_cast<std::byte>((size >> (8 * i)) & 0xff));
}

Hash256 undo_checksum(const BlockHash& previous, ByteSpan undo)
{
    return crypto::Sha256{}.write(previous.span()).write(undo).finish_double();
}

Obfuscation load_key(FileSystem& files, const BlockFiles::Options& options)
{
    base::OsRandom os_random;
    return load_xor_key(files, options.folder, options.use_xor,
                        options.random != nullptr ? *options.random : os_random);
}

}  // namespace

struct BlockFiles::Impl {
    Impl(Options the_options, std::vector<BlockFileInfo> the_infos)
        : options(std::move(the_options)),
          files(options.files != nullptr ? *options.files : base::os_file_system()),
          open_files(files, options.folder),
          obfuscation(load_key(files, options)),
          infos(std::move(the_infos))
    {
        if (!infos.empty()) last = static_cast<std::int32_t>(infos.size()) - 1;
    }

    Options options;
    FileSystem& files;
    OpenFiles open_files;
    Obfuscation obfuscation;

    mutable std::mutex mutex;
    std::vector<BlockFileInfo> infos;
    std::int32_t last = 0;
    std::int32_t first_written = 0;
    std::int64_t undo_height = -1;  // of the highest undo record in the last file
    std::set<FileId> unsynced;
    bool names_unsynced = false;
    std::set<std::int32_t> changed;

    BlockFileInfo& info(std::int32_t file)
    {
        if (infos.size() <= static_cast<std::size_t>(file)) infos.resize(static_cast<std::size_t>(file) + 1);
        return infos[static_cast<std::size_t>(file)];
    }

    std::uint32_t file_limit(std::uint32_t added) const
    {
        if (!options.small_files) return kMaxBlockFileSize;
        return std::max(0x10000U, added + 1);
    }

    // Space for [size, size + added) of a file, in chunks.
    void reserve(FileId id, std::uint32_t size, std::uint32_t added)
    {
        const std::uint64_t step = chunk(id.first);
        const std::uint64_t old_end = (size + step - 1) / step * step;
        const std::uint64_t new_end = (std::uint64_t{size} + added + step - 1) / step * step;
        if (new_end <= old_end) return;
        if (files.free_space(options.folder) < kMinFreeSpace + (new_end - size)) {
            throw IoError("write", open_files.path(id), ENOSPC);
        }
        const auto file = open_files.open(id, OpenMode::kReadWrite);
        names_unsynced = true;
        file->allocate(size, new_end - size);
    }

    // Cuts off what was reserved and not used, and syncs: nothing more will be written to it.
    void finish_file(FileId id, std::uint32_t size)
    {
        const auto file = open_files.open(id, OpenMode::kReadWrite);
        file->truncate(size);
        file->sync();
    }

    void leave_file(std::int32_t file)
    {
        const BlockFileInfo& left = info(file);
        base::log_debug(LogCategory::kBlockStorage, "Leaving block file {}: {} blocks, {} bytes, heights {} to {}",
                        file, left.blocks, left.size, left.height_first, left.height_last);
        finish_file({FileKind::kBlock, file}, left.size);
        // Where undo data lags behind, write_undo finishes the file.
        if (undo_height == std::int64_t{left.height_last}) finish_file({FileKind::kUndo, file}, left.undo_size);
        undo_height = -1;
    }

    // The place of a record of `added` bytes; it and its space are taken when this returns.
    FilePosition take_block_place(std::uint32_t added, std::uint32_t height, std::uint32_t time)
    {
        const std::lock_guard lock(mutex);
        std::int32_t file = std::max(last, first_written);
        if (std::uint64_t{info(file).size} + added >= file_limit(added)) {
            file = std::max(file + 1, static_cast<std::int32_t>(infos.size()));
        }
        BlockFileInfo& target = info(file);
        reserve({FileKind::kBlock, file}, target.size, added);
        if (file != last) {
            // While those before are being read, nobody knows yet where they end.
            if (first_written == 0) leave_file(last);
            last = file;
        }
        const FilePosition place{file, target.size};
        target.add_block(height, time);
        target.size += added;
        changed.insert(file);
        return place;
    }

    FilePosition take_undo_place(std::int32_t file, std::uint32_t added)
    {
        const std::lock_guard lock(mutex);
        BlockFileInfo& target = info(file);
        reserve({FileKind::kUndo, file}, target.undo_size, added);
        const FilePosition place{file, target.undo_size};
        target.undo_size += added;
        changed.insert(file);
        return place;
    }

    void write_record(FileId id, std::uint32_t offset, Bytes& record)
    {
        obfuscation.apply(record, offset);
        open_files.open(id, OpenMode::kReadWrite)->write_at(offset, record);
        const std::lock_guard lock(mutex);
        unsynced.insert(id);
    }

    void finish_undo_if_last(std::int32_t file, Height height)
    {
        const std::lock_guard lock(mutex);
        const BlockFileInfo& written = info(file);
        if (file < last && static_cast<std::uint32_t>(height) == written.height_last) {
            finish_file({FileKind::kUndo, file}, written.undo_size);
        } else if (file == last && height > undo_height) {
            undo_height = height;
        }
    }

    using Read = std::expected<Bytes, BlockReadError>;

    Read read_bytes(FileKind kind, FilePosition position, std::uint64_t offset, std::size_t size)
    {
        Bytes bytes(size);
        try {
            const auto file = open_files.open({kind, position.file}, OpenMode::kRead);
            if (file->read_at(offset, bytes) != size) {
                return refuse(BlockReadError::Kind::kMissing,
                              fmt::format("The file ends before the record {}", shown(kind, position)));
            }
        } catch (const IoError& error) {
            // Permissions or a failing disk say nothing of the record, and indexing anew would not help.
            if (error.code() != ENOENT) throw;
            return refuse(BlockReadError::Kind::kMissing, error.what());
        }
        obfuscation.apply(bytes, offset);
        return bytes;
    }

    // The size that the record's header claims.
    std::expected<std::uint32_t, BlockReadError> read_record_size(FileKind kind, FilePosition position)
    {
        if (position.is_null() || position.offset < kRecordHeaderSize) {
            return refuse(BlockReadError::Kind::kMissing, fmt::format("There is no record {}", shown(kind, position)));
        }
        const auto header = read_bytes(kind, position, position.offset - kRecordHeaderSize, kRecordHeaderSize);
        if (!header) return std::unexpected(header.error());
        if (!std::ranges::equal(ByteSpan{*header}.first(4), options.magic)) {
            return refuse(BlockReadError::Kind::kCorrupt,
                          fmt::format("Block magic mismatch for {}: {} versus expected {}", shown(kind, position),
                                      to_hex(ByteSpan{*header}.first(4)), to_hex(options.magic)));
        }
        const std::uint32_t size = read_u32(ByteSpan{*header}.subspan(4));
        if (size > kMaxRecordSize) {
            return refuse(BlockReadError::Kind::kCorrupt,
                          fmt::format("The record {} claims {} bytes", shown(kind, position), size));
        }
        return size;
    }
};

BlockFiles::BlockFiles(Options options, std::vector<BlockFileInfo> infos)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(infos)))
{
}

BlockFiles::~BlockFiles() = default;

FilePosition BlockFiles::write_block(ByteSpan raw, Height height, std::uint32_t time)
{
    const auto added = static_cast<std::uint32_t>(raw.size() + kRecordHeaderSize);
    const FilePosition place = impl_->take_block_place(added, static_cast<std::uint32_t>(height), time);
    Bytes record;
    record.reserve(added);
    append_record_header(record, impl_->options.magic, raw.size());
    record.insert(record.end(), raw.begin(), raw.end());
    impl_->write_record({FileKind::kBlock, place.file}, place.offset, record);
    return {place.file, place.offset + kRecordHeaderSize};
}

void BlockFiles::note_block(FilePosition position, std::uint32_t size, Height height, std::uint32_t time)
{
    const std::lock_guard lock(impl_->mutex);
    BlockFileInfo& info = impl_->info(position.file);
    info.add_block(static_cast<std::uint32_t>(height), time);
    info.size = std::max(info.size, position.offset + size);
    if (position.file > impl_->last) {
        impl_->last = position.file;
        impl_->undo_height = -1;
    }
    impl_->changed.insert(position.file);
    // Who wrote it may have crashed before the disk had it.
    impl_->unsynced.insert({FileKind::kBlock, position.file});
}

void BlockFiles::write_only_from(std::int32_t file)
{
    const std::lock_guard lock(impl_->mutex);
    impl_->first_written = file;
}

FilePosition BlockFiles::write_undo(std::int32_t file, ByteSpan undo, const BlockHash& previous, Height height)
{
    const auto added = static_cast<std::uint32_t>(undo.size()) + kRecordHeaderSize + kUndoChecksumSize;
    const FilePosition place = impl_->take_undo_place(file, added);
    Bytes record;
    record.reserve(added);
    append_record_header(record, impl_->options.magic, undo.size());
    record.insert(record.end(), undo.begin(), undo.end());
    const Hash256 checksum = undo_checksum(previous, undo);
    record.insert(record.end(), checksum.bytes.begin(), checksum.bytes.end());
    impl_->write_record({FileKind::kUndo, file}, place.offset, record);
    impl_->finish_undo_if_last(file, height);
    return {file, place.offset + kRecordHeaderSize};
}

std::expected<Bytes, BlockReadError> BlockFiles::read_raw_block(FilePosition position) const
{
    const auto size = impl_->read_record_size(FileKind::kBlock, position);
    if (!size) return std::unexpected(size.error());
    return impl_->read_bytes(FileKind::kBlock, position, position.offset, *size);
}

std::expected<BlockRef, BlockReadError> BlockFiles::read_block(FilePosition position,
                                                               const std::optional<BlockHash>& expected) const
{
    auto raw = read_raw_block(position);
    if (!raw) return std::unexpected(raw.error());
    auto block = decode_block(*std::move(raw), TrailingBytes::kIgnored);
    if (!block) {
        return refuse(
            BlockReadError::Kind::kCorrupt,
            fmt::format("The block {} does not decode: {}", shown(FileKind::kBlock, position), text(block.error())));
    }
    const BlockHash& hash = (*block)->hash;
    if (expected && hash != *expected) {
        return refuse(BlockReadError::Kind::kWrongHash,
                      fmt::format("The block {} is {} and not {}", shown(FileKind::kBlock, position), hash.to_hex(),
                                  expected->to_hex()));
    }
    if (!expected && impl_->options.check_header && !impl_->options.check_header((*block)->header, hash)) {
        return refuse(BlockReadError::Kind::kCorrupt,
                      fmt::format("Errors in block header at {}", shown(FileKind::kBlock, position)));
    }
    return *std::move(block);
}

std::expected<BlockUndo, BlockReadError> BlockFiles::read_undo(FilePosition position, const BlockHash& previous) const
{
    const auto size = impl_->read_record_size(FileKind::kUndo, position);
    if (!size) return std::unexpected(size.error());
    const auto record = impl_->read_bytes(FileKind::kUndo, position, position.offset, *size + kUndoChecksumSize);
    if (!record) return std::unexpected(record.error());
    const ByteSpan undo = ByteSpan{*record}.first(*size);
    if (!std::ranges::equal(undo_checksum(previous, undo).span(), ByteSpan{*record}.subspan(*size))) {
        return refuse(BlockReadError::Kind::kCorrupt,
                      fmt::format("Checksum mismatch of undo data {}", shown(FileKind::kUndo, position)));
    }
    auto decoded = decode_undo(undo);
    if (!decoded) {
        return refuse(BlockReadError::Kind::kCorrupt,
                      fmt::format("The undo data {} does not decode: {}", shown(FileKind::kUndo, position),
                                  text(decoded.error())));
    }
    return *std::move(decoded);
}

void BlockFiles::flush()
{
    std::set<FileId> to_sync;
    bool names = false;
    {
        const std::lock_guard lock(impl_->mutex);
        to_sync.swap(impl_->unsynced);
        names = std::exchange(impl_->names_unsynced, false);
    }
    try {
        for (const FileId& id : to_sync) impl_->open_files.open(id, OpenMode::kReadWrite)->sync();
        if (names) impl_->files.sync_directory(impl_->options.folder);
    } catch (...) {
        const std::lock_guard lock(impl_->mutex);
        impl_->unsynced.merge(to_sync);
        impl_->names_unsynced = impl_->names_unsynced || names;
        throw;
    }
}

std::vector<std::pair<std::int32_t, BlockFileInfo>> BlockFiles::take_changed_infos()
{
    const std::lock_guard lock(impl_->mutex);
    std::vector<std::pair<std::int32_t, BlockFileInfo>> result;
    for (const std::int32_t file : impl_->changed) result.emplace_back(file, impl_->info(file));
    impl_->changed.clear();
    return result;
}

std::int32_t BlockFiles::last_file() const
{
    const std::lock_guard lock(impl_->mutex);
    return impl_->last;
}

BlockFileInfo BlockFiles::info(std::int32_t file) const
{
    const std::lock_guard lock(impl_->mutex);
    const auto index = static_cast<std::size_t>(file);
    return index < impl_->infos.size() ? impl_->infos[index] : BlockFileInfo{};
}

std::uint64_t BlockFiles::usage() const
{
    const std::lock_guard lock(impl_->mutex);
    std::uint64_t sum = 0;
    for (const BlockFileInfo& each : impl_->infos) sum += std::uint64_t{each.size} + each.undo_size;
    return sum;
}

std::vector<FilePosition> BlockFiles::file_starts() const
{
    std::vector<FilePosition> starts;
    for (std::int32_t file = 0; impl_->files.exists(block_path(file)); ++file) starts.push_back({file, 0});
    return starts;
}

std::vector<FilePosition> BlockFiles::unindexed_tails() const
{
    std::vector<FilePosition> tails;
    for (std::int32_t file = last_file(); impl_->files.exists(block_path(file)); ++file) {
        const FilePosition end{file, info(file).size};
        // Where nothing was written there are zeros, or nothing.
        const auto begin = impl_->read_bytes(FileKind::kBlock, end, end.offset, impl_->options.magic.size());
        if (begin && std::ranges::equal(*begin, impl_->options.magic)) tails.push_back(end);
    }
    return tails;
}

std::filesystem::path BlockFiles::block_path(std::int32_t file) const
{
    return impl_->open_files.path({FileKind::kBlock, file});
}

std::filesystem::path BlockFiles::undo_path(std::int32_t file) const
{
    return impl_->open_files.path({FileKind::kUndo, file});
}

const Obfuscation& BlockFiles::obfuscation() const
{
    return impl_->obfuscation;
}

}  // namespace cairn::storage
