// Codecs and framing: round trips, bounds, and messages recorded from other implementations.

#include "protocol/messages.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "consensus/encoding/writer.h"
#include "crypto/hex.h"
#include "protocol/limits.h"
#include "protocol/transport.h"
#include "support/vectors.h"

namespace cairn::protocol::test {
namespace {

const Magic kMagic = network_info(Network::kMain).magic;

struct Framed {
    bool ok = true;
    std::vector<Received> messages;
};

Framed receive(ByteSpan bytes, std::size_t chunk = SIZE_MAX)
{
    TransportV1 transport(kMagic);
    Framed result;
    while (!bytes.empty() && result.ok) {
        const std::size_t size = std::min(chunk, bytes.size());
        result.ok = transport.receive(bytes.first(size), result.messages);
        bytes = bytes.subspan(size);
    }
    return result;
}

TEST(TransportV1, WholeAndInPieces)
{
    TransportV1 transport(kMagic);
    Bytes stream;
    for (const std::size_t size : {0U, 1U, 100U, 70'000U}) {
        const Bytes one = transport.encode("ping", Bytes(size, std::byte{7}));
        stream.insert(stream.end(), one.begin(), one.end());
    }
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{24}, std::size_t{4096}, SIZE_MAX}) {
        const Framed got = receive(stream, chunk);
        EXPECT_TRUE(got.ok);
        ASSERT_EQ(got.messages.size(), 4u);
        EXPECT_EQ(got.messages[0].wire_size, 24u);
        EXPECT_EQ(got.messages[3].payload, Bytes(70'000, std::byte{7}));
    }
}

TEST(TransportV1, SizeAtAndOverTheLimit)
{
    TransportV1 transport(kMagic);
    EXPECT_TRUE(receive(transport.encode("block", Bytes(kMaxMessageSize))).ok);
    EXPECT_EQ(receive(transport.encode("block", Bytes(kMaxMessageSize))).messages.size(), 1u);
    Bytes over = transport.encode("block", Bytes(kMaxMessageSize + 1));
    over.resize(24);  // the header alone is enough to refuse
    EXPECT_FALSE(receive(over).ok);
}

TEST(TransportV1, ADeclaredLengthAllocatesNothing)
{
    TransportV1 transport(kMagic);
    const Bytes block = transport.encode("block", Bytes(kMaxMessageSize));
    std::vector<Received> messages;
    constexpr std::size_t kHalf = kMaxMessageSize / 2;
    EXPECT_TRUE(transport.receive(ByteSpan{block}.first(25), messages));
    EXPECT_LT(transport.memory(), kHalf / 4);
    EXPECT_TRUE(transport.receive(ByteSpan{block}.subspan(25, kHalf), messages));
    EXPECT_LE(transport.memory(), 2 * kHalf);
    EXPECT_TRUE(transport.receive(ByteSpan{block}.subspan(25 + kHalf), messages));
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].payload.size(), kMaxMessageSize);
    EXPECT_EQ(transport.memory(), 0u);
}

TEST(TransportV1, WrongChecksumOrTypeDropsTheMessageOnly)
{
    TransportV1 transport(kMagic);
    Bytes bad = transport.encode("ping", encode_u64(1));
    bad[20] ^= std::byte{1};
    const Bytes good = transport.encode("pong", encode_u64(1));
    Bytes stream = bad;
    stream.insert(stream.end(), good.begin(), good.end());
    Framed got = receive(stream);
    EXPECT_TRUE(got.ok);
    ASSERT_EQ(got.messages.size(), 2u);
    EXPECT_TRUE(got.messages[0].dropped);
    EXPECT_FALSE(got.messages[1].dropped);
    for (const std::string_view type :
         {std::string_view("a\0b", 3), std::string_view("\x01", 1), std::string_view("\x7f", 1)}) {
        got = receive(transport.encode(type, {}));
        EXPECT_TRUE(got.ok);
        EXPECT_TRUE(got.messages.at(0).dropped);
    }
}

TEST(TransportV1, ForeignMagicBreaksTheStream)
{
    TransportV1 regtest(network_info(Network::kRegtest).magic);
    EXPECT_FALSE(receive(regtest.encode("ping", {})).ok);
    TransportV1 failed(kMagic);
    std::vector<Received> messages;
    EXPECT_FALSE(failed.receive(regtest.encode("ping", {}), messages));
    EXPECT_FALSE(failed.receive(failed.encode("ping", {}), messages));  // and stays broken
    EXPECT_TRUE(messages.empty());
}

TEST(Network, MagicOfSignetsComesFromTheirChallenge)
{
    const Bytes challenge = from_hex(
                                "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430210359ef5021964f"
                                "e22d6f8e05b2463c9540ce9688"
                                "3fe3b278760f048f5189f2e6c452ae")
                                .value();
    EXPECT_EQ(signet_info(challenge).magic, network_info(Network::kSignet).magic);
    EXPECT_TRUE(signet_info(challenge).dns_seeds.empty());
    EXPECT_NE(signet_info(Bytes{std::byte{0x51}}).magic, network_info(Network::kSignet).magic);
}

TEST(Messages, Version)
{
    VersionMessage message;
    message.version = 70016;
    message.services = 0x409;
    message.time = 1'700'000'000;
    message.receiver = Endpoint::parse("1.2.3.4:8333", 0).value();
    message.sender = Endpoint::parse("[2a00::1]:18333", 0).value();
    message.nonce = 77;
    message.user_agent = "/x:1/";
    message.start_height = 800'000;
    message.relay = false;
    const Bytes bytes = encode_version(message);
    EXPECT_EQ(decode_version(bytes), message);
    // Old peers stop earlier.
    const auto head = decode_version(ByteSpan{bytes}.first(46));
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->relay);
    EXPECT_EQ(head->start_height, -1);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{4}, std::size_t{45}, std::size_t{60}}) {
        EXPECT_FALSE(decode_version(ByteSpan{bytes}.first(cut))) << cut;
    }
}

