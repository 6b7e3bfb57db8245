// A disk that is full for a moment, at every single point of what a call writes: the call says so, with the file and a
// remedy, and what it would have changed is neither in memory nor in the file.

#include <sstream>

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/thread.h"
#include "fake_node.h"
#include "file_system_vfs.h"

namespace cairn::wallet {
namespace {

/// All that a wallet says of itself, but how many addresses it has in stock.
std::string describe(const api::Wallet& wallet)
{
    std::ostringstream out;
    const auto info = wallet.info();
    out << info.transactions;
    for (const auto& flag : info.flags) out << ' ' << flag;
    out << (info.unlocked_until ? " encrypted" : " plain") << '\n';
    const auto descriptors = wallet.descriptors(false).value();
    for (const auto& one : descriptors) {
        out << one.descriptor << one.active << one.next_index.value_or(-1);
        out << '\n';
    }
    for (const auto& label : wallet.labels("")) {
        for (const auto& [address, purpose] : wallet.addresses_by_label(label)) {
            out << label << ' ' << address << ' ' << purpose << '\n';
        }
    }
    for (const auto& coin : wallet.locked_coins()) out << coin.txid.to_hex() << coin.index << '\n';
    for (const auto& one : wallet.transactions({})) {
        out << one.transaction->txid.to_hex() << ' ' << one.confirmations << ' ' << one.amount.satoshis();
        for (const auto& detail : one.details) out << ' ' << detail.category << detail.abandoned;
        out << '\n';
    }
    out << wallet.balance(0, false).satoshis();
    return out.str();
}

class FullDisk : public testing::Test {
protected:
    FullDisk()
    {
        process.use(disk);
        node.files = &process;
        node.settings.folder = "/disk/wallets";
        node.settings.keypool_size = 2;
        disk.create_directories(node.settings.folder);
        manager = node.make_manager();
        wallet = node.make_wallet(*manager, "w");
    }

    void reload()
    {
        ASSERT_TRUE(manager->unload("w", std::nullopt));
        const auto outcome = manager->load("w", std::nullopt);
        ASSERT_TRUE(outcome) << outcome.error().message;
        wallet = manager->find("w");
    }

    using Work = std::function<std::optional<std::string>()>;
    /// `work` answers with an error's text, or nothing, or throws. The text, while it fails where it writes for the
    /// `point`-th time; nothing once it is done.
    std::optional<std::string> fail_at(std::uint64_t point, const Work& work)
    {
        process.fail_once_after(point);
        std::optional<std::string> error;
        try {
            error = work();
        } catch (const base::EnvironmentError&) {
            error = base::describe(std::current_exception());
        }
        process.fail_once_after(UINT64_MAX);
        if (!error) return std::nullopt;
        ++failures;
        EXPECT_TRUE(error->contains("/disk")) << *error;
        EXPECT_TRUE(error->contains("Free some space")) << *error;
        return error;
    }
    /// Wherever it fails, memory is as the file is: as before, or (where the very last step of writing fails) as after.
    void fail_at_every_point(const Work& work)
    {
        const std::string before = describe(*wallet);
        int unchanged = 0;
        for (std::uint64_t point = 0; fail_at(point, work); ++point) {
            SCOPED_TRACE("at point " + std::to_string(point));
            const std::string now = describe(*wallet);
            unchanged += now == before ? 1 : 0;
            reload();
            ASSERT_EQ(describe(*wallet), now);
            ASSERT_LT(point, 5'000U);
        }
        const std::string after = describe(*wallet);
        EXPECT_NE(after, before);
        reload();
        EXPECT_EQ(describe(*wallet), after);
        EXPECT_GT(unchanged, 2);
    }
    template <class T>
    static std::optional<std::string> text_of(const api::Result<T>& result)
    {
        if (result) return std::nullopt;
        return result.error().message;
    }

    FakeNode node;
    base::MemoryFileSystem disk;
    DyingFileSystem process;
    FileSystemVfs vfs{process};
    std::unique_ptr<WalletManager> manager;
    api::WalletRef wallet;
    int failures = 0;
};

TEST_F(FullDisk, InGivingAnAddress)
{
    fail_at_every_point([&] { return text_of(wallet->new_address("of the day", std::nullopt)); });
}

TEST_F(FullDisk, InGivingAChangeAddress)
{
    fail_at_every_point([&] { return text_of(wallet->new_change_address(std::nullopt)); });
}

TEST_F(FullDisk, InFillingTheKeypool)
{
    const auto work = [&] { return text_of(wallet->refill_keypool(40)); };
    for (std::uint64_t point = 0; fail_at(point, work); ++point) {
        const auto size = wallet->info().keypool_size;
        reload();
        ASSERT_EQ(wallet->info().keypool_size, size);
        ASSERT_LT(point, 5'000U);
    }
    EXPECT_GT(failures, 2);
    EXPECT_EQ(wallet->info().keypool_size, 160U);
    reload();
    EXPECT_EQ(wallet->info().keypool_size, 160U);
}

TEST_F(FullDisk, InSettingALabel)
{
    fail_at_every_point([&] { return text_of(wallet->set_label(destination(foreign_address()), "of a friend")); });
}

TEST_F(FullDisk, InSettingAFlag)
{
    fail_at_every_point([&] { return text_of(wallet->set_avoid_reuse(true)); });
}

TEST_F(FullDisk, InLockingACoin)
{
    node.fund(*wallet, 1);
    const Outpoint coin = wallet->unspent({})->at(0).outpoint;
    fail_at_every_point([&] { return text_of(wallet->lock_coins(std::array{coin}, true, true)); });
}

TEST_F(FullDisk, InPaying)
{
    node.fund(*wallet, 1);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{1'000'000}, false});
    fail_at_every_point([&] {
        const auto sent = text_of(wallet->send(request));
        return sent;
    });
    // What failed was not sent, and is not sent later.
    EXPECT_EQ(node.mempool.submissions(), 1);
    node.clock.advance(std::chrono::hours{48});
    node.scheduler.advance(std::chrono::hours{48});
    node.scheduler.run_due();
    EXPECT_EQ(node.mempool.transactions().size(), 1U);
}

TEST_F(FullDisk, InGivingUpAPayment)
{
    node.settings.broadcast = false;
    wallet = nullptr;  // none outlives its manager
    manager = node.make_manager();
    ASSERT_TRUE(manager->load("w", std::nullopt));
    wallet = manager->find("w");
    node.fund(*wallet, 1);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{1'000'000}, false});
    const Txid txid = wallet->send(request)->txid;
    fail_at_every_point([&] {
        const auto text = text_of(wallet->abandon(txid));
        return text == "Transaction not eligible for abandonment" ? std::nullopt : text;  // done already
    });
}

