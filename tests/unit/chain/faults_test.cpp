// Crashes, full disks, damaged and foreign folders.

#include <algorithm>

#include "chain_fixture.h"

namespace cairn::chain::test {
namespace {

class FaultsTest : public testing::Test {
protected:
    /// A branch of 120 blocks with spends, and one that leaves it at 110 and is longer.
    void make_chains()
    {
        a = node.miner.mine_chain(node.genesis(), 0, 100);
        for (Height height = 101; height <= 120; ++height) a.push_back(spending(a, height));
        b.assign(a.begin(), a.begin() + 110);
        for (Height height = 111; height <= 125; ++height) b.push_back(spending(b, height));
    }
    BlockRef spending(const std::vector<BlockRef>& branch, Height height)
    {
        const Transaction& mature = branch[static_cast<std::size_t>(height) - 101]->transactions[0];
        Miner::Plan plan;
        TransactionDraft spend = cairn::test::make_spend(std::vector{Outpoint{mature.txid, 0}}, Amount{1000});
        for (int i = 0; i < 5; ++i) spend.outputs.push_back(spend.outputs[0]);
        plan.transactions = {spend.finish()};
        return node.miner.mine(*branch.back(), height, plan);
    }
    static std::string hash_after(const std::vector<BlockRef>& blocks)
    {
        TestChain fresh;
        fresh.start();
        fresh.submit_all(blocks);
        return fresh.utxo_hash();
    }

