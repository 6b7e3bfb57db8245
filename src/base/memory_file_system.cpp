#include "base/memory_file_system.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

namespace cairn::base {
namespace {

using Content = std::vector<std::byte>;

// What was done to a file since it was last synced, so that a crash can undo or tear it.
struct PendingWrite {
    std::uint64_t offset;
    Content data;
    std::optional<std::uint64_t> truncated_to;  // a truncation instead of a write
};

struct Inode {
    Content content;  // as the running program sees it
    Content synced;   // as the disk has it
    std::vector<PendingWrite> pending;
    std::optional<std::filesystem::perms> permissions;
};

using InodeRef = std::shared_ptr<Inode>;

std::filesystem::path normal(const std::filesystem::path& path)
{
    auto result = path.lexically_normal();
    return result.has_filename() ? result : result.parent_path();
}

void apply(Content& content, const PendingWrite& write, std::size_t size)
{
    if (write.truncated_to) {
        content.resize(static_cast<std::size_t>(*write.truncated_to));
        return;
    }
    const auto end = static_cast<std::size_t>(write.offset) + size;
    if (content.size() < end) content.resize(end);
    std::copy_n(write.data.begin(), size, content.begin() + static_cast<std::ptrdiff_t>(write.offset));
}

}  // namespace

struct MemoryFileSystem::Disk {
    mutable std::mutex mutex;
    std::map<std::filesystem::path, InodeRef> names;  // as the running program sees them
    std::map<std::filesystem::path, InodeRef> synced_names;
    std::set<std::filesystem::path> folders;
    std::set<std::filesystem::path> locks;
    std::uint64_t capacity = 0;
    std::uint64_t generation = 0;  // counts crashes: files opened before are dead
    std::uint64_t writes = 0;
    std::uint64_t syncs = 0;
    std::optional<std::pair<std::uint64_t, int>> failure;  // writes left, and then which error
    bool failing_syncs = false;
    std::set<std::filesystem::path> denied;

    std::uint64_t used() const
    {
        std::uint64_t sum = 0;
        for (const auto& [path, inode] : names) sum += inode->content.size();
        return sum;
    }

    void check_write(const std::filesystem::path& path, std::uint64_t growth)
    {
        if (failure) {
            if (failure->first == 0) throw IoError("write", path, failure->second);
            --failure->first;
        }
        if (growth > 0 && used() + growth > capacity) throw IoError("write", path, ENOSPC);
        ++writes;
    }
};

namespace {

template <class Disk>
class MemoryFile final : public File {
public:
    MemoryFile(std::shared_ptr<Disk> disk, InodeRef inode, std::filesystem::path path, bool writable)
        : disk_(std::move(disk)),
          inode_(std::move(inode)),
          path_(std::move(path)),
          generation_(disk_->generation),
          writable_(writable)
    {
    }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> out) const override
    {
        const auto lock = enter();
        const Content& content = inode_->content;
        if (offset >= content.size()) return 0;
        const std::size_t size = std::min<std::size_t>(out.size(), content.size() - static_cast<std::size_t>(offset));
        std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(offset), size, out.begin());
        return size;
    }

    void write_at(std::uint64_t offset, std::span<const std::byte> data) override
    {
        const auto lock = enter_to_write();
        const std::uint64_t end = offset + data.size();
        disk_->check_write(path_, end > inode_->content.size() ? end - inode_->content.size() : 0);
        record({offset, Content(data.begin(), data.end()), std::nullopt});
    }

    std::uint64_t size() const override
    {
        const auto lock = enter();
        return inode_->content.size();
    }

    void truncate(std::uint64_t size) override
    {
        const auto lock = enter_to_write();
        disk_->check_write(path_, size > inode_->content.size() ? size - inode_->content.size() : 0);
        record({0, {}, size});
    }

    void allocate(std::uint64_t offset, std::uint64_t length) override
    {
        const auto lock = enter_to_write();
        const std::uint64_t end = offset + length;
        if (end <= inode_->content.size()) return;
        disk_->check_write(path_, end - inode_->content.size());
        record({0, {}, end});
    }

    void sync() override
    {
        const auto lock = enter();
        if (disk_->failing_syncs) throw IoError("sync", path_, EIO);
        ++disk_->syncs;
        inode_->synced = inode_->content;
        inode_->pending.clear();
        // A new file's name reaches the disk with it, as with every file system that keeps a journal.
        const auto name = disk_->names.find(path_);
        if (name != disk_->names.end() && name->second == inode_) disk_->synced_names.emplace(path_, inode_);
    }