TEST_F(FullDisk, InRescanning)
{
    // A payment that the wallet did not see.
    const auto source = node.make_wallet(*manager, "source");
    const auto shown = source->descriptors(true).value();
    const std::string address = source->new_address("", std::nullopt).value();
    node.chain.mine(script_of(address));
    for (int i = 0; i < 120; ++i) node.chain.mine(foreign_script());
    std::vector<api::DescriptorImport> imports;
    for (const auto& one : shown) {
        api::DescriptorImport import;
        import.descriptor = one.descriptor;
        import.timestamp = node.chain.time() + 1'000'000;  // so late that nothing is looked at
        imports.push_back(import);
    }
    const auto outcomes = wallet->import_descriptors(imports).value();
    for (const auto& outcome : outcomes) ASSERT_FALSE(outcome.error);
    reload();
    fail_at_every_point([&] { return text_of(wallet->rescan(0, std::nullopt)); });
    EXPECT_FALSE(wallet->info().scanning);
}

TEST_F(FullDisk, InImporting)
{
    const auto source = node.make_wallet(*manager, "source");
    api::DescriptorImport import;
    import.descriptor = source->descriptors(true)->at(0).descriptor;
    import.active = true;
    fail_at_every_point([&]() -> std::optional<std::string> {
        const auto outcome = wallet->import_descriptors({&import, 1});
        if (!outcome) return outcome.error().message;
        if (outcome->at(0).error) return outcome->at(0).error->message;
        return std::nullopt;
    });
}

TEST_F(FullDisk, InAnImportsRescanTheDescriptorStaysAndTheRemedyIsSaid)
{
    const auto source = node.make_wallet(*manager, "source");
    api::DescriptorImport import;
    const auto shown = source->descriptors(true).value();
    for (const auto& one : shown) {
        if (one.active && !one.internal.value_or(true) && one.descriptor.starts_with("wpkh(")) {
            import.descriptor = one.descriptor;
        }
    }
    const std::string address = source->new_address("", std::nullopt).value();
    for (int i = 0; i < 120; ++i) node.chain.mine(i == 5 ? script_of(address) : foreign_script());
    import.timestamp = 1;
    std::optional<std::string> text;
    for (std::uint64_t point = 0; !text; ++point) {
        wallet = node.make_wallet(*manager, "w" + std::to_string(point));
        const auto thrown_or_told = fail_at(point, [&]() -> std::optional<std::string> {
            const auto outcome = wallet->import_descriptors({&import, 1}).value();
            if (outcome.at(0).error) text = outcome.at(0).error->message;
            return text;
        });
        ASSERT_TRUE(thrown_or_told) << "it never failed in the scan";
    }
    EXPECT_TRUE(text->starts_with("The descriptor is imported, but")) << *text;
    EXPECT_TRUE(text->ends_with("Then call rescanblockchain 0.")) << *text;
    EXPECT_EQ(wallet->info().transactions, 0U);
    EXPECT_FALSE(wallet->info().scanning);
    ASSERT_TRUE(wallet->rescan(0, std::nullopt));
    EXPECT_EQ(wallet->info().transactions, 1U);
}

