// A wallet as rpc sees it, over a chain and a mempool in memory.

#include <cctype>
#include <fstream>

#include <gtest/gtest.h>

#include "consensus/script/interpreter.h"
#include "crypto/hex.h"
#include "fake_node.h"
#include "keys/address.h"
#include "keys/mnemonic.h"
#include "policy/options.h"
#include "support/block_builder.h"

namespace cairn::wallet {
namespace {

constexpr Amount kSubsidy{5'000'000'000};

api::SendRequest payment_of(Amount amount, bool subtract_fee = false)
{
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), amount, subtract_fee});
    return request;
}

Amount fee_of(const TransactionRef& transaction, const api::Wallet& wallet)
{
    return -wallet.transaction(transaction->txid)->fee.value();
}

TEST(Wallet, GivesAddressesOfFourKinds)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto address = [&](keys::OutputType type) { return wallet->new_address("label", type).value(); };
    EXPECT_EQ(policy::classify_script(script_of(address(keys::OutputType::kLegacy))).type,
              policy::ScriptType::kPubkeyHash);
    EXPECT_EQ(policy::classify_script(script_of(address(keys::OutputType::kP2shSegwit))).type,
              policy::ScriptType::kScriptHash);
    EXPECT_TRUE(address(keys::OutputType::kBech32).starts_with("bcrt1q"));
    EXPECT_TRUE(address(keys::OutputType::kBech32m).starts_with("bcrt1p"));
    const std::string last = address(keys::OutputType::kBech32);
    const auto info = wallet->address_info(destination(last)).value();
    EXPECT_TRUE(info.is_mine);
    EXPECT_TRUE(info.solvable);
    EXPECT_FALSE(info.is_change);
    EXPECT_EQ(info.key_path, "m/84h/1h/0h/0/1");
    EXPECT_EQ(info.labels, std::vector<std::string>{"label"});
    EXPECT_FALSE(wallet->address_info(destination(foreign_address())).value().is_mine);
    EXPECT_EQ(wallet->addresses_by_label("label").size(), 5U);
    EXPECT_EQ(wallet->descriptors(false)->size(), 8U);
    EXPECT_EQ(wallet->info().keypool_size, 4 * 5U - 4);  // bech32 was filled up again before the second
}

TEST(Wallet, PhraseLeadsToTheSameAddresses)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const std::string phrase = wallet->recovery_phrase().value();
    EXPECT_EQ(std::ranges::count(phrase, ' '), 11);
    const crypto::SigningContext context{std::array<std::byte, 32>{}};
    const auto master = keys::ExtendedPrivateKey::from_seed(keys::mnemonic_seed(phrase, ""), context);
    const auto parsed =
        keys::parse_descriptor("wpkh(" + keys::encode_extended(*master, keys::kRegtestAddresses) + "/84h/1h/0h/0/0)",
                               keys::kRegtestAddresses, context);
    const auto script = parsed->descriptors[0].expand(0, parsed->keys)->scripts[0];
    EXPECT_EQ(wallet->new_address("", std::nullopt).value(), *keys::address_of(script, keys::kRegtestAddresses));
}

TEST(Wallet, CountsCoinbasesWhenTheyAreMature)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.chain.mine(script_of(*wallet->new_address("", std::nullopt)));
    EXPECT_EQ(wallet->balance(0, false), Amount{});
    EXPECT_GT(wallet->balances(false).immature, Amount{});
    EXPECT_EQ(wallet->transactions({}).at(0).details.at(0).category, "immature");
    for (int i = 0; i < 99; ++i) node.chain.mine(foreign_script());
    EXPECT_EQ(wallet->balance(0, false), Amount{});
    node.chain.mine(foreign_script());
    EXPECT_GT(wallet->balance(0, false), kSubsidy - Amount{1000});
    EXPECT_EQ(wallet->balances(false).immature, Amount{});
    EXPECT_EQ(wallet->transactions({}).at(0).details.at(0).category, "generate");
    EXPECT_EQ(wallet->unspent({})->size(), 1U);
}

