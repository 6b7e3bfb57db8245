#pragma once
// Reading files in tests. What cannot be read throws std::runtime_error with the path, which fails the test.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"

namespace cairn::test {

Bytes read_file(const std::filesystem::path& path);
std::string read_text(const std::filesystem::path& path);
/// The content of a gzip file.
std::string read_gzip(const std::filesystem::path& path);
/// The lines of a text, without their ends; no empty one after a final newline.
std::vector<std::string> lines(std::string_view text);

/// Bytes of hex digits; throws if they are none.
Bytes unhex(std::string_view hex);

}  // namespace cairn::test
