#include "storage/block_index_store.h"

#include <array>
#include <limits>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "storage/varint.h"

namespace cairn::storage {
namespace {

// Where Bitcoin Core once wrote its own version, and has written this number since nobody reads it.
constexpr std::uint64_t kVersionField = 259'900;
constexpr std::uint64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
constexpr std::byte kHeaderPrefix{'b'};
constexpr std::array kLastFileKey{std::byte{'l'}};
constexpr std::array kReindexKey{std::byte{'R'}};
constexpr std::array kOne{std::byte{'1'}};

[[noreturn]] void corrupt(const std::string& what)
{
    throw StorageError(
        StorageError::Kind::kCorrupt, "The block index is corrupt: " + what + ".",
        "Start with -reindex to build it anew from the block files; check the disk and the memory of this "
        "machine.");
}

Bytes header_key(const BlockHash& hash)
{
    Bytes key{kHeaderPrefix};
    key.insert(key.end(), hash.span().begin(), hash.span().end());
    return key;
}

Bytes file_key(std::int32_t file)
{
    return Writer{}.u8('f').i32(file).take();
}

Bytes flag_key(std::string_view name)
{
    return Writer{}.u8('F').sized_bytes(std::as_bytes(std::span{name})).take();
}

Bytes encode_i32(std::int32_t value)
{
    return Writer{}.i32(value).take();
}

BlockIndexRecord decode_stored(const BlockHash& hash, ByteSpan bytes)
{
    const auto record = decode_block_index_record(bytes);
    if (!record) corrupt("the record of block " + hash.to_hex() + " does not decode");
    if ((record->status & ~block_status::kAll) != 0) {
        throw StorageError(StorageError::Kind::kUnknownFormat,
                           "The block index says something of block " + hash.to_hex() +
                               " that this program does not know: a newer one has written it. Nothing was changed.",
                           "Use the program that wrote this data folder, or another data folder.");
    }
    return *record;
}

}  // namespace

Bytes encode_block_index_record(const BlockIndexRecord& record)
{
    Bytes out;
    append_varint(out, kVersionField);
    append_varint(out, static_cast<std::uint64_t>(record.height));
    append_varint(out, record.status);
    append_varint(out, record.transactions);
    const bool has_data = (record.status & block_status::kHaveData) != 0;
    const bool has_undo = (record.status & block_status::kHaveUndo) != 0;
    if (has_data || has_undo) append_varint(out, static_cast<std::uint64_t>(record.file));
    if (has_data) append_varint(out, record.data_offset);
    if (has_undo) append_varint(out, record.undo_offset);
    const auto header = record.header.encode();
    out.insert(out.end(), header.begin(), header.end());
    return out;
}

std::expected<BlockIndexRecord, DecodeError> decode_block_index_record(ByteSpan bytes)
{
    Reader reader{bytes};
    BlockIndexRecord record;
    read_varint(reader, kMaxInt);
    record.height = static_cast<Height>(read_varint(reader, kMaxInt));
    record.status = static_cast<std::uint32_t>(read_varint(reader, UINT32_MAX));
    record.transactions = static_cast<std::uint32_t>(read_varint(reader, UINT32_MAX));
    const bool has_data = (record.status & block_status::kHaveData) != 0;
    const bool has_undo = (record.status & block_status::kHaveUndo) != 0;
    if (has_data || has_undo) record.file = static_cast<std::int32_t>(read_varint(reader, kMaxInt));
    if (has_data) record.data_offset = static_cast<std::uint32_t>(read_varint(reader, UINT32_MAX));
    if (has_undo) record.undo_offset = static_cast<std::uint32_t>(read_varint(reader, UINT32_MAX));
    const ByteSpan encoded = reader.bytes(BlockHeader::kSize);
    reader.expect_end();
    if (!reader.ok()) return std::unexpected(*reader.error());
    const auto header = decode_header(encoded);
    if (!header) return std::unexpected(header.error());
    record.header = *header;
    return record;
}

Bytes encode_block_file_info(const BlockFileInfo& info)
{
    Bytes out;
    for (const std::uint64_t number :
         {std::uint64_t{info.blocks}, std::uint64_t{info.size}, std::uint64_t{info.undo_size},
          std::uint64_t{info.height_first}, std::uint64_t{info.height_last}, info.time_first, info.time_last}) {
        append_varint(out, number);
    }
    return out;
}

std::expected<BlockFileInfo, DecodeError> decode_block_file_info(ByteSpan bytes)
{
    Reader reader{bytes};
    BlockFileInfo info;
    for (std::uint32_t* field : {&info.blocks, &info.size, &info.undo_size, &info.height_first, &info.height_last}) {
        *field = static_cast<std::uint32_t>(read_varint(reader, UINT32_MAX));
    }
    info.time_first = read_varint(reader);
    info.time_last = read_varint(reader);
    reader.expect_end();
    if (!reader.ok()) return std::unexpected(*reader.error());
    return info;
}

void BlockIndexStore::for_each(const std::function<void(const BlockHash&, const BlockIndexRecord&)>& visit) const
{
    StoreIterator iterator = store_.iterate();
    for (iterator.seek(std::array{kHeaderPrefix}); iterator.valid(); iterator.next()) {
        const ByteSpan key = iterator.key();
        if (key.empty() || key[0] != kHeaderPrefix) return;
        Reader reader{key.subspan(1)};
        const auto hash = reader.strong_hash<BlockHash>();
        reader.expect_end();
        if (!reader.ok()) corrupt("a key does not decode");
        visit(hash, decode_stored(hash, iterator.value()));
    }
}

std::optional<BlockIndexRecord> BlockIndexStore::get(const BlockHash& hash) const
{
    const auto value = store_.get(header_key(hash));
    if (!value) return std::nullopt;
    return decode_stored(hash, value->span());
}

std::optional<BlockFileInfo> BlockIndexStore::file_info(std::int32_t file) const
{
    const auto value = store_.get(file_key(file));
    if (!value) return std::nullopt;
    const auto info = decode_block_file_info(value->span());
    if (!info) corrupt("the record of block file " + std::to_string(file) + " does not decode");
    return *info;
}

std::optional<std::int32_t> BlockIndexStore::last_file() const
{
    const auto value = store_.get(kLastFileKey);
    if (!value) return std::nullopt;
    Reader reader{value->span()};
    const std::int32_t file = reader.i32();
    reader.expect_end();
    if (!reader.ok() || file < 0) corrupt("the number of the last block file does not decode");
    return file;
}

std::vector<BlockFileInfo> BlockIndexStore::file_infos() const
{
    std::vector<BlockFileInfo> infos;
    const auto last = last_file();
    if (!last) return infos;
    for (std::int32_t file = 0; file <= *last; ++file) infos.push_back(file_info(file).value_or(BlockFileInfo{}));
    while (const auto more = file_info(static_cast<std::int32_t>(infos.size()))) infos.push_back(*more);
    return infos;
}

void BlockIndexStore::write(std::span<const std::pair<std::int32_t, BlockFileInfo>> files, std::int32_t last_file,
                            std::span<const std::pair<BlockHash, BlockIndexRecord>> records)
{
    WriteBatch batch = store_.make_batch();
    for (const auto& [file, info] : files) batch.put(file_key(file), encode_block_file_info(info));
    batch.put(kLastFileKey, encode_i32(last_file));
    for (const auto& [hash, record] : records) batch.put(header_key(hash), encode_block_index_record(record));
    store_.write(batch, true);
}

bool BlockIndexStore::reindexing() const
{
    return store_.contains(kReindexKey);
}

void BlockIndexStore::set_reindexing(bool reindexing)
{
    if (reindexing) {
        store_.put(kReindexKey, kOne, true);
    } else {
        store_.erase(kReindexKey, true);
    }
}

std::optional<bool> BlockIndexStore::flag(std::string_view name) const
{
    const auto value = store_.get(flag_key(name));
    if (!value || value->span().size() != 1) return std::nullopt;
    return value->span()[0] == kOne[0];
}

void BlockIndexStore::set_flag(std::string_view name, bool value)
{
    store_.put(flag_key(name), std::array{value ? std::byte{'1'} : std::byte{'0'}}, true);
}

}  // namespace cairn::storage
