#pragma once
// Files, as they are passed in: what the node does to the disk goes through a FileSystem, so that tests can play a torn
// write, a lost unsynced write, or a full disk (memory_file_system.h).
//
// Every failure is an IoError, except where a function says otherwise. Files are created readable by their owner only
// (0600, folders 0700).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/io_error.h"

namespace cairn::base {

enum class OpenMode {
    kRead,       // must exist
    kReadWrite,  // created if missing
    kCreate,     // must not exist
    kTruncate,   // created if missing, else emptied
};

/// An open file. read_at may be called by several threads at once; the others by one at a time.
class File {
public:
    virtual ~File() = default;
    /// Reads at most out.size() bytes from `offset`; fewer only at the end of the file. Returns how many.
    virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> out) const = 0;
    /// Writes all of `data` at `offset`, growing the file.
    virtual void write_at(std::uint64_t offset, std::span<const std::byte> data) = 0;
    virtual std::uint64_t size() const = 0;
    virtual void truncate(std::uint64_t size) = 0;
    /// Reserves disk space for [offset, offset + length), growing the file with zeros where it is shorter.
    virtual void allocate(std::uint64_t offset, std::uint64_t length) = 0;
    /// The data, and what is needed to read it back, is on the disk when this returns.
    virtual void sync() = 0;
    /// Hints that [offset, offset + length) should go to the disk soon; waits for nothing.
    virtual void start_writeback(std::uint64_t offset, std::uint64_t length) = 0;

    void append(std::span<const std::byte> data) { write_at(size(), data); }
};

/// Holds a lock file for this process until destroyed.
class FileLock {
public:
    virtual ~FileLock() = default;
};

/// Thread-safe.
class FileSystem {
public:
    virtual ~FileSystem() = default;
    virtual std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) = 0;
    virtual bool exists(const std::filesystem::path& path) = 0;
    virtual bool is_directory(const std::filesystem::path& path) = 0;
    virtual std::uint64_t file_size(const std::filesystem::path& path) = 0;
    /// Names (not paths) in a folder, sorted.
    virtual std::vector<std::string> list(const std::filesystem::path& folder) = 0;
    /// With parents; nothing if it is there. The new names are synced.
    virtual void create_directories(const std::filesystem::path& folder) = 0;
    /// True if it was there.
    virtual bool remove(const std::filesystem::path& path) = 0;
    /// The folder and all in it.
    virtual void remove_all(const std::filesystem::path& folder) = 0;
    /// Replaces `to` in one step.
    virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
    /// Who may read and write it, instead of the owner only.
    virtual void set_permissions(const std::filesystem::path& path, std::filesystem::perms permissions) = 0;
    /// The names in the folder (creations, renames, removals) are on the disk when this returns.
    virtual void sync_directory(const std::filesystem::path& folder) = 0;
    /// Bytes that this process may still write.
    virtual std::uint64_t free_space(const std::filesystem::path& folder) = 0;
    /// Creates `path` if missing and locks it; null if another process holds it.
    virtual std::unique_ptr<FileLock> lock(const std::filesystem::path& path) = 0;
};

/// The operating system's.
FileSystem& os_file_system();

/// The whole file. Throws IoError with EFBIG if it is larger than `max_size`.
std::vector<std::byte> read_file(FileSystem& files, const std::filesystem::path& path, std::uint64_t max_size);
std::string read_text_file(FileSystem& files, const std::filesystem::path& path, std::uint64_t max_size);

/// Replaces `path` with `data` so that after a crash it holds either the old content or the new: writes "<path>.new",
/// syncs it, renames it over, syncs the folder.
void replace_file(FileSystem& files, const std::filesystem::path& path, std::span<const std::byte> data);
void replace_file(FileSystem& files, const std::filesystem::path& path, std::string_view text);

/// Fills `out` from `offset`, or throws IoError(EIO) if the file ends before.
void read_exactly_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                     std::span<std::byte> out);

}  // namespace cairn::base
