#pragma once
// A file system that shows another and keeps every change to itself, in memory: to look into what must stay as it is.
// Thread-safe.

#include <mutex>
#include <set>

#include "base/file_system.h"
#include "base/memory_file_system.h"

namespace cairn::base {

class OverlayFileSystem final : public FileSystem {
public:
    /// `lower` is only ever read.
    explicit OverlayFileSystem(FileSystem& lower) : lower_(lower) {}

    std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) override;
    bool exists(const std::filesystem::path& path) override;
    bool is_directory(const std::filesystem::path& path) override;
    std::uint64_t file_size(const std::filesystem::path& path) override;
    std::vector<std::string> list(const std::filesystem::path& folder) override;
    void create_directories(const std::filesystem::path& folder) override;
    bool remove(const std::filesystem::path& path) override;
    void remove_all(const std::filesystem::path& folder) override;
    void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
    void set_permissions(const std::filesystem::path& path, std::filesystem::perms permissions) override;
    void sync_directory(const std::filesystem::path& folder) override;
    std::uint64_t free_space(const std::filesystem::path& folder) override;
    /// Against others who use this overlay; nobody else sees it.
    std::unique_ptr<FileLock> lock(const std::filesystem::path& path) override;

private:
    /// Whether the lower file system's `path` is still to be seen.
    bool shows_lower(const std::filesystem::path& path);
    void copy_up(const std::filesystem::path& path);

    FileSystem& lower_;
    MemoryFileSystem upper_;
    std::mutex mutex_;
    std::set<std::filesystem::path> hidden_;  // removed or replaced, with all below them
};

}  // namespace cairn::base
