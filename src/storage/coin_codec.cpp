#include "storage/coin_codec.h"

#include <algorithm>
#include <array>

#include "consensus/script/script.h"
#include "crypto/public_key.h"
#include "storage/varint.h"

namespace cairn::storage {
namespace {

constexpr std::byte op(Opcode opcode)
{
    return static_cast<std::byte>(opcode);
}

// The numbers before a compressed script. From kRawScript on: the script's size plus this, then the script.
enum Template : std::uint64_t {
    kPubkeyHash = 0,
    kScriptHash = 1,
    kPubkeyEven = 2,  // 2 and 3: a compressed key with that first byte
    kPubkeyOdd = 3,
    kUncompressedEven = 4,  // 4 and 5: an uncompressed key whose y is even, or odd
    kUncompressedOdd = 5,
    kRawScript = 6,
};

// Only a point on the curve can be found again from its x, and only one that begins with 4.
bool can_be_compressed(ByteSpan key)
{
    return key.size() == 33 || (key[0] == std::byte{4} && crypto::PublicKey::parse(key).has_value());
}

void append(Bytes& out, ByteSpan bytes)
{
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_template(Bytes& out, std::uint64_t number, ByteSpan content)
{
    out.push_back(static_cast<std::byte>(number));
    append(out, content);
}

void append_compressed_script(Bytes& out, ByteSpan script)
{
    if (is_p2pkh(script)) return append_template(out, kPubkeyHash, script.subspan(3, 20));
    if (is_p2sh(script)) return append_template(out, kScriptHash, script.subspan(2, 20));
    if (const auto key = p2pk_key(script); key && can_be_compressed(*key)) {
        const auto first = std::to_integer<std::uint64_t>(key->front());
        const auto odd = std::to_integer<std::uint64_t>(key->back() & std::byte{1});
        return append_template(out, key->size() == 33 ? first : kUncompressedEven + odd, key->subspan(1, 32));
    }
    append_varint(out, script.size() + kRawScript);
    append(out, script);
}

void read_uncompressed_key(Reader& reader, std::uint64_t number, Bytes& script)
{
    std::array<std::byte, 33> compressed{static_cast<std::byte>(number - 2)};
    const ByteSpan x = reader.bytes(32);
    if (!reader.ok()) return;
    std::ranges::copy(x, compressed.begin() + 1);
    const auto key = crypto::PublicKey::parse(compressed);
    if (!key) return reader.fail(DecodeError::kBadValue);
    script.push_back(std::byte{65});
    append(script, key->uncompressed().bytes());
    script.push_back(op(Opcode::kCheckSig));
}

void read_raw_script(Reader& reader, std::uint64_t size, Bytes& script)
{
    const ByteSpan raw = reader.bytes(size);
    if (!reader.ok()) return;
    if (size > kMaxScriptSize) {
        script.push_back(op(Opcode::kReturn));
    } else {
        append(script, raw);
    }
}

void read_compressed_script(Reader& reader, Bytes& script)
{
    const std::uint64_t number = read_varint(reader);
    if (!reader.ok()) return;
    if (number >= kRawScript) return read_raw_script(reader, number - kRawScript, script);
    if (number >= kUncompressedEven) return read_uncompressed_key(reader, number, script);
    const ByteSpan content = reader.bytes(number <= kScriptHash ? 20 : 32);
    if (!reader.ok()) return;
    if (number == kPubkeyHash) {
        append(script, std::array{op(Opcode::kDup), op(Opcode::kHash160), std::byte{20}});
        append(script, content);
        append(script, std::array{op(Opcode::kEqualVerify), op(Opcode::kCheckSig)});
    } else if (number == kScriptHash) {
        append(script, std::array{op(Opcode::kHash160), std::byte{20}});
        append(script, content);
        script.push_back(op(Opcode::kEqual));
    } else {
        append(script, std::array{std::byte{33}, static_cast<std::byte>(number)});
        append(script, content);
        script.push_back(op(Opcode::kCheckSig));
    }
}

}  // namespace

// Zeros at an amount's end are counted, up to nine, and the last other digit (one to nine) kept apart: so that round
// amounts become small numbers.
std::uint64_t compress_amount(Amount amount)
{
    auto value = static_cast<std::uint64_t>(amount.satoshis());
    if (value == 0) return 0;
    std::uint64_t zeros = 0;
    for (; value % 10 == 0 && zeros < 9; ++zeros) value /= 10;
    if (zeros == 9) return 1 + (value - 1) * 10 + 9;
    const std::uint64_t digit = value % 10;
    return 1 + ((value / 10) * 9 + digit - 1) * 10 + zeros;
}

Amount decompress_amount(std::uint64_t compressed)
{
    if (compressed == 0) return Amount{0};
    --compressed;
    const std::uint64_t zeros = compressed % 10;
    compressed /= 10;
    std::uint64_t value = compressed + 1;
    if (zeros < 9) value = (compressed / 9) * 10 + compressed % 9 + 1;
    for (std::uint64_t i = 0; i < zeros; ++i) value *= 10;
    return Amount{static_cast<std::int64_t>(value)};
}

void append_compressed_output(Bytes& out, Amount value, ByteSpan script_pubkey)
{
    append_varint(out, compress_amount(value));
    append_compressed_script(out, script_pubkey);
}

Amount read_compressed_output(Reader& reader, Bytes& script)
{
    const Amount value = decompress_amount(read_varint(reader));
    if (!value.is_money()) reader.fail(DecodeError::kBadValue);
    read_compressed_script(reader, script);
    return value;
}

void append_coin(Bytes& out, Amount value, ByteSpan script_pubkey, Height height, bool coinbase)
{
    append_varint(out, (static_cast<std::uint64_t>(height) << 1) | (coinbase ? 1U : 0U));
    append_compressed_output(out, value, script_pubkey);
}

std::expected<StoredCoin, DecodeError> decode_coin(ByteSpan bytes)
{
    Reader reader{bytes};
    StoredCoin coin;
    const std::uint64_t code = read_varint(reader, UINT32_MAX);
    coin.height = static_cast<Height>(code >> 1);
    coin.coinbase = (code & 1) != 0;
    coin.value = read_compressed_output(reader, coin.script_pubkey);
    reader.expect_end();
    if (!reader.ok()) return std::unexpected(*reader.error());
    return coin;
}

void append_coin_key(Bytes& out, const Outpoint& outpoint)
{
    out.push_back(std::byte{'C'});
    append(out, outpoint.txid.span());
    append_varint(out, outpoint.index);
}

std::expected<Outpoint, DecodeError> decode_coin_key(ByteSpan key)
{
    Reader reader{key};
    if (reader.u8() != 'C') reader.fail(DecodeError::kBadValue);
    Outpoint outpoint;
    outpoint.txid = reader.strong_hash<Txid>();
    outpoint.index = static_cast<std::uint32_t>(read_varint(reader, UINT32_MAX));
    reader.expect_end();
    if (!reader.ok()) return std::unexpected(*reader.error());
    return outpoint;
}

}  // namespace cairn::storage