    void start_writeback(std::uint64_t /*offset*/, std::uint64_t /*length*/) override {}

private:
    std::unique_lock<std::mutex> enter() const
    {
        std::unique_lock lock(disk_->mutex);
        if (generation_ != disk_->generation) throw IoError("use", path_, EBADF);
        return lock;
    }
    std::unique_lock<std::mutex> enter_to_write() const
    {
        auto lock = enter();
        if (!writable_) throw IoError("write", path_, EBADF);
        return lock;
    }
    void record(PendingWrite write)
    {
        apply(inode_->content, write, write.data.size());
        inode_->pending.push_back(std::move(write));
    }

    std::shared_ptr<Disk> disk_;
    InodeRef inode_;
    std::filesystem::path path_;
    std::uint64_t generation_;
    bool writable_;
};

template <class Disk>
class MemoryFileLock final : public FileLock {
public:
    MemoryFileLock(std::shared_ptr<Disk> disk, std::filesystem::path path)
        : disk_(std::move(disk)), path_(std::move(path)), generation_(disk_->generation)
    {
    }
    ~MemoryFileLock() override
    {
        const std::lock_guard lock(disk_->mutex);
        if (generation_ == disk_->generation) disk_->locks.erase(path_);
    }

private:
    std::shared_ptr<Disk> disk_;
    std::filesystem::path path_;
    std::uint64_t generation_;
};

void survive_by_chance(Inode& inode, Random& random)
{
    for (const PendingWrite& write : inode.pending) {
        const auto fate = random.below(3);
        if (fate == 0) continue;
        const bool torn = fate == 1 && !write.data.empty();
        apply(inode.synced, write,
              torn ? static_cast<std::size_t>(random.below(write.data.size())) : write.data.size());
    }
}

}  // namespace

MemoryFileSystem::MemoryFileSystem(std::uint64_t capacity) : disk_(std::make_shared<Disk>())
{
    disk_->capacity = capacity;
    disk_->folders = {"/", "."};
}

MemoryFileSystem::~MemoryFileSystem() = default;

std::unique_ptr<File> MemoryFileSystem::open(const std::filesystem::path& raw, OpenMode mode)
{
    const auto path = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->names.find(path);
    const bool there = found != disk_->names.end();
    if (disk_->denied.contains(path)) throw IoError("open", path, EACCES);
    if (!there && mode == OpenMode::kRead) throw IoError("open", path, disk_->folders.contains(path) ? EISDIR : ENOENT);
    if (there && mode == OpenMode::kCreate) throw IoError("open", path, EEXIST);
    if (!there) {
        if (path.has_parent_path() && !disk_->folders.contains(path.parent_path())) throw IoError("open", path, ENOENT);
        disk_->check_write(path, 0);
    }
    const InodeRef inode = there ? found->second : (disk_->names[path] = std::make_shared<Inode>());
    if (there && mode == OpenMode::kTruncate) {
        inode->content.clear();
        inode->pending.push_back({0, {}, 0});
    }
    return std::make_unique<MemoryFile<Disk>>(disk_, inode, path, mode != OpenMode::kRead);
}

bool MemoryFileSystem::exists(const std::filesystem::path& raw)
{
    const auto path = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    return disk_->names.contains(path) || disk_->folders.contains(path);
}

bool MemoryFileSystem::is_directory(const std::filesystem::path& path)
{
    const std::lock_guard lock(disk_->mutex);
    return disk_->folders.contains(normal(path));
}

std::uint64_t MemoryFileSystem::file_size(const std::filesystem::path& raw)
{
    const auto path = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->names.find(path);
    if (found == disk_->names.end()) throw IoError("look at", path, ENOENT);
    return found->second->content.size();
}

std::vector<std::string> MemoryFileSystem::list(const std::filesystem::path& raw)
{
    const auto folder = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    if (!disk_->folders.contains(folder)) throw IoError("list", folder, ENOENT);
    std::vector<std::string> found;
    for (const auto& [path, inode] : disk_->names) {
        if (path.parent_path() == folder) found.push_back(path.filename().string());
    }
    for (const auto& path : disk_->folders) {
        if (path != folder && path.parent_path() == folder) found.push_back(path.filename().string());
    }
    std::ranges::sort(found);
    return found;
}

void MemoryFileSystem::create_directories(const std::filesystem::path& raw)
{
    const std::lock_guard lock(disk_->mutex);
    // Folders are few and made at start: they are taken as synced at once.
    for (auto path = normal(raw); !path.empty() && disk_->folders.insert(path).second;) path = path.parent_path();
}

bool MemoryFileSystem::remove(const std::filesystem::path& raw)
{
    const auto path = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    return disk_->names.erase(path) + disk_->folders.erase(path) > 0;
}

