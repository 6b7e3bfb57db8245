#include "keys/address.h"

#include <algorithm>

#include "crypto/text.h"
#include "keys/base58.h"
#include "keys/bech32.h"

namespace cairn::keys {
namespace {

using policy::ScriptType;
using Result = std::expected<Destination, AddressError>;

constexpr std::size_t kHashSize = 20;
constexpr std::size_t kMaxProgramSize = 40;

Result refuse(std::string message)
{
    return std::unexpected(AddressError{std::move(message), {}});
}

std::string encode_versioned(std::uint8_t version, ByteSpan hash)
{
    Bytes bytes{static_cast<std::byte>(version)};
    bytes.insert(bytes.end(), hash.begin(), hash.end());
    return encode_base58_check(bytes);
}

std::string size_text(std::size_t size)
{
    return std::to_string(size) + (size == 1 ? " byte" : " bytes");
}

Result decode_base58_address(std::string_view text, const AddressFormat& format)
{
    const auto data = decode_base58_check(text, kHashSize + 1);
    if (!data) {
        // Longer texts are still told apart by whether they are Base58 at all.
        if (!decode_base58(text, 100)) return refuse("Invalid or unsupported Segwit (Bech32) or Base58 encoding.");
        return refuse("Invalid checksum or length of Base58 address (P2PKH or P2SH)");
    }
    const bool known = !data->empty() && ((*data)[0] == static_cast<std::byte>(format.pubkey_hash) ||
                                          (*data)[0] == static_cast<std::byte>(format.script_hash));
    if (!known) return refuse("Invalid or unsupported Base58-encoded address.");
    if (data->size() != kHashSize + 1) return refuse("Invalid length for Base58 address (P2PKH or P2SH)");
    const ByteSpan hash = ByteSpan{*data}.subspan(1);
    if ((*data)[0] == static_cast<std::byte>(format.pubkey_hash)) return pubkey_hash_destination(hash);
    return script_hash_destination(hash);
}

Result decode_program(int version, ByteSpan program)
{
    if (version == 0 && program.size() != 20 && program.size() != 32) {
        return refuse("Invalid Bech32 v0 address program size (" + size_text(program.size()) + "), per BIP141");
    }
    if (version > 16) return refuse("Invalid Bech32 address witness version");
    if (program.size() < 2 || program.size() > kMaxProgramSize) {
        return refuse("Invalid Bech32 address program size (" + size_text(program.size()) + ")");
    }
    return witness_destination(version, program);
}

Result decode_segwit_address(std::string_view text, const AddressFormat& format)
{
    const auto decoded = decode_bech32(text);
    if (!decoded) {
        auto error = locate_bech32_errors(text);
        return std::unexpected(AddressError{std::move(error.message), std::move(error.locations)});
    }
    if (decoded->values.empty()) return refuse("Empty Bech32 data section");
    if (decoded->prefix != format.segwit_prefix) {
        return refuse("Invalid or unsupported prefix for Segwit (Bech32) address (expected " +
                      std::string(format.segwit_prefix) + ", got " + decoded->prefix + ").");
    }
    const int version = decoded->values[0];
    if (version == 0 && decoded->kind != Bech32Kind::kBech32) {
        return refuse("Version 0 witness address must use Bech32 checksum");
    }
    if (version != 0 && decoded->kind != Bech32Kind::kBech32m) {
        return refuse("Version 1+ witness address must use Bech32m checksum");
    }
    const auto program = from_five_bits(std::span{decoded->values}.subspan(1));
    if (!program) return refuse("Invalid padding in Bech32 data section");
    return decode_program(version, *program);
}

bool has_segwit_prefix(std::string_view text, const AddressFormat& format)
{
    return std::ranges::equal(text.substr(0, format.segwit_prefix.size()), format.segwit_prefix, {}, to_lower);
}

}  // namespace

std::string encode_address(const Destination& destination, const AddressFormat& format)
{
    if (destination.type == ScriptType::kPubkeyHash) return encode_versioned(format.pubkey_hash, destination.payload);
    if (destination.type == ScriptType::kScriptHash) return encode_versioned(format.script_hash, destination.payload);
    std::vector<std::uint8_t> values{static_cast<std::uint8_t>(destination.witness_version)};
    const auto program = to_five_bits(destination.payload);
    values.insert(values.end(), program.begin(), program.end());
    const auto kind = destination.witness_version == 0 ? Bech32Kind::kBech32 : Bech32Kind::kBech32m;
    return encode_bech32(kind, format.segwit_prefix, values);
}

std::expected<Destination, AddressError> decode_address(std::string_view text, const AddressFormat& format)
{
    return has_segwit_prefix(text, format) ? decode_segwit_address(text, format) : decode_base58_address(text, format);
}

std::optional<std::string> address_of(ByteSpan script, const AddressFormat& format)
{
    const auto destination = destination_of(script);
    if (!destination) return std::nullopt;
    return encode_address(*destination, format);
}

}  // namespace cairn::keys
