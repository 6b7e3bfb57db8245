#include "protocol/messages.h"

#include <algorithm>
#include <array>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "protocol/limits.h"

namespace cairn::protocol {
namespace {

constexpr std::array kKnownMessages = {
    message::kVersion,     message::kVerack,       message::kAddr,        message::kAddrV2,     message::kSendAddrV2,
    message::kInv,         message::kGetData,      message::kMerkleBlock, message::kGetBlocks,  message::kGetHeaders,
    message::kTx,          message::kHeaders,      message::kBlock,       message::kGetAddr,    message::kMempool,
    message::kPing,        message::kPong,         message::kNotFound,    message::kFilterLoad, message::kFilterAdd,
    message::kFilterClear, message::kSendHeaders,  message::kFeeFilter,   message::kSendCmpct,  message::kCmpctBlock,
    message::kGetBlockTxn, message::kBlockTxn,     message::kGetCFilters, message::kCFilter,    message::kGetCFHeaders,
    message::kCFHeaders,   message::kGetCFCheckpt, message::kCFCheckpt,   message::kWtxidRelay, message::kSendTxRcncl};

void write_endpoint(Writer& out, Services services, const Endpoint& endpoint)
{
    out.u64(services);
    out.bytes(endpoint.address.v1_bytes());
    out.u16_big_endian(endpoint.port);
}

Endpoint read_endpoint(Reader& in)
{
    std::array<std::byte, 16> bytes{};
    std::ranges::copy(in.bytes(16), bytes.begin());
    const std::uint16_t port = in.u16_big_endian();
    return {NetAddress::ipv6(bytes), port};
}

/// Reads a list's length; within the limit, one item after another as long as the payload lasts.
template <class T, class ReadItem>
Decoded<BoundedList<T>> read_list(Reader& in, std::size_t limit, ReadItem read_item)
{
    BoundedList<T> list;
    list.count = in.compact_size();
    if (!in.ok()) return std::unexpected(*in.error());
    if (list.count > limit) return list;
    list.items.reserve(std::min<std::size_t>(list.count, in.rest().size()));
    for (std::uint64_t i = 0; i < list.count && in.ok(); ++i) list.items.push_back(read_item(in));
    if (!in.ok()) return std::unexpected(*in.error());
    return list;
}

}  // namespace

bool is_known_message(std::string_view type)
{
    return std::ranges::find(kKnownMessages, type) != kKnownMessages.end();
}

Bytes encode_version(const VersionMessage& message)
{
    Writer out;
    out.i32(message.version).u64(message.services).i64(message.time);
    write_endpoint(out, message.receiver_services, message.receiver);
    write_endpoint(out, message.sender_services, message.sender);
    out.u64(message.nonce);
    out.sized_bytes(std::as_bytes(std::span{message.user_agent}));
    out.i32(message.start_height).boolean(message.relay);
    return out.take();
}

Decoded<VersionMessage> decode_version(ByteSpan payload)
{
    Reader in{payload};
    VersionMessage result;
    result.version = in.i32();
    result.services = in.u64();
    result.time = in.i64();
    result.receiver_services = in.u64();
    result.receiver = read_endpoint(in);
    if (in.ok() && !in.at_end()) {
        result.sender_services = in.u64();
        result.sender = read_endpoint(in);
        result.nonce = in.u64();
    }
    if (in.ok() && !in.at_end()) {
        const std::uint64_t size = in.compact_size();
        if (in.ok() && size > kMaxUserAgentLength) in.fail(DecodeError::kBadValue);
        const ByteSpan text = in.bytes(size);
        result.user_agent.assign(reinterpret_cast<const char*>(text.data()), text.size());
    }
    if (in.ok() && !in.at_end()) result.start_height = in.i32();
    if (in.ok() && !in.at_end()) result.relay = in.boolean();
    if (!in.ok()) return std::unexpected(*in.error());
    return result;
}

Bytes encode_inventory(std::span<const Inventory> items)
{
    Writer out;
    out.reserve(9 + items.size() * 36);
    out.compact_size(items.size());
    for (const Inventory& item : items) out.u32(static_cast<std::uint32_t>(item.type)).hash256(item.hash);
    return out.take();
}

Decoded<BoundedList<Inventory>> decode_inventory(ByteSpan payload)
{
    Reader in{payload};
    return read_list<Inventory>(in, kMaxInventory, [](Reader& r) {
        const auto type = static_cast<InvType>(r.u32());
        return Inventory{type, r.hash256()};
    });
}

Bytes encode_headers(std::span<const BlockHeader> headers)
{
    Writer out;
    out.reserve(9 + headers.size() * (BlockHeader::kSize + 1));
    out.compact_size(headers.size());
    for (const BlockHeader& header : headers) out.bytes(header.encode()).compact_size(0);
    return out.take();
}

Decoded<BoundedList<BlockHeader>> decode_headers(ByteSpan payload, std::size_t limit)
{
    Reader in{payload};
    return read_list<BlockHeader>(in, limit, [](Reader& r) {
        BlockHeader header;
        const ByteSpan bytes = r.bytes(BlockHeader::kSize);
        if (const auto decoded = decode_header(bytes)) header = *decoded;
        r.compact_size();  // the number of transactions, which do not follow
        return header;
    });
}

Bytes encode_locator(const LocatorMessage& message)
{
    Writer out;
    out.i32(message.version).compact_size(message.have.size());
    for (const BlockHash& hash : message.have) out.hash(hash);
    out.hash(message.stop);
    return out.take();
}

Decoded<BoundedList<BlockHash>> decode_locator_list(ByteSpan payload, BlockHash& stop)
{
    Reader in{payload};
    in.i32();
    auto list = read_list<BlockHash>(in, kMaxLocator, [](Reader& r) { return BlockHash{r.hash256()}; });
    if (!list || list->oversized()) return list;
    stop = BlockHash{in.hash256()};
    if (!in.ok()) return std::unexpected(*in.error());
    return list;
}

Bytes encode_addr(std::span<const PeerAddress> addresses)
{
    Writer out;
    const auto fits = [](const PeerAddress& a) { return a.endpoint.address.fits_v1(); };
    out.compact_size(static_cast<std::uint64_t>(std::ranges::count_if(addresses, fits)));
    for (const PeerAddress& address : addresses) {
        if (!fits(address)) continue;
        out.u32(static_cast<std::uint32_t>(unix_seconds(address.time)));
        write_endpoint(out, address.services, address.endpoint);
    }
    return out.take();
}

Decoded<BoundedList<PeerAddress>> decode_addr(ByteSpan payload)
{
    Reader in{payload};
    return read_list<PeerAddress>(in, kMaxAddresses, [](Reader& r) {
        PeerAddress address;
        address.time = from_unix(r.u32());
        address.services = r.u64();
        address.endpoint = read_endpoint(r);
        return address;
    });
}

Bytes encode_u64(std::uint64_t value)
{
    return Writer{}.u64(value).take();
}

Decoded<std::uint64_t> decode_u64(ByteSpan payload)
{
    Reader in{payload};
    const std::uint64_t value = in.u64();
    if (!in.ok()) return std::unexpected(*in.error());
    return value;
}

Bytes encode_sendcmpct(const SendCmpctMessage& message)
{
    return Writer{}.u8(message.high_bandwidth).u64(message.version).take();
}

Decoded<SendCmpctMessage> decode_sendcmpct(ByteSpan payload)
{
    Reader in{payload};
    SendCmpctMessage result;
    result.high_bandwidth = in.u8();
    result.version = in.u64();
    if (!in.ok()) return std::unexpected(*in.error());
    return result;
}

}  // namespace cairn::protocol
