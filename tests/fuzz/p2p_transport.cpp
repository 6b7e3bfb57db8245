// USES: protocol
// A stream of bytes gives the same messages however it is cut, and what was received encodes back to the same bytes.

#include <algorithm>
#include <cstdlib>

#include "protocol/transport.h"

using namespace cairn;
using namespace cairn::protocol;

namespace {

struct Outcome {
    bool ok = true;
    std::vector<Received> messages;
};

Outcome receive(ByteSpan bytes, std::size_t chunk)
{
    TransportV1 transport(network_info(Network::kRegtest).magic);
    Outcome result;
    while (!bytes.empty() && result.ok) {
        const std::size_t size = std::min(chunk, bytes.size());
        result.ok = transport.receive(bytes.first(size), result.messages);
        bytes = bytes.subspan(size);
    }
    return result;
}

void require(bool holds)
{
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) return 0;
    const ByteSpan input = std::as_bytes(std::span{data, size});
    const std::size_t chunk = 1 + data[0];
    TransportV1 sender(network_info(Network::kRegtest).magic);
    // As it is, and as the payload of a right message between two copies of itself.
    const ByteSpan rest = input.subspan(1);
    Bytes stream = sender.encode("tx", rest);
    stream.insert(stream.end(), rest.begin(), rest.end());
    for (const ByteSpan bytes : {rest, ByteSpan{stream}}) {
        const Outcome whole = receive(bytes, SIZE_MAX);
        const Outcome cut = receive(bytes, chunk);
        require(whole.ok == cut.ok && whole.messages.size() == cut.messages.size());
        std::size_t offset = 0;
        for (std::size_t i = 0; i < whole.messages.size(); ++i) {
            const Received& m = whole.messages[i];
            require(m.type == cut.messages[i].type && m.payload == cut.messages[i].payload);
            if (!m.dropped) {
                const Bytes again = sender.encode(m.type, m.payload);
                require(std::ranges::equal(again, bytes.subspan(offset, m.wire_size)));
            }
            offset += m.wire_size;
        }
    }
    const Outcome framed = receive(stream, SIZE_MAX);
    require(!framed.messages.empty() && std::ranges::equal(framed.messages[0].payload, rest));
    return 0;
}
