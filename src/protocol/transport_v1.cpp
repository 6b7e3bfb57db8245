#include <algorithm>
#include <cstring>

#include "consensus/encoding/writer.h"
#include "crypto/endian.h"
#include "crypto/sha256.h"
#include "protocol/limits.h"
#include "protocol/transport.h"

namespace cairn::protocol {
namespace {

constexpr std::size_t kTypeOffset = 4;
constexpr std::size_t kTypeSize = 12;
constexpr std::size_t kLengthOffset = kTypeOffset + kTypeSize;
constexpr std::size_t kChecksumOffset = kLengthOffset + 4;
/// Memory for a payload grows as bytes arrive, to the double or by this: a declared length alone allocates no more.
constexpr std::size_t kGrowth = 256 * 1024;

/// The type, if it is printable characters followed by zeros only.
std::optional<std::string> read_type(ByteSpan field)
{
    std::string type;
    std::size_t i = 0;
    for (; i < field.size() && field[i] != std::byte{0}; ++i) {
        const char c = static_cast<char>(field[i]);
        if (c < 0x20 || c > 0x7e) return std::nullopt;
        type += c;
    }
    for (; i < field.size(); ++i) {
        if (field[i] != std::byte{0}) return std::nullopt;
    }
    return type;
}

}  // namespace

TransportV1::TransportV1(Magic magic) : magic_(magic) {}

bool TransportV1::receive(ByteSpan bytes, std::vector<Received>& messages)
{
    if (!failure_.empty()) return false;
    while (!bytes.empty() || (header_size_ == kHeaderSize && payload_.size() == expected_)) {
        if (header_size_ < kHeaderSize) {
            if (!take_header(bytes)) return false;
            continue;
        }
        const std::size_t wanted = std::min(bytes.size(), expected_ - payload_.size());
        if (payload_.capacity() - payload_.size() < wanted) {
            payload_.reserve(std::min(expected_, payload_.size() + std::max({wanted, kGrowth, payload_.size()})));
        }
        payload_.insert(payload_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(wanted));
        bytes = bytes.subspan(wanted);
        if (payload_.size() == expected_) finish(messages);
    }
    return true;
}

bool TransportV1::take_header(ByteSpan& bytes)
{
    const std::size_t wanted = std::min(bytes.size(), kHeaderSize - header_size_);
    std::ranges::copy(bytes.first(wanted), header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ += wanted;
    bytes = bytes.subspan(wanted);
    return header_size_ < kHeaderSize || start_payload();
}

bool TransportV1::start_payload()
{
    if (!std::ranges::equal(ByteSpan{header_}.first(4), magic_)) {
        failure_ = "wrong message start bytes";
        return false;
    }
    const auto size = crypto::load_little<std::uint32_t>(&header_[kLengthOffset]);
    if (size > kMaxMessageSize) {
        failure_ = "message too large";
        return false;
    }
    expected_ = size;
    payload_.clear();
    return true;
}

void TransportV1::finish(std::vector<Received>& messages)
{
    Received message;
    message.wire_size = kHeaderSize + payload_.size();
    const Hash256 hash = crypto::sha256d(payload_);
    const bool checksum_ok = std::memcmp(hash.bytes.data(), &header_[kChecksumOffset], 4) == 0;
    auto type = read_type(ByteSpan{header_}.subspan(kTypeOffset, kTypeSize));
    message.dropped = !checksum_ok || !type;
    if (!message.dropped) {
        message.type = std::move(*type);
        message.payload = std::move(payload_);
    }
    payload_ = {};
    header_size_ = 0;
    expected_ = 0;
    messages.push_back(std::move(message));
}

Bytes TransportV1::encode(std::string_view type, ByteSpan payload) const
{
    std::array<std::byte, kTypeSize> name{};
    std::ranges::copy(std::as_bytes(std::span{type.substr(0, kTypeSize)}), name.begin());
    const Hash256 hash = crypto::sha256d(payload);
    Writer out;
    out.reserve(kHeaderSize + payload.size());
    out.bytes(magic_).bytes(name).u32(static_cast<std::uint32_t>(payload.size()));
    out.bytes(hash.span().first(4)).bytes(payload);
    return out.take();
}

}  // namespace cairn::protocol
