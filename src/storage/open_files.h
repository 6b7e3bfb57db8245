#pragma once
// The numbered files of a blocks folder while they are open, and the key in xor.dat. Part of BlockFiles.

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/file_system.h"
#include "base/random.h"
#include "storage/obfuscation.h"

namespace cairn::storage {

enum class FileKind { kBlock, kUndo };
using FileId = std::pair<FileKind, std::int32_t>;

/// "blk" or "rev".
std::string_view prefix(FileKind kind);

/// Open files, the most recently used first; closed beyond the bound. A file in use stays open until its user is done.
/// Thread-safe.
class OpenFiles {
public:
    static constexpr std::size_t kMaxOpen = 64;

    OpenFiles(base::FileSystem& files, std::filesystem::path folder) : files_(files), folder_(std::move(folder)) {}

    std::filesystem::path path(FileId id) const;
    std::shared_ptr<base::File> open(FileId id, base::OpenMode mode);

private:
    struct Entry {
        FileId id;
        std::shared_ptr<base::File> file;
        bool writable;
    };
    base::FileSystem& files_;
    std::filesystem::path folder_;
    std::mutex mutex_;
    std::list<Entry> open_;
};

/// The key in xor.dat; where that is missing, it is made: random in a folder without block files, else zero. Throws
/// StorageError for one that is cut, or not zero without `use_xor`.
Obfuscation load_xor_key(base::FileSystem& files, const std::filesystem::path& folder, bool use_xor,
                         base::Random& random);

}  // namespace cairn::storage
