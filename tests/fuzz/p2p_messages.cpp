// USES: protocol
// Every codec: what decodes, encodes, and decodes to the same again. The first byte says which.

#include <algorithm>
#include <cstdlib>

#include "consensus/encoding/writer.h"
#include "protocol/limits.h"
#include "protocol/messages.h"

using namespace cairn;
using namespace cairn::protocol;

namespace {

void require(bool holds)
{
    if (!holds) std::abort();
}

template <class List, class Encode, class Decode>
void round_trip_list(const List& list, Encode encode, Decode decode)
{
    if (!list || list->oversized()) return;
    const auto again = decode(encode(list->items));
    require(again.has_value() && again->items == list->items);
}

void check_version(ByteSpan payload)
{
    const auto version = decode_version(payload);
    if (!version) return;
    require(version->user_agent.size() <= kMaxUserAgentLength);
    require(decode_version(encode_version(*version)) == version);
}

void check_locator(ByteSpan payload)
{
    LocatorMessage message;
    const auto list = decode_locator_list(payload, message.stop);
    if (!list || list->oversized()) return;
    require(list->items.size() <= kMaxLocator);
    message.have = list->items;
    BlockHash stop;
    const auto again = decode_locator_list(encode_locator(message), stop);
    require(again.has_value() && again->items == list->items && stop == message.stop);
}

void check_addresses(ByteSpan payload, bool v2)
{
    auto list = v2 ? decode_addrv2(payload) : decode_addr(payload);
    if (!list || list->oversized()) return;
    require(list->items.size() <= kMaxAddresses);
    for (const PeerAddress& a : list->items) {
        // What is printed reads back, but for what stands for no address.
        const auto again = NetAddress::parse(a.endpoint.address.to_string());
        if (a.endpoint.is_valid() && !a.endpoint.address.is_cjdns()) require(again == a.endpoint.address);
        a.endpoint.address.group();
    }
    // addrv2 has no form for internal names.
    std::erase_if(list->items, [](const PeerAddress& a) { return a.endpoint.address.is_internal(); });
    const auto encoded = v2 ? encode_addrv2(list->items) : encode_addr(list->items);
    const auto again = v2 ? decode_addrv2(encoded) : decode_addr(encoded);
    require(again.has_value() && again->items == list->items);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const ByteSpan payload = std::as_bytes(std::span{data, size}).subspan(1);
    switch (data[0] % 7) {
        case 0:
            check_version(payload);
            break;
        case 1:
            round_trip_list(
                decode_inventory(payload), [](const auto& items) { return encode_inventory(items); },
                [](const Bytes& bytes) { return decode_inventory(bytes); });
            break;
        case 2:
            round_trip_list(
                decode_headers(payload, kMaxHeaders), [](const auto& items) { return encode_headers(items); },
                [](const Bytes& bytes) { return decode_headers(bytes, kMaxHeaders); });
            break;
        case 3:
            check_locator(payload);
            break;
        case 4:
            check_addresses(payload, false);
            break;
        case 5:
            check_addresses(payload, true);
            break;
        default:
            if (const auto message = decode_sendcmpct(payload)) {
                require(decode_sendcmpct(encode_sendcmpct(*message)) == message);
            }
    }
    return 0;
}
