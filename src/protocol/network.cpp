#include "protocol/network.h"

#include <algorithm>

#include "consensus/encoding/writer.h"
#include "crypto/sha256.h"

namespace cairn::protocol {
namespace {

Magic magic(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
{
    return {std::byte{a}, std::byte{b}, std::byte{c}, std::byte{d}};
}

NetworkInfo main_network()
{
    return {Network::kMain,
            magic(0xf9, 0xbe, 0xb4, 0xd9),
            8333,
            {"dnsseed.bluematt.me.", "seed.bitcoin.jonasschnelli.ch.", "seed.btc.petertodd.net.",
             "seed.bitcoin.sprovoost.nl.", "dnsseed.emzy.de.", "seed.bitcoin.wiz.biz.", "seed.mainnet.achownodes.xyz."},
            641,
            15218};
}

NetworkInfo testnet3()
{
    return {Network::kTestnet3,
            magic(0x0b, 0x11, 0x09, 0x07),
            18333,
            {"testnet-seed.bitcoin.jonasschnelli.ch.", "seed.tbtc.petertodd.net.", "seed.testnet.bitcoin.sprovoost.nl.",
             "testnet-seed.bluematt.me.", "seed.testnet.achownodes.xyz."},
            673,
            14460};
}

NetworkInfo testnet4()
{
    return {Network::kTestnet4,
            magic(0x1c, 0x16, 0x3f, 0x28),
            48333,
            {"seed.testnet4.bitcoin.sprovoost.nl.", "seed.testnet4.wiz.biz."},
            606,
            16092};
}

NetworkInfo signet()
{
    return {Network::kSignet,
            magic(0x0a, 0x03, 0xcf, 0x40),
            38333,
            {"seed.signet.bitcoin.sprovoost.nl.", "seed.signet.achownodes.xyz."},
            620,
            15724};
}

NetworkInfo regtest()
{
    return {Network::kRegtest, magic(0xfa, 0xbf, 0xb5, 0xda), 18444, {"dummySeed.invalid."}, 275, 7017};
}

}  // namespace

NetworkInfo network_info(Network network)
{
    switch (network) {
        case Network::kMain:
            return main_network();
        case Network::kTestnet3:
            return testnet3();
        case Network::kTestnet4:
            return testnet4();
        case Network::kSignet:
            return signet();
        case Network::kRegtest:
            break;
    }
    return regtest();
}

NetworkInfo signet_info(ByteSpan challenge)
{
    NetworkInfo info = signet();
    info.dns_seeds.clear();
    // BIP325: the first four bytes of the double hash of the challenge as a length-prefixed string.
    const Hash256 hash = crypto::sha256d(Writer{}.sized_bytes(challenge).view());
    std::ranges::copy_n(hash.bytes.begin(), 4, info.magic.begin());
    return info;
}

}  // namespace cairn::protocol
