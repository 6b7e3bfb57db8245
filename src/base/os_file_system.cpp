#include <algorithm>
#include <cerrno>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file_system.h"
#include "base/symlink.h"

namespace cairn::base {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor()
    {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

template <class Call>
auto retry_interrupted(Call call)
{
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

class OsFile final : public File {
public:
    OsFile(Descriptor fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> out) const override
    {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t got = retry_interrupted([&] {
                return ::pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
            });
            if (got < 0) fail("read");
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    void write_at(std::uint64_t offset, std::span<const std::byte> data) override
    {
        while (!data.empty()) {
            const ssize_t put = retry_interrupted(
                [&] { return ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset)); });
            if (put < 0) fail("write");
            offset += static_cast<std::uint64_t>(put);
            data = data.subspan(static_cast<std::size_t>(put));
        }
    }

    std::uint64_t size() const override
    {
        struct stat status{};
        if (::fstat(fd_.get(), &status) != 0) fail("look at");
        return static_cast<std::uint64_t>(status.st_size);
    }

    void truncate(std::uint64_t size) override
    {
        if (retry_interrupted([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); }) != 0) fail("cut");
    }

    void allocate(std::uint64_t offset, std::uint64_t length) override
    {
        int code = EINTR;
        while (code == EINTR) {
            code = ::posix_fallocate(fd_.get(), static_cast<off_t>(offset), static_cast<off_t>(length));
        }
        if (code != 0) throw IoError("reserve space for", path_, code);
    }

    void sync() override
    {
        if (retry_interrupted([&] { return ::fdatasync(fd_.get()); }) != 0) fail("sync");
    }

    void start_writeback(std::uint64_t offset, std::uint64_t length) override
    {
        // A hint: that it cannot be followed is no failure.
        static_cast<void>(::sync_file_range(fd_.get(), static_cast<off_t>(offset), static_cast<off_t>(length),
                                            SYNC_FILE_RANGE_WRITE));
    }

private:
    [[noreturn]] void fail(const char* operation) const { throw IoError(operation, path_, errno); }

    Descriptor fd_;
    std::filesystem::path path_;
};

class OsFileLock final : public FileLock {
public:
    explicit OsFileLock(Descriptor fd) : fd_(std::move(fd)) {}

private:
    Descriptor fd_;
};

int flags_of(OpenMode mode)
{
    switch (mode) {
        case OpenMode::kRead:
            return O_RDONLY;
        case OpenMode::kReadWrite:
            return O_RDWR | O_CREAT;
        case OpenMode::kCreate:
            return O_RDWR | O_CREAT | O_EXCL;
        case OpenMode::kTruncate:
            return O_RDWR | O_CREAT | O_TRUNC;
    }
    std::unreachable();
}

class OsFileSystem final : public FileSystem {
public:
    std::unique_ptr<File> open(const std::filesystem::path& path, OpenMode mode) override
    {
        const int fd = retry_interrupted([&] { return ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0600); });
        if (fd < 0) throw IoError("open", path, errno);
        return std::make_unique<OsFile>(Descriptor{fd}, path);
    }

    bool exists(const std::filesystem::path& path) override
    {
        struct stat status{};
        if (::stat(path.c_str(), &status) == 0) return true;
        if (errno != ENOENT && errno != ENOTDIR) throw IoError("look for", path, errno);
        return false;
    }

    bool is_directory(const std::filesystem::path& path) override
    {
        struct stat status{};
        return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    }

    std::uint64_t file_size(const std::filesystem::path& path) override
    {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0) throw IoError("look at", path, errno);
        return static_cast<std::uint64_t>(status.st_size);
    }

    std::vector<std::string> list(const std::filesystem::path& folder) override
    {
        std::vector<std::string> names;
        std::error_code error;
        for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            names.push_back(it->path().filename().string());
        }
        if (error) throw IoError("list", folder, error.value());
        std::ranges::sort(names);
        return names;
    }

    void create_directories(const std::filesystem::path& folder) override
    {
        if (folder.empty() || is_directory(folder)) return;
        const std::filesystem::path parent = folder.parent_path();
        if (parent != folder) create_directories(parent);
        if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw IoError("create the folder", folder, errno);
        if (!is_directory(folder)) throw IoError("create the folder", folder, ENOTDIR);
        sync_directory(parent.empty() ? "." : parent);
    }

    bool remove(const std::filesystem::path& path) override
    {
        if (::remove(path.c_str()) == 0) return true;
        if (errno != ENOENT) throw IoError("remove", path, errno);
        return false;
    }

    void remove_all(const std::filesystem::path& folder) override
    {
        std::error_code error;
        std::filesystem::remove_all(folder, error);
        if (error) throw IoError("remove the folder", folder, error.value());
    }

    void rename(const std::filesystem::path& from, const std::filesystem::path& to) override
    {
        if (::rename(from.c_str(), to.c_str()) != 0) throw IoError("rename", from, errno);
    }

    void set_permissions(const std::filesystem::path& path, std::filesystem::perms permissions) override
    {
        if (::chmod(path.c_str(), static_cast<mode_t>(permissions)) != 0) {
            throw IoError("set the permissions of", path, errno);
        }
    }

    void sync_directory(const std::filesystem::path& folder) override
    {
        const Descriptor fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        if (fd.get() < 0) throw IoError("open the folder", folder, errno);
        // Some file systems cannot sync a folder and say EINVAL; they need no telling.
        if (retry_interrupted([&] { return ::fsync(fd.get()); }) != 0 && errno != EINVAL) {
            throw IoError("sync the folder", folder, errno);
        }
    }

    std::uint64_t free_space(const std::filesystem::path& folder) override
    {
        struct statvfs status{};
        if (::statvfs(folder.c_str(), &status) != 0) throw IoError("ask for the free space of", folder, errno);
        return std::uint64_t{status.f_bavail} * status.f_frsize;
    }

    std::unique_ptr<FileLock> lock(const std::filesystem::path& path) override
    {
        Descriptor fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
        if (fd.get() < 0) throw IoError("open the lock file", path, errno);
        // A record lock, as Bitcoin Core holds on the same file, so that each program sees the other's; of the open
        // file and not of the process (OFD), so that a second holder in this very process is kept out too.
        struct flock request{};
        request.l_type = F_WRLCK;
        request.l_whence = SEEK_SET;
        if (::fcntl(fd.get(), F_OFD_SETLK, &request) != 0) {
            if (errno == EAGAIN || errno == EACCES) return nullptr;
            throw IoError("lock", path, errno);
        }
        return std::make_unique<OsFileLock>(std::move(fd));
    }
};

}  // namespace

bool is_symlink(const std::filesystem::path& path)
{
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

std::filesystem::path resolve_symlinks(const std::filesystem::path& path)
{
    constexpr int kMaxLinks = 40;  // as Linux has it
    std::error_code error;
    auto resolved = std::filesystem::absolute(path, error);
    for (int links = 0; !error && links < kMaxLinks; ++links) {
        resolved = std::filesystem::weakly_canonical(resolved, error);
        // A link to what is not there is left standing.
        if (error || !base::is_symlink(resolved)) break;
        const auto target = std::filesystem::read_symlink(resolved, error);
        resolved = resolved.parent_path() / target;
    }
    return error ? path : resolved;
}

FileSystem& os_file_system()
{
    static OsFileSystem files;
    return files;
}

}  // namespace cairn::base
