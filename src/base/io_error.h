#pragma once
// The environment's faults, as exceptions: thrown where they happen, caught once at the top of a thread.

#include <filesystem>
#include <stdexcept>
#include <string>

namespace cairn::base {

/// Something outside the program failed: disk, memory, permissions. what() names the thing and the operating system's
/// reason; remedy() says, where there is one, what the owner can do.
class EnvironmentError : public std::runtime_error {
public:
    explicit EnvironmentError(const std::string& what, std::string remedy = {})
        : std::runtime_error(what), remedy_(std::move(remedy))
    {
    }
    const std::string& remedy() const { return remedy_; }

private:
    std::string remedy_;
};

/// A file operation failed with `code` (an errno value).
class IoError : public EnvironmentError {
public:
    IoError(const std::string& operation, const std::filesystem::path& path, int code);
    int code() const { return code_; }
    const std::filesystem::path& path() const { return path_; }
    /// No space or quota left.
    bool disk_full() const;

private:
    std::filesystem::path path_;
    int code_;
};

}  // namespace cairn::base
