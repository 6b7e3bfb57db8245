// What a wallet tells of its transactions, and what it gives up by itself.

#include <gtest/gtest.h>

#include "fake_node.h"
#include "support/block_builder.h"

namespace cairn::wallet {
namespace {

constexpr Amount kFunds{100'000'000};

TransactionRef foreign_payment(FakeNode& node, const std::vector<std::string>& addresses)
{
    TransactionDraft draft;
    Outpoint foreign;
    node.random.fill(foreign.txid.value.bytes);
    draft.inputs.push_back({foreign, {}, 0xffffffff, {}});
    for (const std::string& address : addresses) draft.outputs.push_back({kFunds, script_of(address)});
    return draft.finish();
}

TEST(History, ListsTheNewestUntilThereAreEnough)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto labelled = wallet->new_address("shop", std::nullopt).value();
    std::vector<Txid> txids;
    for (int i = 0; i < 4; ++i) {
        const auto payment = foreign_payment(node, {labelled, wallet->new_address("", std::nullopt).value()});
        txids.push_back(payment->txid);
        node.chain.mine(test::anyone_can_spend(), {payment});
    }
    const auto listed = [&](const api::TransactionFilter& filter) {
        std::vector<Txid> found;
        for (const auto& one : wallet->transactions(filter)) found.push_back(one.transaction->txid);
        return found;
    };
    api::TransactionFilter filter;
    EXPECT_EQ(listed(filter), txids);
    filter.wanted = 3;  // two details each
    EXPECT_EQ(listed(filter), (std::vector{txids[2], txids[3]}));
    filter.wanted = 0;
    EXPECT_TRUE(listed(filter).empty());
    filter = {.label = "shop"};
    EXPECT_EQ(listed(filter), txids);
    EXPECT_EQ(wallet->transactions(filter).at(0).details.size(), 1U);
    filter = {.label = "none"};
    EXPECT_TRUE(listed(filter).empty());
    filter = {.less_deep_than = 3};
    EXPECT_EQ(listed(filter), (std::vector{txids[2], txids[3]}));
    filter = {.among = std::vector{txids[1], Txid{}, txids[0]}};
    EXPECT_EQ(listed(filter), (std::vector{txids[1], txids[0]}));
}

TEST(History, ShowsChangeWhenAsked)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.pay_in(*wallet, kFunds);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{1'000'000}, false});
    const auto sent = wallet->send(request);
    ASSERT_TRUE(sent);
    api::TransactionFilter filter{.among = std::vector{sent->txid}};
    EXPECT_EQ(wallet->transactions(filter).at(0).details.size(), 1U);
    filter.include_change = true;
    EXPECT_EQ(wallet->transactions(filter).at(0).details.size(), 3U);  // change is sent and received
}

TEST(History, GivesUpWhatSpendsAnOrphanedCoinbase)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{1'000'000}, false});
    const auto sent = wallet->send(request);
    ASSERT_TRUE(sent);
    const auto orphan = node.mempool.take_all().at(0);
    node.mempool.remove(orphan, events::RemovalReason::kReorganised);
    for (int i = 0; i < 101; ++i) node.chain.disconnect_tip();
    EXPECT_TRUE(wallet->transaction(sent->txid)->details.at(0).abandoned);
    EXPECT_EQ(wallet->balances(false).non_mempool, Amount{});
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    ASSERT_TRUE(manager->load("w", std::nullopt));
    EXPECT_TRUE(manager->find("w")->transaction(sent->txid)->details.at(0).abandoned);
}

