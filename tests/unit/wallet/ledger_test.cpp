// The ledger's short cuts say what a walk through all of it would say.

#include "wallet/ledger.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "consensus/primitives/transaction_draft.h"

namespace cairn::wallet {
namespace {

using Kind = TransactionState::Kind;

Bytes script_of(std::uint64_t number)
{
    return Bytes(3, static_cast<std::byte>(number));
}

class LedgerTest : public testing::Test {
protected:
    bool is_mine(ByteSpan script) const { return std::to_integer<std::size_t>(script[0]) < mine; }

    TransactionRef make(base::Random& random)
    {
        TransactionDraft draft;
        Outpoint unique;
        random.fill(unique.txid.value.bytes);
        draft.inputs.push_back({unique, {}, 0xffffffff, {}});
        for (std::uint64_t i = random.below(3); i > 0 && !known.empty(); --i) {
            const Txid parent = known[random.below(known.size())]->txid;
            draft.inputs.push_back({{parent, static_cast<std::uint32_t>(random.below(3))}, {}, 0xffffffff, {}});
        }
        for (std::uint64_t i = 1 + random.below(3); i > 0; --i) {
            draft.outputs.push_back({Amount{1000}, script_of(random.below(10))});
        }
        return draft.finish();
    }

    static TransactionState state_of(base::Random& random)
    {
        TransactionState state;
        state.kind = random.below(2) == 0 ? Kind::kConfirmed : random.below(2) == 0 ? Kind::kMempool : Kind::kInactive;
        if (state.is_confirmed()) state.height = static_cast<Height>(random.below(100));
        state.abandoned = state.kind == Kind::kInactive && random.below(2) == 0;
        return state;
    }

    /// By walking through everything.
    std::set<Outpoint> coins_by_hand() const
    {
        std::set<Outpoint> coins;
        for (const auto& [txid, entry] : ledger.entries()) {
            const auto outputs = entry.transaction().outputs;
            for (std::uint32_t i = 0; i < outputs.size(); ++i) {
                const bool in_block = ledger.spent({txid, i}) == Spent::kInBlock;
                if (is_mine(outputs[i].script_pubkey) && !in_block) coins.insert({txid, i});
            }
        }
        return coins;
    }
    void expect_same() const
    {
        std::set<Outpoint> coins;
        for (const auto& coin : ledger.coins()) coins.insert(coin.outpoint);
        EXPECT_EQ(coins, coins_by_hand());
        EXPECT_EQ(ledger.in_order().size(), ledger.entries().size());
        for (std::uint64_t number = 0; number < 10; ++number) {
            std::set<Outpoint> found;
            bool spent = false;
            for (const auto& coin : ledger.coins_of(script_of(number))) found.insert(coin.outpoint);
            std::set<Outpoint> by_hand;
            for (const auto& [txid, entry] : ledger.entries()) {
                const auto outputs = entry.transaction().outputs;
                for (std::uint32_t i = 0; i < outputs.size(); ++i) {
                    if (number >= mine || !std::ranges::equal(outputs[i].script_pubkey, script_of(number))) continue;
                    by_hand.insert({txid, i});
                    spent = spent || ledger.spent({txid, i}) != Spent::kNo;
                }
            }
            EXPECT_EQ(found, by_hand);
            EXPECT_EQ(ledger.has_spent_from(script_of(number)), spent);
        }
    }

