#include "storage/block_files.h"

#include <cerrno>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "block_files_fixture.h"
#include "consensus/encoding/writer.h"
#include "storage/storage_error.h"
#include "support/files.h"

namespace cairn::storage {
namespace {

using Kind = BlockReadError::Kind;
using test::unhex;
using testing::ElementsAre;
using testing::HasSubstr;

// A block whose second transaction spends three outputs, and what it spends.
struct Spending {
    Spending()
    {
        std::vector<Outpoint> outpoints(3);
        for (std::uint32_t i = 0; i < 3; ++i) outpoints[i].index = i;
        outpoints[0].txid.value.bytes[0] = std::byte{1};
        const auto first = test::make_spend(std::span{outpoints}.first(1), Amount{1}).finish();
        const auto second = test::make_spend(std::span{outpoints}.subspan(1), Amount{2}).finish();
        block = block_at(1, {}, {first, second});
        spent.add(Amount{10}, unhex("51"), 0, true);
        spent.add(Amount{20}, unhex("0014816115944e077fe7c803cfa57f29b36bf87c1d35"), 5, false);
        spent.add(Amount{30}, unhex("76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ac"), 6, true);
    }
    BlockRef block;
    SpentOutputs spent;
};

void expect_equal(const SpentOutputs& a, const SpentOutputs& b)
{
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].value, b[i].value);
        EXPECT_EQ(a[i].height, b[i].height);
        EXPECT_EQ(a[i].coinbase, b[i].coinbase);
        EXPECT_TRUE(std::ranges::equal(a.script_pubkey(i), b.script_pubkey(i)));
    }
}

TEST(UndoCodec, RoundTripsTransactionByTransaction)
{
    const Spending spending;
    const Bytes encoded = encode_undo(*spending.block, spending.spent);
    const auto undo = decode_undo(encoded);
    ASSERT_TRUE(undo);
    EXPECT_THAT(undo->per_transaction, ElementsAre(1, 2));
    expect_equal(undo->spent, spending.spent);
    // A height of 0 has no number after it, any other has a zero.
    EXPECT_THAT(std::string(reinterpret_cast<const char*>(encoded.data()), 5), testing::StartsWith("\x02\x01\x01"));
    EXPECT_EQ(decode_undo(ByteSpan{encoded}.first(encoded.size() - 1)).error(), DecodeError::kTruncated);
    Bytes trailing = encoded;
    trailing.push_back(std::byte{0});
    EXPECT_EQ(decode_undo(trailing).error(), DecodeError::kTrailingBytes);
}

TEST(UndoCodec, OfABlockWithoutSpendsIsEmpty)
{
    EXPECT_EQ(encode_undo(*block_at(0), {}), unhex("00"));
    const auto undo = decode_undo(unhex("00"));
    ASSERT_TRUE(undo);
    EXPECT_TRUE(undo->per_transaction.empty());
    EXPECT_EQ(undo->spent.size(), 0U);
}

TEST_F(Files, ReadsBlocksBack)
{
    BlockFiles files{options(), {}};
    const BlockRef first = block_at(0);
    const BlockRef second = block_at(1, first->hash);
    const FilePosition a = write(files, first, 0);
    const FilePosition b = write(files, second, 1);
    EXPECT_EQ(a, (FilePosition{0, 8}));
    EXPECT_EQ(b, (FilePosition{0, 16 + static_cast<std::uint32_t>(first->raw.size())}));
    const auto read = files.read_block(a, first->hash);
    ASSERT_TRUE(read);
    EXPECT_TRUE(std::ranges::equal((*read)->raw, first->raw));
    EXPECT_TRUE(files.read_block(b, std::nullopt));
    EXPECT_EQ(files.read_raw_block(b), Bytes(second->raw.begin(), second->raw.end()));
    EXPECT_EQ(files.read_block(b, first->hash).error().kind, Kind::kWrongHash);
    EXPECT_EQ(files.info(0), (BlockFileInfo{2, b.offset + static_cast<std::uint32_t>(second->raw.size()), 0, 0, 1,
                                            first->header.time, second->header.time}));
    EXPECT_EQ(files.usage(), files.info(0).size);
    EXPECT_EQ(files.last_file(), 0);
    EXPECT_EQ(disk.file_size("/blocks/blk00000.dat"), kBlockFileChunk);
}

