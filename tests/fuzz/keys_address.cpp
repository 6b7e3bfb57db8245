// USES: keys
// Addresses, Base58Check and Bech32: what decodes encodes to the same text (but for case), and what encodes decodes to
// the same bytes.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "crypto/signing_context.h"
#include "keys/address.h"
#include "keys/base58.h"
#include "keys/bech32.h"
#include "keys/mnemonic.h"
#include "keys/private_key.h"

namespace {

using namespace cairn;

void require(bool condition)
{
    if (!condition) std::abort();
}

std::string lower(std::string text)
{
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

void check_text(const std::string& text)
{
    static const crypto::SigningContext context{std::array<std::byte, 32>{}};
    for (const auto& format : {keys::kMainAddresses, keys::kTestAddresses, keys::kRegtestAddresses}) {
        const auto destination = keys::decode_address(text, format);
        if (destination) {
            const std::string again = keys::encode_address(*destination, format);
            require(keys::decode_address(again, format) == *destination);
            if (destination->witness_version >= 0) require(lower(text) == again);
            require(keys::destination_of(keys::script_for(*destination)) == *destination);
        } else {
            for (const int place : destination.error().locations) {
                require(place >= 0 && static_cast<std::size_t>(place) < text.size());
            }
        }
        if (const auto key = keys::decode_wif(text, format, context)) {
            require(keys::decode_wif(keys::encode_wif(*key, format), format, context) == *key);
        }
    }
    if (const auto bech32 = keys::decode_bech32(text)) {
        require(keys::encode_bech32(bech32->kind, bech32->prefix, bech32->values) == lower(text));
        require(keys::locate_bech32_errors(text).message.empty());
    }
    if (const auto words = keys::decode_mnemonic(text)) require(keys::encode_mnemonic(*words) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size > 1000) return 0;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const ByteSpan bytes = std::as_bytes(std::span{data, size});
    check_text(text);
    require(keys::decode_base58(keys::encode_base58(bytes), size) == Bytes(bytes.begin(), bytes.end()));
    require(keys::decode_base58_check(keys::encode_base58_check(bytes), size) == Bytes(bytes.begin(), bytes.end()));
    require(keys::from_five_bits(keys::to_five_bits(bytes)) == Bytes(bytes.begin(), bytes.end()));
    // The bytes as a witness program give deeper texts than chance does.
    if (size >= 3 && size <= 41) {
        const int version = data[0] % 17;
        const auto destination = keys::witness_destination(version, bytes.subspan(1));
        if (destination.type != policy::ScriptType::kNonstandard) {
            check_text(keys::encode_address(destination, keys::kRegtestAddresses));
        }
    }
    return 0;
}
