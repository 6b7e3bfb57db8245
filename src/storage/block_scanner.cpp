#include "storage/block_scanner.h"

#include <algorithm>
#include <cstring>

#include "consensus/encoding/reader.h"

namespace cairn::storage {
namespace {

constexpr std::size_t kWindow = 2 * (std::size_t{BlockScanner::kMaxBlockSize} + kRecordHeaderSize);

// memchr first: most of a file is searched for one byte, many at a time.
std::optional<std::size_t> find(ByteSpan bytes, const Magic& magic)
{
    std::size_t at = 0;
    while (at + magic.size() <= bytes.size()) {
        const void* hit = std::memchr(&bytes[at], std::to_integer<int>(magic[0]), bytes.size() - magic.size() + 1 - at);
        if (hit == nullptr) return std::nullopt;
        at = static_cast<std::size_t>(static_cast<const std::byte*>(hit) - bytes.data());
        if (std::ranges::equal(bytes.subspan(at, magic.size()), magic)) return at;
        ++at;
    }
    return std::nullopt;
}

}  // namespace

BlockScanner::BlockScanner(std::unique_ptr<base::File> file, const Magic& magic, const Obfuscation& obfuscation,
                           std::uint64_t from)
    : file_(std::move(file)), magic_(magic), obfuscation_(obfuscation), size_(file_->size()), position_(from)
{
}

BlockScanner::~BlockScanner() = default;

ByteSpan BlockScanner::load(std::uint64_t offset, std::size_t size)
{
    const std::uint64_t end = std::min(size_, offset + size);
    if (offset >= end) return {};
    const bool inside = offset >= window_offset_ && end <= window_offset_ + window_.size();
    if (!inside) {
        window_.resize(kWindow);
        window_.resize(file_->read_at(offset, window_));
        obfuscation_.apply(window_, offset);
        window_offset_ = offset;
    }
    const auto start = static_cast<std::size_t>(offset - window_offset_);
    return ByteSpan{window_}.subspan(start, std::min<std::size_t>(window_.size() - start, size));
}

std::optional<std::uint64_t> BlockScanner::find_magic()
{
    while (true) {
        // What the window has from here on; at its end, enough of the next for a magic across the border.
        const bool inside = position_ >= window_offset_ && position_ + magic_.size() <= window_offset_ + window_.size();
        const std::size_t size =
            inside ? static_cast<std::size_t>(window_offset_ + window_.size() - position_) : std::size_t{1} << 20;
        const ByteSpan bytes = load(position_, size);
        if (bytes.size() < magic_.size()) return std::nullopt;
        if (const auto found = find(bytes, magic_)) return position_ + *found;
        position_ += bytes.size() - magic_.size() + 1;
    }
}

std::optional<ScannedRecord> BlockScanner::next()
{
    while (const auto magic = find_magic()) {
        position_ = *magic + 1;
        const ByteSpan header = load(*magic, kRecordHeaderSize);
        if (header.size() < kRecordHeaderSize) return std::nullopt;
        const std::uint32_t size = Reader{header.subspan(4)}.u32();
        const std::uint64_t begin = *magic + kRecordHeaderSize;
        if (size < BlockHeader::kSize || size > kMaxBlockSize || begin + size > size_) continue;
        const ByteSpan bytes = load(begin, size);
        if (bytes.size() < size) return std::nullopt;  // the file was cut while we read
        position_ = begin + size;
        return ScannedRecord{begin, std::make_shared<const Bytes>(bytes.begin(), bytes.end())};
    }
    return std::nullopt;
}

}  // namespace cairn::storage
