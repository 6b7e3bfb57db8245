// What is kept in LevelDB: coins, and the index of blocks.

#include <gmock/gmock.h>

#include "storage/block_index_store.h"
#include "storage/coins_store.h"
#include "storage/format_check.h"
#include "store_fixture.h"
#include "support/files.h"

namespace cairn::storage {
namespace {

using test::unhex;

// --- The coins database

Outpoint outpoint(std::uint8_t first, std::uint32_t index = 0)
{
    Outpoint result;
    result.txid.value.bytes[0] = std::byte{first};
    result.index = index;
    return result;
}
BlockHash block_hash(std::uint8_t first)
{
    BlockHash hash;
    hash.value.bytes[0] = std::byte{first};
    return hash;
}

TEST_F(FaultyDisk, CoinsStoreGoesFromBlockToBlock)
{
    CoinsStore store{options()};
    EXPECT_FALSE(store.best_block());
    EXPECT_FALSE(store.head_blocks());
    const StoredCoin coin{Amount{5}, unhex("51"), 7, true};

    CoinsStore::Batch batch = store.make_batch();
    batch.begin_transition({block_hash(2), block_hash(1)});
    batch.put(outpoint(9), coin);
    batch.put(outpoint(3, 1), coin);
    EXPECT_GT(batch.size_bytes(), 0U);
    store.write(batch, false);
    EXPECT_FALSE(store.best_block());
    ASSERT_TRUE(store.head_blocks());
    EXPECT_EQ(store.head_blocks()->target, block_hash(2));
    EXPECT_EQ(store.head_blocks()->base, block_hash(1));

    batch.put(outpoint(3, 0), coin);
    batch.erase(outpoint(9));
    batch.end_transition(block_hash(2));
    store.write(batch, true);
    EXPECT_EQ(store.best_block(), block_hash(2));
    EXPECT_FALSE(store.head_blocks());
    EXPECT_EQ(store.get(outpoint(3, 1)), coin);
    EXPECT_FALSE(store.get(outpoint(9)));

    CoinsStore::Cursor cursor = store.cursor();
    EXPECT_EQ(cursor.best_block(), block_hash(2));
    batch.erase(outpoint(3, 0));
    store.write(batch, false);  // not seen by the cursor
    EXPECT_EQ(cursor.next()->first, outpoint(3, 0));
    EXPECT_EQ(cursor.next()->first, outpoint(3, 1));
    EXPECT_FALSE(cursor.next());
    CoinsStore::Cursor later = store.cursor(outpoint(3, 1));
    EXPECT_EQ(later.next()->first, outpoint(3, 1));
    EXPECT_FALSE(later.next());
}

TEST_F(FaultyDisk, CoinsStoreRefusesWhatItCannotRead)
{
    {
        KeyValueStore store{options()};
        Bytes key;
        append_coin_key(key, outpoint(1));
        store.put(key, unhex("ff"));
        store.put(bytes("H"), unhex("0101"));
        store.put(bytes("B"), unhex("01"));
    }
    const CoinsStore store{options()};
    EXPECT_EQ(failure([&] { static_cast<void>(store.get(outpoint(1))); }), StorageError::Kind::kCorrupt);
    EXPECT_EQ(failure([&] { static_cast<void>(store.best_block()); }), StorageError::Kind::kCorrupt);
    EXPECT_EQ(failure([&] { static_cast<void>(store.head_blocks()); }), StorageError::Kind::kCorrupt);
}

TEST_F(FaultyDisk, CoinsStoreRecognisesCoinsOfOldVersions)
{
    {
        KeyValueStore store{options()};
        store.put(bytes("c" + std::string(32, 'x')), bytes("old"));
    }
    EXPECT_EQ(failure([&] { CoinsStore store{options()}; }), StorageError::Kind::kUnknownFormat);
}

// --- The block index

TEST_F(FaultyDisk, BlockIndexStoreKeepsItsRecords)
{
    BlockIndexRecord record;
    record.height = 3;
    record.status = block_status::kValidScripts | block_status::kHaveData;
    record.file = 1;
    record.data_offset = 8;
    {
        BlockIndexStore store{options()};
        EXPECT_FALSE(store.last_file());
        EXPECT_TRUE(store.file_infos().empty());
        EXPECT_FALSE(store.reindexing());
        EXPECT_FALSE(store.flag("prunedblockfiles"));
        const std::pair<std::int32_t, BlockFileInfo> file{1, {1, 100, 0, 3, 3, 5, 5}};
        const std::pair<BlockHash, BlockIndexRecord> blocks[] = {{block_hash(5), record}, {block_hash(4), record}};
        store.write({&file, 1}, 1, blocks);
        store.set_reindexing(true);
        store.set_flag("prunedblockfiles", true);
        disk.crash();
    }
    BlockIndexStore store{options()};
    EXPECT_EQ(store.last_file(), 1);
    ASSERT_EQ(store.file_infos().size(), 2U);
    EXPECT_EQ(store.file_infos()[0], BlockFileInfo{});
    EXPECT_EQ(store.file_infos()[1].size, 100U);
    EXPECT_TRUE(store.reindexing());
    store.set_reindexing(false);
    EXPECT_FALSE(store.reindexing());
    EXPECT_EQ(store.flag("prunedblockfiles"), true);
    store.set_flag("prunedblockfiles", false);
    EXPECT_EQ(store.flag("prunedblockfiles"), false);
    EXPECT_EQ(store.get(block_hash(5)), record);
    EXPECT_FALSE(store.get(block_hash(6)));
    std::vector<BlockHash> seen;
    store.for_each([&](const BlockHash& hash, const BlockIndexRecord& each) {
        seen.push_back(hash);
        EXPECT_EQ(each, record);
    });
    EXPECT_THAT(seen, testing::ElementsAre(block_hash(4), block_hash(5)));
}

TEST_F(FaultyDisk, BlockIndexStoreLeavesWhatItDoesNotKnow)
{
    BlockIndexRecord record;
    record.status = block_status::kAll;
    Bytes key = unhex("62");
    const BlockHash hash = block_hash(1);
    key.insert(key.end(), hash.span().begin(), hash.span().end());
    const auto each = [&] {
        const BlockIndexStore store{options()};
        store.for_each([](const BlockHash&, const BlockIndexRecord&) {});
    };
    KeyValueStore{options()}.put(key, encode_block_index_record(record));
    each();
    record.status = block_status::kAll + 1;
    KeyValueStore{options()}.put(key, encode_block_index_record(record));
    EXPECT_EQ(failure(each), StorageError::Kind::kUnknownFormat);
    KeyValueStore{options()}.put(key, unhex("00"));
    EXPECT_EQ(failure(each), StorageError::Kind::kCorrupt);
    EXPECT_EQ(failure([&] {
                  KeyValueStore{options()}.put(bytes("l"), unhex("ffffffff"));
                  static_cast<void>(BlockIndexStore{options()}.last_file());
              }),
              StorageError::Kind::kCorrupt);
}

// --- Looking without touching

TEST_F(FaultyDisk, RequireKnownFormatsRefusesAndTouchesNothing)
{
    const auto check = [&] { require_known_formats("/n/blocks/index", "/n/chainstate", &disk); };
    check();  // a new folder
    auto index = options();
    index.folder = "/n/blocks/index";
    index.obfuscate = false;
    auto coins = options();
    coins.folder = "/n/chainstate";
    BlockIndexRecord record;
    record.status = block_status::kValidTree;
    const std::pair<BlockHash, BlockIndexRecord> block{block_hash(1), record};
    BlockIndexStore{index}.write({}, 0, {&block, 1});
    static_cast<void>(CoinsStore{coins});
    check();

    const std::pair<BlockHash, BlockIndexRecord> newer{block_hash(2), [&] {
                                                           record.status = block_status::kAll + 1;
                                                           return record;
                                                       }()};
    BlockIndexStore{index}.write({}, 0, {&newer, 1});
    auto before = folder_content(disk, "/n");
    EXPECT_EQ(failure(check), StorageError::Kind::kUnknownFormat);
    EXPECT_EQ(folder_content(disk, "/n"), before);

    destroy_store(index.folder, &disk);
    KeyValueStore{coins}.put(bytes("c" + std::string(32, 'x')), bytes("old"));
    before = folder_content(disk, "/n");
    EXPECT_EQ(failure(check), StorageError::Kind::kUnknownFormat);
    EXPECT_EQ(folder_content(disk, "/n"), before);
}

}  // namespace
}  // namespace cairn::storage
