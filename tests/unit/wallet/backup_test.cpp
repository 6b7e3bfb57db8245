// Backups of a wallet's file: what they may replace, and what never.

#include <fstream>

#include <gtest/gtest.h>

#include "fake_node.h"
#include "support/files.h"

namespace cairn::wallet {
namespace {

std::string refusal(const api::Result<void>& outcome)
{
    return outcome ? "done" : outcome.error().message;
}

TEST(Backup, ReplacesAnOlderOneOfTheSameWallet)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto path = node.folder / "daily.dat";
    ASSERT_TRUE(wallet->backup(path.string()));
    const auto address = wallet->new_address("later", std::nullopt).value();
    EXPECT_EQ(refusal(wallet->backup(path.string())), "done");
    EXPECT_FALSE(std::filesystem::exists(path.string() + ".backing-up"));
    ASSERT_TRUE(manager->restore("again", path.string(), std::nullopt));
    EXPECT_EQ(manager->find("again")->address_info(destination(address))->labels, std::vector<std::string>{"later"});
    // Encrypted, it has the same keys still.
    ASSERT_TRUE(wallet->encrypt("secret"));
    EXPECT_EQ(refusal(wallet->backup(path.string())), "done");
}

TEST(Backup, NeverReplacesWhatHoldsOtherKeys)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto other = node.make_wallet(*manager, "other");
    const auto path = node.folder / "daily.dat";
    ASSERT_TRUE(other->backup(path.string()));
    const Bytes before = test::read_file(path);
    EXPECT_EQ(refusal(wallet->backup(path.string())),
              "Error: Wallet backup failed! It is a backup of another wallet, with keys that this one does not have: "
              "move it away first.");
    EXPECT_EQ(test::read_file(path), before);
    EXPECT_EQ(refusal(other->backup(path.string())), "done");
}

TEST(Backup, ReplacesNoFileThatIsNoWallet)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto path = node.folder / "letter.txt";
    std::ofstream(path) << "Dear reader, this is longer than the head of a database file.";
    EXPECT_TRUE(refusal(wallet->backup(path.string())).starts_with("Error: Wallet backup failed! It is there already"));
    EXPECT_TRUE(test::read_text(path).starts_with("Dear reader"));
    std::ofstream(path, std::ios::trunc).flush();  // as mktemp leaves it
    EXPECT_EQ(refusal(wallet->backup(path.string())), "done");
}

TEST(Backup, NeverTouchesTheWalletItself)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.make_wallet(*manager, "other");
    const auto own = node.settings.folder / "w" / "wallet.dat";
    std::filesystem::create_symlink(own, node.folder / "link");
    for (const auto& path : {own, node.settings.folder / "w" / "." / "wallet.dat", node.folder / "link"}) {
        EXPECT_EQ(refusal(wallet->backup(path.string())), "Error: Wallet backup failed! It is the wallet's own file.");
    }
    EXPECT_EQ(refusal(wallet->backup(node.settings.folder.string())), "Error: Wallet backup failed! It is a folder.");
    EXPECT_EQ(refusal(wallet->backup("")), "Error: Wallet backup failed! The destination is empty.");
    // Another loaded wallet's file is locked.
    const auto others = node.settings.folder / "other" / "wallet.dat";
    EXPECT_TRUE(refusal(wallet->backup(others.string())).starts_with("Error: Wallet backup failed! "));
    EXPECT_TRUE(manager->find("other")->new_address("", std::nullopt));
}

TEST(Backup, FollowsALinkAndClearsAwayWhatAKillLeft)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    std::filesystem::create_symlink(node.folder / "real.dat", node.folder / "link.dat");
    std::ofstream(node.folder / "real.dat.backing-up") << "half";
    EXPECT_EQ(refusal(wallet->backup((node.folder / "link.dat").string())), "done");
    EXPECT_TRUE(std::filesystem::is_symlink(node.folder / "link.dat"));
    EXPECT_TRUE(manager->restore("again", (node.folder / "real.dat").string(), std::nullopt));
}

TEST(Backup, IsRestoredFromAWalletThatIsLoaded)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    std::filesystem::create_directories(node.settings.folder / "copy");
    std::ofstream(node.settings.folder / "copy" / "wallet.dat.restoring") << "half";
    const auto live = node.settings.folder / "w" / "wallet.dat";
    ASSERT_TRUE(manager->restore("copy", live.string(), std::nullopt));
    EXPECT_EQ(manager->find("copy")->recovery_phrase().value(), wallet->recovery_phrase().value());
}

}  // namespace
}  // namespace cairn::wallet
