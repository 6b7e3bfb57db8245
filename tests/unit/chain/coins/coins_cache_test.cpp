// The coins cache against a map, by random steps: layers pushed, published and dropped, blocks taken back, flushes.

#include "chain/coins/coins_cache.h"

#include <map>

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/random.h"
#include "support/block_builder.h"

namespace cairn::chain {
namespace {

using Model = std::map<Outpoint, std::pair<std::int64_t, Height>>;

class CoinsCacheTest : public testing::Test {
protected:
    CoinsCacheTest() { open(); }

    void open()
    {
        cache.reset();
        store.reset();
        storage::KeyValueStore::Options options;
        options.folder = "/coins";
        options.files = &files;
        options.random = &random;
        options.obfuscate = true;
        store = std::make_unique<storage::CoinsStore>(options);
        cache = std::make_unique<CoinsCache>(*store, CoinSalt{random.u64(), random.u64()});
    }

    /// A block without meaning that creates `outputs` coins, and effects that spend `spends`.
    struct Made {
        BlockRef block;
        consensus::BlockEffects effects;
        Model after;
    };
    Made make(const Model& before, const std::vector<Outpoint>& spends, std::size_t outputs, Height height)
    {
        cairn::test::BlockDraft draft;
        draft.header.time = ++number;
        draft.header.bits = 0x207fffff;
        draft.transactions.push_back(cairn::test::make_coinbase(height, Amount{number}).finish());
        TransactionDraft creating;
        creating.inputs.push_back({Outpoint{Txid{}, number}, {}, 0, {}});
        for (std::size_t i = 0; i < outputs; ++i) {
            creating.outputs.push_back({Amount{static_cast<std::int64_t>(number)}, Bytes(random.below(80))});
        }
        draft.transactions.push_back(creating.finish());
        Made made{draft.finish(), {}, before};
        for (const CoinRef& coin : cache->top_view().fetch(spends)) made.effects.spent_slots.push_back(coin.slot);
        auto spent = std::make_shared<SpentOutputs>();
        for (const Outpoint& outpoint : spends) {
            spent->add(Amount{before.at(outpoint).first}, Bytes{std::byte{1}}, before.at(outpoint).second, false);
            made.after.erase(outpoint);
        }
        made.effects.spent = spent;
        for (std::uint32_t i = 0; i < outputs; ++i) {
            made.effects.created.push_back({1, i});
            made.after[{made.block->transactions[1].txid, i}] = {number, height};
        }
        return made;
    }
    void expect(CoinsView& view, const Model& model, const std::vector<Outpoint>& asked)
    {
        const auto coins = view.fetch(asked);
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const auto found = model.find(asked[i]);
            ASSERT_EQ(coins[i].exists(), found != model.end());
            if (!coins[i].exists()) continue;
            EXPECT_EQ(coins[i].value.satoshis(), found->second.first);
            EXPECT_EQ(coins[i].height, found->second.second);
        }
    }

    base::MemoryFileSystem files;
    base::SeededRandom random{7};
    std::unique_ptr<storage::CoinsStore> store;
    std::unique_ptr<CoinsCache> cache;
    std::uint32_t number = 0;
};

BlockHash hash_of(std::uint32_t number)
{
    BlockHash hash;
    hash.value.bytes[0] = static_cast<std::byte>(number);
    hash.value.bytes[1] = static_cast<std::byte>(number >> 8);
    hash.value.bytes[2] = std::byte{1};
    return hash;
}

/// A cache led at random through all it can do, beside a map that does the same.
class CoinsCacheWalk : public CoinsCacheTest {
protected:
    struct Pending {
        Model model;
        BlockHash hash;
    };
    struct Done {
        consensus::DisconnectEffects undo;
        std::shared_ptr<const SpentOutputs> spent;
        Model before;
        BlockHash parent;
    };
    struct ReadAhead {
        std::uint64_t generation = 0;
        std::vector<Outpoint> outpoints;
        std::vector<std::optional<storage::StoredCoin>> coins;
    };

