// addrv2 (BIP155).

#include <optional>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "protocol/limits.h"
#include "protocol/messages.h"

namespace cairn::protocol {
namespace {

enum NetworkId : std::uint8_t { kIpv4 = 1, kIpv6 = 2, kTorV3 = 4, kI2p = 5, kCjdns = 6 };

std::uint8_t network_id(const NetAddress& address)
{
    switch (address.kind()) {
        case AddressNetwork::kIpv4:
            return kIpv4;
        case AddressNetwork::kOnion:
            return kTorV3;
        case AddressNetwork::kI2p:
            return kI2p;
        case AddressNetwork::kCjdns:
            return kCjdns;
        default:
            return kIpv6;
    }
}

/// Nothing for networks that are not known, or have gone.
std::optional<AddressNetwork> network_of(std::uint8_t id)
{
    switch (id) {
        case kIpv4:
            return AddressNetwork::kIpv4;
        case kIpv6:
            return AddressNetwork::kIpv6;
        case kTorV3:
            return AddressNetwork::kOnion;
        case kI2p:
            return AddressNetwork::kI2p;
        case kCjdns:
            return AddressNetwork::kCjdns;
        default:
            return std::nullopt;
    }
}

NetAddress read_address(Reader& in)
{
    const auto network = network_of(in.u8());
    const std::uint64_t size = in.compact_size();
    if (in.ok() && size > kMaxAddressLengthV2) in.fail(DecodeError::kBadValue);
    const ByteSpan bytes = in.bytes(size);
    if (!in.ok() || !network) return {};
    const auto address = NetAddress::from_bytes(*network, bytes);
    if (!address) in.fail(DecodeError::kBadValue);
    // What is disguised as IPv6 (IPv4, old Tor, internal names) has no place here.
    return address && address->kind() == *network ? *address : NetAddress{};
}

PeerAddress read_peer(Reader& in)
{
    PeerAddress peer;
    peer.time = from_unix(in.u32());
    peer.services = in.compact_size(Reader::Range::kAny);
    peer.endpoint.address = read_address(in);
    peer.endpoint.port = in.u16_big_endian();
    return peer;
}

}  // namespace

Bytes encode_addrv2(std::span<const PeerAddress> addresses)
{
    Writer out;
    out.compact_size(addresses.size());
    for (const PeerAddress& peer : addresses) {
        out.u32(static_cast<std::uint32_t>(unix_seconds(peer.time))).compact_size(peer.services);
        const NetAddress& address = peer.endpoint.address;
        if (address.is_internal()) {
            out.u8(kIpv6).sized_bytes(address.v1_bytes());
        } else {
            out.u8(network_id(address)).sized_bytes(address.bytes());
        }
        out.u16_big_endian(peer.endpoint.port);
    }
    return out.take();
}

Decoded<BoundedList<PeerAddress>> decode_addrv2(ByteSpan payload)
{
    Reader in{payload};
    BoundedList<PeerAddress> list;
    list.count = in.compact_size();
    if (!in.ok()) return std::unexpected(*in.error());
    if (list.count > kMaxAddresses) return list;
    for (std::uint64_t i = 0; i < list.count && in.ok(); ++i) list.items.push_back(read_peer(in));
    if (!in.ok()) return std::unexpected(*in.error());
    return list;
}

}  // namespace cairn::protocol
