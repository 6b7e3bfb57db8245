#pragma once
// A disk in memory that can fail as disks do. For tests and simulations; thread-safe.
//
// What a crash loses: bytes written and not synced, and names created, renamed or removed whose folder was not synced
// (but for the name of a new file that was synced itself: every file system with a journal keeps that).

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/file_system.h"
#include "base/random.h"

namespace cairn::base {

class MemoryFileSystem final : public FileSystem {
public:
    /// `capacity`: bytes the disk holds, after which writes fail with ENOSPC.
    explicit MemoryFileSystem(std::uint64_t capacity = UINT64_MAX);
    ~MemoryFileSystem() override;

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
    std::unique_ptr<FileLock> lock(const std::filesystem::path& path) override;

    /// The power fails: everything not synced is gone; open files and locks are dead (their use throws EBADF). With
    /// `random`, each unsynced write survives, is lost, or is torn by its choice; without, all are lost.
    void crash(Random* random = nullptr);
    /// Every write from the n-th on (0: the next) fails with `code`; disarm() ends that.
    void fail_writes_after(std::uint64_t writes, int code);
    /// Every sync from now on fails with EIO.
    void fail_syncs();
    void disarm();
    /// From now on opening `path` fails with EACCES, as with another user's file.
    void deny(const std::filesystem::path& path);
    void set_capacity(std::uint64_t capacity);
    std::uint64_t used() const;
    /// What set_permissions() said last of a file; nothing if it said nothing.
    std::optional<std::filesystem::perms> permissions(const std::filesystem::path& path) const;
    /// How many writes and syncs there have been.
    std::uint64_t writes() const;
    std::uint64_t syncs() const;

private:
    struct Disk;
    std::shared_ptr<Disk> disk_;
};

}  // namespace cairn::base
