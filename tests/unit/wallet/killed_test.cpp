// A process killed, or a machine without power, at every single change that an operation makes to the disk: what is
// opened afterwards is the old wallet or the new one, whole, and no key is ever lost.

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "consensus/primitives/transaction_draft.h"
#include "fake_node.h"
#include "file_system_vfs.h"

namespace cairn::wallet {
namespace {

/// How much of what was not synced is left.
enum class Death { kKilled, kPowerLost, kPowerLostAndTorn };

using Work = std::function<void(WalletManager&)>;
/// `done`: the work had been answered for before the end came.
using Check = std::function<void(WalletManager&, bool done)>;

class Killed : public testing::TestWithParam<Death> {
protected:
    Killed()
    {
        node.files = &process;
        node.settings.folder = "/disk/wallets";
        node.settings.keypool_size = 2;
    }

    /// Once for every change that `work` makes to the disk, on top of what `before` made.
    void at_every_change(const Work& before, const Work& work, const Check& check)
    {
        for (std::uint64_t changes = 0;; ++changes) {
            SCOPED_TRACE("killed after " + std::to_string(changes) + " changes");
            start_anew(before);
            const bool done = die_in(work, changes);
            const auto manager = node.make_manager();
            check(*manager, done);
            if (HasFailure()) return;
            if (done) {
                EXPECT_GT(changes, 10U);
                break;
            }
        }
    }

    FakeNode node;
    std::unique_ptr<base::MemoryFileSystem> disk;
    DyingFileSystem process;
    FileSystemVfs vfs{process};

private:
    void start_anew(const Work& before)
    {
        disk = std::make_unique<base::MemoryFileSystem>();
        process.use(*disk);
        disk->create_directories(node.settings.folder);
        const auto manager = node.make_manager();
        before(*manager);
    }
    /// Whether the work came to its end.
    bool die_in(const Work& work, std::uint64_t changes)
    {
        bool done = false;
        {
            const auto manager = node.make_manager();
            load_what_is_there(*manager);
            process.die_after(changes);
            try {
                work(*manager);
                done = !process.is_dead();
            } catch (const base::EnvironmentError&) {
                EXPECT_TRUE(process.is_dead());
            }
            process.die_after(0);  // and nothing is written by the clearing up
        }
        if (GetParam() == Death::kPowerLost) disk->crash();
        if (GetParam() == Death::kPowerLostAndTorn) disk->crash(&random_);
        process.die_after(UINT64_MAX - 1);
        return done;
    }
    static void load_what_is_there(WalletManager& manager)
    {
        for (const auto& listing : manager.in_folder()) manager.load(listing.name, std::nullopt);
    }

