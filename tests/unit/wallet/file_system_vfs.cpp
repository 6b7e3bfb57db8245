#include "file_system_vfs.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include <sqlite3.h>

namespace cairn::wallet {
namespace {

base::FileSystem& files_of(sqlite3_vfs* vfs)
{
    return *static_cast<base::FileSystem*>(vfs->pAppData);
}

struct VfsFile {
    sqlite3_file head;  // SQLite's part, first
    base::FileSystem* files;
    base::File* file;
    std::filesystem::path* path;
    bool remove_at_close;
    bool is_new;
};

VfsFile& vfs_file(sqlite3_file* file)
{
    return *reinterpret_cast<VfsFile*>(file);
}

/// Runs `work`; what it throws becomes `code`, or SQLITE_FULL.
template <class Work>
int guarded(int code, const Work& work)
{
    try {
        return work();
    } catch (const base::IoError& error) {
        return error.disk_full() ? SQLITE_FULL : code;
    }
}

std::uint64_t as_offset(sqlite3_int64 value)
{
    return static_cast<std::uint64_t>(value);
}

int close_file(sqlite3_file* handle)
{
    VfsFile& self = vfs_file(handle);
    delete self.file;
    const int result = guarded(SQLITE_IOERR_CLOSE, [&] {
        if (self.remove_at_close) self.files->remove(*self.path);
        return SQLITE_OK;
    });
    delete self.path;
    return result;
}

int read_file(sqlite3_file* handle, void* out, int size, sqlite3_int64 offset)
{
    return guarded(SQLITE_IOERR_READ, [&] {
        const std::span bytes{static_cast<std::byte*>(out), static_cast<std::size_t>(size)};
        const std::size_t got = vfs_file(handle).file->read_at(as_offset(offset), bytes);
        std::ranges::fill(bytes.subspan(got), std::byte{0});
        return got == bytes.size() ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
    });
}

int write_file(sqlite3_file* handle, const void* data, int size, sqlite3_int64 offset)
{
    return guarded(SQLITE_IOERR_WRITE, [&] {
        vfs_file(handle).file->write_at(as_offset(offset),
                                        {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)});
        return SQLITE_OK;
    });
}

int truncate_file(sqlite3_file* handle, sqlite3_int64 size)
{
    return guarded(SQLITE_IOERR_TRUNCATE, [&] {
        vfs_file(handle).file->truncate(as_offset(size));
        return SQLITE_OK;
    });
}

int sync_file(sqlite3_file* handle, int)
{
    return guarded(SQLITE_IOERR_FSYNC, [&] {
        VfsFile& self = vfs_file(handle);
        self.file->sync();
        if (self.is_new) self.files->sync_directory(self.path->parent_path());
        self.is_new = false;
        return SQLITE_OK;
    });
}

int size_of_file(sqlite3_file* handle, sqlite3_int64* size)
{
    return guarded(SQLITE_IOERR_FSTAT, [&] {
        *size = static_cast<sqlite3_int64>(vfs_file(handle).file->size());
        return SQLITE_OK;
    });
}

const sqlite3_io_methods* io_methods()
{
    static const sqlite3_io_methods methods = [] {
        sqlite3_io_methods m{};
        m.iVersion = 1;
        m.xClose = close_file;
        m.xRead = read_file;
        m.xWrite = write_file;
        m.xTruncate = truncate_file;
        m.xSync = sync_file;
        m.xFileSize = size_of_file;
        m.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
        m.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
        m.xCheckReservedLock = [](sqlite3_file*, int* held) {
            *held = 0;
            return SQLITE_OK;
        };
        m.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
        m.xSectorSize = [](sqlite3_file*) { return 512; };
        m.xDeviceCharacteristics = [](sqlite3_file*) { return 0; };
        return m;
    }();
    return &methods;
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* out_flags)
{
    handle->pMethods = nullptr;
    if (name == nullptr) return SQLITE_CANTOPEN;  // temporary files stay in memory
    return guarded(SQLITE_CANTOPEN, [&] {
        base::FileSystem& files = files_of(vfs);
        const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
        const bool is_new = !files.exists(name);
        if (is_new && !creates) return SQLITE_CANTOPEN;
        const bool writes = (flags & SQLITE_OPEN_READWRITE) != 0;
        auto file = files.open(name, writes ? base::OpenMode::kReadWrite : base::OpenMode::kRead);
        new (handle) VfsFile{{io_methods()},
                             &files,
                             file.release(),
                             new std::filesystem::path(name),
                             (flags & SQLITE_OPEN_DELETEONCLOSE) != 0,
                             is_new};
        if (out_flags != nullptr) *out_flags = flags;
        return SQLITE_OK;
    });
}

int remove_file(sqlite3_vfs* vfs, const char* name, int sync)
{
    return guarded(SQLITE_IOERR_DELETE, [&] {
        if (!files_of(vfs).remove(name)) return SQLITE_IOERR_DELETE_NOENT;
        if (sync != 0) files_of(vfs).sync_directory(std::filesystem::path{name}.parent_path());
        return SQLITE_OK;
    });
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* result)
{
    return guarded(SQLITE_IOERR_ACCESS, [&] {
        // As on a disk, an empty journal is as good as none.
        *result = files_of(vfs).exists(name) && files_of(vfs).file_size(name) > 0 ? 1 : 0;
        return SQLITE_OK;
    });
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out)
{
    if (std::strlen(name) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
    std::strcpy(out, name);
    return SQLITE_OK;
}

sqlite3_vfs& the_vfs()
{
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs v{};
        v.iVersion = 1;
        v.szOsFile = sizeof(VfsFile);
        v.mxPathname = 1024;
        v.zName = "cairn-test";
        v.xOpen = open_file;
        v.xDelete = remove_file;
        v.xAccess = access_file;
        v.xFullPathname = full_path;
        v.xRandomness = [](sqlite3_vfs*, int size, char* out) {
            std::memset(out, 4, static_cast<std::size_t>(size));
            return size;
        };
        v.xSleep = [](sqlite3_vfs*, int microseconds) { return microseconds; };
        v.xCurrentTime = [](sqlite3_vfs*, double* days) {
            *days = 2'460'000;
            return SQLITE_OK;
        };
        v.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
        return v;
    }();
    return vfs;
}

}  // namespace

