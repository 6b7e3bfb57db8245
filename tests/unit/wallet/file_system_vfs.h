#pragma once
// SQLite on a base::FileSystem, so that tests can play what a disk and a kill do to a wallet.

#include <mutex>
#include <optional>
#include <thread>

#include "base/file_system.h"

namespace cairn::wallet {

/// While it lives, SQLite opens its files in `files`. It locks nothing: one connection to a file at a time.
class FileSystemVfs {
public:
    explicit FileSystemVfs(base::FileSystem& files);
    ~FileSystemVfs();
    FileSystemVfs(const FileSystemVfs&) = delete;
    FileSystemVfs& operator=(const FileSystemVfs&) = delete;
};

/// A process that is killed at a given change it makes to the disk: that one is torn in half if it is a write, and
/// neither it nor any later one happens otherwise.
class DyingFileSystem final : public base::FileSystem {
public:
    void use(base::FileSystem& disk) { disk_ = &disk; }
    /// So many changes more happen. They are counted from here on.
    void die_after(std::uint64_t changes);
    bool is_dead() const;
    /// One change of the calling thread, after so many others, finds the disk full; those after it find room again.
    void fail_once_after(std::uint64_t changes);

    std::unique_ptr<base::File> open(const std::filesystem::path& path, base::OpenMode mode) override;
    bool exists(const std::filesystem::path& path) override { return disk_->exists(path); }
    bool is_directory(const std::filesystem::path& path) override { return disk_->is_directory(path); }
    std::uint64_t file_size(const std::filesystem::path& path) override { return disk_->file_size(path); }
    std::vector<std::string> list(const std::filesystem::path& folder) override { return disk_->list(folder); }
    void create_directories(const std::filesystem::path& folder) override;
    bool remove(const std::filesystem::path& path) override;
    void remove_all(const std::filesystem::path& folder) override;
    void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
    void set_permissions(const std::filesystem::path& path, std::filesystem::perms permissions) override;
    void sync_directory(const std::filesystem::path& folder) override;
    std::uint64_t free_space(const std::filesystem::path& folder) override { return disk_->free_space(folder); }
    std::unique_ptr<base::FileLock> lock(const std::filesystem::path& path) override { return disk_->lock(path); }

private:
    class DyingFile;
    /// Counts a change; false: it is the one at which the process dies. Throws if it is dead already.
    bool lives_through_change(const std::filesystem::path& path);
    void change(const std::filesystem::path& path);

    base::FileSystem* disk_ = nullptr;
    mutable std::mutex mutex_;  // of what follows
    std::uint64_t limit_ = UINT64_MAX - 1;
    std::uint64_t changes_ = 0;
    std::optional<std::uint64_t> until_failure_;
    std::thread::id failing_;
};

}  // namespace cairn::wallet
