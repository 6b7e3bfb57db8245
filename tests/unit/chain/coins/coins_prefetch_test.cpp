// Coins of coming blocks, read from disk by several threads before they are needed.

#include "chain/coins/coins_prefetch.h"

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/random.h"
#include "support/block_builder.h"

namespace cairn::chain {
namespace {

class CoinsPrefetchTest : public testing::Test {
protected:
    static constexpr std::uint32_t kCoins = 1000;

    CoinsPrefetchTest()
    {
        storage::KeyValueStore::Options options;
        options.folder = "/coins";
        options.files = &files;
        options.random = &random;
        store = std::make_unique<storage::CoinsStore>(options);
        auto batch = store->make_batch();
        for (std::uint32_t i = 0; i < kCoins; ++i) batch.put({Txid{}, i}, Amount{i}, Bytes(22), 1, false);
        BlockHash best;
        best.value.bytes[0] = std::byte{1};
        batch.end_transition(best);
        store->write(batch, true);
        cache = std::make_unique<CoinsCache>(*store, CoinSalt{1, 2});
    }

    /// Spends the coins [first, last).
    static BlockRef spending(std::uint32_t first, std::uint32_t last)
    {
        TransactionDraft spending;
        for (std::uint32_t i = first; i < last; ++i) spending.inputs.push_back({Outpoint{Txid{}, i}, {}, 0, {}});
        spending.outputs.push_back({Amount{1}, Bytes(22)});
        cairn::test::BlockDraft draft;
        draft.header.time = first;
        draft.header.bits = 0x207fffff;
        draft.transactions = {cairn::test::make_coinbase(1, Amount{50}).finish(), spending.finish()};
        return draft.finish();
    }
    /// How many of the coins [first, last) the cache must ask the disk for.
    std::uint64_t loads_of(std::uint32_t first, std::uint32_t last)
    {
        const auto before = cache->disk_loads();
        for (std::uint32_t i = first; i < last; ++i) {
            const auto coin = cache->top_view().fetch(std::vector{Outpoint{Txid{}, i}})[0];
            EXPECT_EQ(coin.exists(), i < kCoins) << i;
            EXPECT_EQ(coin.value.satoshis(), i < kCoins ? i : 0);
        }
        return cache->disk_loads() - before;
    }
    /// A block that needs so many coins from disk makes reading ahead worth while, or not.
    void connect_block_that_loads(CoinsPrefetch& prefetch, std::uint32_t coins)
    {
        prefetch.finish(spending(0, 1), 1);
        EXPECT_EQ(loads_of(kCoins - coins, kCoins), coins);
        prefetch.finish(spending(kCoins, kCoins + 1), 2);
    }

    base::MemoryFileSystem files;
    base::SeededRandom random{7};
    std::unique_ptr<storage::CoinsStore> store;
    std::unique_ptr<CoinsCache> cache;
    base::ThreadPool pool{"coins", 3};
};

TEST_F(CoinsPrefetchTest, BlocksFindTheirCoinsInMemory)
{
    CoinsPrefetch prefetch(*cache, pool);
    connect_block_that_loads(prefetch, 4 * CoinsPrefetch::kWorthwhile);
    ASSERT_TRUE(prefetch.wants_more());
    const BlockRef first = spending(0, 200);
    const BlockRef second = spending(200, 400);
    prefetch.begin(second, 4);
    prefetch.begin(second, 4);
    prefetch.finish(first, 3);
    EXPECT_EQ(loads_of(0, 200), 0U) << "begun by finish(), as nobody had";
    prefetch.finish(second, 4);
    EXPECT_EQ(loads_of(200, 400), 0U);
    EXPECT_EQ(loads_of(400, 410), 10U);
    EXPECT_EQ(loads_of(kCoins, kCoins + 5), 0U) << "coins that are not there";
}

TEST_F(CoinsPrefetchTest, NotWhereAlmostAllIsInMemory)
{
    CoinsPrefetch prefetch(*cache, pool);
    connect_block_that_loads(prefetch, CoinsPrefetch::kWorthwhile - 1);
    EXPECT_FALSE(prefetch.wants_more());
    const BlockRef block = spending(0, 200);
    prefetch.begin(block, 3);
    prefetch.finish(block, 3);
    EXPECT_EQ(loads_of(0, 200), 200U);
}

TEST_F(CoinsPrefetchTest, NotWithoutThreads)
{
    base::ThreadPool none("coins", 0);
    CoinsPrefetch prefetch(*cache, none);
    connect_block_that_loads(prefetch, 100);
    EXPECT_FALSE(prefetch.wants_more());
    const BlockRef block = spending(0, 200);
    prefetch.finish(block, 3);
    EXPECT_EQ(loads_of(0, 200), 200U);
}

TEST_F(CoinsPrefetchTest, SomeBlocksAtATimeAndThoseOfALeftBranchMakeRoom)
{
    CoinsPrefetch prefetch(*cache, pool);
    connect_block_that_loads(prefetch, 100);
    for (std::uint32_t i = 0; i < CoinsPrefetch::kMaxBlocks; ++i) {
        EXPECT_TRUE(prefetch.wants_more());
        prefetch.begin(spending(10 * i, 10 * i + 10), static_cast<Height>(4 + i));
    }
    EXPECT_FALSE(prefetch.wants_more());
    prefetch.begin(spending(300, 310), 9);
    prefetch.finish(spending(400, 420), 7);
    EXPECT_EQ(loads_of(0, 10), 10U) << "of another block at a height that is passed";
    EXPECT_EQ(loads_of(300, 310), 10U) << "one too many";
    prefetch.finish(spending(420, 440), 8);
    EXPECT_TRUE(prefetch.wants_more());
}

TEST_F(CoinsPrefetchTest, LargeScriptsDoNotFillTheMemory)
{
    auto batch = store->make_batch();
    constexpr std::size_t kFull = CoinsPrefetch::kMaxScriptBytes / 10'000 + 1;
    for (std::uint32_t i = 0; i < 2 * kFull; ++i) {
        batch.put({Txid{}, kCoins + i}, Amount{1}, Bytes(10'000, std::byte{7}), 1, false);
    }
    store->write(batch, true);
    CoinsPrefetch prefetch(*cache, pool);
    connect_block_that_loads(prefetch, 100);
    const auto before = cache->disk_loads();
    const BlockRef block = spending(kCoins, kCoins + 2 * kFull);
    prefetch.begin(block, 3);
    prefetch.finish(block, 3);
    EXPECT_GE(cache->disk_loads() - before, kFull - 1);
    // Each thread may have had one more under way.
    EXPECT_LE(cache->disk_loads() - before, kFull + pool.threads());
}

}  // namespace
}  // namespace cairn::chain