TEST(History, WhatConflictsWithABlockWasNotReceived)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    api::SendRequest request;
    request.payments.push_back({destination(wallet->new_address("", std::nullopt).value()), Amount{1'000'000}, false});
    const Txid txid = wallet->send(request)->txid;
    EXPECT_EQ(wallet->transaction(txid)->details.size(), 2U);
    const auto payment = node.mempool.take_all().at(0);
    TransactionDraft winner;
    winner.inputs.push_back({payment->inputs[0].prevout, {}, 0xffffffff, {}});
    winner.outputs.push_back({Amount{1'000}, foreign_script()});
    node.mempool.remove(payment, events::RemovalReason::kConflict);
    node.chain.mine(foreign_script(), {winner.finish()});
    const auto conflicting = wallet->transaction(txid).value();
    EXPECT_EQ(conflicting.confirmations, -1);
    ASSERT_EQ(conflicting.details.size(), 1U);
    EXPECT_EQ(conflicting.details[0].category, "send");
    api::TransactionFilter filter;
    filter.among = {txid};  // as of a block that was taken away
    EXPECT_EQ(wallet->transactions(filter).at(0).details.size(), 2U);
}

TEST(History, APaymentThatAnotherReplacedGivesItsOtherCoinsFree)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 2);
    api::SendRequest request;
    const std::string own = wallet->new_address("", std::nullopt).value();
    request.payments.push_back({destination(own), wallet->balances(false).trusted, true});
    const Txid txid = wallet->send(request)->txid;
    const auto payment = node.mempool.transactions().at(0);
    ASSERT_EQ(payment->inputs.size(), 2U);
    TransactionDraft other;  // by another copy of the wallet
    other.inputs.push_back({payment->inputs[0].prevout, {}, 0xffffffff, {}});
    other.outputs.push_back({Amount{1'000}, foreign_script()});
    const auto winner = other.finish();
    node.mempool.remove(payment, events::RemovalReason::kReplaced);
    EXPECT_TRUE(wallet->unspent({})->empty()) << "the payment may come back";
    node.mempool.add(winner);
    EXPECT_EQ(wallet->transaction(txid)->mempool_conflicts, std::vector{winner->txid});
    ASSERT_EQ(wallet->unspent({})->size(), 1U);
    EXPECT_EQ(wallet->unspent({})->at(0).outpoint, payment->inputs[1].prevout);
    node.mempool.remove(winner, events::RemovalReason::kExpiry);
    EXPECT_TRUE(wallet->transaction(txid)->mempool_conflicts.empty());
    EXPECT_TRUE(wallet->unspent({})->empty());
}

TEST(History, BlocksThatComeBackWhileTheWalletIsLoadedAreNotMissed)
{
    for (int lookups = 1; lookups <= 24; ++lookups) {
        FakeNode node;
        const auto manager = node.make_manager();
        auto wallet = node.make_wallet(*manager, "w");
        node.fund(*wallet, 2);
        const Amount before = wallet->balances(false).trusted;
        ASSERT_TRUE(manager->unload("w", std::nullopt));
        wallet.reset();
        // As with -reindex, or where a crash has kept blocks from the index.
        node.chain.set_silent(true);
        std::vector<BlockRef> blocks;
        while (node.chain.tip().height > 0) blocks.insert(blocks.begin(), node.chain.disconnect_tip());
        node.chain.set_silent(false);
        node.chain.return_at_lookup(lookups, blocks);
        for (int load = 0; load < 2; ++load) {
            ASSERT_TRUE(manager->load("w", std::nullopt));
            while (node.chain.tip().height == 0) {
            }
            EXPECT_EQ(manager->find("w")->balances(false).trusted, before) << lookups;
            ASSERT_TRUE(manager->unload("w", std::nullopt));
        }
    }
}

TEST(History, ABirthIsNoLaterThanTheFirstTransaction)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto born = wallet->info().birth_time;
    node.pay_in(*wallet, Amount{1'000'000});  // in a block whose time is the chain's
    node.clock.set(base::Time{std::chrono::seconds{*born - 500}});
    const auto first = wallet->transactions({}).at(0);
    EXPECT_EQ(wallet->info().birth_time, std::min(*born, first.time));
    node.pay_in(*wallet, Amount{1'000'000});
    EXPECT_EQ(wallet->info().birth_time, *born - 500);
}

TEST(History, AddressesThatAnotherCopyGaveOutAreNoChange)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    ASSERT_TRUE(wallet->backup((node.folder / "copy.dat").string()));
    const auto skipped = wallet->new_address("here only", std::nullopt).value();
    const auto paid = wallet->new_address("here only", std::nullopt).value();
    ASSERT_TRUE(manager->restore("copy", (node.folder / "copy.dat").string(), std::nullopt));
    const auto copy = manager->find("copy");
    node.chain.mine(test::anyone_can_spend(), {foreign_payment(node, {paid})});
    for (const std::string& address : {skipped, paid}) {
        const auto info = copy->address_info(destination(address)).value();
        EXPECT_FALSE(info.is_change) << address;
        EXPECT_EQ(info.labels, std::vector<std::string>{""});
    }
    EXPECT_EQ(wallet->address_info(destination(paid))->labels, std::vector<std::string>{"here only"});
    EXPECT_NE(copy->new_address("", std::nullopt).value(), paid);
}

TEST(History, AnImportFindsCoinsOfKnownTransactionsAndFillsTheKeypool)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto other = node.make_wallet(*manager, "other");
    const auto wallet = node.make_wallet(*manager, "w");
    const auto address = other->new_address("", std::nullopt).value();
    node.pay_in(*wallet, kFunds);
    api::SendRequest request;
    request.payments.push_back({destination(address), Amount{1'000'000}, false});
    ASSERT_TRUE(wallet->send(request));
    node.confirm();
    const Amount before = wallet->balance(0, false);
    const auto descriptors = other->descriptors(true).value();
    for (const auto& descriptor : descriptors) {
        api::DescriptorImport import;
        import.descriptor = descriptor.descriptor;
        import.range = {0, 1};
        ASSERT_FALSE(wallet->import_descriptors({&import, 1}).value().at(0).error);
    }
    EXPECT_EQ(wallet->balance(0, false), before + Amount{1'000'000});
    const auto after = wallet->descriptors(false).value();
    for (const auto& descriptor : after) EXPECT_GE(descriptor.range->second, 4);  // a keypool of five
}

}  // namespace
}  // namespace cairn::wallet