    TestChain node;
    std::vector<BlockRef> a;
    std::vector<BlockRef> b;
};

/// What the node does between two crashes: some flushes, a reorganisation.
void work(TestChain& node, const std::vector<BlockRef>& a, const std::vector<BlockRef>& b)
{
    const auto submit = [&](const std::vector<BlockRef>& blocks, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) node.chain().submit_block_and_wait(blocks[i], kRequested);
    };
    submit(a, 0, 60);
    node.chain().flush();
    submit(a, 60, 115);
    node.chain().flush();
    submit(a, 115, 120);
    submit(b, 110, 125);
    node.chain().flush();
}

TEST_F(FaultsTest, EveryPointOfACrashIsRecoveredFrom)
{
    make_chains();
    // The hash after each block of either branch, by the block.
    std::map<BlockHash, std::string> hashes;
    {
        TestChain fresh;
        fresh.start();
        hashes[fresh.tip()] = fresh.utxo_hash();
        for (const auto* branch : {&a, &b}) {
            for (const BlockRef& block : *branch) {
                if (fresh.submit(block).status == BlockResult::Status::kConnected) {
                    hashes[fresh.tip()] = fresh.utxo_hash();
                }
            }
        }
    }
    const std::string end = hashes.at(b.back()->hash);
    std::uint64_t total = 0;
    {
        TestChain counted;
        counted.start();
        const std::uint64_t before = counted.files->writes();
        work(counted, a, b);
        total = counted.files->writes() - before;
    }
    ASSERT_GT(total, 100U);
    // Every point holds (55 seconds); a choice of them is enough for each run.
    base::SeededRandom choice(11);
    int crashes = 0;
    for (std::uint64_t point = 0; point < total; point += 1 + choice.below(30)) {
        TestChain crashing;
        crashing.options.check_blocks = 20;
        crashing.options.check_level = 4;
        crashing.start();
        crashing.files->fail_writes_after(point, EIO);
        try {
            work(crashing, a, b);
        } catch (const std::exception&) {
            ++crashes;
        }
        // Nothing more is written, not even in stopping.
        crashing.stop();
        crashing.files->disarm();
        crashing.files->crash(point % 2 == 0 ? nullptr : &choice);
        crashing.start();
        crashing.wait_for_import();
        crashing.settle();
        const std::string expected = hashes.at(crashing.tip());
        ASSERT_EQ(crashing.utxo_hash(), expected) << "crash after write " << point;
        crashing.submit_all(a);
        crashing.submit_all(b);
        ASSERT_EQ(crashing.tip(), b.back()->hash) << "crash after write " << point;
        ASSERT_EQ(crashing.utxo_hash(), end) << "crash after write " << point;
        if (HasFailure()) return;
    }
    EXPECT_GT(crashes, 10);
}

/// Ends the node as kill -9 does: it writes nothing more, and the system keeps what it has written.
void kill(TestChain& node)
{
    node.files->fail_writes_after(0, EIO);
    node.stop();
    node.files->disarm();
}

TEST_F(FaultsTest, BlocksThatTheIndexDoesNotKnowAreFoundAgain)
{
    make_chains();
    for (const bool small_files : {false, true}) {
        TestChain killed;
        killed.options.small_block_files = small_files;
        killed.start();
        killed.submit_all({a.begin(), a.begin() + 60});
        killed.chain().flush();
        // The parent of the first comes last.
        std::vector<BlockRef> rest(a.begin() + 60, a.end());
        std::ranges::rotate(rest, rest.begin() + 1);
        killed.submit_headers(a);
        killed.submit_all(rest);
        killed.submit_all(b);
        const std::string hash = killed.utxo_hash();
        const std::uint64_t used = killed.chain().size_on_disk();
        kill(killed);

        killed.start();
        killed.wait_for_import();
        EXPECT_EQ(killed.tip(), b.back()->hash);
        EXPECT_EQ(killed.utxo_hash(), hash);
        EXPECT_EQ(killed.chain().verify(4, 0), VerifyOutcome::kGood);
        EXPECT_LE(killed.chain().size_on_disk(), used) << "no block was written twice";
        killed.restart();
        EXPECT_FALSE(killed.chain().is_importing());
        EXPECT_EQ(killed.tip(), b.back()->hash);
    }
}

TEST_F(FaultsTest, ARecoveryThatIsInterruptedLosesNothingThatWasIndexed)
{
    make_chains();
    node.start();
    node.submit_all({a.begin(), a.begin() + 60});
    node.chain().flush();
    node.submit_all({a.begin() + 60, a.end()});
    kill(node);
    node.before_start = [](ChainManager& chain) { chain.interrupt(); };
    try {
        node.start();
    } catch (const StartError&) {
        // Interrupted before it had begun.
    }
    kill(node);
    node.before_start = nullptr;
    node.start();
    node.wait_for_import();
    EXPECT_GE(node.height(), 60);
    node.submit_all(a);
    EXPECT_EQ(node.tip(), a.back()->hash);
    EXPECT_EQ(node.utxo_hash(), hash_after(a));
}

TEST_F(FaultsTest, AFlushOfSeveralBatchesIsReplayed)
{
    make_chains();
    node.start();
    node.submit_all(a);
    node.chain().flush();
    node.submit_all(b);
    const std::string hash = node.utxo_hash();
    node.stop();
    // As if the flush had been cut after its first batch: some coins are of the old tip, some of the new.
    {
        storage::KeyValueStore::Options options;
        options.folder = "/node/regtest/chainstate";
        options.files = node.files.get();
        options.obfuscate = true;
        storage::CoinsStore store(options);
        auto batch = store.make_batch();
        batch.begin_transition({b.back()->hash, a.back()->hash});
        batch.erase({b[115]->transactions[1].txid, 2});
        batch.put({a[112]->transactions[1].txid, 1}, Amount{1000}, cairn::test::anyone_can_spend(), 113, false);
        store.write(batch, true);
    }
    node.start();
    EXPECT_EQ(node.tip(), b.back()->hash);
    EXPECT_EQ(node.utxo_hash(), hash);
    EXPECT_EQ(node.chain().verify(4, 0), VerifyOutcome::kGood);
}

TEST_F(FaultsTest, AFullDiskStopsInOrderAndLosesNothing)
{
    make_chains();
    node.start();
    node.submit_all({a.begin(), a.begin() + 60});
    node.chain().flush();
    node.files->set_capacity(node.files->used() + 1000);
    EXPECT_THROW(
        {
            node.submit_all({a.begin() + 60, a.end()});
            node.chain().flush();
        },
        base::EnvironmentError);
    node.stop();
    EXPECT_FALSE(node.failure().empty());
    node.files->set_capacity(UINT64_MAX);
    node.start();
    EXPECT_GE(node.height(), 60);
    node.submit_all(a);
    EXPECT_EQ(node.tip(), a.back()->hash);
    EXPECT_EQ(node.utxo_hash(), hash_after(a));
}

TEST_F(FaultsTest, LowSpaceIsSeenBeforeAFlush)
{
    node.start();
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 3);
    node.submit_all(chain);
    node.chain().flush();  // undo data is on the disk then, so that the flush below is what meets the limit
    node.files->set_capacity(node.files->used() + (std::uint64_t{50} << 20) - 1);
    EXPECT_THROW(node.chain().flush(), base::EnvironmentError);
    node.stop();
    EXPECT_TRUE(node.failure().find("Disk space is too low!") != std::string::npos) << node.failure();
    node.files->set_capacity(UINT64_MAX);
    node.start();
    node.submit_all(chain);
    EXPECT_EQ(node.height(), 3);
    node.chain().flush();
}

