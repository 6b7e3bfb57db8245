#include "base/file_system.h"

#include <algorithm>
#include <cerrno>

namespace cairn::base {

void read_exactly_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                     std::span<std::byte> out)
{
    if (file.read_at(offset, out) != out.size()) throw IoError("read (the file ends too early)", path, EIO);
}

std::vector<std::byte> read_file(FileSystem& files, const std::filesystem::path& path, std::uint64_t max_size)
{
    const auto file = files.open(path, OpenMode::kRead);
    std::vector<std::byte> content;
    const std::uint64_t size = file->size();
    // Special files (/proc, pipes) have no size; they are read until they end.
    std::size_t got = 0;
    do {
        content.resize(static_cast<std::size_t>(std::min(max_size, std::max<std::uint64_t>(size, 1) + got)) + 1);
        const std::size_t more = file->read_at(got, std::span{content}.subspan(got));
        if (more == 0) break;
        got += more;
        if (got > max_size) throw IoError("read the whole of", path, EFBIG);
    } while (got == content.size());
    content.resize(got);
    return content;
}

std::string read_text_file(FileSystem& files, const std::filesystem::path& path, std::uint64_t max_size)
{
    const auto bytes = read_file(files, path, max_size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void replace_file(FileSystem& files, const std::filesystem::path& path, std::span<const std::byte> data)
{
    std::filesystem::path fresh = path;
    fresh += ".new";
    {
        const auto file = files.open(fresh, OpenMode::kTruncate);
        file->write_at(0, data);
        file->sync();
    }
    files.rename(fresh, path);
    const auto parent = path.parent_path();
    files.sync_directory(parent.empty() ? std::filesystem::path{"."} : parent);
}

void replace_file(FileSystem& files, const std::filesystem::path& path, std::string_view text)
{
    replace_file(files, path, std::as_bytes(std::span{text}));
}

}  // namespace cairn::base
