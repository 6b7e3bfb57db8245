#include "crypto/sha256.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "crypto/endian.h"
#include "crypto/sha256_compress.h"

namespace cairn::crypto {

Sha256& Sha256::write(ByteSpan bytes)
{
    if (bytes.empty()) return *this;
    const std::size_t buffered = size_ % 64;
    size_ += bytes.size();
    if (buffered != 0) {
        const std::size_t taken = std::min(64 - buffered, bytes.size());
        std::memcpy(buffer_.data() + buffered, bytes.data(), taken);
        if (buffered + taken < 64) return *this;
        sha256_compress(state_.data(), buffer_.data(), 1);
        bytes = bytes.subspan(taken);
    }
    if (const std::size_t blocks = bytes.size() / 64; blocks != 0) {
        sha256_compress(state_.data(), bytes.data(), blocks);
        bytes = bytes.subspan(64 * blocks);
    }
    if (!bytes.empty()) std::memcpy(buffer_.data(), bytes.data(), bytes.size());
    return *this;
}

Sha256& Sha256::write_u32(std::uint32_t value)
{
    std::array<std::byte, 4> bytes;
    store_little(bytes.data(), value);
    return write(bytes);
}

Sha256& Sha256::write_u64(std::uint64_t value)
{
    std::array<std::byte, 8> bytes;
    store_little(bytes.data(), value);
    return write(bytes);
}

Sha256& Sha256::write_compact_size(std::uint64_t value)
{
    std::array<std::byte, 9> bytes;
    if (value < 0xfd) return write(static_cast<std::byte>(value));
    if (value <= 0xffff) {
        bytes[0] = std::byte{0xfd};
        store_little(bytes.data() + 1, static_cast<std::uint16_t>(value));
        return write(ByteSpan{bytes}.first(3));
    }
    if (value <= 0xffffffff) {
        bytes[0] = std::byte{0xfe};
        store_little(bytes.data() + 1, static_cast<std::uint32_t>(value));
        return write(ByteSpan{bytes}.first(5));
    }
    bytes[0] = std::byte{0xff};
    store_little(bytes.data() + 1, value);
    return write(bytes);
}

Hash256 Sha256::finish()
{
    std::size_t buffered = size_ % 64;
    buffer_[buffered++] = std::byte{0x80};
    if (buffered > 56) {
        std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(buffered), buffer_.end(), std::byte{0});
        sha256_compress(state_.data(), buffer_.data(), 1);
        buffered = 0;
    }
    std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(buffered), buffer_.begin() + 56, std::byte{0});
    store_big<std::uint64_t>(buffer_.data() + 56, 8 * size_);
    sha256_compress(state_.data(), buffer_.data(), 1);
    Hash256 hash;
    for (std::size_t i = 0; i < 8; ++i) store_big(hash.bytes.data() + 4 * i, state_[i]);
    return hash;
}

Hash256 Sha256::finish_double()
{
    const Hash256 once = finish();
    return sha256(once.span());
}

Hash256 sha256(ByteSpan bytes)
{
    return Sha256{}.write(bytes).finish();
}

Hash256 sha256d(ByteSpan bytes)
{
    return Sha256{}.write(bytes).finish_double();
}

void sha256d64(std::span<std::byte> out, ByteSpan blocks)
{
    assert(blocks.size() % 64 == 0 && out.size() >= blocks.size() / 2);
    sha256d64_pieces(out.data(), blocks.data(), blocks.size() / 64);
}

Sha256 tagged_hasher(std::string_view tag)
{
    const Hash256 tag_hash = sha256(std::as_bytes(std::span{tag}));
    return Sha256{}.write(tag_hash.span()).write(tag_hash.span());
}

}  // namespace cairn::crypto