void MemoryFileSystem::remove_all(const std::filesystem::path& raw)
{
    const auto folder = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    const auto below = [&](const std::filesystem::path& path) {
        const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
        return end == folder.end();
    };
    std::erase_if(disk_->names, [&](const auto& entry) { return below(entry.first); });
    std::erase_if(disk_->folders, below);
}

void MemoryFileSystem::rename(const std::filesystem::path& raw_from, const std::filesystem::path& raw_to)
{
    const auto from = normal(raw_from);
    const auto to = normal(raw_to);
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->names.find(from);
    if (found == disk_->names.end()) throw IoError("rename", from, ENOENT);
    disk_->check_write(to, 0);
    const InodeRef inode = found->second;
    disk_->names.erase(found);
    disk_->names[to] = inode;
}

void MemoryFileSystem::set_permissions(const std::filesystem::path& raw, std::filesystem::perms permissions)
{
    const auto path = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->names.find(path);
    if (found == disk_->names.end()) throw IoError("set the permissions of", path, ENOENT);
    found->second->permissions = permissions;
}

std::optional<std::filesystem::perms> MemoryFileSystem::permissions(const std::filesystem::path& raw) const
{
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->names.find(normal(raw));
    return found == disk_->names.end() ? std::nullopt : found->second->permissions;
}

void MemoryFileSystem::sync_directory(const std::filesystem::path& raw)
{
    const auto folder = normal(raw);
    const std::lock_guard lock(disk_->mutex);
    if (disk_->failing_syncs) throw IoError("sync the folder", folder, EIO);
    ++disk_->syncs;
    std::erase_if(disk_->synced_names, [&](const auto& entry) {
        return entry.first.parent_path() == folder && !disk_->names.contains(entry.first);
    });
    for (const auto& [path, inode] : disk_->names) {
        if (path.parent_path() == folder) disk_->synced_names[path] = inode;
    }
}

std::uint64_t MemoryFileSystem::free_space(const std::filesystem::path& /*folder*/)
{
    const std::lock_guard lock(disk_->mutex);
    const std::uint64_t used = disk_->used();
    return disk_->capacity > used ? disk_->capacity - used : 0;
}

std::unique_ptr<FileLock> MemoryFileSystem::lock(const std::filesystem::path& raw)
{
    const auto path = normal(raw);
    const std::lock_guard guard(disk_->mutex);
    if (!disk_->locks.insert(path).second) return nullptr;
    if (!disk_->names.contains(path)) disk_->names[path] = std::make_shared<Inode>();
    return std::make_unique<MemoryFileLock<Disk>>(disk_, path);
}

void MemoryFileSystem::crash(Random* random)
{
    const std::lock_guard lock(disk_->mutex);
    ++disk_->generation;
    disk_->locks.clear();
    // With luck, names that were not synced survive too.
    if (random != nullptr) {
        for (const auto& [path, inode] : disk_->names) {
            if (!disk_->synced_names.contains(path) && random->boolean()) disk_->synced_names[path] = inode;
        }
    }
    disk_->names = disk_->synced_names;
    std::set<InodeRef> inodes;
    for (const auto& [path, inode] : disk_->names) inodes.insert(inode);
    for (const InodeRef& inode : inodes) {
        if (random != nullptr) survive_by_chance(*inode, *random);
        inode->content = inode->synced;
        inode->pending.clear();
    }
    disk_->failure.reset();
    disk_->failing_syncs = false;
}

void MemoryFileSystem::fail_writes_after(std::uint64_t writes, int code)
{
    const std::lock_guard lock(disk_->mutex);
    disk_->failure = {writes, code};
}

void MemoryFileSystem::fail_syncs()
{
    const std::lock_guard lock(disk_->mutex);
    disk_->failing_syncs = true;
}

void MemoryFileSystem::disarm()
{
    const std::lock_guard lock(disk_->mutex);
    disk_->failure.reset();
    disk_->failing_syncs = false;
}

void MemoryFileSystem::deny(const std::filesystem::path& path)
{
    const std::lock_guard lock(disk_->mutex);
    disk_->denied.insert(normal(path));
}

void MemoryFileSystem::set_capacity(std::uint64_t capacity)
{
    const std::lock_guard lock(disk_->mutex);
    disk_->capacity = capacity;
}

std::uint64_t MemoryFileSystem::used() const
{
    const std::lock_guard lock(disk_->mutex);
    return disk_->used();
}

std::uint64_t MemoryFileSystem::writes() const
{
    const std::lock_guard lock(disk_->mutex);
    return disk_->writes;
}

std::uint64_t MemoryFileSystem::syncs() const
{
    const std::lock_guard lock(disk_->mutex);
    return disk_->syncs;
}

}  // namespace cairn::base