    base::SeededRandom random_{7};
};

std::string phrase_of(api::Wallet& wallet)
{
    const auto phrase = wallet.recovery_phrase();
    return phrase ? *phrase : phrase.error().message;
}

api::WalletRef reopened(WalletManager& manager, const std::string& name)
{
    const auto outcome = manager.load(name, std::nullopt);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? manager.find(name) : nullptr;
}

TEST_P(Killed, InCreatingThereIsAWholeWalletOrNone)
{
    std::string phrase;
    api::WalletOptions options;
    options.name = "w";
    at_every_change([](WalletManager&) {},
                    [&](WalletManager& manager) {
                        phrase.clear();
                        const auto outcome = manager.create(options);
                        if (outcome) phrase = phrase_of(*manager.find("w"));
                        if (!outcome) {
                            EXPECT_EQ(outcome.error().code, api::ErrorCode::kWallet);  // whatever the disk refuses
                        }
                    },
                    [&](WalletManager& manager, bool done) {
                        const auto listings = manager.in_folder();
                        ASSERT_LE(listings.size(), 1U);
                        if (listings.empty()) {
                            EXPECT_FALSE(done);
                            EXPECT_TRUE(manager.create(options));  // nothing stands in the way
                            return;
                        }
                        const auto wallet = reopened(manager, "w");
                        ASSERT_TRUE(wallet);
                        EXPECT_TRUE(wallet->recovery_phrase());
                        EXPECT_TRUE(wallet->new_address("", std::nullopt));
                        EXPECT_EQ(wallet->descriptors(true)->size(), 8U);
                        if (done) {
                            EXPECT_EQ(phrase_of(*wallet), phrase);
                        }
                    });
}

TEST_P(Killed, InEncryptingItIsTheOldWalletOrTheEncryptedOne)
{
    std::string phrase;
    std::string address;
    at_every_change(
        [&](WalletManager& manager) {
            const auto wallet = node.make_wallet(manager, "w");
            phrase = phrase_of(*wallet);
            address = wallet->new_address("mine", std::nullopt).value();
        },
        [](WalletManager& manager) { (void)manager.find("w")->encrypt("secret"); },
        [&](WalletManager& manager, bool done) {
            const auto wallet = reopened(manager, "w");
            ASSERT_TRUE(wallet);
            const bool encrypted = wallet->info().unlocked_until.has_value();
            EXPECT_TRUE(encrypted || !done);
            if (encrypted) {
                EXPECT_EQ(wallet->recovery_phrase().error().code, api::ErrorCode::kWalletUnlockNeeded);
                ASSERT_TRUE(wallet->unlock("secret", std::chrono::seconds{10}));
            }
            EXPECT_EQ(phrase_of(*wallet), phrase);
            EXPECT_EQ(wallet->address_info(destination(address))->labels, std::vector<std::string>{"mine"});
            EXPECT_EQ(wallet->descriptors(true)->size(), 8U);
            if (!encrypted) {
                EXPECT_TRUE(wallet->encrypt("again"));
            }
        });
}

TEST_P(Killed, InANewPassphraseOneOfTheTwoOpensIt)
{
    std::string phrase;
    at_every_change(
        [&](WalletManager& manager) {
            const auto wallet = node.make_wallet(manager, "w", "old");
            ASSERT_TRUE(wallet->unlock("old", std::chrono::seconds{10}));
            phrase = phrase_of(*wallet);
        },
        [](WalletManager& manager) { (void)manager.find("w")->change_passphrase("old", "new"); },
        [&](WalletManager& manager, bool done) {
            const auto wallet = reopened(manager, "w");
            ASSERT_TRUE(wallet);
            const bool opens_with_old = wallet->unlock("old", std::chrono::seconds{10}).has_value();
            EXPECT_FALSE(opens_with_old && done);
            if (!opens_with_old) {
                ASSERT_TRUE(wallet->unlock("new", std::chrono::seconds{10}));
            }
            EXPECT_EQ(phrase_of(*wallet), phrase);
        });
}

TEST_P(Killed, InABackupTheOlderOneIsThereUntilTheNewOneIs)
{
    std::string phrase;
    std::string later;
    at_every_change(
        [&](WalletManager& manager) {
            const auto wallet = node.make_wallet(manager, "w");
            phrase = phrase_of(*wallet);
            ASSERT_TRUE(wallet->backup("/disk/daily"));
            later = wallet->new_address("later", std::nullopt).value();
        },
        [](WalletManager& manager) { (void)manager.find("w")->backup("/disk/daily"); },
        [&](WalletManager& manager, bool done) {
            const auto restored = manager.restore("again", "/disk/daily", std::nullopt);
            ASSERT_TRUE(restored) << restored.error().message;
            const auto wallet = manager.find("again");
            EXPECT_EQ(phrase_of(*wallet), phrase);
            if (done) {
                EXPECT_EQ(wallet->address_info(destination(later))->labels, std::vector<std::string>{"later"});
            }
            const auto original = reopened(manager, "w");
            ASSERT_TRUE(original);
            EXPECT_TRUE(original->backup("/disk/daily"));
        });
}

TEST_P(Killed, InRestoringTheBackupStaysAndCanBeRestoredAgain)
{
    std::string phrase;
    at_every_change(
        [&](WalletManager& manager) {
            const auto wallet = node.make_wallet(manager, "/elsewhere/w");
            phrase = phrase_of(*wallet);
            ASSERT_TRUE(wallet->backup("/disk/backup"));
        },
        [](WalletManager& manager) { (void)manager.restore("w", "/disk/backup", std::nullopt); },
        [&](WalletManager& manager, bool done) {
            if (manager.in_folder().empty()) {
                EXPECT_FALSE(done);
                const auto restored = manager.restore("w", "/disk/backup", std::nullopt);
                ASSERT_TRUE(restored) << restored.error().message;
            } else {
                ASSERT_TRUE(reopened(manager, "w"));
            }
            EXPECT_EQ(phrase_of(*manager.find("w")), phrase);
            EXPECT_TRUE(manager.restore("again", "/disk/backup", std::nullopt));
        });
}

TEST_P(Killed, InAnImportAllOfItIsThereOrNothing)
{
    std::vector<std::string> foreign;
    const auto texts_of = [](api::Wallet& wallet) {
        std::vector<std::string> texts;
        const auto all = wallet.descriptors(true).value();
        for (const auto& descriptor : all) texts.push_back(descriptor.descriptor);
        return texts;
    };
    std::vector<std::string> before;
    const Work import = [&](WalletManager& manager) {
        api::DescriptorImport wanted;
        wanted.descriptor = foreign.at(0);
        wanted.active = true;
        (void)manager.find("w")->import_descriptors({&wanted, 1});
    };
    at_every_change(
        [&](WalletManager& manager) {
            foreign = texts_of(*node.make_wallet(manager, "/elsewhere/w"));
            before = texts_of(*node.make_wallet(manager, "w"));
        },
        import,
        [&](WalletManager& manager, bool done) {
            const auto wallet = reopened(manager, "w");
            ASSERT_TRUE(wallet);
            auto texts = texts_of(*wallet);
            EXPECT_TRUE(texts.size() == 9 || !done);
            if (texts.size() == 9) {
                ASSERT_EQ(std::erase(texts, foreign.at(0)), 1U);
            }
            EXPECT_EQ(texts, before);
            import(manager);
            EXPECT_EQ(texts_of(*wallet).size(), 9U);
        });
}

TEST_P(Killed, InPayingNothingIsSentThatTheWalletDoesNotHave)
{
    constexpr Amount kFunds{100'000'000};
    constexpr Amount kPayment{1'000'000};
    std::optional<Txid> paid;
    at_every_change(
        [&](WalletManager& manager) {
            node.mempool.take_all();
            node.pay_in(*node.make_wallet(manager, "w"), kFunds);
        },
        [&](WalletManager& manager) {
            paid.reset();
            api::SendRequest request;
            request.payments.push_back({destination(foreign_address()), kPayment, false});
            if (const auto sent = manager.find("w")->send(request)) paid = sent->txid;
        },
        [&](WalletManager& manager, bool done) {
            const auto wallet = reopened(manager, "w");
            ASSERT_TRUE(wallet);
            for (const auto& sent : node.mempool.transactions()) {
                EXPECT_TRUE(wallet->transaction(sent->txid));
            }
            if (paid) {
                EXPECT_TRUE(wallet->transaction(*paid));
            }
            EXPECT_TRUE(paid || !done);
            // What the file had and nobody else, the wallet has sent when it was loaded.
            EXPECT_EQ(node.mempool.transactions().size() + 1, wallet->transactions({}).size());
            const Amount left = wallet->balance(0, false);
            EXPECT_TRUE(left == kFunds || (left < kFunds - kPayment && left > kFunds - kPayment - kPayment));
        });
}

TEST_P(Killed, NoAddressIsGivenTwice)
{
    std::string given;
    at_every_change([&](WalletManager& manager) { node.make_wallet(manager, "w"); },
                    [&](WalletManager& manager) {
                        given.clear();
                        if (const auto address = manager.find("w")->new_address("label", std::nullopt)) {
                            given = *address;
                        }
                    },
                    [&](WalletManager& manager, bool) {
                        const auto wallet = reopened(manager, "w");
                        ASSERT_TRUE(wallet);
                        EXPECT_NE(wallet->new_address("", std::nullopt).value(), given);
                        if (given.empty()) return;
                        EXPECT_EQ(wallet->address_info(destination(given))->labels, std::vector<std::string>{"label"});
                    });
}

std::string name_of(const testing::TestParamInfo<Death>& death)
{
    constexpr std::array kNames{"Killed", "PowerLost", "PowerLostAndTorn"};
    return kNames.at(static_cast<std::size_t>(death.param));
}

INSTANTIATE_TEST_SUITE_P(Deaths, Killed, testing::Values(Death::kKilled, Death::kPowerLost, Death::kPowerLostAndTorn),
                         name_of);

/// A disk on which nothing can be changed for a while, not even taken back: the wallet is closed, and opened again it
/// is as it was.
class DiskDead : public testing::Test {
protected:
    DiskDead()
    {
        process.use(disk);
        node.files = &process;
        node.settings.folder = "/disk/wallets";
        node.settings.keypool_size = 2;
        manager = node.make_manager();
    }