TEST(Wallet, PaysAndFollowsTheConfirmation)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 2);
    const Amount before = wallet->balance(0, false);
    const auto sent = wallet->send(payment_of(Amount{100'000'000}));
    ASSERT_TRUE(sent) << sent.error().message;
    ASSERT_EQ(node.mempool.transactions().size(), 1U);
    const TransactionRef transaction = node.mempool.transactions()[0];
    EXPECT_EQ(transaction->txid, sent->txid);
    EXPECT_EQ(transaction->inputs[0].sequence, 0xfffffffdU);
    EXPECT_LE(transaction->lock_time, static_cast<std::uint32_t>(node.chain.tip().height));
    EXPECT_GT(transaction->lock_time, static_cast<std::uint32_t>(node.chain.tip().height) - 101U);
    const Amount fee = fee_of(transaction, *wallet);
    EXPECT_EQ(wallet->balance(0, false), before - Amount{100'000'000} - fee);  // our own change counts
    const auto entry = wallet->transaction(sent->txid).value();
    EXPECT_EQ(entry.confirmations, 0);
    EXPECT_EQ(entry.amount, Amount{-100'000'000});
    ASSERT_EQ(entry.details.size(), 1U);
    EXPECT_EQ(entry.details[0].category, "send");
    EXPECT_EQ(entry.details[0].address, foreign_address());
    node.confirm();
    EXPECT_EQ(wallet->transaction(sent->txid)->confirmations, 1);
    EXPECT_EQ(wallet->balance(1, false), before - Amount{100'000'000} - fee);
}