TEST_F(Files, AreXoredWithAKeyOfTheFolder)
{
    FilePosition at;
    const BlockRef block = block_at(0);
    Obfuscation::Key key;
    {
        BlockFiles files{options(), {}};
        at = write(files, block, 0);
        key = files.obfuscation().key();
        EXPECT_FALSE(files.obfuscation().is_identity());
    }
    EXPECT_EQ(base::read_file(disk, "/blocks/xor.dat", 100), Bytes(key.begin(), key.end()));
    Bytes raw = base::read_file(disk, "/blocks/blk00000.dat", kBlockFileChunk);
    EXPECT_NE(raw[0], kMagic[0]);
    Obfuscation{key}.apply(raw);
    EXPECT_TRUE(std::ranges::equal(ByteSpan{raw}.first(4), kMagic));
    EXPECT_TRUE(std::ranges::equal(ByteSpan{raw}.subspan(8, block->raw.size()), block->raw));
    BlockFiles again{options(), {}};
    EXPECT_TRUE(again.read_block(at, block->hash));
    // What has a key cannot be used without.
    auto without = options();
    without.use_xor = false;
    try {
        const BlockFiles refused{without, {}};
        FAIL();
    } catch (const StorageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("The blocksdir XOR-key can not be disabled"));
    }
}

TEST_F(Files, GetAZeroKeyWhereFilesAreAlready)
{
    base::replace_file(disk, "/blocks/blk00000.dat", std::string_view{"old"});
    const BlockFiles files{options(), {}};
    EXPECT_TRUE(files.obfuscation().is_identity());
    EXPECT_EQ(base::read_file(disk, "/blocks/xor.dat", 100), Bytes(8));
}

TEST_F(Files, GetAZeroKeyWhenAskedFor)
{
    auto without = options();
    without.use_xor = false;
    EXPECT_TRUE((BlockFiles{without, {}}.obfuscation().is_identity()));
    EXPECT_TRUE((BlockFiles{options(), {}}.obfuscation().is_identity()));
}

TEST_F(Files, RefuseAKeyThatIsCut)
{
    base::replace_file(disk, "/blocks/xor.dat", std::string_view{"1234567"});
    EXPECT_THROW((BlockFiles{options(), {}}), StorageError);
}

TEST_F(Files, GoOnInTheNextFileAtTheLimit)
{
    auto small = options();
    small.small_files = true;
    BlockFiles files{small, {}};
    std::vector<FilePosition> places;
    const BlockRef block = block_at(1);
    const auto record = static_cast<std::uint32_t>(block->raw.size()) + kRecordHeaderSize;
    const std::uint32_t per_file = 0xffff / record;
    for (std::uint32_t i = 0; i <= per_file; ++i) places.push_back(write(files, block, 1));
    EXPECT_EQ(places[per_file - 1].file, 0);
    EXPECT_EQ(places[per_file], (FilePosition{1, 8}));
    EXPECT_EQ(files.last_file(), 1);
    // What is left is cut to what it holds.
    EXPECT_EQ(disk.file_size("/blocks/blk00000.dat"), files.info(0).size);
    for (const FilePosition& place : places) EXPECT_TRUE(files.read_block(place, block->hash));
    EXPECT_THAT(files.file_starts(), ElementsAre(FilePosition{0, 0}, FilePosition{1, 0}));
    std::vector<std::int32_t> changed;
    for (const auto& [file, info] : files.take_changed_infos()) changed.push_back(file);
    EXPECT_THAT(changed, ElementsAre(0, 1));
    EXPECT_TRUE(files.take_changed_infos().empty());
    // A block larger than a small file gets one of its own.
    const Bytes large(0x20000);
    EXPECT_EQ(files.write_block(large, 2, 5), (FilePosition{2, 8}));
    EXPECT_EQ(files.read_raw_block({2, 8}), large);
}

