// LevelDB and what is kept in it, on the operating system's files and on a disk that fails.

#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "storage/block_index_store.h"
#include "storage/coins_store.h"
#include "storage/format_check.h"
#include "storage/key_value_store.h"
#include "support/files.h"
#include "support/temp_folder.h"

namespace cairn::storage {
namespace {

using test::unhex;

ByteSpan bytes(std::string_view text)
{
    return std::as_bytes(std::span{text});
}
std::string text(ByteSpan bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::string read(const KeyValueStore& store, std::string_view key)
{
    const auto value = store.get(bytes(key));
    return value ? text(value->span()) : "(none)";
}

template <class Action>
StorageError::Kind failure(Action action)
{
    try {
        action();
    } catch (const StorageError& error) {
        return error.kind();
    }
    ADD_FAILURE() << "no StorageError";
    return {};
}

class Store : public testing::TestWithParam<bool> {
protected:
    KeyValueStore::Options options(bool obfuscate = false)
    {
        KeyValueStore::Options result;
        result.folder = folder_.path() / "db";
        result.obfuscate = obfuscate;
        if (GetParam()) result.files = &memory_;
        return result;
    }

private:
    test::TempFolder folder_;
    base::MemoryFileSystem memory_;
};
INSTANTIATE_TEST_SUITE_P(On, Store, testing::Bool(), [](const auto& p) { return p.param ? "Memory" : "Os"; });

TEST_P(Store, KeepsWhatIsPut)
{
    {
        KeyValueStore store{options()};
        EXPECT_TRUE(store.is_empty());
        store.put(bytes("a"), bytes("1"));
        store.put(bytes("b"), bytes(""), true);
        EXPECT_EQ(read(store, "a"), "1");
        EXPECT_EQ(read(store, "b"), "");
        EXPECT_EQ(read(store, "c"), "(none)");
        EXPECT_TRUE(store.contains(bytes("b")));
        store.erase(bytes("b"));
        EXPECT_FALSE(store.contains(bytes("b")));
        EXPECT_GT(store.memory_bytes(), 0U);
        store.compact();
    }
    KeyValueStore again{options()};
    EXPECT_EQ(read(again, "a"), "1");
    EXPECT_FALSE(again.is_empty());
    EXPECT_EQ(failure([&] { KeyValueStore second{options()}; }), StorageError::Kind::kLocked);
}

TEST_P(Store, WritesBatchesAtOnce)
{
    KeyValueStore store{options(true)};
    store.put(bytes("gone"), bytes("x"));
    WriteBatch batch = store.make_batch();
    EXPECT_TRUE(batch.empty());
    batch.put(bytes("a"), bytes("1"));
    batch.erase(bytes("gone"));
    EXPECT_FALSE(batch.empty());
    EXPECT_GT(batch.size_bytes(), 0U);
    EXPECT_EQ(read(store, "a"), "(none)");
    store.write(batch, true);
    EXPECT_EQ(read(store, "a"), "1");
    EXPECT_EQ(read(store, "gone"), "(none)");
    batch.clear();
    EXPECT_TRUE(batch.empty());
}

TEST_P(Store, ObfuscatesANewDatabaseWithAKeyOfItsOwn)
{
    Obfuscation::Key key;
    {
        KeyValueStore store{options(true)};
        key = store.obfuscation().key();
        EXPECT_FALSE(store.obfuscation().is_identity());
        store.put(bytes("a"), bytes("some value longer than the key"));
    }
    {
        // An existing key counts whatever is asked for.
        KeyValueStore store{options(false)};
        EXPECT_EQ(store.obfuscation().key(), key);
        EXPECT_EQ(read(store, "a"), "some value longer than the key");
        StoreIterator iterator = store.iterate();
        iterator.seek(bytes("a"));
        ASSERT_TRUE(iterator.valid());
        EXPECT_EQ(text(iterator.value()), "some value longer than the key");
        // The record itself, as Bitcoin Core has it: not obfuscated by itself, read back through the key it is zeros.
        iterator.seek_to_first();
        EXPECT_EQ(text(iterator.key()), std::string("\x0e\x00obfuscate_key", 15));
        EXPECT_EQ(iterator.value().size(), 9U);
    }
}

TEST_P(Store, GivesAnExistingDatabaseNoKey)
{
    {
        KeyValueStore store{options(false)};
        store.put(bytes("a"), bytes("1"));
    }
    KeyValueStore store{options(true)};
    EXPECT_TRUE(store.obfuscation().is_identity());
    EXPECT_EQ(read(store, "a"), "1");
}

TEST_P(Store, RefusesAKeyOfAnotherSize)
{
    {
        KeyValueStore store{options(false)};
        store.put(bytes(std::string_view("\x0e\x00obfuscate_key", 15)), unhex("0700112233445566"));
    }
    EXPECT_EQ(failure([&] { KeyValueStore store{options()}; }), StorageError::Kind::kCorrupt);
}

TEST_P(Store, IteratesInOrderOverItsStateWhenMade)
{
    KeyValueStore store{options(true)};
    for (const auto* key : {"b", "d", "a"}) store.put(bytes(key), bytes(key));
    const auto snapshot = store.snapshot();
    store.put(bytes("c"), bytes("new"));
    store.put(bytes("a"), bytes("changed"));
    const auto keys = [](StoreIterator iterator) {
        std::string found;
        for (iterator.seek(bytes("a")); iterator.valid(); iterator.next()) found += text(iterator.key());
        return found;
    };
    EXPECT_THAT(keys(store.iterate()), testing::StartsWith("abcd"));
    EXPECT_THAT(keys(store.iterate(*snapshot)), testing::StartsWith("abd"));
    EXPECT_EQ(text(store.get(bytes("a"), *snapshot)->span()), "a");
    EXPECT_FALSE(store.get(bytes("c"), *snapshot));
    StoreIterator iterator = store.iterate();
    iterator.seek(bytes("bb"));
    EXPECT_EQ(text(iterator.key()), "c");
}

TEST_P(Store, WipesAndDestroys)
{
    {
        KeyValueStore store{options()};
        store.put(bytes("a"), bytes("1"));
    }
    auto wiped = options();
    wiped.wipe = true;
    {
        KeyValueStore store{wiped};
        EXPECT_TRUE(store.is_empty());
        store.put(bytes("a"), bytes("1"));
    }
    destroy_store(wiped.folder, wiped.files);
    auto must_exist = options();
    must_exist.must_exist = true;
    EXPECT_EQ(failure([&] { KeyValueStore store{must_exist}; }), StorageError::Kind::kIo);
}

TEST_P(Store, HoldsManyValues)
{
    auto small = options(true);
    small.cache_bytes = 1 << 16;
    KeyValueStore store{small};
    base::SeededRandom random{1};
    std::map<std::string, std::string> expected;
    for (int i = 0; i < 3000; ++i) {
        const std::string key = "k" + std::to_string(random.below(2000));
        expected[key] = std::string(random.below(200), static_cast<char>('a' + i % 26));
        store.put(bytes(key), bytes(expected[key]));
    }
    for (const auto& [key, value] : expected) ASSERT_EQ(read(store, key), value);
    store.compact();
    for (const auto& [key, value] : expected) ASSERT_EQ(read(store, key), value);
    EXPECT_GT(store.estimate_size(bytes("k"), bytes("l")), 0U);
}

class FaultyDisk : public testing::Test {
protected:
    KeyValueStore::Options options()
    {
        KeyValueStore::Options result;
        result.folder = "/db";
        result.obfuscate = true;
        result.files = &disk;
        result.cache_bytes = 1 << 16;
        return result;
    }
    base::MemoryFileSystem disk;
};

TEST_F(FaultyDisk, SyncedWritesSurviveACrashAndOthersNeedNot)
{
    {
        KeyValueStore store{options()};
        store.put(bytes("synced"), bytes("1"), true);
        store.put(bytes("unsynced"), bytes("2"));
        disk.crash();
    }
    KeyValueStore store{options()};
    EXPECT_EQ(read(store, "synced"), "1");
    EXPECT_EQ(read(store, "unsynced"), "(none)");
}

TEST_F(FaultyDisk, NeverReadsBackWhatWasNotWritten)
{
    int opened = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        base::MemoryFileSystem torn;
        auto on_torn = options();
        on_torn.files = &torn;
        int synced = -1;
        base::SeededRandom random{seed};
        {
            KeyValueStore store{on_torn};
            for (int i = 0; i < 200; ++i) {
                const bool sync = random.below(20) == 0;
                store.put(bytes("key" + std::to_string(i)), bytes("value" + std::to_string(i)), sync);
                if (sync) synced = i;
            }
            torn.crash(&random);
        }
        try {
            KeyValueStore store{on_torn};
            ++opened;
            for (int i = 0; i < 200; ++i) {
                const auto value = read(store, "key" + std::to_string(i));
                const bool right = value == "value" + std::to_string(i);
                ASSERT_TRUE(right || (value == "(none)" && i > synced)) << seed << " " << i << " " << value;
            }
        } catch (const StorageError& error) {
            EXPECT_EQ(error.kind(), StorageError::Kind::kCorrupt);
            EXPECT_FALSE(error.remedy().empty());
        }
    }
    EXPECT_GT(opened, 0);
}

TEST_F(FaultyDisk, SaysThatTheDiskIsFullAndLosesNothing)
{
    {
        KeyValueStore store{options()};
        store.put(bytes("kept"), bytes("1"), true);
        disk.set_capacity(disk.used() + 1000);
        EXPECT_EQ(failure([&] {
                      for (int i = 0; i < 100; ++i) store.put(bytes("key" + std::to_string(i)), Bytes(100), true);
                  }),
                  StorageError::Kind::kDiskFull);
    }
    disk.set_capacity(UINT64_MAX);
    KeyValueStore store{options()};
    EXPECT_EQ(read(store, "kept"), "1");
}

TEST_F(FaultyDisk, SaysThatADiskFails)
{
    KeyValueStore store{options()};
    disk.fail_syncs();
    EXPECT_EQ(failure([&] { store.put(bytes("a"), bytes("1"), true); }), StorageError::Kind::kIo);
}

TEST_F(FaultyDisk, NoticesAFlippedBit)
{
    {
        KeyValueStore store{options()};
        for (int i = 0; i < 1000; ++i) store.put(bytes("key" + std::to_string(i)), Bytes(50, std::byte{0x55}));
        store.compact();
    }
    for (const std::string& name : disk.list("/db")) {
        if (!name.ends_with(".ldb")) continue;
        const auto file = disk.open("/db/" + name, base::OpenMode::kReadWrite);
        file->write_at(file->size() / 3, Bytes(4));
    }
    EXPECT_EQ(failure([&] {
                  const KeyValueStore store{options()};
                  for (StoreIterator it = (store.is_empty(), store.iterate()); it.seek_to_first(), it.valid();) {
                      while (it.valid()) it.next();
                  }
              }),
              StorageError::Kind::kCorrupt);
}

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
    EXPECT_TRUE(store.contains(outpoint(3)));
    EXPECT_FALSE(store.contains(outpoint(9)));

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

std::map<std::string, std::vector<std::byte>> folder_content(base::FileSystem& files,
                                                             const std::filesystem::path& folder)
{
    std::map<std::string, std::vector<std::byte>> content;
    for (const std::string& name : files.list(folder)) {
        if (files.is_directory(folder / name)) {
            for (auto& [below, bytes] : folder_content(files, folder / name)) content[name + "/" + below] = bytes;
        } else {
            content[name] = base::read_file(files, folder / name, 10'000'000);
        }
    }
    return content;
}

TEST_P(Store, ReadOnlyLeavesTheFolderByteForByte)
{
    base::FileSystem& files = options().files != nullptr ? *options().files : base::os_file_system();
    {
        KeyValueStore store{options(true)};
        for (int i = 0; i < 100; ++i) store.put(bytes("key" + std::to_string(i)), bytes("value"));
    }
    const auto before = folder_content(files, options().folder);
    auto looking = options();
    looking.read_only = true;
    {
        const KeyValueStore store{looking};
        EXPECT_EQ(read(store, "key7"), "value");
    }
    EXPECT_EQ(folder_content(files, options().folder), before);
    destroy_store(looking.folder, looking.files);
    EXPECT_EQ(failure([&] { const KeyValueStore store{looking}; }), StorageError::Kind::kIo);
}

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