TEST(Wallet, PaysTheRateForEveryKindOfInput)
{
    for (const auto kind : {keys::OutputType::kLegacy, keys::OutputType::kP2shSegwit, keys::OutputType::kBech32,
                            keys::OutputType::kBech32m}) {
        FakeNode node;
        const auto manager = node.make_manager();
        const auto wallet = node.make_wallet(*manager, "w");
        node.fund(*wallet, 3, kind);
        auto request = payment_of(Amount{12'000'000'000});  // takes all three
        request.fee_rate = Amount{7'777};
        const auto sent = wallet->send(request);
        ASSERT_TRUE(sent) << sent.error().message;
        const TransactionRef transaction = node.mempool.transactions().at(0);
        ASSERT_EQ(transaction->inputs.size(), 3U);
        const std::int64_t size = policy::virtual_size(transaction->weight());
        const Amount fee = fee_of(transaction, *wallet);
        const Amount least = policy::FeeRate{Amount{7'777}}.fee_for(size);
        EXPECT_GE(fee, least);
        // A signature may come out a byte shorter than what was assumed.
        EXPECT_LE(fee, policy::FeeRate{Amount{7'777}}.fee_for(size + 3));
        // And every input verifies.
        SpentOutputs spent;
        for (const TxInput& input : transaction->inputs) {
            const auto parent = wallet->transaction(input.prevout.txid)->transaction;
            const TxOutput& output = parent->outputs[input.prevout.index];
            spent.add(output.value, output.script_pubkey, 0, false);
        }
        consensus::ImmediateVerifier verifier;
        const consensus::SighashCache cache{*transaction, spent};
        for (std::uint32_t i = 0; i < 3; ++i) {
            EXPECT_EQ(consensus::verify_input(*transaction, i, spent.output(i), cache, policy::kStandardScriptFlags,
                                              verifier),
                      ScriptError::kOk);
        }
    }
}

TEST(Wallet, LetsTheRecipientPayTheFee)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const Amount all = wallet->balance(0, false);
    const auto sent = wallet->send(payment_of(all, true));
    ASSERT_TRUE(sent) << sent.error().message;
    const TransactionRef transaction = node.mempool.transactions().at(0);
    ASSERT_EQ(transaction->outputs.size(), 1U);
    EXPECT_EQ(transaction->outputs[0].value, all - fee_of(transaction, *wallet));
    EXPECT_EQ(wallet->balance(0, false), Amount{});
}

TEST(Wallet, RefusesWhatCannotBePaid)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const auto error = [&](const api::SendRequest& request) { return wallet->send(request).error(); };
    EXPECT_EQ(error(payment_of(Amount{6'000'000'000})).message, "Insufficient funds");
    EXPECT_EQ(error(payment_of(Amount{6'000'000'000})).code, api::ErrorCode::kWalletInsufficientFunds);
    EXPECT_EQ(error(payment_of(Amount{293})).message, "Transaction amount too small");
    EXPECT_TRUE(wallet->send(payment_of(Amount{294})));
    EXPECT_EQ(error({}).message, "Transaction must have at least one recipient");
    auto cheap = payment_of(Amount{100'000});
    cheap.fee_rate = Amount{999};
    EXPECT_EQ(error(cheap).message,
              "Fee rate (0.999 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB).\n"
              "Consider modifying -mintxfee (1.000 sat/vB) or -minrelaytxfee (0.100 sat/vB).");
    cheap.fee_rate = Amount{1000};
    EXPECT_TRUE(wallet->send(cheap));
    auto dear = payment_of(Amount{100'000});
    dear.fee_rate = Amount{90'000'000};
    EXPECT_EQ(error(dear).message, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
    // Without inputs and change, a payment to such an address has 42 vbytes.
    dear.fee_rate = Amount{1'000'000'000'000};
    EXPECT_EQ(error(dear).message, "The total exceeds your balance when the 420.00 transaction fee is included.");
    dear.payments[0].subtract_fee = true;
    EXPECT_EQ(error(dear).message, "The transaction amount is too small to pay the fee");
    node.settings.fallback_fee = Amount{};
    manager->unload("w", std::nullopt);
    const auto other = node.make_manager();
    ASSERT_TRUE(other->load("w", std::nullopt));
    EXPECT_EQ(other->find("w")->send(payment_of(Amount{1'000'000})).error().message,
              "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.");
}

TEST(Wallet, KeepsAPaymentThatTheMempoolRefuses)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    node.mempool.set_refusing(true);
    const auto sent = wallet->send(payment_of(Amount{100'000'000}));
    ASSERT_TRUE(sent);
    EXPECT_EQ(wallet->balance(0, false), Amount{});  // its coin is spent, its change not there yet
    EXPECT_LT(wallet->balances(false).non_mempool, Amount{});
    const int before = node.mempool.submissions();
    node.mempool.set_refusing(false);
    const auto wait = [&] {
        node.clock.advance(std::chrono::hours{37});
        node.scheduler.advance(std::chrono::minutes{2});
        node.scheduler.run_due();
    };
    wait();
    EXPECT_EQ(node.mempool.submissions(), before);  // no block could have had it
    node.chain.mine(test::anyone_can_spend());
    ASSERT_EQ(wallet->info().last_height, node.chain.tip().height);
    wait();
    EXPECT_GT(node.mempool.submissions(), before);
    EXPECT_GT(wallet->balance(0, false), Amount{});
}

TEST(Wallet, OffersItsPaymentsAgainWhenItIsLoaded)
{
    FakeNode node;
    const auto manager = node.make_manager();
    auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    // The second one spends the change of the first.
    const std::vector<Txid> sent{wallet->send(payment_of(Amount{100'000'000}))->txid,
                                 wallet->send(payment_of(Amount{100'000'000}))->txid};
    const Amount before = wallet->balance(0, false);
    const auto restart = [&] {
        manager->unload("w", std::nullopt);
        node.mempool.take_all();
        ASSERT_TRUE(manager->load("w", std::nullopt));
        wallet = manager->find("w");
    };
    restart();
    ASSERT_EQ(node.mempool.transactions().size(), 2U);
    EXPECT_EQ(node.mempool.transactions()[0]->txid, sent[0]);
    EXPECT_EQ(node.mempool.transactions()[1]->txid, sent[1]);
    EXPECT_EQ(wallet->balance(0, false), before);
    EXPECT_EQ(wallet->balances(false).non_mempool, Amount{});
    EXPECT_TRUE(wallet->send(payment_of(Amount{100'000'000})));
    node.settings.broadcast = false;
    const auto quiet = node.make_manager();
    manager->unload("w", std::nullopt);
    node.mempool.take_all();
    ASSERT_TRUE(quiet->load("w", std::nullopt));
    EXPECT_TRUE(node.mempool.transactions().empty());
}

TEST(Wallet, FollowsAChainThatIsShorterThanItWas)
{
    FakeNode node;
    auto manager = node.make_manager();
    node.fund(*node.make_wallet(*manager, "w"), 1);
    manager.reset();
    // The same network, but nothing of what the wallet saw.
    FakeNode other;
    other.settings.folder = node.settings.folder;
    const auto later = other.make_manager();
    ASSERT_TRUE(later->load("w", std::nullopt));
    const auto wallet = later->find("w");
    EXPECT_EQ(wallet->info().last_height, other.chain.tip().height);
    EXPECT_EQ(wallet->balance(0, false), Amount{});
    other.fund(*wallet, 1);
    EXPECT_GT(wallet->balance(0, false), Amount{});
    EXPECT_EQ(wallet->info().last_height, other.chain.tip().height);
}

TEST(Wallet, GivesAnAddressAnotherLabel)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const std::string address = *wallet->new_address("before", std::nullopt);
    ASSERT_TRUE(wallet->set_label(destination(address), "after"));
    EXPECT_EQ(wallet->addresses_by_label("after"), (std::map<std::string, std::string>{{address, "receive"}}));
    EXPECT_EQ(wallet->address_info(destination(address))->labels, std::vector<std::string>{"after"});
    EXPECT_FALSE(wallet->address_info(destination(address))->is_change);
}

TEST(Wallet, AbandonsWhatIsNowhere)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const Amount before = wallet->balance(0, false);
    node.mempool.set_refusing(true);
    const auto sent = wallet->send(payment_of(Amount{100'000'000}));
    ASSERT_TRUE(wallet->abandon(sent->txid));
    EXPECT_EQ(wallet->balance(0, false), before);
    node.mempool.set_refusing(false);
    const auto second = wallet->send(payment_of(Amount{100'000'000}));
    EXPECT_EQ(wallet->abandon(second->txid).error().message, "Transaction not eligible for abandonment");
}

TEST(Wallet, FollowsAReorganisation)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const Amount before = wallet->balance(0, false);
    const auto sent = wallet->send(payment_of(Amount{100'000'000}));
    const TransactionRef transaction = node.mempool.transactions().at(0);
    node.confirm();
    const Amount after = wallet->balance(0, false);
    ASSERT_EQ(wallet->transaction(sent->txid)->confirmations, 1);
    node.chain.disconnect_tip();
    EXPECT_EQ(wallet->transaction(sent->txid)->confirmations, 0);
    EXPECT_EQ(wallet->info().last_height, node.chain.tip().height);
    node.mempool.add(transaction);
    EXPECT_EQ(wallet->balance(0, false), after);
    node.confirm();
    EXPECT_EQ(wallet->transaction(sent->txid)->confirmations, 1);
    // A chain in which the coin went elsewhere.
    node.chain.disconnect_tip();
    TransactionDraft rival;
    rival.inputs.push_back({transaction->inputs[0].prevout, {}, 0xffffffff, {}});
    rival.outputs.push_back({Amount{1'000}, foreign_script()});
    node.chain.mine(foreign_script(), {rival.finish()});
    EXPECT_EQ(wallet->transaction(sent->txid)->confirmations, -1);
    EXPECT_EQ(wallet->balance(0, false), Amount{});
    node.chain.disconnect_tip();
    EXPECT_EQ(wallet->transaction(sent->txid)->confirmations, 0);
    EXPECT_GT(before, after);
}

TEST(Wallet, OrphanedCoinbasesAreNotCounted)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.chain.mine(script_of(*wallet->new_address("", std::nullopt)));
    node.chain.disconnect_tip();
    EXPECT_EQ(wallet->balances(false).immature, Amount{});
    EXPECT_EQ(wallet->transactions({}).at(0).details.at(0).category, "orphan");
}

TEST(Wallet, CatchesUpWithWhatItMissed)
{
    FakeNode node;
    const auto manager = node.make_manager();
    auto wallet = node.make_wallet(*manager, "w");
    const std::string address = *wallet->new_address("", std::nullopt);
    node.chain.mine(script_of(address));
    node.chain.set_silent(true);
    node.chain.disconnect_tip();
    node.chain.mine(script_of(address));
    node.chain.mine(script_of(address));
    node.chain.set_silent(false);
    node.chain.mine(foreign_script());  // the first event after the gap
    EXPECT_EQ(wallet->info().last_height, node.chain.tip().height);
    EXPECT_EQ(wallet->info().transactions, 3U);
    wallet.reset();
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    node.chain.disconnect_tip();
    node.chain.disconnect_tip();
    for (int i = 0; i < 3; ++i) node.chain.mine(script_of(address));
    ASSERT_TRUE(manager->load("w", std::nullopt));
    EXPECT_EQ(manager->find("w")->info().last_height, node.chain.tip().height);
    EXPECT_EQ(manager->find("w")->info().transactions, 6U);
}

TEST(Wallet, RefusesAnotherChainsWallet)
{
    FakeNode node;
    FakeNode other{1000};
    other.chain.mine(foreign_script());
    const auto manager = node.make_manager();
    node.make_wallet(*manager, "w");
    manager->close();
    other.settings.folder = node.settings.folder;
    auto strangers = other.make_manager();
    EXPECT_TRUE(strangers->load("w", std::nullopt).error().message.contains("across chains"));
    other.settings.allow_other_chains = true;
    strangers = other.make_manager();
    EXPECT_TRUE(strangers->load("w", std::nullopt));
}

TEST(Wallet, SaysThatPrunedBlocksAreMissing)
{
    FakeNode node;
    const auto manager = node.make_manager();
    for (int i = 0; i < 2; ++i) node.chain.mine(foreign_script());
    node.make_wallet(*manager, "w");
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    for (int i = 0; i < 5; ++i) node.chain.mine(foreign_script());
    node.chain.set_pruned_below(4);
    const auto outcome = manager->load("w", std::nullopt);
    ASSERT_FALSE(outcome);
    EXPECT_TRUE(outcome.error().message.contains("Prune: last wallet synchronisation goes beyond pruned data."));
    node.chain.set_pruned_below(3);
    EXPECT_TRUE(manager->load("w", std::nullopt));
}

TEST(Wallet, LocksCoins)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const Outpoint coin = wallet->unspent({})->at(0).outpoint;
    ASSERT_TRUE(wallet->lock_coins({&coin, 1}, true, true));
    EXPECT_TRUE(wallet->unspent({})->empty());
    EXPECT_EQ(wallet->send(payment_of(Amount{1'000'000})).error().message, "Insufficient funds");
    EXPECT_EQ(wallet->lock_coins({&coin, 1}, true, false).error().message, "Invalid parameter, output already locked");
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    ASSERT_TRUE(manager->load("w", std::nullopt));
    EXPECT_EQ(manager->find("w")->locked_coins(), std::vector{coin});
    ASSERT_TRUE(manager->find("w")->lock_coins({}, false, false));
    EXPECT_TRUE(manager->find("w")->locked_coins().empty());
    EXPECT_EQ(wallet->lock_coins({}, false, false).error().code, api::ErrorCode::kWalletNotFound);
}

}  // namespace
}  // namespace cairn::wallet
