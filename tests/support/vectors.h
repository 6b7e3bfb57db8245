#pragma once
// Test vectors from the folder that CMake's CAIRN_VECTORS names.

#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace cairn::test {

/// The path of vector file `name` below the folder; nothing if the folder is missing.
inline std::optional<std::filesystem::path> vector_file(const std::string& name)
{
    const std::filesystem::path folder{CAIRN_VECTORS_DIR};
    if (!std::filesystem::exists(folder)) return std::nullopt;
    return folder / name;
}

}  // namespace cairn::test

// The path of a vector file in `variable`; where the folder is missing, skips the test and says which file it wanted.
#define CAIRN_VECTOR_FILE(variable, name)                                                             \
    const auto variable##_found = ::cairn::test::vector_file(name);                                   \
    if (!variable##_found) GTEST_SKIP() << "no test vectors: " << CAIRN_VECTORS_DIR << '/' << (name); \
    const std::filesystem::path variable = *variable##_found
