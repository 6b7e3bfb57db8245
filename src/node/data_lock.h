#pragma once
// One node to a folder.

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file_system.h"

namespace cairn::node {

/// Holds the network's folder and the blocks' folder until it is destroyed.
struct DataLocks {
    std::unique_ptr<base::FileLock> data;
    std::unique_ptr<base::FileLock> blocks;
};

/// Errors with Bitcoin Core's texts: not writable, or another node has it.
std::expected<DataLocks, std::string> lock_folders(base::FileSystem& files, const std::filesystem::path& data,
                                                   const std::filesystem::path& blocks);

/// The file that holds the process's number, removed at the end.
class PidFile {
public:
    /// Throws IoError if it cannot be written.
    PidFile(base::FileSystem& files, std::filesystem::path path);
    ~PidFile();
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;

private:
    base::FileSystem& files_;
    std::filesystem::path path_;
};

}  // namespace cairn::node
