#include "storage/open_files.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include <fmt/format.h>

#include "base/log.h"
#include "crypto/hex.h"
#include "storage/storage_error.h"

namespace cairn::storage {
namespace {

using base::File;
using base::FileSystem;
using base::OpenMode;

bool is_numbered_file(const std::string& name)
{
    return name.size() == 12 && (name.starts_with("blk") || name.starts_with("rev")) && name.ends_with(".dat");
}

}  // namespace

std::string_view prefix(FileKind kind)
{
    return kind == FileKind::kBlock ? "blk" : "rev";
}

std::filesystem::path OpenFiles::path(FileId id) const
{
    return folder_ / fmt::format("{}{:05}.dat", prefix(id.first), id.second);
}

std::shared_ptr<File> OpenFiles::open(FileId id, OpenMode mode)
{
    const bool to_write = mode != OpenMode::kRead;
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(open_, id, &Entry::id);
    if (found != open_.end()) {
        // What was taken away is not read on: that it is missing is to come out now, not at the next start.
        if (!to_write && !files_.exists(path(id))) throw base::IoError("open", path(id), ENOENT);
        // One opened for reading is opened again to be written, and then serves both.
        if (to_write && !found->writable) {
            found->file = files_.open(path(id), mode);
            found->writable = true;
        }
        open_.splice(open_.begin(), open_, found);
        return found->file;
    }
    std::shared_ptr<File> file = files_.open(path(id), mode);
    open_.push_front({id, file, to_write});
    if (open_.size() > kMaxOpen) open_.pop_back();
    return file;
}

Obfuscation load_xor_key(FileSystem& files, const std::filesystem::path& folder, bool use_xor, base::Random& random)
{
    const auto path = folder / "xor.dat";
    Obfuscation::Key key{};
    if (files.exists(path)) {
        const Bytes stored = base::read_file(files, path, 1024);
        if (stored.size() < key.size()) {
            throw StorageError(StorageError::Kind::kCorrupt, path.string() + " is too short to hold a key.",
                               "Restore it from a backup; without it the block files cannot be read. Or remove the "
                               "blocks folder and download the chain anew.");
        }
        std::copy_n(stored.begin(), key.size(), key.begin());
    } else {
        if (use_xor && std::ranges::none_of(files.list(folder), is_numbered_file)) {
            random.fill(key);
        }
        base::replace_file(files, path, key);
    }
    const Obfuscation obfuscation{key};
    if (!use_xor && !obfuscation.is_identity()) {
        throw StorageError(
            StorageError::Kind::kUnknownFormat,
            fmt::format("The blocksdir XOR-key can not be disabled when a random key was already stored! "
                        "Stored key: '{}', stored path: '{}'.",
                        to_hex(key), path.string()));
    }
    base::log_info("Using obfuscation key for blocksdir *.dat files ({}): '{}'", folder.string(), to_hex(key));
    return obfuscation;
}

}  // namespace cairn::storage
