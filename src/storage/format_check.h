#pragma once
// Whether this program understands what is in a network's folder, found out before the first write.

#include <filesystem>

#include "base/file_system.h"

namespace cairn::storage {

/// Looks at the block index and at the chainstate, where there are any; changes nothing, not one byte.
/// Throws StorageError: kUnknownFormat, with the remedy, for what an unknown or newer program wrote, or one before
/// 0.15; kCorrupt for records that do not decode. Reads the whole index (a second for a million headers). Call it with
/// the data folder's lock held and before any store is opened; not with -reindex, which reads neither, and with an
/// empty `chainstate_folder` for -reindex-chainstate.
void require_known_formats(const std::filesystem::path& index_folder, const std::filesystem::path& chainstate_folder,
                           base::FileSystem* files = nullptr);

}  // namespace cairn::storage
