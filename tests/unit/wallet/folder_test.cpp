// Which names lead where, and what is found in the wallets' folder.

#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_node.h"
#include "wallet/database.h"

namespace cairn::wallet {
namespace {

std::vector<std::string> listed(const WalletManager& manager)
{
    std::vector<std::string> names;
    for (const auto& listing : manager.in_folder()) names.push_back(listing.name);
    return names;
}

/// What a legacy wallet begins with, and its least size.
void write_legacy_file(const std::filesystem::path& path, std::size_t size = 4096)
{
    std::string bytes(size, '\0');
    bytes.replace(12, 4, std::string{"\x62\x31\x05\x00", 4});
    std::ofstream(path, std::ios::binary) << bytes;
}

TEST(WalletFolder, TakesAnAbsolutePathForAName)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const std::string name = (node.folder / "elsewhere" / "w").string();
    node.make_wallet(*manager, name);
    EXPECT_TRUE(std::filesystem::exists(node.folder / "elsewhere" / "w" / "wallet.dat"));
    EXPECT_TRUE(listed(*manager).empty());
    ASSERT_TRUE(manager->unload(name, std::nullopt));
    EXPECT_TRUE(manager->load_all(std::vector<std::string>{name}).value().empty());
    EXPECT_TRUE(manager->find(name));
}

TEST(WalletFolder, LooksIntoFoldersAndFollowsNoLinks)
{
    FakeNode node;
    const auto manager = node.make_manager();
    node.make_wallet(*manager, "a/b/c/d/e");
    node.make_wallet(*manager, "w");
    const auto& wallets = node.settings.folder;
    std::filesystem::create_directory_symlink("w", wallets / "link");
    std::filesystem::create_directory_symlink("..", wallets / "circle");
    std::filesystem::create_directory(wallets / "self");
    std::filesystem::create_symlink("wallet.dat", wallets / "self" / "wallet.dat");
    EXPECT_EQ(listed(*manager), (std::vector<std::string>{"a/b/c/d/e", "link", "w"}));
    std::filesystem::create_symlink("w/wallet.dat", wallets / "file-link");
    EXPECT_TRUE(manager->load("file-link", std::nullopt)
                    .error()
                    .message.starts_with("Wallet file verification failed. Invalid -wallet path 'file-link'."));
    // The same file under another name: SQLite's lock keeps the second one out.
    EXPECT_TRUE(manager->load("link", std::nullopt).error().message.contains("exclusive lock"));
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    EXPECT_TRUE(manager->load("link", std::nullopt));
}

TEST(WalletFolder, KnowsLegacyWalletsAndLeavesThemAlone)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto& wallets = node.settings.folder;
    std::filesystem::create_directories(wallets / "old");
    std::filesystem::create_directories(wallets / "short");
    write_legacy_file(wallets / "old" / "wallet.dat");
    write_legacy_file(wallets / "short" / "wallet.dat", 4095);
    write_legacy_file(wallets / "plain");
    write_legacy_file(wallets / "copy.bak");
    const auto listings = manager->in_folder();
    ASSERT_EQ(listings.size(), 2U);
    for (const auto& listing : listings) {
        ASSERT_EQ(listing.warnings.size(), 1U) << listing.name;
        EXPECT_TRUE(listing.warnings[0].starts_with("This wallet is a legacy wallet")) << listing.warnings[0];
    }
    EXPECT_EQ(listed(*manager), (std::vector<std::string>{"old", "plain"}));
    for (const std::string name : {"old", "plain"}) {
        const auto refused = manager->load(name, std::nullopt);
        EXPECT_EQ(refused.error().code, api::ErrorCode::kWalletNotFound);
        EXPECT_TRUE(refused.error().message.contains("appears to be a Legacy wallet")) << refused.error().message;
        const auto warnings = manager->load_all(std::vector<std::string>{name}).value();
        ASSERT_EQ(warnings.size(), 1U);
        EXPECT_TRUE(warnings[0].contains("appears to be a Legacy wallet"));
    }
    api::WalletOptions options;
    options.name = "old";
    EXPECT_TRUE(manager->create(options).error().message.ends_with("Database already exists."));
    // A node is not stopped by a legacy wallet without a name either, and does not load it.
    write_legacy_file(wallets / "wallet.dat");
    EXPECT_TRUE(manager->load_all(std::nullopt).value().empty());
    EXPECT_TRUE(manager->loaded().empty());
    EXPECT_EQ(listed(*manager), (std::vector<std::string>{"", "old", "plain"}));
}