    FakeNode node;
    base::MemoryFileSystem disk;
    DyingFileSystem process;
    FileSystemVfs vfs{process};
    std::unique_ptr<WalletManager> manager;
};

TEST_F(DiskDead, AnImportThatFailsLeavesTheFileAsItWas)
{
    const auto descriptors = [](api::Wallet& wallet) {
        std::vector<std::tuple<std::string, bool, std::optional<std::pair<std::int64_t, std::int64_t>>>> all;
        const auto found = wallet.descriptors(true).value();
        for (const auto& one : found) all.emplace_back(one.descriptor, one.active, one.range);
        return all;
    };
    const auto source = node.make_wallet(*manager, "source");
    auto wallet = node.make_wallet(*manager, "w");
    api::DescriptorImport import;
    import.descriptor = std::get<0>(descriptors(*source).at(0));
    import.active = true;
    const auto before = descriptors(*wallet);
    for (std::uint64_t changes = 0;; ++changes) {
        process.die_after(changes);
        bool failed = false;
        try {
            (void)wallet->import_descriptors({&import, 1});
        } catch (const base::EnvironmentError&) {
            failed = true;
        }
        process.die_after(UINT64_MAX - 1);
        if (!failed) break;
        ASSERT_TRUE(manager->unload("w", std::nullopt));
        ASSERT_TRUE(manager->load("w", std::nullopt));
        wallet = manager->find("w");
        if (descriptors(*wallet).size() > before.size()) break;  // all was written, but for the end of it
        ASSERT_EQ(descriptors(*wallet), before) << changes;
        ASSERT_TRUE(wallet->set_label(destination(foreign_address()), "label")) << changes;
        ASSERT_LT(changes, 1000U);
    }
    const auto after = descriptors(*wallet);
    EXPECT_NE(after, before);
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    ASSERT_TRUE(manager->load("w", std::nullopt));
    EXPECT_EQ(descriptors(*manager->find("w")), after);
}

TEST_F(DiskDead, LoadingFailsAndWorksOnceTheDiskDoes)
{
    auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const std::string address = wallet->new_address("", std::nullopt).value();
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    wallet = nullptr;
    // A payment and a block that it has to take in.
    TransactionDraft draft;
    draft.inputs.push_back({Outpoint{}, {}, 0xffffffff, {}});
    draft.outputs.push_back({Amount{1'000'000}, script_of(address)});
    node.mempool.add(draft.finish());
    node.chain.mine(script_of(address));
    std::uint64_t changes = 0;
    for (bool loaded = false; !loaded; ++changes) {
        process.die_after(changes);
        loaded = manager->load("w", std::nullopt).has_value();
        process.die_after(UINT64_MAX - 1);
        ASSERT_LT(changes, 1000U);
    }
    EXPECT_GT(changes, 10U);
    EXPECT_EQ(manager->find("w")->info().transactions, 3U);
}

TEST_F(DiskDead, APaymentThatFailsIsNotSentLater)
{
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const Amount funds = wallet->balance(0, false);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{1'000'000}, false});
    process.die_after(0);
    EXPECT_THROW((void)wallet->send(request), base::EnvironmentError);
    process.die_after(UINT64_MAX - 1);
    EXPECT_EQ(wallet->balance(0, false), funds);
    node.scheduler.advance(std::chrono::hours{48});
    node.clock.advance(std::chrono::hours{48});
    node.scheduler.run_due();
    EXPECT_TRUE(node.mempool.transactions().empty());
    EXPECT_TRUE(wallet->send(request));
}

}  // namespace
}  // namespace cairn::wallet
