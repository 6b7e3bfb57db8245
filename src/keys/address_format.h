#pragma once
// What distinguishes the networks' addresses and keys as text: prefixes, as values.
//
// Source: Bitcoin Core's chain parameters; BIP32 (extended keys), BIP173 (human-readable part), SLIP44 (coin type).

#include <array>
#include <cstdint>
#include <string_view>

namespace cairn::keys {

struct AddressFormat {
    std::uint8_t pubkey_hash;                      // base58 version of P2PKH
    std::uint8_t script_hash;                      // base58 version of P2SH
    std::uint8_t private_key;                      // base58 version of WIF
    std::array<std::uint8_t, 4> extended_public;   // "xpub", "tpub"
    std::array<std::uint8_t, 4> extended_private;  // "xprv", "tprv"
    std::string_view segwit_prefix;                // "bc", "tb", "bcrt"
    std::uint32_t coin_type;                       // third number of BIP44 paths, not hardened

    friend bool operator==(const AddressFormat&, const AddressFormat&) = default;
};

inline constexpr AddressFormat kMainAddresses{0, 5, 128, {0x04, 0x88, 0xb2, 0x1e}, {0x04, 0x88, 0xad, 0xe4}, "bc", 0};
/// testnet3, testnet4 and every signet.
inline constexpr AddressFormat kTestAddresses{111,  196, 239, {0x04, 0x35, 0x87, 0xcf}, {0x04, 0x35, 0x83, 0x94},
                                              "tb", 1};
inline constexpr AddressFormat kRegtestAddresses{111,    196, 239, {0x04, 0x35, 0x87, 0xcf}, {0x04, 0x35, 0x83, 0x94},
                                                 "bcrt", 1};

}  // namespace cairn::keys
