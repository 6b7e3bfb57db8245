#pragma once
// The messages of the peer-to-peer protocol as values, each with its codec. Decoders take untrusted payloads, check the
// bounds of limits.h before they allocate, and ignore trailing bytes, as Bitcoin Core does. Sources: Bitcoin Core's
// protocol.h; BIPs 31, 35, 37, 60, 111, 130, 133, 144, 152, 155, 159, 339.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/encoding/decode_error.h"
#include "consensus/primitives/block.h"
#include "protocol/net_address.h"

namespace cairn::protocol {

namespace message {
inline constexpr std::string_view kVersion = "version";
inline constexpr std::string_view kVerack = "verack";
inline constexpr std::string_view kAddr = "addr";
inline constexpr std::string_view kAddrV2 = "addrv2";
inline constexpr std::string_view kSendAddrV2 = "sendaddrv2";
inline constexpr std::string_view kInv = "inv";
inline constexpr std::string_view kGetData = "getdata";
inline constexpr std::string_view kMerkleBlock = "merkleblock";
inline constexpr std::string_view kGetBlocks = "getblocks";
inline constexpr std::string_view kGetHeaders = "getheaders";
inline constexpr std::string_view kTx = "tx";
inline constexpr std::string_view kHeaders = "headers";
inline constexpr std::string_view kBlock = "block";
inline constexpr std::string_view kGetAddr = "getaddr";
inline constexpr std::string_view kMempool = "mempool";
inline constexpr std::string_view kPing = "ping";
inline constexpr std::string_view kPong = "pong";
inline constexpr std::string_view kNotFound = "notfound";
inline constexpr std::string_view kFilterLoad = "filterload";
inline constexpr std::string_view kFilterAdd = "filteradd";
inline constexpr std::string_view kFilterClear = "filterclear";
inline constexpr std::string_view kSendHeaders = "sendheaders";
inline constexpr std::string_view kFeeFilter = "feefilter";
inline constexpr std::string_view kSendCmpct = "sendcmpct";
inline constexpr std::string_view kCmpctBlock = "cmpctblock";
inline constexpr std::string_view kGetBlockTxn = "getblocktxn";
inline constexpr std::string_view kBlockTxn = "blocktxn";
inline constexpr std::string_view kGetCFilters = "getcfilters";
inline constexpr std::string_view kCFilter = "cfilter";
inline constexpr std::string_view kGetCFHeaders = "getcfheaders";
inline constexpr std::string_view kCFHeaders = "cfheaders";
inline constexpr std::string_view kGetCFCheckpt = "getcfcheckpt";
inline constexpr std::string_view kCFCheckpt = "cfcheckpt";
inline constexpr std::string_view kWtxidRelay = "wtxidrelay";
inline constexpr std::string_view kSendTxRcncl = "sendtxrcncl";
}  // namespace message

/// Whether `type` is one of those above: statistics name others "*other*".
bool is_known_message(std::string_view type);

struct VersionMessage {
    std::int32_t version = 0;
    Services services = kNodeNone;
    std::int64_t time = 0;
    Services receiver_services = kNodeNone;
    Endpoint receiver;
    Services sender_services = kNodeNone;
    Endpoint sender;
    std::uint64_t nonce = 1;
    std::string user_agent;
    std::int32_t start_height = -1;
    bool relay = true;

    friend bool operator==(const VersionMessage&, const VersionMessage&) = default;
};

/// The kind of an inventory entry; numbers outside are kept as they came.
enum class InvType : std::uint32_t {
    kUndefined = 0,
    kTx = 1,
    kBlock = 2,
    kFilteredBlock = 3,
    kCompactBlock = 4,
    kWtx = 5,
    kWitnessTx = 0x40000001,
    kWitnessBlock = 0x40000002,
};

struct Inventory {
    InvType type = InvType::kUndefined;
    Hash256 hash;

    friend auto operator<=>(const Inventory&, const Inventory&) = default;
    bool is_tx() const { return type == InvType::kTx || type == InvType::kWtx || type == InvType::kWitnessTx; }
    bool is_block() const
    {
        return type == InvType::kBlock || type == InvType::kFilteredBlock || type == InvType::kCompactBlock ||
               type == InvType::kWitnessBlock;
    }
};

/// getheaders and getblocks.
struct LocatorMessage {
    std::int32_t version = kProtocolVersionInLocator;
    std::vector<BlockHash> have;
    BlockHash stop;

    static constexpr std::int32_t kProtocolVersionInLocator = 70016;
    friend bool operator==(const LocatorMessage&, const LocatorMessage&) = default;
};

struct SendCmpctMessage {
    std::uint8_t high_bandwidth = 0;
    std::uint64_t version = 2;

    friend bool operator==(const SendCmpctMessage&, const SendCmpctMessage&) = default;
};

template <class T>
using Decoded = std::expected<T, DecodeError>;

Bytes encode_version(const VersionMessage& message);
/// Fields from `sender` on may be missing, as with old peers. A user agent over the limit is an error.
Decoded<VersionMessage> decode_version(ByteSpan payload);

/// A list that is too long is no decode error but misbehaviour: its length comes back, without entries.
template <class T>
struct BoundedList {
    std::uint64_t count = 0;
    std::vector<T> items;
    bool oversized() const { return items.size() != count; }
};

Bytes encode_inventory(std::span<const Inventory> items);
/// inv, getdata, notfound.
Decoded<BoundedList<Inventory>> decode_inventory(ByteSpan payload);

Bytes encode_headers(std::span<const BlockHeader> headers);
Decoded<BoundedList<BlockHeader>> decode_headers(ByteSpan payload, std::size_t limit);

Bytes encode_locator(const LocatorMessage& message);
Decoded<BoundedList<BlockHash>> decode_locator_list(ByteSpan payload, BlockHash& stop);

/// addr: only addresses that fit. addrv2: BIP155.
Bytes encode_addr(std::span<const PeerAddress> addresses);
Bytes encode_addrv2(std::span<const PeerAddress> addresses);
Decoded<BoundedList<PeerAddress>> decode_addr(ByteSpan payload);
/// Addresses of unknown networks, or of Tor version 2, come back as not valid; wrong lengths of known ones are errors.
Decoded<BoundedList<PeerAddress>> decode_addrv2(ByteSpan payload);

Bytes encode_u64(std::uint64_t value);  // ping, pong, feefilter
Decoded<std::uint64_t> decode_u64(ByteSpan payload);

Bytes encode_sendcmpct(const SendCmpctMessage& message);
Decoded<SendCmpctMessage> decode_sendcmpct(ByteSpan payload);

}  // namespace cairn::protocol