TEST(WalletFolder, LoadsTheUnnamedWalletWhereNobodySaysWhich)
{
    FakeNode node;
    const auto manager = node.make_manager();
    EXPECT_TRUE(manager->load_all(std::nullopt).value().empty());
    EXPECT_TRUE(manager->loaded().empty());
    node.make_wallet(*manager, "w");
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    std::filesystem::rename(node.settings.folder / "w" / "wallet.dat", node.settings.folder / "wallet.dat");
    EXPECT_TRUE(manager->load_all(std::vector<std::string>{}).value().empty());
    EXPECT_TRUE(manager->loaded().empty());
    EXPECT_TRUE(manager->load_all(std::nullopt).value().empty());
    EXPECT_TRUE(manager->find(""));
    EXPECT_EQ(listed(*manager), std::vector<std::string>{""});
}

TEST(WalletFolder, ListsNoWalletsOfOtherNetworks)
{
    FakeNode node;
    const auto manager = node.make_manager();
    auto stranger = node.settings;
    stranger.network_magic = {1, 2, 3, 4};
    {
        const auto other = make_wallet_manager(stranger, {node.chain, node.mempool, node.bus, node.scheduler,
                                                          node.clock, node.random, base::os_file_system(), nullptr});
        node.make_wallet(*other, "strange");
    }
    node.make_wallet(*manager, "w");
    EXPECT_EQ(listed(*manager), std::vector<std::string>{"w"});
}

TEST(WalletFolder, ListingGivesUpNoLock)
{
    FakeNode node;
    const auto manager = node.make_manager();
    node.make_wallet(*manager, "w");
    EXPECT_EQ(listed(*manager), std::vector<std::string>{"w"});
    const auto path = node.settings.folder / "w" / "wallet.dat";
    // Another process, since locks of this kind are between processes.
    const pid_t child = fork();
    if (child == 0) {
        const auto opened =
            Database::open(base::os_file_system(), path, node.settings.network_magic, Database::Mode::kExisting);
        _exit(opened ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(WalletFolder, OneOperationOnAWalletAtATime)
{
    FakeNode node;
    std::unique_ptr<WalletManager> manager;
    std::string inner;
    const auto remember = [&](const std::string& name, bool) {
        // Still in the hands of the first call.
        inner = manager->load(name, std::nullopt).error().message;
        return true;
    };
    manager = make_wallet_manager(node.settings, {node.chain, node.mempool, node.bus, node.scheduler, node.clock,
                                                  node.random, base::os_file_system(), remember});
    api::WalletOptions options;
    options.name = "w";
    options.load_on_startup = true;
    ASSERT_TRUE(manager->create(options));
    EXPECT_EQ(inner, "Wallet already loading.");
    EXPECT_EQ(manager->load("w", std::nullopt).error().message, "Wallet \"w\" is already loaded.");
}

TEST(WalletFolder, SaysWhyAFolderCannotBeMade)
{
    FakeNode node;
    const auto manager = node.make_manager();
    std::ofstream(node.settings.folder / "file") << "no folder";
    for (const auto& name : std::vector<std::string>{"file/w", std::string(300, 'x')}) {
        api::WalletOptions options;
        options.name = name;
        const auto refused = manager->create(options);
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, api::ErrorCode::kWallet);
        EXPECT_TRUE(refused.error().message.starts_with("Wallet file verification failed. Failed to "));
    }
}

}  // namespace
}  // namespace cairn::wallet