TEST(Messages, AddrV2OfEveryNetwork)
{
    std::vector<PeerAddress> addresses;
    for (const char* text : {"1.2.3.4", "2a00::1", "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
                             "ukeu3k5oycgaauneqgtnvselmt4yemvoilkln7jpvamvfx7dnkdq.b32.i2p"}) {
        addresses.push_back({{*NetAddress::parse(text), 8333}, 0x409, from_unix(1'700'000'000)});
    }
    std::array<std::byte, 16> cjdns{std::byte{0xfc}};
    addresses.push_back({{NetAddress::cjdns(cjdns), 1}, 1, from_unix(5)});
    EXPECT_EQ(decode_addrv2(encode_addrv2(addresses))->items, addresses);
    // addr carries the first two only.
    EXPECT_EQ(decode_addr(encode_addr(addresses))->items.size(), 2u);
    EXPECT_EQ(decode_addr(encode_addr(addresses))->items[1], addresses[1]);
}

/// One addrv2 entry of a network id with an address of this size.
Bytes addrv2_entry(std::uint8_t network, std::size_t size)
{
    return Writer{}
        .compact_size(1)
        .u32(1)
        .compact_size(1)
        .u8(network)
        .sized_bytes(Bytes(size, std::byte{1}))
        .u16_big_endian(8333)
        .take();
}

TEST(Messages, AddrV2SizesAndUnknownNetworks)
{
    for (const auto& [network, size] : {std::pair{1, 4}, {2, 16}, {4, 32}, {5, 32}}) {
        EXPECT_TRUE(decode_addrv2(addrv2_entry(static_cast<std::uint8_t>(network), static_cast<std::size_t>(size))));
        EXPECT_FALSE(
            decode_addrv2(addrv2_entry(static_cast<std::uint8_t>(network), static_cast<std::size_t>(size + 1))));
        EXPECT_FALSE(
            decode_addrv2(addrv2_entry(static_cast<std::uint8_t>(network), static_cast<std::size_t>(size - 1))));
    }
    EXPECT_FALSE(decode_addrv2(addrv2_entry(0x99, kMaxAddressLengthV2))->items[0].endpoint.is_valid());
    EXPECT_FALSE(decode_addrv2(addrv2_entry(0x99, kMaxAddressLengthV2 + 1)));
    EXPECT_FALSE(decode_addrv2(addrv2_entry(3, 10))->items[0].endpoint.is_valid());  // Tor version 2
    // IPv4 in the clothes of IPv6.
    Bytes mapped(16);
    mapped[10] = mapped[11] = std::byte{0xff};
    mapped[12] = std::byte{9};
    const Bytes entry =
        Writer{}.compact_size(1).u32(1).compact_size(1).u8(2).sized_bytes(mapped).u16_big_endian(1).take();
    EXPECT_FALSE(decode_addrv2(entry)->items[0].endpoint.is_valid());
}

TEST(Messages, ListsThatEndEarlyAreErrors)
{
    const Inventory item{InvType::kTx, {}};
    const Bytes inventory = encode_inventory(std::span{&item, 1});
    EXPECT_TRUE(decode_inventory(inventory));
    EXPECT_FALSE(decode_inventory(ByteSpan{inventory}.first(inventory.size() - 1)));
    EXPECT_FALSE(decode_inventory({}));
    const BlockHeader header;
    const Bytes headers = encode_headers(std::span{&header, 1});
    EXPECT_TRUE(decode_headers(headers, kMaxHeaders));
    EXPECT_FALSE(decode_headers(ByteSpan{headers}.first(headers.size() - 1), kMaxHeaders));
    // A huge count without its entries costs nothing.
    EXPECT_FALSE(decode_inventory(Writer{}.compact_size(kMaxInventory).take()));
    EXPECT_TRUE(decode_inventory(Writer{}.compact_size(kMaxInventory + 1).take())->oversized());
}

/// Every string of the file that is hex and begins with the magic of the main network.
std::vector<Bytes> read_recorded(const std::filesystem::path& file)
{
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<Bytes> result;
    for (std::size_t at = text.find("\"f9beb4d9"); at != std::string::npos; at = text.find("\"f9beb4d9", at + 1)) {
        const std::size_t end = text.find('"', at + 1);
        if (auto bytes = from_hex(std::string_view{text}.substr(at + 1, end - at - 1))) {
            result.push_back(std::move(*bytes));
        }
    }
    return result;
}

/// Whether the payload decodes, and where its codec is there, encodes to the same.
void check_recorded(const Received& m)
{
    if (m.type == "version") {
        EXPECT_TRUE(decode_version(m.payload));
    } else if (m.type == "inv" || m.type == "getdata" || m.type == "notfound") {
        ASSERT_TRUE(decode_inventory(m.payload));
        EXPECT_EQ(encode_inventory(decode_inventory(m.payload)->items), m.payload);
    } else if (m.type == "addr") {
        ASSERT_TRUE(decode_addr(m.payload));
        EXPECT_EQ(encode_addr(decode_addr(m.payload)->items), m.payload);
    } else if (m.type == "headers") {
        EXPECT_TRUE(decode_headers(m.payload, kMaxHeaders));
    } else if (m.type == "ping" || m.type == "pong") {
        EXPECT_TRUE(decode_u64(m.payload));
    } else if (m.type == "getheaders" || m.type == "getblocks") {
        BlockHash stop;
        EXPECT_TRUE(decode_locator_list(m.payload, stop));
    }
}

TEST(Messages, RecordedOnesDecodeAndEncodeToTheSame)
{
    std::size_t decoded = 0;
    for (const char* name : {"p2p/recorded/bitcore_messages.json", "p2p/recorded/bitcore-lib_messages.json"}) {
        CAIRN_VECTOR_FILE(path, name);
        for (const Bytes& bytes : read_recorded(path)) {
            const Framed framed = receive(bytes);
            if (!framed.ok || framed.messages.empty() || framed.messages[0].dropped) continue;
            const Received& m = framed.messages[0];
            ++decoded;
            TransportV1 transport(kMagic);
            const auto whole = ByteSpan{bytes}.first(m.wire_size);
            EXPECT_TRUE(std::ranges::equal(transport.encode(m.type, m.payload), whole)) << m.type;
            check_recorded(m);
        }
    }
    RecordProperty("recorded_messages", static_cast<int>(decoded));
    std::printf("recorded messages: %zu\n", decoded);
    EXPECT_GE(decoded, 10u);
}

}  // namespace
}  // namespace cairn::protocol::test