TEST_F(FaultsTest, ADamagedBlockFileIsNoticed)
{
    node.start();
    const auto chain = node.miner.mine_chain(node.genesis(), 0, 10);
    node.submit_all(chain);
    const auto position = node.node(chain[8]).data_position();
    node.stop();
    {
        const auto file = node.files->open("/node/regtest/blocks/blk00000.dat", base::OpenMode::kReadWrite);
        file->write_at(position.offset + 10, Bytes(20, std::byte{0x55}));
    }
    node.options.check_level = 0;
    EXPECT_THROW(
        {
            try {
                node.start();
            } catch (const StartError& error) {
                EXPECT_STREQ(error.what(), "Corrupted block database detected");
                EXPECT_FALSE(error.remedy().empty());
                throw;
            }
        },
        StartError);
    // Not among the blocks looked at, it is noticed when it is read.
    node.options.check_blocks = 1;
    node.start();
    EXPECT_THROW(node.chain().read_block(node.node(chain[8])), storage::StorageError);
    EXPECT_EQ(node.chain().verify(0, 0), VerifyOutcome::kCorrupt);
}

TEST_F(FaultsTest, ADamagedBodyStopsTheNodeAndDoesNotBlameTheHeader)
{
    make_chains();
    node.start();
    node.submit_all(a);
    const auto position = node.node(a[118]).data_position();
    node.stop();
    {
        const auto file = node.files->open("/node/regtest/blocks/blk00000.dat", base::OpenMode::kReadWrite);
        std::array<std::byte, 1> last{};
        file->read_at(position.offset + a[118]->raw.size() - 1, last);
        last[0] ^= std::byte{1};
        file->write_at(position.offset + a[118]->raw.size() - 1, last);
    }
    node.options.check_level = 1;
    EXPECT_THROW(node.start(), StartError);
    node.options.check_level = 0;
    node.options.reindex_chainstate = true;
    try {
        node.start();
    } catch (const base::EnvironmentError&) {
        // The validation thread may find the damage before start() is done with it.
    }
    cairn::test::wait_until([&] { return !node.failure().empty(); });
    EXPECT_TRUE(node.failure().find("Corrupt block found") != std::string::npos) << node.failure();
    EXPECT_FALSE(node.node(a[118]).status().failed());
}