    void step()
    {
        if (random.below(4) == 0) begin_read_ahead();
        if (random.below(4) == 0 && !read_ahead.empty()) end_read_ahead();
        const bool settled = pending.empty() && !cache->has_frozen();
        const std::uint64_t choice = random.below(100);
        if (choice < 50 && pending.size() < 8) {
            push();
        } else if (choice < 75 && !pending.empty()) {
            publish();
        } else if (choice < 80) {
            drop();
        } else if (choice < 88 && pending.empty() && !taken_back_able.empty()) {
            take_back();
        } else if (choice < 91 && settled) {
            cache->sync();
            EXPECT_EQ(cache->dirty_count(), 0U);
        } else if (choice < 94 && settled) {
            cache->freeze();
        } else if (choice < 97 && cache->has_frozen()) {
            write_frozen();
        } else if (choice < 98 && settled) {
            restart();
        }
        compare();
    }
    void begin_read_ahead()
    {
        ReadAhead& some = read_ahead.emplace_back(cache->generation());
        for (int i = 0; i < 30; ++i) {
            const auto age = random.below(std::min<std::uint64_t>(known.size(), 200));
            some.outpoints.push_back(known[known.size() - 1 - age]);
        }
        for (const Outpoint& outpoint : some.outpoints) some.coins.push_back(cache->read_missing(outpoint));
    }
    void end_read_ahead()
    {
        const ReadAhead some = std::move(read_ahead.front());
        read_ahead.erase(read_ahead.begin());
        const auto before = cache->disk_loads();
        cache->adopt(some.outpoints, some.coins, some.generation);
        adopted += cache->disk_loads() - before;
    }
    void push()
    {
        const Model& top = pending.empty() ? published : pending.back().model;
        std::vector<Outpoint> spends;
        for (const auto& [outpoint, coin] : top) {
            if (random.below(6) == 0 && spends.size() < 20) spends.push_back(outpoint);
        }
        Made made = make(top, spends, random.below(25), static_cast<Height>(number + 1));
        Done done{{}, made.effects.spent, top, {}};
        for (const auto& created : made.effects.created) {
            done.undo.removed.push_back({made.block->transactions[1].txid, created.output});
            known.push_back(done.undo.removed.back());
        }
        for (std::uint32_t i = 0; i < spends.size(); ++i) done.undo.restored.push_back({spends[i], i});
        ASSERT_TRUE(cache->push_layer(*made.block, static_cast<Height>(number), made.effects));
        pending.push_back({made.after, hash_of(number)});
        layer_undo.push_back(std::move(done));
    }
    void publish()
    {
        cache->publish_layer(pending.front().hash);
        layer_undo.front().parent = best;
        best = pending.front().hash;
        published = pending.front().model;
        pending.erase(pending.begin());
        taken_back_able.push_back(std::move(layer_undo.front()));
        layer_undo.erase(layer_undo.begin());
    }
    void drop()
    {
        cache->drop_layers();
        pending.clear();
        layer_undo.clear();
    }
    void take_back()
    {
        const Done done = std::move(taken_back_able.back());
        taken_back_able.pop_back();
        cache->disconnect(done.undo, *done.spent, done.parent);
        published = done.before;
        best = done.parent;
    }
    void write_frozen()
    {
        cache->write_frozen();
        cache->drop_frozen();
    }
    void restart()
    {
        cache->sync();
        open();
        read_ahead.clear();
        EXPECT_EQ(cache->best(), best);
    }
    void compare()
    {
        std::vector<Outpoint> asked;
        for (int i = 0; i < 40; ++i) asked.push_back(known[random.below(known.size())]);
        expect(cache->top_view(), pending.empty() ? published : pending.back().model, asked);
        expect(cache->published_view(), published, asked);
        const CoinAnswer answer = cache->read(asked[0]);
        EXPECT_EQ(answer.best, best);
        EXPECT_EQ(answer.coin.has_value(), published.contains(asked[0]));
    }