TEST_F(Files, FillAFileToItsSizeAndNoFurther)
{
    // Bitcoin Core leaves a file when a record would fill it to the last byte.
    BlockFileInfo nearly;
    nearly.blocks = 1;
    nearly.size = kMaxBlockFileSize - 1000;
    {
        BlockFiles files{options(), {nearly}};
        EXPECT_EQ(files.write_block(Bytes(1000 - kRecordHeaderSize - 1), 1, 1).file, 0);
    }
    BlockFiles files{options(), {nearly}};
    EXPECT_EQ(files.write_block(Bytes(1000 - kRecordHeaderSize), 1, 1).file, 1);
}

TEST_F(Files, ReadUndoDataBack)
{
    const Spending spending;
    BlockFiles files{options(), {}};
    write(files, spending.block, 1);
    const Bytes undo = encode_undo(*spending.block, spending.spent);
    const BlockHash previous = spending.block->header.previous;
    const FilePosition first = files.write_undo(0, undo, previous, 1);
    const FilePosition second = files.write_undo(0, undo, previous, 2);
    EXPECT_EQ(first, (FilePosition{0, 8}));
    EXPECT_EQ(second.offset, 8 + undo.size() + kUndoChecksumSize + kRecordHeaderSize);
    const auto read = files.read_undo(second, previous);
    ASSERT_TRUE(read);
    expect_equal(read->spent, spending.spent);
    EXPECT_EQ(files.read_undo(first, spending.block->hash).error().kind, Kind::kCorrupt);  // of another parent
    EXPECT_EQ(disk.file_size("/blocks/rev00000.dat"), kUndoFileChunk);
    EXPECT_EQ(files.info(0).undo_size, 2 * (undo.size() + kUndoChecksumSize + kRecordHeaderSize));
}

