// Which coins a wallet pays with, and what it pays for them.

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "fake_node.h"
#include "keys/address.h"
#include "policy/fee_rate.h"
#include "policy/standardness.h"

namespace cairn::wallet {
namespace {

constexpr Amount kRate{20'000};

class PaymentTest : public ::testing::Test {
protected:
    /// With these settings.
    void open(bool avoid_reuse = false)
    {
        wallet = nullptr;  // none outlives its manager
        manager = node.make_manager();
        api::WalletOptions options;
        options.name = "w";
        options.avoid_reuse = avoid_reuse;
        ASSERT_TRUE(manager->create(options));
        wallet = manager->find("w");
    }

    /// Payments of somebody else's, six blocks deep.
    void receive(const std::vector<std::pair<std::string, std::int64_t>>& payments)
    {
        for (const auto& [address, amount] : payments) {
            TransactionDraft draft;
            Outpoint foreign;
            node.random.fill(foreign.txid.value.bytes);
            draft.inputs.push_back({foreign, {}, 0xffffffff, {}});
            draft.outputs.push_back({Amount{amount}, script_of(address)});
            node.chain.mine(foreign_script(), {draft.finish()});
        }
        for (int i = 0; i < 5; ++i) node.chain.mine(foreign_script());
    }
    std::string address(std::optional<keys::OutputType> kind = std::nullopt)
    {
        return wallet->new_address("", kind).value();
    }

    api::Result<TransactionRef> pay(std::int64_t amount, bool subtract_fee = false)
    {
        api::SendRequest request;
        request.payments.push_back({destination(foreign_address()), Amount{amount}, subtract_fee});
        request.fee_rate = kRate;
        const auto sent = wallet->send(request);
        if (!sent) return std::unexpected(sent.error());
        return wallet->transaction(sent->txid)->transaction;
    }

    Amount fee_of(const TransactionRef& transaction) const
    {
        return Amount{} - *wallet->transaction(transaction->txid)->fee;
    }
    static Amount own_fee(const TransactionRef& transaction)
    {
        return policy::FeeRate{kRate}.fee_for(policy::virtual_size(transaction->weight()));
    }
    /// A signature may come out a byte shorter than what was assumed.
    void expect_fee(const TransactionRef& transaction, Amount beyond) const
    {
        EXPECT_GE(fee_of(transaction), own_fee(transaction) + beyond);
        EXPECT_LE(fee_of(transaction), own_fee(transaction) + beyond + Amount{20});
    }
    std::set<std::string> addresses_spent(const TransactionRef& transaction) const
    {
        std::set<std::string> found;
        for (const TxInput& input : transaction->inputs) {
            const auto parent = wallet->transaction(input.prevout.txid)->transaction;
            found.insert(
                *keys::address_of(parent->outputs[input.prevout.index].script_pubkey, keys::kRegtestAddresses));
        }
        return found;
    }

    FakeNode node;
    std::unique_ptr<WalletManager> manager;
    api::WalletRef wallet;
};

api::MempoolBurden lacking(const TransactionRef& transaction, std::int64_t paid)
{
    return {1, 1, {{transaction->txid, Amount{paid}, policy::virtual_size(transaction->weight())}}};
}

TEST_F(PaymentTest, PaysWhatAnUnconfirmedParentLacks)
{
    open();
    receive({{address(), 200'000'000}});
    const auto parent = pay(100'000'000).value();
    const auto size = policy::virtual_size(parent->weight());
    node.mempool.set_burden(parent->txid, lacking(parent, size));  // 1 satoshi per vbyte
    const auto child = pay(50'000'000).value();
    ASSERT_EQ(child->inputs.size(), 1U);
    EXPECT_EQ(child->inputs[0].prevout.txid, parent->txid);
    expect_fee(child, Amount{19 * size});
}

TEST_F(PaymentTest, PaysForAParentOfTwoCoinsOnce)
{
    open();
    receive({{address(), 200'000'000}});
    api::SendRequest request;
    request.payments.push_back({destination(address()), Amount{100'000'000}, false});
    ASSERT_TRUE(wallet->send(request));
    const auto parent = node.mempool.transactions().at(0);
    const auto size = policy::virtual_size(parent->weight());
    node.mempool.set_burden(parent->txid, lacking(parent, size));
    const auto child = pay(150'000'000).value();
    ASSERT_EQ(child->inputs.size(), 2U);
    expect_fee(child, Amount{19 * size});
}

TEST_F(PaymentTest, TheRecipientPaysForTheParentToo)
{
    open();
    receive({{address(), 200'000'000}});
    const auto parent = pay(100'000'000).value();
    const auto size = policy::virtual_size(parent->weight());
    node.mempool.set_burden(parent->txid, lacking(parent, size));
    const auto child = pay(50'000'000, true).value();
    expect_fee(child, Amount{19 * size});
    EXPECT_TRUE(std::ranges::any_of(
        child->outputs, [&](const TxOutput& output) { return output.value == Amount{50'000'000} - fee_of(child); }));
}

TEST_F(PaymentTest, RefusesWhereTheParentsLackIsTooMuch)
{
    open();
    receive({{address(), 200'000'000}});
    const auto parent = pay(100'000'000).value();
    api::MempoolBurden burden{1, 1, {{parent->txid, Amount{}, 5'000'000}}};  // lacks a whole coin
    node.mempool.set_burden(parent->txid, burden);
    EXPECT_EQ(pay(50'000'000).error().message,
              "The total exceeds your balance when the 0.0000084 transaction fee is included.");
    receive({{address(), 60'000'000}});
    EXPECT_NE(pay(50'000'000).value()->inputs[0].prevout.txid, parent->txid);
}

TEST_F(PaymentTest, RefusesChainsThatOthersDoNotRelay)
{
    open();
    receive({{address(), 200'000'000}});
    const auto parent = pay(100'000'000).value();
    node.mempool.set_burden(parent->txid, {25, 25, {}});
    EXPECT_EQ(
        pay(50'000'000).error().message,
        "Unconfirmed UTXOs are available, but spending them creates a chain of transactions that will be rejected "
        "by the mempool");
    EXPECT_EQ(pay(150'000'000).error().message, "Insufficient funds");
    node.mempool.set_burden(parent->txid, {24, 24, {}});
    EXPECT_TRUE(pay(10'000'000));
}

TEST_F(PaymentTest, BuildsLongChainsWhereToldTo)
{
    node.settings.reject_long_chains = false;
    open();
    receive({{address(), 200'000'000}});
    const auto parent = pay(100'000'000).value();
    node.mempool.set_burden(parent->txid, {25, 25, {}});
    EXPECT_TRUE(pay(50'000'000));
}

TEST_F(PaymentTest, SpendsAnAddressWholeWhereThatCostsTheSame)
{
    open();
    const std::vector<std::string> own{address(), address(), address()};
    receive({{own[0], 100'000'000}, {own[1], 100'000'000}, {own[1], 50'000'000}, {own[2], 100'000'000}});
    const auto payment = pay(140'000'000).value();
    EXPECT_EQ(payment->inputs.size(), 2U);
    EXPECT_EQ(addresses_spent(payment), std::set{own[1]});
}

TEST_F(PaymentTest, SpendsAnAddressWholeForAsMuchAsIsAllowed)
{
    // Of 141 vbytes with one input, 208 with two.
    constexpr Amount kOneInputMore{(208 - 141) * 20};
    for (const auto& [limit, inputs] :
         {std::pair{std::optional{kOneInputMore}, 2U}, std::pair{std::optional{kOneInputMore - Amount{20}}, 1U},
          std::pair{std::optional<Amount>{}, 1U}}) {
        node.settings.grouping_fee = limit;
        open();
        const std::string reused = address();
        receive({{reused, 100'000'000}, {reused, 100'000'000}});
        const auto payment = pay(10'000'000);
        ASSERT_TRUE(payment) << payment.error().message;
        EXPECT_EQ((*payment)->inputs.size(), inputs);
        ASSERT_TRUE(manager->unload("w", std::nullopt));
        std::filesystem::remove_all(node.folder / "wallets" / "w");
    }
}

TEST_F(PaymentTest, SpendsAnAddressWholeWhateverItCosts)
{
    node.settings.avoid_partial_spends = true;
    node.settings.grouping_fee = std::nullopt;
    open();
    const std::string reused = address();
    receive({{reused, 100'000'000}, {reused, 100'000'000}});
    EXPECT_EQ(pay(10'000'000).value()->inputs.size(), 2U);
}

TEST_F(PaymentTest, AvoidingReuseLeavesNothingBehindAnAddress)
{
    open(true);
    const std::string reused = address();
    receive({{reused, 100'000'000}, {reused, 100'000'000}, {address(), 30'000'000}});
    const auto payment = pay(50'000'000).value();
    EXPECT_EQ(addresses_spent(payment), std::set{reused});
    EXPECT_EQ(payment->inputs.size(), 2U);
    node.confirm();
    receive({{reused, 500'000'000}});
    EXPECT_EQ(pay(400'000'000).error().message, "Insufficient funds");
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{400'000'000}, false});
    request.avoid_reuse = false;
    EXPECT_TRUE(wallet->send(request));
}

TEST_F(PaymentTest, MixesOutputTypesOnlyWhereNoneSuffices)
{
    open();
    const std::string one = address(keys::OutputType::kBech32m);
    const std::string other = address(keys::OutputType::kLegacy);
    receive({{one, 60'000'000}, {other, 60'000'000}, {address(keys::OutputType::kBech32m), 60'000'000}});
    const auto payment = pay(100'000'000).value();
    EXPECT_EQ(payment->inputs.size(), 2U);
    EXPECT_FALSE(addresses_spent(payment).contains(other));
    receive({{one, 60'000'000}});
    EXPECT_EQ(addresses_spent(pay(110'000'000).value()), (std::set{one, other}));
}

TEST_F(PaymentTest, KeepsNothingThatNoClusterHasRoomFor)
{
    open();
    receive({{address(), 300'000'000}});
    node.mempool.set_full_clusters(true);
    const auto refused = pay(100'000'000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "too many unconfirmed transactions in cluster");
    EXPECT_EQ(refused.error().code, api::ErrorCode::kWalletInsufficientFunds);
    EXPECT_EQ(node.mempool.submissions(), 0);
    EXPECT_EQ(wallet->unspent({})->size(), 1U);
    node.mempool.set_full_clusters(false);
    EXPECT_TRUE(pay(100'000'000));
}

TEST_F(PaymentTest, LeavesClustersToTheMempoolWhereLongChainsAreAllowed)
{
    node.settings.reject_long_chains = false;
    open();
    receive({{address(), 300'000'000}});
    node.mempool.set_full_clusters(true);
    EXPECT_TRUE(pay(100'000'000));
}

TEST_F(PaymentTest, TakesOneTypeWhereInputsAreCheap)
{
    open();
    const std::string legacy = address(keys::OutputType::kLegacy);
    const std::string nested = address(keys::OutputType::kP2shSegwit);
    receive({{legacy, 499'998'640}, {nested, 99'995'020}});
    for (int i = 0; i < 8; ++i) {
        api::SendRequest request;
        request.payments.push_back({destination(foreign_address()), Amount{100'000'000}, false});
        request.fee_rate = Amount{1'000};
        const auto sent = wallet->send(request);
        ASSERT_TRUE(sent) << sent.error().message;
        const auto transaction = node.mempool.take_all().at(0);
        EXPECT_EQ(transaction->inputs.size(), 1U) << i;
        node.mempool.remove(transaction, events::RemovalReason::kExpiry);
        ASSERT_TRUE(wallet->abandon(sent->txid));
    }
}

TEST_F(PaymentTest, NeverMixesOutputTypesWhereOneSuffices)
{
    using enum keys::OutputType;
    base::SeededRandom random{11};
    open();
    for (int round = 0; round < 8; ++round) {
        for (const auto kind : {kLegacy, kP2shSegwit, kBech32, kBech32m}) {
            receive({{address(kind), 100'000'000 * static_cast<std::int64_t>(1 + random.below(4))}});
        }
        api::SendRequest request;
        request.payments.push_back({destination(foreign_address()), Amount{100'000'000}, false});
        request.fee_rate = Amount{1'000 * static_cast<std::int64_t>(1 + random.below(20))};
        const auto sent = wallet->send(request);
        ASSERT_TRUE(sent) << sent.error().message;
        std::set<std::string> spent;  // the descriptors' functions
        for (const std::string& from : addresses_spent(wallet->transaction(sent->txid)->transaction)) {
            const std::string descriptor = wallet->address_info(destination(from))->descriptor.value();
            spent.insert(descriptor.substr(0, descriptor.find('[')));
        }
        EXPECT_EQ(spent.size(), 1U) << round;
        node.confirm();
    }
}

}  // namespace
}  // namespace cairn::wallet