TEST_F(FullDisk, InLoadingNoBlockIsPassedOver)
{
    const std::string address = wallet->new_address("", std::nullopt).value();
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    wallet = nullptr;
    for (int i = 0; i < 110; ++i) node.chain.mine(i < 3 ? script_of(address) : foreign_script());
    const auto work = [&] { return text_of(manager->load("w", std::nullopt)); };
    for (std::uint64_t point = 0; fail_at(point, work); ++point) ASSERT_LT(point, 5'000U);
    EXPECT_GT(failures, 2);
    wallet = manager->find("w");
    EXPECT_EQ(wallet->info().transactions, 3U);
    reload();
    EXPECT_EQ(wallet->info().transactions, 3U);
}

TEST_F(FullDisk, InEncryptingTheWalletIsClosedAndWhole)
{
    const std::string before = describe(*wallet);
    const auto work = [&] { return text_of(wallet->encrypt("pass phrase")); };
    for (std::uint64_t point = 0;; ++point) {
        ASSERT_LT(point, 5'000U);
        const auto text = fail_at(point, work);
        if (!text) break;
        EXPECT_TRUE(text->starts_with("Error: Failed to encrypt the wallet. ")) << *text;
        EXPECT_EQ(wallet->new_address("", std::nullopt).error().code, api::ErrorCode::kWalletNotFound);
        reload();
        if (wallet->info().unlocked_until) break;  // it failed in wiping the old file
        ASSERT_EQ(describe(*wallet), before);
    }
    EXPECT_GT(failures, 2);
    EXPECT_TRUE(wallet->info().unlocked_until);
}

TEST_F(FullDisk, InChangingThePassphraseTheOldOneStays)
{
    ASSERT_TRUE(wallet->encrypt("old"));
    const auto work = [&] { return text_of(wallet->change_passphrase("old", "new")); };
    for (std::uint64_t point = 0; fail_at(point, work); ++point) {
        ASSERT_EQ(wallet->info().unlocked_until, 0);
        const bool is_old = wallet->unlock("old", std::chrono::seconds{60}).has_value();
        if (!is_old) break;  // it failed after all was written
        EXPECT_FALSE(wallet->unlock("new", std::chrono::seconds{60}));
        reload();
        ASSERT_TRUE(wallet->unlock("old", std::chrono::seconds{60}));
        ASSERT_TRUE(wallet->lock());
    }
    EXPECT_GT(failures, 2);
    EXPECT_TRUE(wallet->unlock("new", std::chrono::seconds{60}));
    reload();
    EXPECT_TRUE(wallet->unlock("new", std::chrono::seconds{60}));
}

TEST_F(FullDisk, UnlockingWorksAndLocksAgain)
{
    ASSERT_TRUE(wallet->encrypt("pass phrase"));
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    node.settings.keypool_size = 30;  // which are to be made once it is unlocked
    wallet = nullptr;                 // none outlives its manager
    manager = node.make_manager();
    ASSERT_TRUE(manager->load("w", std::nullopt));
    wallet = manager->find("w");
    process.fail_once_after(0);
    EXPECT_TRUE(wallet->unlock("pass phrase", std::chrono::seconds{60}));
    EXPECT_TRUE(wallet->recovery_phrase());
    node.clock.advance(std::chrono::seconds{61});
    node.scheduler.advance(std::chrono::seconds{61});
    node.scheduler.run_due();
    EXPECT_EQ(wallet->info().unlocked_until, 0);
    const std::string after = describe(*wallet);
    reload();
    EXPECT_EQ(describe(*wallet), after);
}

TEST_F(FullDisk, InBackingUpNoHalfCopyIsLeft)
{
    const auto work = [&] { return text_of(wallet->backup("/disk/backup")); };
    for (std::uint64_t point = 0;; ++point) {
        ASSERT_LT(point, 5'000U);
        const auto text = fail_at(point, work);
        if (!text) break;
        EXPECT_TRUE(text->starts_with("Error: Wallet backup failed! ")) << *text;
        EXPECT_FALSE(disk.exists("/disk/backup.backing-up"));
        if (disk.exists("/disk/backup")) break;  // it failed in making its name last
    }
    EXPECT_GT(failures, 2);
    ASSERT_TRUE(manager->restore("again", "/disk/backup", std::nullopt));
    EXPECT_EQ(manager->find("again")->descriptors(true)->size(), 8U);
}

TEST_F(FullDisk, InMakingOrRestoringAWalletNothingIsLeft)
{
    ASSERT_TRUE(wallet->backup("/disk/backup"));
    api::WalletOptions options;
    options.name = "new";
    const std::vector<Work> works{
        [&] { return text_of(manager->create(options)); },
        [&] { return text_of(manager->restore("new", "/disk/backup", std::nullopt)); },
    };
    for (const auto& work : works) {
        failures = 0;
        for (std::uint64_t point = 0;; ++point) {
            const auto text = fail_at(point, work);
            if (!text) break;
            EXPECT_TRUE(text->contains("/disk/wallets/new")) << *text;
            ASSERT_FALSE(disk.exists("/disk/wallets/new/wallet.dat"));
            ASSERT_LT(point, 5'000U);
        }
        EXPECT_GT(failures, 2);
        ASSERT_TRUE(manager->unload("new", std::nullopt));
        ASSERT_TRUE(manager->load("new", std::nullopt));
        ASSERT_TRUE(manager->unload("new", std::nullopt));
        disk.remove_all("/disk/wallets/new");
    }
}

}  // namespace
}  // namespace cairn::wallet
