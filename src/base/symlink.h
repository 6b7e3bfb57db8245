#pragma once
// Symbolic links, which base::FileSystem follows without a word: for those who must not be led in circles, or astray.

#include <filesystem>

namespace cairn::base {

/// Whether the name itself is a symbolic link on the operating system's disk, wherever it leads.
bool is_symlink(const std::filesystem::path& path);

/// The file or folder that `path` leads to, as an absolute path without links, "." and ".."; of one that is not there,
/// as far as it is there. `path` itself where it leads in circles or cannot be looked at.
std::filesystem::path resolve_symlinks(const std::filesystem::path& path);

}  // namespace cairn::base
