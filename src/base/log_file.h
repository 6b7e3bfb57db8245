#pragma once
// The file behind the log: appends lines, reopens by name, is cut to size. Not thread-safe: the log holds its lock.

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace cairn::base {

class LogFile {
public:
    /// -shrinkdebugfile: a file larger than the first is cut to the second.
    static constexpr std::uint64_t kShrinkAbove = 11'000'000;
    static constexpr std::uint64_t kShrinkTo = 10'000'000;

    LogFile() = default;
    ~LogFile() { close(); }
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    /// Throws IoError.
    void open(const std::filesystem::path& path, std::uint64_t max_bytes);
    void close();
    bool is_open() const { return fd_ >= 0; }
    /// Opens the name anew; keeps the old file if that fails.
    void reopen();
    /// Never throws: a disk that is full must not stop the node because of its log.
    void write(std::string_view line) noexcept;

    /// Cuts a file that is not open. Does nothing to one that is missing or small, or no ordinary file.
    static void shrink(const std::filesystem::path& path);

private:
    void rotate() noexcept;

    std::filesystem::path path_;
    std::uint64_t max_bytes_ = 0;
    std::uint64_t size_ = 0;
    int fd_ = -1;
};

}  // namespace cairn::base