TEST_F(FaultsTest, WithoutUndoDataTheChainStopsWhereItIsAndStaysThere)
{
    node.options.max_tip_age = std::chrono::seconds{1'000'000'000};  // not downloading any more
    node.options.check_level = 0;
    node.start();
    const auto ours = node.miner.mine_chain(node.genesis(), 0, 3);
    const auto longer = node.miner.mine_chain(node.genesis(), 0, 4);
    node.submit_all(ours);
    ASSERT_TRUE(node.files->remove("/node/regtest/blocks/rev00000.dat")) << "written before the blocks' fate was told";
    for (const BlockRef& block : longer) node.chain().submit_block(block, kRequested, nullptr);
    cairn::test::wait_until([&] { return !node.failure().empty(); });
    EXPECT_TRUE(node.failure().starts_with("Failed to disconnect block. ")) << node.failure();
    EXPECT_TRUE(node.failure().find("-reindex") != std::string::npos) << "with a remedy";
    EXPECT_EQ(node.tip(), ours[2]->hash);
    node.stop();
    try {
        node.start();
    } catch (const base::EnvironmentError&) {
        // The validation thread may fail before start() is done with it.
    }
    cairn::test::wait_until([&] { return !node.failure().empty(); });
    EXPECT_TRUE(node.failure().starts_with("Failed to disconnect block. ")) << node.failure();
}

TEST_F(FaultsTest, ACrashInInvalidateBlockLeavesNoInvalidTip)
{
    make_chains();
    node.start();
    node.submit_all(a);
    const std::string before = node.utxo_hash();
    node.stop();
    {
        // The index was written, the coins were not.
        storage::KeyValueStore::Options options;
        options.folder = "/node/regtest/blocks/index";
        options.files = node.files.get();
        storage::BlockIndexStore index(options);
        std::pair<BlockHash, storage::BlockIndexRecord> tip;
        index.for_each([&](const BlockHash& hash, const storage::BlockIndexRecord& record) {
            if (hash == a.back()->hash) tip = {hash, record};
        });
        tip.second.status |= BlockStatus::kFailed;
        index.write({}, 0, {&tip, 1});
    }
    node.start();
    node.settle();
    EXPECT_EQ(node.tip(), a[118]->hash);
    EXPECT_EQ(node.utxo_hash(), hash_after({a.begin(), a.begin() + 119}));
    node.chain().reconsider_block(node.node(a.back()));
    EXPECT_EQ(node.utxo_hash(), before);
}

TEST_F(FaultsTest, AMissingBlockFileIsNoticed)
{
    node.start();
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 3));
    node.stop();
    node.files->remove("/node/regtest/blocks/blk00000.dat");
    EXPECT_THROW(node.start(), StartError);
}

TEST_F(FaultsTest, ABlockFileThatMayNotBeReadIsNoCorruption)
{
    node.start();
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 3));
    node.stop();
    node.files->deny("/node/regtest/blocks/blk00000.dat");
    try {
        node.start();
        ADD_FAILURE() << "started without its blocks";
    } catch (const base::IoError& error) {
        EXPECT_EQ(error.code(), EACCES);
        EXPECT_FALSE(error.remedy().empty());
    }
}

TEST_F(FaultsTest, AnotherNetworksFolderIsRefused)
{
    node.start();
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 3));
    node.stop();
    node.params = consensus::make_params(Network::kTestnet4);
    EXPECT_THROW(node.start(), StartError);
}

TEST_F(FaultsTest, WhatAnotherProgramMadeIsRefused)
{
    node.files->create_directories("/node/regtest/chainstate_snapshot");
    EXPECT_THROW(node.start(), StartError);
    EXPECT_FALSE(node.files->exists("/node/regtest/blocks")) << "nothing was written";
    node.files->remove_all("/node/regtest/chainstate_snapshot");
    node.start();
    node.stop();
    {
        storage::KeyValueStore::Options options;
        options.folder = "/node/regtest/blocks/index";
        options.files = node.files.get();
        storage::BlockIndexStore index(options);
        index.set_flag("prunedblockfiles", true);
    }
    EXPECT_THROW(node.start(), StartError);
}

