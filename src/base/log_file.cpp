#include "base/log_file.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_system.h"

namespace cairn::base {
namespace {

int open_for_append(const std::filesystem::path& path)
{
    return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

std::uint64_t size_of(int fd)
{
    struct stat status{};
    if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

void LogFile::open(const std::filesystem::path& path, std::uint64_t max_bytes)
{
    close();
    const int fd = open_for_append(path);
    if (fd < 0) throw IoError("open the log file", path, errno);
    fd_ = fd;
    path_ = path;
    max_bytes_ = max_bytes;
    size_ = size_of(fd);
}

void LogFile::close()
{
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void LogFile::reopen()
{
    if (fd_ < 0) return;
    const int fd = open_for_append(path_);
    if (fd < 0) return;
    ::close(fd_);
    fd_ = fd;
    size_ = size_of(fd);
}

void LogFile::write(std::string_view line) noexcept
{
    if (fd_ < 0) return;
    if (size_ + line.size() > max_bytes_ && size_ > 0) rotate();
    while (!line.empty()) {
        const ssize_t written = ::write(fd_, line.data(), line.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        size_ += static_cast<std::uint64_t>(written);
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

void LogFile::rotate() noexcept
{
    struct stat status{};
    if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return;
    try {
        std::filesystem::path old = path_;
        old += ".old";
        if (::rename(path_.c_str(), old.c_str()) == 0) reopen();
    } catch (const std::exception&) {
        // No memory for a path: the file goes on growing, and the next line tries again.
        size_ = 0;
    }
}

void LogFile::shrink(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return;
    const auto size = std::filesystem::file_size(path, error);
    if (error || size <= kShrinkAbove) return;
    std::vector<std::byte> tail(kShrinkTo);
    FileSystem& files = os_file_system();
    const auto file = files.open(path, OpenMode::kReadWrite);
    tail.resize(file->read_at(size - kShrinkTo, tail));
    file->truncate(0);
    file->write_at(0, tail);
}

}  // namespace cairn::base