FileSystemVfs::FileSystemVfs(base::FileSystem& files)
{
    the_vfs().pAppData = &files;
    sqlite3_vfs_register(&the_vfs(), 1);
}

FileSystemVfs::~FileSystemVfs()
{
    sqlite3_vfs_unregister(&the_vfs());
    sqlite3_vfs_register(sqlite3_vfs_find("unix"), 1);
}

class DyingFileSystem::DyingFile final : public base::File {
public:
    DyingFile(DyingFileSystem& owner, std::filesystem::path path, std::unique_ptr<base::File> file)
        : owner_(owner), path_(std::move(path)), file_(std::move(file))
    {
    }
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> out) const override
    {
        return file_->read_at(offset, out);
    }
    void write_at(std::uint64_t offset, std::span<const std::byte> data) override
    {
        if (owner_.lives_through_change(path_)) return file_->write_at(offset, data);
        file_->write_at(offset, data.first(data.size() / 2));
        throw base::IoError("write", path_, EIO);
    }
    std::uint64_t size() const override { return file_->size(); }
    void truncate(std::uint64_t size) override
    {
        owner_.change(path_);
        file_->truncate(size);
    }
    void allocate(std::uint64_t offset, std::uint64_t length) override
    {
        owner_.change(path_);
        file_->allocate(offset, length);
    }
    void sync() override
    {
        owner_.change(path_);
        file_->sync();
    }
    void start_writeback(std::uint64_t, std::uint64_t) override {}

private:
    DyingFileSystem& owner_;
    std::filesystem::path path_;
    std::unique_ptr<base::File> file_;
};

void DyingFileSystem::die_after(std::uint64_t changes)
{
    const std::lock_guard lock(mutex_);
    limit_ = changes;
    changes_ = 0;
}

bool DyingFileSystem::is_dead() const
{
    const std::lock_guard lock(mutex_);
    return changes_ > limit_;
}

void DyingFileSystem::fail_once_after(std::uint64_t changes)
{
    const std::lock_guard lock(mutex_);
    until_failure_ = changes;
    failing_ = std::this_thread::get_id();
}

bool DyingFileSystem::lives_through_change(const std::filesystem::path& path)
{
    const std::lock_guard lock(mutex_);
    if (until_failure_ && failing_ == std::this_thread::get_id() && (*until_failure_)-- == 0) {
        until_failure_.reset();
        throw base::IoError("write", path, ENOSPC);
    }
    if (changes_ > limit_) throw base::IoError("use", path, EIO);
    return ++changes_ <= limit_;
}

void DyingFileSystem::change(const std::filesystem::path& path)
{
    if (!lives_through_change(path)) throw base::IoError("use", path, EIO);
}

std::unique_ptr<base::File> DyingFileSystem::open(const std::filesystem::path& path, base::OpenMode mode)
{
    const bool changes = mode == base::OpenMode::kTruncate || (mode != base::OpenMode::kRead && !disk_->exists(path));
    if (changes) change(path);
    return std::make_unique<DyingFile>(*this, path, disk_->open(path, mode));
}

void DyingFileSystem::create_directories(const std::filesystem::path& folder)
{
    if (disk_->is_directory(folder)) return;
    change(folder);
    disk_->create_directories(folder);
}

bool DyingFileSystem::remove(const std::filesystem::path& path)
{
    if (disk_->exists(path)) change(path);
    return disk_->remove(path);
}

void DyingFileSystem::remove_all(const std::filesystem::path& folder)
{
    change(folder);
    disk_->remove_all(folder);
}

void DyingFileSystem::rename(const std::filesystem::path& from, const std::filesystem::path& to)
{
    change(from);
    disk_->rename(from, to);
}

void DyingFileSystem::set_permissions(const std::filesystem::path& path, std::filesystem::perms permissions)
{
    change(path);
    disk_->set_permissions(path, permissions);
}

void DyingFileSystem::sync_directory(const std::filesystem::path& folder)
{
    change(folder);
    disk_->sync_directory(folder);
}

}  // namespace cairn::wallet
