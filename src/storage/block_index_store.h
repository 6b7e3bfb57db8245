#pragma once
// The block index database (blocks/index): one record per known header, one per block file, and a few flags. Bitcoin
// Core's records; docs/formats/block-index.md.

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "consensus/encoding/decode_error.h"
#include "consensus/primitives/block.h"
#include "storage/file_position.h"
#include "storage/key_value_store.h"

namespace cairn::storage {

/// BlockIndexRecord::status: the validity reached (low three bits), and flags.
namespace block_status {
inline constexpr std::uint32_t kValidTree = 2;          // header and all its parents are valid
inline constexpr std::uint32_t kValidTransactions = 3;  // the block's own rules hold; its transactions are counted
inline constexpr std::uint32_t kValidChain = 4;         // connects
inline constexpr std::uint32_t kValidScripts = 5;
inline constexpr std::uint32_t kValidMask = 7;
inline constexpr std::uint32_t kHaveData = 8;
inline constexpr std::uint32_t kHaveUndo = 16;
inline constexpr std::uint32_t kFailedValid = 32;
inline constexpr std::uint32_t kFailedChild = 64;  // written by older versions
inline constexpr std::uint32_t kOptWitness = 128;  // data has its witnesses
inline constexpr std::uint32_t kAssumed = 256;     // written by older versions for a snapshot's ancestors
inline constexpr std::uint32_t kAll = 511;
}  // namespace block_status

struct BlockIndexRecord {
    BlockHeader header;
    Height height = 0;
    std::uint32_t status = 0;
    std::uint32_t transactions = 0;
    /// Meaningful with kHaveData or kHaveUndo.
    std::int32_t file = 0;
    std::uint32_t data_offset = 0;  // with kHaveData
    std::uint32_t undo_offset = 0;  // with kHaveUndo

    friend bool operator==(const BlockIndexRecord&, const BlockIndexRecord&) = default;
};

Bytes encode_block_index_record(const BlockIndexRecord& record);
/// kBadValue for negative heights or files.
std::expected<BlockIndexRecord, DecodeError> decode_block_index_record(ByteSpan bytes);
Bytes encode_block_file_info(const BlockFileInfo& info);
std::expected<BlockFileInfo, DecodeError> decode_block_file_info(ByteSpan bytes);

/// Thread-safe as KeyValueStore. Throws StorageError.
class BlockIndexStore {
public:
    explicit BlockIndexStore(const KeyValueStore::Options& options) : store_(options) {}

    /// Every header's record, in the order of the hashes. Throws kCorrupt for one that does not decode; kUnknownFormat
    /// for a status this program does not know (a newer one wrote it).
    void for_each(const std::function<void(const BlockHash&, const BlockIndexRecord&)>& visit) const;
    std::optional<BlockIndexRecord> get(const BlockHash& hash) const;
    std::optional<BlockFileInfo> file_info(std::int32_t file) const;
    /// Number of the last block file; nothing in a new database.
    std::optional<std::int32_t> last_file() const;
    /// file_info of 0 … last, and what follows without a gap; missing ones as default values.
    std::vector<BlockFileInfo> file_infos() const;

    /// One batch, synced.
    void write(std::span<const std::pair<std::int32_t, BlockFileInfo>> files, std::int32_t last_file,
               std::span<const std::pair<BlockHash, BlockIndexRecord>> records);

    /// A -reindex has begun and not ended.
    bool reindexing() const;
    void set_reindexing(bool reindexing);
    /// "prunedblockfiles", and in old folders "txindex".
    std::optional<bool> flag(std::string_view name) const;
    void set_flag(std::string_view name, bool value);

private:
    KeyValueStore store_;
};

}  // namespace cairn::storage
