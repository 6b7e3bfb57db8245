// The mempool as rpc and the wallets see it.

#include <gmock/gmock.h>

#include "services_fixture.h"

namespace cairn::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MempoolServiceTest : public test::ServicesFixture {
protected:
    MempoolServiceTest() : blocks(mine(102)) {}

    const std::vector<BlockRef> blocks;
    const TransactionRef parent = spend({coinbase_of(blocks[0])}, kSubsidy - Amount{10'000});
    const TransactionRef child = spend({{parent->txid, 0}}, kSubsidy - Amount{30'000});
};

TEST_F(MempoolServiceTest, TakesATransactionAndTellsPeers)
{
    const auto outcome = mempool->submit(parent, {});
    EXPECT_EQ(outcome.status, api::SubmitStatus::kAccepted);
    EXPECT_EQ(outcome.fee, Amount{10'000});
    EXPECT_THAT(relay.announced, ElementsAre(parent->txid));
    EXPECT_TRUE(mempool->entry(parent->txid)->unbroadcast);
    // Once more: peers are told once more, of the same.
    EXPECT_EQ(mempool->submit(parent, {}).status, api::SubmitStatus::kAlreadyInMempool);
    EXPECT_EQ(relay.announced.size(), 2U);
    EXPECT_EQ(mempool->submit(child, {.max_fee = std::nullopt, .relay = false}).status, api::SubmitStatus::kAccepted);
    EXPECT_EQ(relay.announced.size(), 2U);
    EXPECT_FALSE(mempool->entry(child->txid)->unbroadcast);
    const auto info = mempool->info();
    EXPECT_EQ(info.transactions, 2U);
    EXPECT_EQ(info.total_fee, Amount{30'000});
    EXPECT_EQ(info.unbroadcast, 1U);
}

TEST_F(MempoolServiceTest, RefusesAndSaysWhy)
{
    const auto orphan = mempool->submit(child, {});
    EXPECT_EQ(orphan.status, api::SubmitStatus::kMissingInputs);
    const auto immature = mempool->submit(spend({coinbase_of(blocks[50])}, kSubsidy - Amount{1000}), {});
    EXPECT_EQ(immature.status, api::SubmitStatus::kRejected);
    EXPECT_EQ(immature.reason, "bad-txns-premature-spend-of-coinbase");
    const auto dear = mempool->submit(parent, {.max_fee = Amount{9'999}});
    EXPECT_EQ(dear.status, api::SubmitStatus::kRejected);
    EXPECT_FALSE(mempool->entry(parent->txid)) << "what pays too much is not taken";
    EXPECT_EQ(mempool->submit(parent, {.max_fee = Amount{10'000}}).status, api::SubmitStatus::kAccepted);
    EXPECT_EQ(relay.announced.size(), 1U) << "what was refused is told to nobody";
}

TEST_F(MempoolServiceTest, ShowsFamilies)
{
    mempool->submit(parent, {});
    mempool->submit(child, {});
    EXPECT_THAT(mempool->listing().txids, testing::UnorderedElementsAre(parent->txid, child->txid));
    EXPECT_EQ(mempool->entries().size(), 2U);
    const auto entry = mempool->entry(child->txid);
    ASSERT_TRUE(entry);
    EXPECT_THAT(entry->parents, ElementsAre(parent->txid));
    EXPECT_EQ(entry->ancestor_count, 2U);
    EXPECT_EQ(mempool->ancestors(child->txid)->size(), 1U);
    EXPECT_EQ(mempool->descendants(parent->txid)->size(), 1U);
    EXPECT_EQ(mempool->cluster(parent->txid)->transactions, 2U);
    const auto diagram = mempool->fee_rate_diagram();
    ASSERT_GE(diagram.size(), 2U);
    EXPECT_EQ(diagram.front().weight, 0);
    EXPECT_EQ(diagram.back().weight, parent->weight() + child->weight());
    const std::vector<Outpoint> asked{coinbase_of(blocks[0]), coinbase_of(blocks[1])};
    const auto spenders = mempool->spenders(asked);
    ASSERT_EQ(spenders.size(), 2U);
    EXPECT_EQ(spenders[0]->txid, parent->txid);
    EXPECT_EQ(spenders[1], nullptr);
    EXPECT_EQ(mempool->transaction(child->txid)->txid, child->txid);
    const Txid unknown;
    EXPECT_FALSE(mempool->entry(unknown) || mempool->ancestors(unknown) || mempool->descendants(unknown) ||
                 mempool->cluster(unknown));
}

TEST_F(MempoolServiceTest, TestsWithoutTaking)
{
    const auto one = mempool->test_accept(std::vector{parent});
    ASSERT_EQ(one.transactions.size(), 1U);
    EXPECT_EQ(one.transactions[0].status, api::SubmitStatus::kAccepted);
    const auto both = mempool->test_accept(std::vector{parent, child});
    EXPECT_EQ(both.package_error, "");
    ASSERT_EQ(both.transactions.size(), 2U);
    EXPECT_EQ(both.transactions[1].status, api::SubmitStatus::kAccepted);
    EXPECT_EQ(mempool->info().transactions, 0U);
    EXPECT_THAT(relay.announced, IsEmpty());
}

TEST_F(MempoolServiceTest, BlocksTakeTransactionsOutAndReorganisationsBringThemBack)
{
    mempool->submit(parent, {});
    const auto block = mine(1).front();
    EXPECT_EQ(mempool->info().transactions, 0U);
    ASSERT_TRUE(chain->invalidate(block->hash));
    EXPECT_EQ(mempool->info().transactions, 1U);
}

TEST_F(MempoolServiceTest, PrioritiesCountWhetherOrNotTheTransactionIsThere)
{
    ASSERT_TRUE(mempool->prioritise(parent->txid, Amount{500}));
    ASSERT_EQ(mempool->priorities().size(), 1U);
    EXPECT_FALSE(mempool->priorities()[0].modified_fee);
    mempool->submit(parent, {});
    EXPECT_EQ(mempool->priorities()[0].modified_fee, Amount{10'500});
    EXPECT_EQ(mempool->entry(parent->txid)->modified_fee, Amount{10'500});
}

TEST_F(MempoolServiceTest, IsSavedOnceItIsLoaded)
{
    EXPECT_FALSE(mempool->info().loaded);
    EXPECT_EQ(mempool->save().error().message, "The mempool was not loaded yet");
    keeper->begin_empty();
    EXPECT_TRUE(mempool->info().loaded);
    EXPECT_EQ(*mempool->save(), "/node/regtest/mempool.dat");
    EXPECT_TRUE(mempool->import("/node/regtest/mempool.dat", {}));
    EXPECT_EQ(mempool->import("/elsewhere", {}).error().message,
              "Unable to import mempool file, see debug log for details.");
    node.files->fail_writes_after(0, ENOSPC);
    EXPECT_TRUE(mempool->save().error().message.starts_with("Unable to dump mempool to disk: "));
    node.files->disarm();
}

}  // namespace
}  // namespace cairn::services
