#include "support/files.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <zlib.h>

#include "crypto/hex.h"

namespace cairn::test {

std::string read_text(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

Bytes read_file(const std::filesystem::path& path)
{
    const std::string text = read_text(path);
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return Bytes(data, data + text.size());
}

std::string read_gzip(const std::filesystem::path& path)
{
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) throw std::runtime_error("cannot read " + path.string());
    std::string text;
    std::vector<char> buffer(1 << 16);
    int size = 0;
    while ((size = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    gzclose(file);
    if (size < 0) throw std::runtime_error("not a gzip file: " + path.string());
    return text;
}

std::vector<std::string> lines(std::string_view text)
{
    std::vector<std::string> result;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        result.emplace_back(line);
    }
    return result;
}

Bytes unhex(std::string_view hex)
{
    auto bytes = from_hex(hex);
    if (!bytes) throw std::runtime_error("not hex: " + std::string{hex.substr(0, 80)});
    return *std::move(bytes);
}

}  // namespace cairn::test