TEST_F(Files, CutUndoFilesWhenTheirLastBlockIsWritten)
{
    auto small = options();
    small.small_files = true;
    BlockFiles files{small, {}};
    const Bytes undo(100);
    files.write_block(Bytes(60'000), 1, 1);
    files.write_block(Bytes(60'000), 2, 1);  // in the next file: undo data lags behind
    files.write_undo(0, undo, {}, 1);
    EXPECT_EQ(disk.file_size("/blocks/rev00000.dat"), 140U);
    files.write_undo(1, undo, {}, 2);
    EXPECT_EQ(disk.file_size("/blocks/rev00001.dat"), kUndoFileChunk);
    files.write_block(Bytes(60'000), 3, 1);  // undo data keeps up: cut when the file is left
    EXPECT_EQ(disk.file_size("/blocks/rev00001.dat"), 140U);
}

TEST_F(Files, DoNotReadOnWhatWasTakenAway)
{
    BlockFiles files{options(), {}};
    const BlockRef block = block_at(0);
    const FilePosition at = write(files, block, 0);
    EXPECT_TRUE(files.read_block(at, block->hash));
    disk.rename("/blocks/blk00000.dat", "/blocks/elsewhere");
    EXPECT_EQ(files.read_block(at, block->hash).error().kind, Kind::kMissing);
    disk.rename("/blocks/elsewhere", "/blocks/blk00000.dat");
    EXPECT_TRUE(files.read_block(at, block->hash));
}

TEST_F(Files, SayWhatIsWrongWithARecord)
{
    BlockFiles files{options(), {}};
    const BlockRef block = block_at(0);
    const FilePosition at = write(files, block, 0);
    EXPECT_EQ(files.read_raw_block({}).error().kind, Kind::kMissing);
    EXPECT_EQ(files.read_raw_block({0, 7}).error().kind, Kind::kMissing);
    EXPECT_EQ(files.read_raw_block({5, 8}).error().kind, Kind::kMissing);
    EXPECT_EQ(files.read_raw_block({0, kBlockFileChunk + 8}).error().kind, Kind::kMissing);
    EXPECT_EQ(files.read_raw_block({0, 9}).error().kind, Kind::kCorrupt);
    EXPECT_THAT(files.read_raw_block({0, 9}).error().text, HasSubstr("Block magic mismatch"));

    const auto overwrite = [&](std::uint64_t offset, Bytes bytes) {
        files.obfuscation().apply(bytes, offset);
        disk.open("/blocks/blk00000.dat", base::OpenMode::kReadWrite)->write_at(offset, bytes);
    };
    overwrite(8 + 36, Bytes(32));  // another Merkle root: another hash
    EXPECT_EQ(files.read_block(at, block->hash).error().kind, Kind::kWrongHash);
    overwrite(8 + 80, unhex("ff"));  // a number of transactions that is none
    EXPECT_EQ(files.read_block(at, block->hash).error().kind, Kind::kCorrupt);
    overwrite(4, Writer{}.u32(kMaxRecordSize).take());
    EXPECT_EQ(files.read_raw_block(at).error().kind, Kind::kMissing);
    overwrite(4, Writer{}.u32(kMaxRecordSize + 1).take());
    EXPECT_EQ(files.read_raw_block(at).error().kind, Kind::kCorrupt);
}

TEST_F(Files, CheckTheHeaderOfABlockNobodyExpects)
{
    auto strict = options();
    strict.check_header = [](const BlockHeader&, const BlockHash&) { return false; };
    BlockFiles files{strict, {}};
    const BlockRef block = block_at(0);
    const FilePosition at = write(files, block, 0);
    EXPECT_TRUE(files.read_block(at, block->hash));
    EXPECT_EQ(files.read_block(at, std::nullopt).error().kind, Kind::kCorrupt);
}

TEST_F(Files, AreDurableAfterFlush)
{
    const BlockRef block = block_at(1);
    FilePosition flushed;
    FilePosition lost;
    {
        BlockFiles files{options(), {}};
        flushed = write(files, block, 1);
        files.write_undo(0, unhex("00"), {}, 1);
        files.flush();
        lost = write(files, block, 2);
        disk.crash();
    }
    BlockFiles files{options(), {}};
    EXPECT_TRUE(files.read_block(flushed, block->hash));
    EXPECT_TRUE(files.read_undo({0, 8}, {}));
    EXPECT_FALSE(files.read_block(lost, block->hash));
}

TEST_F(Files, AFailedFlushIsTriedAgain)
{
    const BlockRef block = block_at(1);
    FilePosition at;
    {
        BlockFiles files{options(), {}};
        at = write(files, block, 1);
        disk.fail_syncs();
        EXPECT_THROW(files.flush(), base::IoError);
        disk.disarm();
        files.flush();
        disk.crash();
    }
    EXPECT_TRUE((BlockFiles{options(), {}}.read_block(at, block->hash)));
}

TEST_F(Files, LeaveFreeSpaceOnTheDisk)
{
    BlockFiles files{options(), {}};
    disk.set_capacity(disk.used() + kMinFreeSpace + kBlockFileChunk - 1);
    try {
        files.write_block(Bytes(100), 1, 1);
        FAIL();
    } catch (const base::IoError& error) {
        EXPECT_TRUE(error.disk_full());
    }
    EXPECT_EQ(files.info(0), BlockFileInfo{});
    disk.set_capacity(disk.used() + kMinFreeSpace + kBlockFileChunk);
    EXPECT_EQ(files.write_block(Bytes(100), 1, 1), (FilePosition{0, 8}));
    // Within the space that is reserved nothing more is needed.
    disk.set_capacity(disk.used());
    EXPECT_EQ(files.write_block(Bytes(100), 1, 1).file, 0);
}

TEST_F(Files, TakeUpBlocksThatAreThere)
{
    BlockFiles files{options(), {}};
    files.note_block({2, 100}, 50, 7, 1000);
    EXPECT_EQ(files.last_file(), 2);
    EXPECT_EQ(files.info(2), (BlockFileInfo{1, 150, 0, 7, 7, 1000, 1000}));
    EXPECT_EQ(files.info(99), BlockFileInfo{});
    files.note_block({2, 8}, 50, 6, 900);
    EXPECT_EQ(files.info(2).size, 150U);
    EXPECT_EQ(files.write_block(Bytes(10), 8, 1), (FilePosition{2, 158}));
}

TEST_F(Files, WriteBehindThoseThatAreStillBeingRead)
{
    const Bytes read(100, std::byte{5});
    disk.open("/blocks/blk00000.dat", base::OpenMode::kCreate)->write_at(0, read);
    BlockFiles files{options(), {}};
    files.write_only_from(1);
    EXPECT_EQ(files.write_block(Bytes(10), 8, 1), (FilePosition{1, 8}));
    files.note_block({0, 8}, 50, 6, 900);
    EXPECT_EQ(files.write_block(Bytes(10), 9, 1), (FilePosition{1, 26}));
    EXPECT_EQ(disk.open("/blocks/blk00000.dat", base::OpenMode::kRead)->size(), 100U) << "neither overwritten nor cut";
    files.write_only_from(0);
    EXPECT_EQ(files.write_block(Bytes(10), 10, 1), (FilePosition{1, 44}));

    BlockFiles others{options(), {}};
    others.write_only_from(2);
    others.note_block({0, 8}, 50, 6, 900);
    others.write_only_from(0);
    EXPECT_EQ(others.write_block(Bytes(10), 8, 1), (FilePosition{0, 66})) << "nobody wrote meanwhile";
}

TEST_F(Files, TellsOfBlocksThatTheIndexDoesNotKnow)
{
    auto small = options();
    small.small_files = true;
    std::vector<BlockFileInfo> known;
    {
        BlockFiles files{small, {}};
        EXPECT_THAT(files.unindexed_tails(), ElementsAre());
        files.write_block(Bytes(40'000), 1, 1);
        known = {files.info(0)};
        EXPECT_THAT(files.unindexed_tails(), ElementsAre()) << "it knows of all it wrote";
    }
    EXPECT_THAT(BlockFiles(small, known).unindexed_tails(), ElementsAre()) << "reserved space is none";
    {
        BlockFiles files{small, known};
        files.write_block(Bytes(10'000), 2, 1);
        files.write_block(Bytes(60'000), 3, 1);
        files.write_block(Bytes(60'000), 4, 1);
    }
    EXPECT_THAT(BlockFiles(small, known).unindexed_tails(),
                ElementsAre(FilePosition{0, 40'008}, FilePosition{1, 0}, FilePosition{2, 0}));
    EXPECT_THAT(BlockFiles(small, {}).unindexed_tails(),
                ElementsAre(FilePosition{0, 0}, FilePosition{1, 0}, FilePosition{2, 0}));
}

TEST_F(Files, ServeManyFilesWithFewDescriptors)
{
    auto small = options();
    small.small_files = true;
    BlockFiles files{small, {}};
    for (int i = 0; i < 100; ++i) files.write_block(Bytes(60'000, static_cast<std::byte>(i)), i, 1);
    EXPECT_EQ(files.last_file(), 99);
    for (int i = 0; i < 100; ++i) {
        const auto read = files.read_raw_block({i, 8});
        ASSERT_TRUE(read);
        EXPECT_EQ((*read)[0], static_cast<std::byte>(i));
    }
    files.flush();
}

// --- Scanning

}  // namespace
}  // namespace cairn::storage