    Model published;
    std::vector<Pending> pending;
    std::vector<Outpoint> known{{Txid{}, 0xffffff}, {Txid{}, 0x1000000}};
    std::vector<Done> taken_back_able;
    std::vector<Done> layer_undo;
    std::vector<ReadAhead> read_ahead;
    std::size_t adopted = 0;
    BlockHash best = hash_of(0);
};

TEST_F(CoinsCacheWalk, AgreesWithAMapOverRandomSteps)
{
    cache->set_best(best);
    for (int i = 0; i < 3000; ++i) {
        step();
        if (HasFatalFailure()) FAIL() << "step " << i;
    }
    cache->drop_layers();
    if (cache->has_frozen()) write_frozen();
    cache->sync();
    Model on_disk;
    auto cursor = store->cursor();
    while (const auto next = cursor.next()) on_disk[next->first] = {next->second.value.satoshis(), next->second.height};
    EXPECT_EQ(on_disk, published);
    EXPECT_GT(published.size(), 20U);
    EXPECT_GT(adopted, 20U);
}

TEST_F(CoinsCacheTest, WhatWasReadBeforeAFlushIsNotTakenInAfterIt)
{
    Made made = make({}, {}, 2, 1);
    const Outpoint kept{made.block->transactions[1].txid, 0};
    const Outpoint spent{made.block->transactions[1].txid, 1};
    ASSERT_TRUE(cache->push_layer(*made.block, 1, made.effects));
    cache->publish_layer(hash_of(1));
    const auto flush = [&] {
        cache->freeze();
        cache->write_frozen();
        cache->drop_frozen();
    };
    flush();
    const std::vector<Outpoint> outpoints{kept, spent};
    std::vector coins{cache->read_missing(kept), cache->read_missing(spent)};
    ASSERT_TRUE(coins[0] && coins[1]);
    const std::uint64_t generation = cache->generation();

    Made spending = make(made.after, {spent}, 0, 2);
    ASSERT_TRUE(cache->push_layer(*spending.block, 2, spending.effects));
    cache->publish_layer(hash_of(2));
    EXPECT_FALSE(cache->read_missing(spent)) << "memory knows better than the disk";
    cache->freeze();
    const auto loads = cache->disk_loads();
    cache->adopt(outpoints, coins, generation);
    EXPECT_EQ(cache->disk_loads(), loads + 1) << "the one that is not being spent on disk just now";
    EXPECT_FALSE(cache->published_view().fetch(std::vector{spent})[0].exists());
    EXPECT_TRUE(cache->published_view().fetch(std::vector{kept})[0].exists());
    cache->write_frozen();
    cache->drop_frozen();
    cache->adopt(outpoints, coins, generation);
    EXPECT_FALSE(cache->published_view().fetch(std::vector{spent})[0].exists());
}

TEST_F(CoinsCacheTest, AskingForWhatMayComeToNothingLeavesNoTrace)
{
    Made made = make({}, {}, 3, 1);
    ASSERT_TRUE(cache->push_layer(*made.block, 1, made.effects));
    cache->publish_layer(hash_of(1));
    const Txid txid = made.block->transactions[1].txid;
    const std::vector<Outpoint> asked{{txid, 0}, {txid, 1}, {txid, 2}, {txid, 3}};
    cache->freeze();
    expect(cache->published_view(), made.after, asked);
    cache->write_frozen();
    cache->drop_frozen();
    expect(cache->published_view(), made.after, asked);
    EXPECT_EQ(cache->size(), 0U);
    EXPECT_EQ(cache->disk_loads(), 0U);
    cache->warm(std::span(asked).first(2));
    EXPECT_EQ(cache->size(), 2U);
    expect(cache->published_view(), made.after, asked);
    expect(cache->top_view(), made.after, asked);
    EXPECT_EQ(cache->size(), 3U);
}

TEST_F(CoinsCacheTest, OverwritesACoinOnDisk)
{
    // As the two coinbases of BIP30's exceptions did.
    const TransactionRef coinbase = cairn::test::make_coinbase(1, Amount{50}).finish();
    cairn::test::BlockDraft draft;
    draft.header.bits = 0x207fffff;
    draft.transactions = {coinbase};
    const BlockRef block = draft.finish();
    consensus::BlockEffects effects;
    effects.created = {{0, 0}};
    effects.spent = std::make_shared<SpentOutputs>();
    const Outpoint outpoint{coinbase->txid, 0};
    ASSERT_TRUE(cache->push_layer(*block, 10, effects));
    EXPECT_FALSE(cache->push_layer(*block, 20, effects)) << "not while the first is a layer";
    cache->publish_layer(hash_of(1));
    cache->freeze();
    cache->write_frozen();
    cache->drop_frozen();
    ASSERT_TRUE(cache->push_layer(*block, 20, effects));
    EXPECT_EQ(cache->top_view().fetch(std::vector{outpoint})[0].height, 20);
    cache->publish_layer(hash_of(2));
    ASSERT_TRUE(cache->push_layer(*block, 30, effects));
    cache->drop_layers();
    EXPECT_EQ(cache->read(outpoint).coin->height, 20);
    // Spent in the cache, it must not come back from the disk.
    effects.created.clear();
    effects.spent_slots = {cache->top_view().fetch(std::vector{outpoint})[0].slot};
    ASSERT_TRUE(cache->push_layer(*block, 40, effects));
    cache->publish_layer(hash_of(3));
    EXPECT_FALSE(cache->read(outpoint).coin);
    cache->sync();
    EXPECT_FALSE(store->get(outpoint));
}

TEST_F(CoinsCacheTest, SmallCoinsTakeLittleMemory)
{
    consensus::BlockEffects effects;
    TransactionDraft creating;
    creating.inputs.push_back({Outpoint{Txid{}, 1}, {}, 0, {}});
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        creating.outputs.push_back({Amount{i}, Bytes(22, std::byte{7})});
        effects.created.push_back({1, i});
    }
    cairn::test::BlockDraft draft;
    draft.header.bits = 0x207fffff;
    draft.transactions = {cairn::test::make_coinbase(1, Amount{50}).finish(), creating.finish()};
    const BlockRef block = draft.finish();
    effects.spent = std::make_shared<SpentOutputs>();
    ASSERT_TRUE(cache->push_layer(*block, 1, effects));
    const std::size_t with_journal = cache->memory();
    cache->publish_layer(hash_of(1));
    EXPECT_EQ(cache->size(), 100'000U);
    EXPECT_GE(with_journal, cache->memory() + 4 * 100'000) << "a layer's journal counts";
    EXPECT_LE(cache->memory(), std::size_t{100'000} * 94);
}

TEST_F(CoinsCacheTest, LongScriptsKeepTheirSize)
{
    for (const std::size_t size : {0U, 1U, 1022U, 1023U, 1024U, 10'000U}) {
        TransactionDraft creating;
        creating.inputs.push_back({Outpoint{Txid{}, static_cast<std::uint32_t>(size)}, {}, 0, {}});
        creating.outputs.push_back({kMaxMoney, Bytes(size, std::byte{0x51})});
        cairn::test::BlockDraft draft;
        draft.header.bits = 0x207fffff;
        draft.transactions = {cairn::test::make_coinbase(1, Amount{50}).finish(), creating.finish()};
        const BlockRef block = draft.finish();
        consensus::BlockEffects effects;
        effects.created = {{1, 0}};
        effects.spent = std::make_shared<SpentOutputs>();
        ASSERT_TRUE(cache->push_layer(*block, 0x3fffffff, effects));
        cache->publish_layer(hash_of(1));
        const auto coin = cache->read({block->transactions[1].txid, 0}).coin;
        ASSERT_TRUE(coin);
        EXPECT_EQ(coin->script_pubkey.size(), size);
        EXPECT_EQ(coin->value, kMaxMoney);
        EXPECT_EQ(coin->height, 0x3fffffff);
        EXPECT_FALSE(coin->coinbase);
    }
}

}  // namespace
}  // namespace cairn::chain
