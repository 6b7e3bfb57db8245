#include "storage/leveldb_env.h"

#include <cerrno>
#include <span>
#include <string>

namespace cairn::storage {
namespace {

using base::File;
using base::FileSystem;
using base::IoError;
using base::OpenMode;
using leveldb::Slice;
using leveldb::Status;

Status to_status(const IoError& error)
{
    return error.code() == ENOENT ? Status::NotFound(error.what()) : Status::IOError(error.what());
}

// LevelDB wants statuses: no exception may pass through it.
template <class Action>
Status guarded(Action action)
{
    try {
        action();
        return Status::OK();
    } catch (const IoError& error) {
        return to_status(error);
    }
}

std::span<std::byte> as_writable(char* data, std::size_t size)
{
    return std::as_writable_bytes(std::span{data, size});
}

class EnvSequentialFile final : public leveldb::SequentialFile {
public:
    explicit EnvSequentialFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

    Status Read(std::size_t size, Slice* result, char* scratch) override
    {
        return guarded([&] {
            const std::size_t got = file_->read_at(offset_, as_writable(scratch, size));
            offset_ += got;
            *result = Slice(scratch, got);
        });
    }
    Status Skip(std::uint64_t size) override
    {
        offset_ += size;
        return Status::OK();
    }

private:
    std::unique_ptr<File> file_;
    std::uint64_t offset_ = 0;
};

class EnvRandomAccessFile final : public leveldb::RandomAccessFile {
public:
    explicit EnvRandomAccessFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

    Status Read(std::uint64_t offset, std::size_t size, Slice* result, char* scratch) const override
    {
        return guarded([&] { *result = Slice(scratch, file_->read_at(offset, as_writable(scratch, size))); });
    }

private:
    std::unique_ptr<File> file_;
};

class EnvWritableFile final : public leveldb::WritableFile {
public:
    EnvWritableFile(FileSystem& files, std::filesystem::path path, std::unique_ptr<File> file)
        : files_(files), path_(std::move(path)), file_(std::move(file)), offset_(file_->size())
    {
    }

    Status Append(const Slice& data) override
    {
        buffer_.append(data.data(), data.size());
        return buffer_.size() < kBuffer ? Status::OK() : Flush();
    }
    Status Flush() override
    {
        return guarded([&] {
            if (buffer_.empty()) return;
            file_->write_at(offset_, std::as_bytes(std::span{buffer_}));
            offset_ += buffer_.size();
            buffer_.clear();
        });
    }
    Status Sync() override
    {
        // A manifest names files; their names must be on the disk before it is.
        const bool manifest = path_.filename().string().starts_with("MANIFEST");
        if (const Status status = Flush(); !status.ok()) return status;
        return guarded([&] {
            if (manifest) files_.sync_directory(path_.parent_path());
            file_->sync();
        });
    }
    Status Close() override
    {
        const Status status = Flush();
        file_.reset();
        return status;
    }

private:
    static constexpr std::size_t kBuffer = 65536;

    FileSystem& files_;
    std::filesystem::path path_;
    std::unique_ptr<File> file_;
    std::uint64_t offset_;
    std::string buffer_;
};

class EnvFileLock final : public leveldb::FileLock {
public:
    explicit EnvFileLock(std::unique_ptr<base::FileLock> lock) : lock_(std::move(lock)) {}

private:
    std::unique_ptr<base::FileLock> lock_;
};

class FileSystemEnv final : public leveldb::EnvWrapper {
public:
    explicit FileSystemEnv(FileSystem& files) : EnvWrapper(leveldb::Env::Default()), files_(files) {}

    Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** result) override
    {
        return guarded([&] { *result = new EnvSequentialFile(files_.open(name, OpenMode::kRead)); });
    }
    Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** result) override
    {
        return guarded([&] { *result = new EnvRandomAccessFile(files_.open(name, OpenMode::kRead)); });
    }
    Status NewWritableFile(const std::string& name, leveldb::WritableFile** result) override
    {
        return guarded([&] { *result = new EnvWritableFile(files_, name, files_.open(name, OpenMode::kTruncate)); });
    }
    Status NewAppendableFile(const std::string& name, leveldb::WritableFile** result) override
    {
        return guarded([&] { *result = new EnvWritableFile(files_, name, files_.open(name, OpenMode::kReadWrite)); });
    }
    bool FileExists(const std::string& name) override
    {
        bool found = false;
        return guarded([&] { found = files_.exists(name); }).ok() && found;
    }
    Status GetChildren(const std::string& folder, std::vector<std::string>* result) override
    {
        return guarded([&] { *result = files_.list(folder); });
    }
    Status RemoveFile(const std::string& name) override
    {
        return guarded([&] { files_.remove(name); });
    }
    Status CreateDir(const std::string& name) override
    {
        return guarded([&] { files_.create_directories(name); });
    }
    Status RemoveDir(const std::string& name) override
    {
        return guarded([&] { files_.remove(name); });
    }
    Status GetFileSize(const std::string& name, std::uint64_t* size) override
    {
        return guarded([&] { *size = files_.file_size(name); });
    }
    Status RenameFile(const std::string& from, const std::string& to) override
    {
        return guarded([&] { files_.rename(from, to); });
    }
    Status LockFile(const std::string& name, leveldb::FileLock** result) override
    {
        *result = nullptr;
        std::unique_ptr<base::FileLock> lock;
        if (const Status status = guarded([&] { lock = files_.lock(name); }); !status.ok()) return status;
        if (!lock) return Status::IOError("lock " + name, "already held by process");
        *result = new EnvFileLock(std::move(lock));
        return Status::OK();
    }
    Status UnlockFile(leveldb::FileLock* lock) override
    {
        delete lock;
        return Status::OK();
    }

private:
    FileSystem& files_;
};

}  // namespace

std::unique_ptr<leveldb::Env> make_leveldb_env(base::FileSystem& files)
{
    return std::make_unique<FileSystemEnv>(files);
}

}  // namespace cairn::storage
