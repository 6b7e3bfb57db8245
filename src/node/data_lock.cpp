#include "node/data_lock.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/process.h"

namespace cairn::node {

namespace {

std::expected<std::unique_ptr<base::FileLock>, std::string> lock_folder(base::FileSystem& files,
                                                                        const std::filesystem::path& folder)
{
    try {
        files.create_directories(folder);
        auto lock = files.lock(folder / ".lock");
        if (lock) return lock;
    } catch (const base::IoError& error) {
        base::log_error("{}", error.what());
        return std::unexpected(fmt::format("Cannot write to directory '{}'; check permissions.", folder.string()));
    }
    return std::unexpected(
        fmt::format("Cannot obtain a lock on directory {}. Cairn is probably already running.", folder.string()));
}

}  // namespace

std::expected<DataLocks, std::string> lock_folders(base::FileSystem& files, const std::filesystem::path& data,
                                                   const std::filesystem::path& blocks)
{
    DataLocks locks;
    auto held = lock_folder(files, data);
    if (!held) return std::unexpected(held.error());
    locks.data = std::move(*held);
    held = lock_folder(files, blocks);
    if (!held) return std::unexpected(held.error());
    locks.blocks = std::move(*held);
    return locks;
}

PidFile::PidFile(base::FileSystem& files, std::filesystem::path path) : files_(files), path_(std::move(path))
{
    const auto text = std::to_string(base::process_id()) + "\n";
    const auto file = files_.open(path_, base::OpenMode::kTruncate);
    file->append(std::as_bytes(std::span{text}));
}

PidFile::~PidFile()
{
    try {
        files_.remove(path_);
    } catch (const base::IoError& error) {
        base::log_warning("Unable to remove PID file: {}", error.what());
    }
}

}  // namespace cairn::node
