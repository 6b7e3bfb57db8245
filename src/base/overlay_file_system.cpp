#include "base/overlay_file_system.h"

#include <algorithm>
#include <cerrno>

namespace cairn::base {

bool OverlayFileSystem::shows_lower(const std::filesystem::path& path)
{
    {
        const std::lock_guard lock(mutex_);
        for (auto each = path; !each.empty(); each = each.parent_path()) {
            if (hidden_.contains(each)) return false;
            if (each == each.parent_path()) break;
        }
    }
    return lower_.exists(path);
}

void OverlayFileSystem::copy_up(const std::filesystem::path& path)
{
    const auto content = read_file(lower_, path, UINT64_MAX - 2);
    upper_.create_directories(path.parent_path());
    upper_.open(path, OpenMode::kTruncate)->write_at(0, content);
}

std::unique_ptr<File> OverlayFileSystem::open(const std::filesystem::path& path, OpenMode mode)
{
    if (upper_.exists(path) || !shows_lower(path)) {
        // A folder below is a folder here.
        if (mode != OpenMode::kRead && is_directory(path.parent_path())) upper_.create_directories(path.parent_path());
        return upper_.open(path, mode);
    }
    if (mode == OpenMode::kRead) return lower_.open(path, mode);
    if (mode == OpenMode::kCreate) throw IoError("open", path, EEXIST);
    copy_up(path);
    return upper_.open(path, mode);
}

bool OverlayFileSystem::exists(const std::filesystem::path& path)
{
    return upper_.exists(path) || shows_lower(path);
}

bool OverlayFileSystem::is_directory(const std::filesystem::path& path)
{
    return upper_.is_directory(path) || (shows_lower(path) && lower_.is_directory(path));
}

std::uint64_t OverlayFileSystem::file_size(const std::filesystem::path& path)
{
    return !upper_.exists(path) && shows_lower(path) ? lower_.file_size(path) : upper_.file_size(path);
}

std::vector<std::string> OverlayFileSystem::list(const std::filesystem::path& folder)
{
    std::vector<std::string> names;
    if (shows_lower(folder)) {
        names = lower_.list(folder);
        std::erase_if(names, [&](const std::string& name) { return !shows_lower(folder / name); });
    } else {
        return upper_.list(folder);
    }
    if (upper_.is_directory(folder)) {
        const auto more = upper_.list(folder);
        names.insert(names.end(), more.begin(), more.end());
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

void OverlayFileSystem::create_directories(const std::filesystem::path& folder)
{
    upper_.create_directories(folder);
}

bool OverlayFileSystem::remove(const std::filesystem::path& path)
{
    const bool was_lower = shows_lower(path);
    const bool was_upper = upper_.remove(path);
    const std::lock_guard lock(mutex_);
    hidden_.insert(path);
    return was_lower || was_upper;
}

void OverlayFileSystem::remove_all(const std::filesystem::path& folder)
{
    upper_.remove_all(folder);
    const std::lock_guard lock(mutex_);
    hidden_.insert(folder);
}

void OverlayFileSystem::rename(const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (!upper_.exists(from) && shows_lower(from)) copy_up(from);
    upper_.rename(from, to);
    const std::lock_guard lock(mutex_);
    hidden_.insert(from);
}

void OverlayFileSystem::set_permissions(const std::filesystem::path& path, std::filesystem::perms permissions)
{
    if (!upper_.exists(path) && shows_lower(path)) copy_up(path);
    upper_.set_permissions(path, permissions);
}

void OverlayFileSystem::sync_directory(const std::filesystem::path& folder)
{
    upper_.sync_directory(folder);
}
std::uint64_t OverlayFileSystem::free_space(const std::filesystem::path& folder)
{
    return lower_.free_space(folder);
}
std::unique_ptr<FileLock> OverlayFileSystem::lock(const std::filesystem::path& path)
{
    return upper_.lock(path);
}

}  // namespace cairn::base
