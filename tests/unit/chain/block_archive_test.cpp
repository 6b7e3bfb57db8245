// Blocks that wait in memory to be connected.

#include "chain/block_archive.h"

#include "chain_fixture.h"
#include "storage/storage_error.h"

namespace cairn::chain::test {
namespace {

class BlockArchiveTest : public testing::Test {
protected:
    BlockArchiveTest()
    {
        disk.create_directories("/blocks");
        storage::BlockFiles::Options file_options;
        file_options.folder = "/blocks";
        file_options.files = &disk;
        file_options.random = &random;
        files = std::make_unique<storage::BlockFiles>(file_options, std::vector<storage::BlockFileInfo>{});
        storage::KeyValueStore::Options index_options;
        index_options.folder = "/blocks/index";
        index_options.files = &disk;
        index = std::make_unique<storage::BlockIndexStore>(index_options);
        writer.insert(params.genesis->header, params.genesis->hash);
        blocks = Miner(params).mine_chain(*params.genesis, 0, 10);
    }
    void make(std::size_t limit)
    {
        archive = std::make_unique<BlockArchive>(*files, *index, params, limit);
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            BlockNode& node = writer.insert(blocks[i]->header, blocks[i]->hash);
            writer.set_data(node, archive->write_block(*blocks[i], height(i)), 1, true);
        }
    }
    static Height height(std::size_t i) { return static_cast<Height>(i) + 1; }
    const BlockNode& node(std::size_t i) const { return *tree.find(blocks[i]->hash); }
    bool has(std::size_t i) const { return archive->find_recent(node(i)) != nullptr; }
    void wait_until_read(std::size_t i) const
    {
        cairn::test::wait_until([&] { return has(i); });
    }

    consensus::Params params = consensus::make_params(Network::kRegtest);
    base::MemoryFileSystem disk;
    base::SeededRandom random{1};
    std::unique_ptr<storage::BlockFiles> files;
    std::unique_ptr<storage::BlockIndexStore> index;
    BlockTree tree{1};
    BlockTreeWriter writer{tree};
    std::vector<BlockRef> blocks;
    std::unique_ptr<BlockArchive> archive;
};

TEST_F(BlockArchiveTest, WhatIsReadAheadTooLateIsNotKept)
{
    make(1 << 20);
    archive->forget_up_to(node(4));
    archive->read_ahead(node(3));
    archive->read_ahead(node(4));
    archive->read_ahead(node(5));
    wait_until_read(5);  // one after another, so the others have been read
    EXPECT_FALSE(has(3));
    EXPECT_FALSE(has(4));
    EXPECT_EQ(archive->recent_bytes(), blocks[5]->raw.size());
    archive->forget_up_to(node(5));
    EXPECT_EQ(archive->recent_bytes(), 0U);
}

TEST_F(BlockArchiveTest, ABlockOfAnotherBranchWaitsUntilTheChainHasPassedIt)
{
    make(1 << 20);
    archive->forget_up_to(node(4));
    archive->keep(blocks[2], height(2));
    EXPECT_TRUE(has(2)) << "a branch that may win";
    archive->keep(blocks[7], height(7));
    archive->forget_up_to(node(5));
    EXPECT_FALSE(has(2));
    EXPECT_TRUE(has(7));
    archive->forget(node(7));
    EXPECT_EQ(archive->recent_bytes(), 0U);
}

TEST_F(BlockArchiveTest, TheHighestBlocksMakeRoom)
{
    const std::size_t three = blocks[0]->raw.size() + blocks[1]->raw.size() + blocks[2]->raw.size();
    make(three);
    archive->keep(blocks[2], height(2));
    archive->keep(blocks[1], height(1));
    archive->keep(blocks[0], height(0));
    EXPECT_EQ(archive->recent_bytes(), three);
    archive->keep(blocks[3], height(3));
    EXPECT_FALSE(has(3));
    EXPECT_TRUE(has(2) && has(1) && has(0));
}

TEST_F(BlockArchiveTest, UndoDataThatWasWrittenIsReadFromItsFile)
{
    make(1 << 20);
    archive->write_undo(node(1), blocks[1], std::make_shared<const SpentOutputs>());
    ASSERT_EQ(archive->take_written_undo(true).size(), 1U);
    // The node does not name its place yet.
    ASSERT_TRUE(archive->read_spent(node(1)));
    EXPECT_EQ(archive->read_spent(node(1))->size(), 0U);
    EXPECT_EQ(archive->read_spent(node(2)), nullptr) << "none was made";
    ASSERT_TRUE(disk.remove("/blocks/rev00000.dat"));
    EXPECT_THROW(archive->read_spent(node(1)), storage::StorageError);
}

}  // namespace
}  // namespace cairn::chain::test
