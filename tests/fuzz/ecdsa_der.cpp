// USES: consensus crypto secp256k1
// Our lax reading of signatures against libsecp256k1's strict one: what that accepts, ours reads alike, and what the
// strict rules of BIP66 call a signature, ours can read.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include <secp256k1.h>

#include "consensus/script/signature_encoding.h"
#include "crypto/ecdsa.h"

namespace {

using namespace cairn;

void require(bool holds)
{
    if (!holds) std::abort();
}

void check(ByteSpan bytes)
{
    const auto lax = crypto::parse_der_lax(bytes);
    secp256k1_ecdsa_signature strict;
    const auto* raw = reinterpret_cast<const unsigned char*>(bytes.data());
    if (!bytes.empty() &&
        secp256k1_ecdsa_signature_parse_der(secp256k1_context_static, &strict, raw, bytes.size()) != 0) {
        require(lax.has_value());
        crypto::CompactSignature compact;
        secp256k1_ecdsa_signature_serialize_compact(secp256k1_context_static,
                                                    reinterpret_cast<unsigned char*>(compact.data()), &strict);
        // A number out of range is zero for both: libsecp256k1 zeroes that number, ours both.
        const bool in_range =
            std::ranges::any_of(std::span{compact}.first(32), [](auto b) { return b != std::byte{0}; }) &&
            std::ranges::any_of(std::span{compact}.last(32), [](auto b) { return b != std::byte{0}; });
        if (in_range) require(*lax == compact);
    }
    if (lax) {
        // What was read can be read again from its compact form.
        secp256k1_ecdsa_signature again;
        require(secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &again,
                                                        reinterpret_cast<const unsigned char*>(lax->data())) != 0);
    } else {
        require(!crypto::has_low_s(bytes));
    }
    Bytes with_type{bytes.begin(), bytes.end()};
    with_type.push_back(std::byte{1});
    if (consensus::is_der_signature(with_type)) require(lax.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan bytes = std::as_bytes(std::span{data, size});
    check(bytes);
    // Also as the numbers of something that looks like a signature.
    if (size < 2) return 0;
    const std::size_t first = std::min<std::size_t>(std::to_integer<std::size_t>(bytes[0]) % 40, size - 1);
    const ByteSpan r = bytes.subspan(1, first);
    const ByteSpan s = bytes.subspan(1 + first, std::min<std::size_t>(size - 1 - first, 40));
    Bytes der{std::byte{0x30}, static_cast<std::byte>(4 + r.size() + s.size())};
    for (const auto number : {r, s}) {
        der.push_back(std::byte{2});
        der.push_back(static_cast<std::byte>(number.size()));
        der.insert(der.end(), number.begin(), number.end());
    }
    check(der);
    return 0;
}
