#pragma once
// LevelDB's access to files, over a base::FileSystem: so that tests can play what disks do to databases.

#include <memory>

#include <leveldb/env.h>

#include "base/file_system.h"

namespace cairn::storage {

/// Threads and time are LevelDB's own.
std::unique_ptr<leveldb::Env> make_leveldb_env(base::FileSystem& files);

}  // namespace cairn::storage
