#pragma once
// Turns a stream of bytes into messages and back. An interface, so that BIP324's encrypted one can stand in its place.

#include <cstdint>
#include <memory>
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

class Transport {
public:
    virtual ~Transport() = default;
    /// Takes all of `bytes`; appends what is complete. False if the stream is broken for good (foreign magic, oversized
    /// message): disconnect. A failed transport stays failed.
    virtual bool receive(ByteSpan bytes, std::vector<Received>& messages) = 0;
    /// The bytes to send for a message.
    virtual Bytes encode(std::string_view type, ByteSpan payload) = 0;
    /// "v1", "v2", "detecting".
    virtual std::string_view name() const = 0;
    /// Why receive failed, for the log.
    virtual std::string_view failure() const = 0;
    /// Bytes held of a message that is not complete.
    virtual std::size_t buffered() const = 0;
};

/// The original framing: magic, type in 12 bytes, length, first four bytes of the payload's double SHA-256.
class TransportV1 final : public Transport {
public:
    static constexpr std::size_t kHeaderSize = 24;

    explicit TransportV1(Magic magic);
    bool receive(ByteSpan bytes, std::vector<Received>& messages) override;
    Bytes encode(std::string_view type, ByteSpan payload) override;
    std::string_view name() const override { return "v1"; }
    std::string_view failure() const override { return failure_; }
    std::size_t buffered() const override { return header_size_ + payload_.size(); }

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
