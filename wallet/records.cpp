#include "wallet/records.h"

#include <algorithm>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "crypto/cleanse.h"
#include "crypto/hex.h"
#include "crypto/sha256.h"

namespace cairn::wallet {
namespace {

constexpr std::int32_t kLocatorVersion = 70016;
/// Block hashes that stand for "no block" in "tx" records: not abandoned, and abandoned.
const BlockHash kNoBlock{};
const BlockHash kAbandoned{Hash256{{std::byte{1}}}};

ByteSpan bytes_of(std::string_view text)
{
    return std::as_bytes(std::span{text});
}

Writer begin(std::string_view type)
{
    Writer writer;
    writer.sized_bytes(bytes_of(type));
    return writer;
}

std::string read_string(Reader& reader)
{
    const ByteSpan bytes = reader.sized_bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void write_state(Writer& writer, const TransactionState& state)
{
    const bool in_block =
        state.kind == TransactionState::Kind::kConfirmed || state.kind == TransactionState::Kind::kConflicted;
    writer.hash(in_block ? state.block : state.abandoned ? kAbandoned : kNoBlock);
    writer.compact_size(0);  // a Merkle branch, once
    const bool minus_one = state.kind == TransactionState::Kind::kConflicted || (!in_block && state.abandoned);
    writer.i32(minus_one ? -1 : state.is_confirmed() ? state.index : 0);
}

TransactionState state_of(const BlockHash& block, std::int32_t index)
{
    TransactionState state;
    if (block == kNoBlock) return state;
    if (block == kAbandoned && index == -1) {
        state.abandoned = true;
        return state;
    }
    state.kind = index == -1 ? TransactionState::Kind::kConflicted : TransactionState::Kind::kConfirmed;
    state.block = block;
    state.index = index;
    return state;
}

/// How many bytes a transaction takes at the start of `bytes`; 0 if none is there.
std::size_t transaction_size(ByteSpan bytes)
{
    Reader reader{bytes};
    reader.u32();
    std::uint64_t inputs = reader.compact_size();
    bool witness = false;
    if (inputs == 0 && !reader.rest().empty() && reader.rest()[0] == std::byte{1}) {
        reader.u8();
        witness = true;
        inputs = reader.compact_size();
    }
    for (std::uint64_t i = 0; i < inputs && reader.ok(); ++i) {
        reader.bytes(36);
        reader.sized_bytes();
        reader.u32();
    }
    const std::uint64_t outputs = reader.compact_size();
    for (std::uint64_t i = 0; i < outputs && reader.ok(); ++i) {
        reader.u64();
        reader.sized_bytes();
    }
    for (std::uint64_t i = 0; witness && i < inputs && reader.ok(); ++i) {
        const std::uint64_t elements = reader.compact_size();
        for (std::uint64_t j = 0; j < elements && reader.ok(); ++j) reader.sized_bytes();
    }
    reader.u32();
    return reader.ok() ? bytes.size() - reader.rest().size() : 0;
}

// The parts of a SEC1 private key around the secret and the public key: secp256k1's parameters, spelled out.
struct KeyFrame {
    std::string_view before;
    std::string_view between;
};

KeyFrame frame_for(bool compressed)
{
    if (compressed) {
        return {"3081d30201010420",
                "a08185308182020101302c06072a8648ce3d0101022100fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                "fffffc2f"
                "300604010004010704210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798022100ffffffffff"
                "fffff"
                "ffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141020101a124032200"};
    }
    return {
        "308201130201010420",
        "a081a53081a2020101302c06072a8648ce3d0101022100fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
        "3006"
        "040100040107044104"
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554"
        "199c47d08ffb10d4b8022100fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141020101a144034200"};
}

Hash256 key_checksum(const keys::PublicKey& key, ByteSpan der)
{
    Writer writer;
    writer.bytes(key.bytes()).bytes(der);
    Bytes bytes = writer.take();
    const Hash256 hash = crypto::sha256d(bytes);
    crypto::cleanse(bytes);
    return hash;
}

}  // namespace

Bytes encode_flags(std::uint64_t flags)
{
    return Writer().u64(flags).take();
}

Bytes record_key(std::string_view type)
{
    return begin(type).take();
}
Bytes record_key(std::string_view type, std::string_view text)
{
    return begin(type).sized_bytes(bytes_of(text)).take();
}
Bytes record_key(std::string_view type, const Hash256& hash)
{
    return begin(type).hash256(hash).take();
}
Bytes record_key(std::string_view type, const Hash256& hash, ByteSpan sized)
{
    return begin(type).hash256(hash).sized_bytes(sized).take();
}
Bytes record_key(std::string_view type, const Outpoint& outpoint)
{
    return begin(type).hash(outpoint.txid).u32(outpoint.index).take();
}
Bytes record_key_u8(std::string_view type, std::uint8_t number)
{
    return begin(type).u8(number).take();
}
Bytes record_key_u32(std::string_view type, std::uint32_t number)
{
    return begin(type).u32(number).take();
}
Bytes record_key_cache(std::string_view type, const Hash256& id, std::uint32_t expression,
                       std::optional<std::uint32_t> position)
{
    Writer writer = begin(type);
    writer.hash256(id).u32(expression);
    if (position) writer.u32(*position);
    return writer.take();
}

Bytes encode_string(std::string_view text)
{
    return begin(text).take();
}

std::optional<std::string> decode_string(ByteSpan value)
{
    Reader reader{value};
    std::string text = read_string(reader);
    reader.expect_end();
    if (!reader.ok()) return std::nullopt;
    return text;
}

Bytes encode(const DescriptorRecord& record)
{
    Writer writer;
    writer.sized_bytes(bytes_of(record.descriptor)).u64(record.creation_time);
    writer.i32(record.next_index).i32(record.range_start).i32(record.range_end);
    return writer.take();
}

std::optional<DescriptorRecord> decode_descriptor_record(ByteSpan value)
{
    Reader reader{value};
    DescriptorRecord record;
    record.descriptor = read_string(reader);
    record.creation_time = reader.u64();
    record.next_index = reader.i32();
    record.range_start = reader.i32();
    record.range_end = reader.i32();
    reader.expect_end();
    const bool ranges = record.range_start >= 0 && record.range_end >= record.range_start && record.next_index >= 0;
    if (!reader.ok() || !ranges) return std::nullopt;
    return record;
}

Bytes encode(const TransactionRecord& record)
{
    Writer writer;
    writer.bytes(record.transaction->raw);
    write_state(writer, record.state);
    writer.compact_size(0);  // transactions it depended on, once
    std::map<std::string, std::string> values = record.values;
    values.try_emplace("fromaccount", "");
    writer.compact_size(values.size());
    for (const auto& [name, value] : values) writer.sized_bytes(bytes_of(name)).sized_bytes(bytes_of(value));
    writer.compact_size(record.messages.size());
    for (const auto& [type, text] : record.messages) writer.sized_bytes(bytes_of(type)).sized_bytes(bytes_of(text));
    writer.u32(0).u32(record.time_received).boolean(false).boolean(false);
    return writer.take();
}

std::optional<TransactionRecord> decode_transaction_record(ByteSpan value)
{
    TransactionRecord record;
    const std::size_t size = transaction_size(value);
    const auto transaction = decode_transaction(value.first(size));
    if (!transaction) return std::nullopt;
    record.transaction = *transaction;
    Reader reader{value.subspan(size)};
    const auto block = reader.strong_hash<BlockHash>();
    for (std::uint64_t i = reader.compact_size(); i > 0 && reader.ok(); --i) reader.hash256();
    record.state = state_of(block, reader.i32());
    if (reader.compact_size() != 0) return std::nullopt;  // a form that no descriptor wallet has
    for (std::uint64_t i = reader.compact_size(); i > 0 && reader.ok(); --i) {
        std::string name = read_string(reader);
        record.values[std::move(name)] = read_string(reader);
    }
    for (std::uint64_t i = reader.compact_size(); i > 0 && reader.ok(); --i) {
        std::string type = read_string(reader);
        record.messages.emplace_back(std::move(type), read_string(reader));
    }
    reader.u32();
    record.time_received = reader.u32();
    reader.boolean();
    reader.boolean();
    record.values.erase("fromaccount");
    record.values.erase("spent");
    if (!reader.ok()) return std::nullopt;
    return record;
}

Bytes encode_locator(const std::vector<BlockHash>& hashes)
{
    Writer writer;
    writer.i32(kLocatorVersion).compact_size(hashes.size());
    for (const BlockHash& hash : hashes) writer.hash(hash);
    return writer.take();
}

std::optional<std::vector<BlockHash>> decode_locator(ByteSpan value)
{
    Reader reader{value};
    reader.i32();
    std::vector<BlockHash> hashes;
    for (std::uint64_t i = reader.compact_size(); i > 0 && reader.ok(); --i) {
        hashes.push_back(reader.strong_hash<BlockHash>());
    }
    reader.expect_end();
    if (!reader.ok()) return std::nullopt;
    return hashes;
}

std::optional<CoreMasterKey> decode_core_master_key(ByteSpan value)
{
    Reader reader{value};
    CoreMasterKey key;
    const ByteSpan encrypted = reader.sized_bytes();
    const ByteSpan salt = reader.sized_bytes();
    key.method = reader.u32();
    key.iterations = reader.u32();
    reader.sized_bytes();
    reader.expect_end();
    if (!reader.ok()) return std::nullopt;
    key.encrypted_key.assign(encrypted.begin(), encrypted.end());
    key.salt.assign(salt.begin(), salt.end());
    return key;
}

Bytes encode_private_key(const keys::PrivateKey& key)
{
    const KeyFrame frame = frame_for(key.is_compressed());
    Writer writer;
    writer.reserve(300);
    writer.bytes(*from_hex(frame.before)).bytes(key.secret().bytes());
    writer.bytes(*from_hex(frame.between)).bytes(key.public_key().bytes());
    return writer.take();
}

std::optional<ByteSpan> secret_of_private_key(ByteSpan der)
{
    for (const bool compressed : {true, false}) {
        const Bytes before = *from_hex(frame_for(compressed).before);
        if (der.size() < before.size() + 32 || !std::ranges::equal(der.first(before.size()), before)) continue;
        return der.subspan(before.size(), 32);
    }
    return std::nullopt;
}

Bytes encode_key_record(const keys::PrivateKey& key)
{
    Bytes der = encode_private_key(key);
    Writer writer;
    writer.reserve(400);
    writer.sized_bytes(der).hash256(key_checksum(key.public_key(), der));
    crypto::cleanse(der);
    return writer.take();
}

std::optional<keys::PrivateKey> decode_key_record(ByteSpan value, const keys::PublicKey& public_key,
                                                  const crypto::SigningContext& context)
{
    Reader reader{value};
    const ByteSpan der = reader.sized_bytes();
    const Hash256 checksum = reader.hash256();
    reader.expect_end();
    if (!reader.ok() || checksum != key_checksum(public_key, der)) return std::nullopt;
    const auto secret = secret_of_private_key(der);
    if (!secret) return std::nullopt;
    const auto key = keys::PrivateKey::from_bytes(*secret, public_key.is_compressed(), context);
    if (!key || key->public_key() != public_key) return std::nullopt;
    return key;
}

}  // namespace cairn::wallet