    std::size_t mine = 5;  // scripts with lower numbers are the wallet's
    Ledger ledger{[this](ByteSpan script) { return is_mine(script); }};
    std::vector<TransactionRef> known;
};

TEST_F(LedgerTest, ShortCutsAgreeWithAWalkThroughAll)
{
    base::SeededRandom random{5};
    for (int step = 0; step < 1500; ++step) {
        const auto what = random.below(10);
        if (what < 4 || known.empty()) {
            known.push_back(make(random));
            TransactionRecord record;
            record.transaction = known.back();
            record.state = random.below(2) == 0 ? state_of(random) : TransactionState{};
            ledger.add(std::move(record));
        } else if (what < 8) {
            ledger.set_state(known[random.below(known.size())]->txid, state_of(random));
        } else if (what < 9) {
            const std::size_t which = random.below(known.size());
            ledger.erase(known[which]->txid);
            known.erase(known.begin() + static_cast<std::ptrdiff_t>(which));
        } else if (mine < 8 && random.below(20) == 0) {
            ++mine;
            ledger.find_own_outputs();
        }
        if (step % 25 == 0) expect_same();
        if (HasFailure()) return;
    }
    expect_same();
    EXPECT_EQ(mine, 8U);
}

TEST_F(LedgerTest, VisitsAFamilyOnceHoweverManyWaysLeadThere)
{
    // Each spends both outputs of the one before: to the last lead 2^63 ways.
    Outpoint unique;
    unique.txid.value.bytes.fill(std::byte{1});
    std::vector<Outpoint> inputs{unique};
    for (int i = 0; i < 64; ++i) {
        TransactionDraft draft;
        for (const Outpoint& input : inputs) draft.inputs.push_back({input, {}, 0xffffffff, {}});
        draft.outputs.assign(2, {Amount{1000}, script_of(0)});
        known.push_back(draft.finish());
        inputs = {{known.back()->txid, 0}, {known.back()->txid, 1}};
        TransactionRecord record;
        record.transaction = known.back();
        ledger.add(std::move(record));
    }
    EXPECT_EQ(ledger.abandon(known[0]->txid).size(), 64U);
    EXPECT_TRUE(ledger.find(known.back()->txid)->state().abandoned);
    EXPECT_TRUE(ledger.abandon(known[0]->txid).empty());
    TransactionState winner;
    winner.kind = Kind::kConfirmed;
    winner.height = 7;
    EXPECT_EQ(ledger.mark_conflicted(known[1]->txid, winner).size(), 63U);
    EXPECT_EQ(ledger.find(known.back()->txid)->state().kind, Kind::kConflicted);
    EXPECT_EQ(ledger.find(known[0]->txid)->state().kind, Kind::kInactive);
}

TEST_F(LedgerTest, KeepsTheOrderOfTheFile)
{
    base::SeededRandom random{6};
    for (const char* order : {"7", "3", "5"}) {
        TransactionRecord record;
        record.transaction = make(random);
        record.values["n"] = order;
        ledger.add(std::move(record));
    }
    std::vector<std::int64_t> orders;
    for (const auto& [key, entry] : ledger.in_order()) orders.push_back(entry->order);
    EXPECT_EQ(orders, (std::vector<std::int64_t>{3, 5, 7}));
    EXPECT_EQ(ledger.next_order(), 8);
}

TEST_F(LedgerTest, WhatTheMempoolHasNoPlaceForSpendsNothing)
{
    const auto spend = [](std::vector<Outpoint> coins, std::uint64_t pays) {
        TransactionDraft draft;
        for (const Outpoint& coin : coins) draft.inputs.push_back({coin, {}, 0xffffffff, {}});
        draft.outputs.push_back({Amount{1000}, script_of(pays)});
        return draft.finish();
    };
    const auto add = [this](const TransactionRef& transaction) {
        TransactionRecord record;
        record.transaction = transaction;
        ledger.add(std::move(record));
    };
    base::SeededRandom random{7};
    const TransactionRef first = spend({{make(random)->txid, 0}}, 0);
    const TransactionRef second = spend({{make(random)->txid, 0}}, 1);
    const TransactionRef ours = spend({{first->txid, 0}, {second->txid, 0}}, 2);
    const TransactionRef child = spend({{ours->txid, 0}}, 3);
    for (const auto& transaction : {first, second, ours, child}) add(transaction);
    EXPECT_EQ(ledger.spent({first->txid, 0}), Spent::kByInactive);
    ledger.enter_mempool(*ours);
    EXPECT_TRUE(ledger.mempool_conflicts(ours->txid).empty()) << "none with itself";
    ledger.leave_mempool(*ours);

    const TransactionRef theirs = spend({{second->txid, 0}}, 9);  // not the wallet's
    ledger.enter_mempool(*theirs);
    for (const auto& out : {ours, child}) EXPECT_EQ(ledger.mempool_conflicts(out->txid), std::set{theirs->txid});
    EXPECT_TRUE(ledger.mempool_conflicts(first->txid).empty());
    EXPECT_EQ(ledger.spent({first->txid, 0}), Spent::kNo);
    EXPECT_EQ(ledger.spent({ours->txid, 0}), Spent::kNo);
    ledger.leave_mempool(*theirs);
    EXPECT_TRUE(ledger.mempool_conflicts(child->txid).empty());
    EXPECT_EQ(ledger.spent({first->txid, 0}), Spent::kByInactive);
}

}  // namespace
}  // namespace cairn::wallet