TEST_F(FaultsTest, WhatANewerProgramMadeIsRefusedUntouched)
{
    using Kind = storage::StorageError::Kind;
    node.start();
    node.submit_all(node.miner.mine_chain(node.genesis(), 0, 3));
    node.stop();
    const auto refused = [&] {
        try {
            node.start();
        } catch (const storage::StorageError& error) {
            EXPECT_FALSE(error.remedy().empty());
            return error.kind() == Kind::kUnknownFormat;
        }
        return false;
    };
    const auto database = [&](const char* folder) {
        storage::KeyValueStore::Options options;
        options.folder = folder;
        options.files = node.files.get();
        return options;
    };
    // Coins of a program before 0.15: -reindex-chainstate builds them anew.
    auto coins = database("/node/regtest/chainstate");
    const Bytes old_key(33, std::byte{'c'});
    storage::KeyValueStore{coins}.put(old_key, Bytes(3));
    const auto written = node.files->list("/node/regtest/chainstate");
    EXPECT_TRUE(refused());
    EXPECT_EQ(node.files->list("/node/regtest/chainstate"), written);
    node.options.reindex_chainstate = true;
    node.start();
    node.settle();
    EXPECT_EQ(node.height(), 3);
    node.stop();
    // An index with a flag nobody knows: that option does not help, building it anew does.
    {
        storage::BlockIndexRecord record;
        record.header = node.genesis().header;
        record.status = storage::block_status::kAll + 1;
        const std::pair<BlockHash, storage::BlockIndexRecord> newer{BlockHash{}, record};
        storage::BlockIndexStore{database("/node/regtest/blocks/index")}.write({}, 0, {&newer, 1});
    }
    const auto index = node.files->list("/node/regtest/blocks/index");
    EXPECT_TRUE(refused());
    node.options.reindex_chainstate = false;
    EXPECT_TRUE(refused());
    EXPECT_EQ(node.files->list("/node/regtest/blocks/index"), index);
    node.options.reindex = true;
    node.start();
    node.wait_for_import();
    EXPECT_EQ(node.height(), 3);
}

TEST_F(FaultsTest, ASmallCacheIsKeptWithinItsBound)
{
    make_chains();
    node.options.cache_bytes = ChainOptions::kMinCacheBytes;
    node.options.max_tip_age = std::chrono::hours{24};
    node.start();
    node.submit_all(a);
    // Blocks of many outputs: far more coins than the cache may hold.
    std::vector<BlockRef> more;
    for (Height height = 121; height < 145; ++height) {
        const Block& parent = more.empty() ? *a.back() : *more.back();
        const auto mature = static_cast<std::size_t>(height) - 101;
        TransactionDraft spend =
            cairn::test::make_spend(std::vector{Outpoint{a[mature]->transactions[0].txid, 0}}, Amount{1});
        for (int i = 0; i < 4000; ++i) spend.outputs.push_back(spend.outputs[0]);
        Miner::Plan plan;
        plan.transactions = {spend.finish()};
        more.push_back(node.miner.mine(parent, height, plan));
    }
    std::uint64_t largest = 0;
    const auto listener = node.chain().on_tip(
        [&](const BlockNode&) { largest = std::max(largest, node.chain().cache_use().coins_bytes); });
    node.submit_all(more);
    EXPECT_EQ(node.height(), 144) << node.failure();
    EXPECT_GT(node.chain().utxo_statistics(UtxoHashKind::kNone, nullptr)->outputs, 90'000U);
    EXPECT_GT(largest, node.chain().cache_use().coins_limit / 2);
    // What one block adds may come on top before the flush begins.
    EXPECT_LT(largest, node.chain().cache_use().coins_limit + 4001 * 150);
    EXPECT_NE(node.chain().verify(3, 20), VerifyOutcome::kCorrupt);
}

}  // namespace
}  // namespace cairn::chain::test
