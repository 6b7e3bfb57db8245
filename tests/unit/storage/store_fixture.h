#pragma once
// LevelDB on a disk in memory that fails, and what tests of stores say in short.

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "storage/key_value_store.h"
#include "storage/storage_error.h"

namespace cairn::storage {

inline ByteSpan bytes(std::string_view text)
{
    return std::as_bytes(std::span{text});
}
inline std::string text(ByteSpan bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::string read(const KeyValueStore& store, std::string_view key)
{
    const auto value = store.get(bytes(key));
    return value ? text(value->span()) : "(none)";
}

template <class Action>
StorageError::Kind failure(Action action)
{
    try {
        action();
    } catch (const StorageError& error) {
        return error.kind();
    }
    ADD_FAILURE() << "no StorageError";
    return {};
}

/// Every file below the folder.
inline std::map<std::string, std::vector<std::byte>> folder_content(base::FileSystem& files,
                                                                    const std::filesystem::path& folder)
{
    std::map<std::string, std::vector<std::byte>> content;
    for (const std::string& name : files.list(folder)) {
        if (files.is_directory(folder / name)) {
            for (auto& [below, bytes] : folder_content(files, folder / name)) content[name + "/" + below] = bytes;
        } else {
            content[name] = base::read_file(files, folder / name, 10'000'000);
        }
    }
    return content;
}

class FaultyDisk : public testing::Test {
protected:
    KeyValueStore::Options options()
    {
        KeyValueStore::Options result;
        result.folder = "/db";
        result.obfuscate = true;
        result.files = &disk;
        result.cache_bytes = 1 << 16;
        return result;
    }
    base::MemoryFileSystem disk;
};

}  // namespace cairn::storage
