#pragma once
// Turns a stream of bytes into messages and back.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/messages.h"
#include "protocol/network.h"

namespace cairn::protocol {

/// What a transport made of the bytes it was given.
struct Received {
    std::string type;
    Bytes payload;
    /// Bytes on the wire, header included.
    std::size_t wire_size = 0;
    /// Set where the message was dropped: a wrong checksum or a malformed type. The conversation goes on.
    bool dropped = false;
};

/// The original framing: magic, type in 12 bytes, length, first four bytes of the payload's double SHA-256.
class TransportV1 {
public:
    /// As getpeerinfo has it.
    static constexpr std::string_view kName = "v1";
    static constexpr std::size_t kHeaderSize = 24;

    explicit TransportV1(Magic magic);
    /// Takes all of `bytes`; appends what is complete. False if the stream is broken for good (foreign magic, oversized
    /// message): disconnect. A failed transport stays failed.
    bool receive(ByteSpan bytes, std::vector<Received>& messages);
    /// The bytes to send for a message.
    Bytes encode(std::string_view type, ByteSpan payload) const;
    /// Memory held for a message that is not complete: no more than twice what came of it, or a little.
    std::size_t memory() const { return payload_.capacity(); }
    /// Why receive failed, for the log.
    std::string_view failure() const { return failure_; }

private:
    bool take_header(ByteSpan& bytes);
    bool start_payload();
    void finish(std::vector<Received>& messages);

    Magic magic_;
    std::array<std::byte, kHeaderSize> header_{};
    std::size_t header_size_ = 0;
    std::size_t expected_ = 0;
    Bytes payload_;
    std::string_view failure_;
};

}  // namespace cairn::protocol
