#include "services/mempool_keeper.h"

#include <gtest/gtest.h>

#include "crypto/hex.h"
#include "services_fixture.h"

namespace cairn::services {
namespace {

/// A mempool over a chain of its own, the same chain and disk each time.
class OneRun {
public:
    explicit OneRun(const std::shared_ptr<base::MemoryFileSystem>& disk) : node(disk)
    {
        node.mempool = &chain_mempool;
        node.clock.set(base::Time{std::chrono::seconds{node.genesis().header.time + 200 * 600}});
        node.start();
        mempool_chain.set(node.chain());
        blocks = node.miner.mine_chain(node.genesis(), 0, 110);
        node.submit_all(blocks);
        keeper = std::make_unique<MempoolKeeper>(MempoolKeeper::Parts{
            node.chain(), mempool, node.clock, node.random, *node.files, "/node/regtest/mempool.dat", older_format});
    }
    ~OneRun() { node.stop(); }
    OneRun(const OneRun&) = delete;
    OneRun& operator=(const OneRun&) = delete;

    TransactionRef spend(std::size_t block) const
    {
        const Transaction& coinbase = blocks.at(block)->transactions.front();
        const Outpoint outpoint{coinbase.txid, 0};
        auto draft = cairn::test::make_spend({&outpoint, 1}, coinbase.outputs.front().value - Amount{10'000});
        draft.outputs.push_back({Amount{}, cairn::test::anyone_can_spend()});  // too small without
        return draft.finish();
    }
    Txid add(std::size_t block)
    {
        const auto transaction = spend(block);
        node.chain().run([&] {
            const auto accepted = mempool.accept(transaction, {.now = now()});
            EXPECT_TRUE(accepted) << accepted.error().to_string();
        });
        return transaction->txid;
    }
    void prioritise(const Txid& txid, Amount delta)
    {
        node.chain().run([&] { mempool.prioritise(txid, delta); });
    }
    void load()
    {
        keeper->load();
        cairn::test::wait_until([&] {
            node.chain().run([] {});
            return keeper->is_loaded();
        });
    }
    std::int64_t now() const { return base::unix_seconds(node.clock.now()); }
    void wait(std::chrono::seconds time) { node.clock.advance(time); }

    bool older_format = false;
    chain::test::TestChain node;
    consensus::ImmediateVerifier verifier;
    MempoolChain mempool_chain;
    MempoolEvents mempool_events{node.events};
    mempool::Mempool mempool{test::any_script(), mempool_chain, verifier, mempool_events, {1, 2}};
    ChainMempool chain_mempool{mempool, mempool_chain, node.clock};
    std::vector<BlockRef> blocks;
    std::unique_ptr<MempoolKeeper> keeper;
};

class MempoolKeeperTest : public testing::Test {
protected:
    std::shared_ptr<base::MemoryFileSystem> disk = std::make_shared<base::MemoryFileSystem>();
};

TEST_F(MempoolKeeperTest, WhatWasThereIsThereAgain)
{
    Txid first;
    Txid second;
    Txid absent;
    std::int64_t entered = 0;
    {
        OneRun run(disk);
        run.load();
        EXPECT_EQ(run.mempool.totals().transactions, 0U);
        first = run.add(0);
        entered = run.now();
        run.wait(std::chrono::seconds{100});
        second = run.add(1);
        absent = run.spend(2)->txid;
        run.prioritise(second, Amount{777});
        run.prioritise(absent, Amount{-55});
        run.mempool.add_unbroadcast(first);
        run.keeper->save();
    }
    OneRun run(disk);
    run.wait(std::chrono::seconds{1000});
    EXPECT_FALSE(run.keeper->is_loaded());
    run.load();
    EXPECT_EQ(run.mempool.entry(first)->time, entered);
    EXPECT_TRUE(run.mempool.entry(first)->unbroadcast);
    EXPECT_FALSE(run.mempool.entry(second)->unbroadcast);
    EXPECT_EQ(run.mempool.entry(second)->modified_fee, Amount{10'777});
    run.add(2);
    EXPECT_EQ(run.mempool.entry(absent)->modified_fee, Amount{9'945});
}

TEST_F(MempoolKeeperTest, WhatIsTooOldOrNoLongerValidStaysOut)
{
    {
        OneRun run(disk);
        run.load();
        run.add(0);
        run.wait(std::chrono::hours{336});
        run.add(1);
        run.keeper->save();
    }
    OneRun run(disk);
    run.wait(std::chrono::hours{336});
    run.load();
    EXPECT_EQ(run.mempool.totals().transactions, 1U);
    EXPECT_TRUE(run.mempool.contains(run.spend(1)->txid));
}

TEST_F(MempoolKeeperTest, ADamagedFileCostsNothingElse)
{
    for (const std::string content : {"", "0", "0300000000000000", "0100000000000000ffffffffffffffff00"}) {
        OneRun run(disk);
        base::replace_file(*disk, run.keeper->path(), *from_hex(content.size() % 2 == 0 ? content : ""));
        run.load();
        EXPECT_EQ(run.mempool.totals().transactions, 0U);
        EXPECT_FALSE(run.keeper->import(run.keeper->path(), {}));
    }
}

TEST_F(MempoolKeeperTest, AnImportAddsWhatIsAskedFor)
{
    {
        OneRun run(disk);
        run.load();
        const auto txid = run.add(0);
        run.prioritise(txid, Amount{5});
        run.mempool.add_unbroadcast(txid);
        run.keeper->save();
    }
    OneRun run(disk);
    run.keeper->begin_empty();
    run.wait(std::chrono::seconds{50});
    const auto txid = run.spend(0)->txid;
    EXPECT_FALSE(run.keeper->import("/elsewhere", {}));
    EXPECT_TRUE(run.keeper->import(run.keeper->path(), {}));
    EXPECT_EQ(run.mempool.entry(txid)->time, run.now());
    EXPECT_EQ(run.mempool.entry(txid)->modified_fee, Amount{10'000});
    EXPECT_FALSE(run.mempool.entry(txid)->unbroadcast);
    EXPECT_TRUE(run.keeper->import(run.keeper->path(), {true, true, true}));
    EXPECT_EQ(run.mempool.entry(txid)->modified_fee, Amount{10'005});
    EXPECT_TRUE(run.mempool.entry(txid)->unbroadcast);
}

TEST_F(MempoolKeeperTest, AFullDiskLeavesTheFormerFile)
{
    OneRun run(disk);
    run.load();
    run.keeper->save();
    const auto before = base::read_file(*disk, run.keeper->path(), 1000);
    run.add(0);
    disk->fail_writes_after(0, ENOSPC);
    EXPECT_THROW(run.keeper->save(), base::IoError);
    disk->disarm();
    EXPECT_EQ(base::read_file(*disk, run.keeper->path(), 1000), before);
}

TEST(MempoolFile, HasBitcoinCoresForm)
{
    SavedMempool saved;
    saved.deltas[Txid{}] = Amount{-1};
    const std::string rest = "000000000000000001" + std::string(64, '0') + "ffffffffffffffff00";
    EXPECT_EQ(to_hex(encode_mempool_file(saved, std::nullopt)), "0100000000000000" + rest);
    const MempoolFileKey none{};
    EXPECT_EQ(to_hex(encode_mempool_file(saved, none)),
              "0200000000000000"
              "08"
              "0000000000000000" +
                  rest);
    // The key's bytes are counted from the file's first one: byte 17 of the file meets the second.
    const MempoolFileKey key{std::byte{0}, std::byte{0xff}};
    const Bytes with_key = encode_mempool_file(saved, key);
    EXPECT_EQ(to_hex(ByteSpan{with_key}.subspan(17, 8)), "ff00000000000000");
    EXPECT_EQ(decode_mempool_file(with_key)->deltas, saved.deltas);
}

TEST(MempoolFile, RefusesWhatIsNone)
{
    const auto error_of = [](const std::string& hex) { return decode_mempool_file(*from_hex(hex)).error(); };
    EXPECT_EQ(error_of(""), DecodeError::kTruncated);
    EXPECT_EQ(error_of("0000000000000000"), DecodeError::kBadValue);
    EXPECT_EQ(error_of("0300000000000000"), DecodeError::kBadValue);
    EXPECT_EQ(error_of("020000000000000007"
                       "00000000000000"),
              DecodeError::kBadValue);
    EXPECT_EQ(error_of("0100000000000000"
                       "0000000000000000"
                       "00"),
              DecodeError::kTruncated);
    EXPECT_TRUE(
        decode_mempool_file(*from_hex("0100000000000000"
                                      "0000000000000000"
                                      "0000")));
}

}  // namespace
}  // namespace cairn::services
