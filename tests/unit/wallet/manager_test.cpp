// Wallet files and folders: what is opened, made, refused, and never overwritten.

#include <fstream>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "fake_node.h"
#include "support/files.h"
#include "wallet/database.h"
#include "wallet/records.h"

namespace cairn::wallet {
namespace {

TEST(Manager, MakesListsUnloadsAndLoads)
{
    FakeNode node;
    const auto manager = node.make_manager();
    node.make_wallet(*manager, "unnamed");
    ASSERT_TRUE(manager->unload("unnamed", std::nullopt));
    std::filesystem::rename(node.settings.folder / "unnamed" / "wallet.dat", node.settings.folder / "wallet.dat");
    ASSERT_TRUE(manager->load("", std::nullopt));
    node.make_wallet(*manager, "one");
    node.make_wallet(*manager, "deep/two");
    EXPECT_EQ(manager->loaded().size(), 3U);
    std::vector<std::string> names;
    for (const auto& listing : manager->in_folder()) names.push_back(listing.name);
    EXPECT_EQ(names, (std::vector<std::string>{"", "deep/two", "one"}));
    EXPECT_EQ(manager->load("one", std::nullopt).error().code, api::ErrorCode::kWalletAlreadyLoaded);
    ASSERT_TRUE(manager->unload("one", false));
    EXPECT_EQ(node.remembered, (std::map<std::string, bool>{{"one", false}}));
    EXPECT_FALSE(manager->find("one"));
    EXPECT_EQ(manager->unload("one", std::nullopt).error().code, api::ErrorCode::kWalletNotFound);
    ASSERT_TRUE(manager->load("one", true));
    EXPECT_TRUE(node.remembered.at("one"));
    api::WalletOptions options;
    options.name = "one";
    EXPECT_EQ(manager->create(options).error().code, api::ErrorCode::kWallet);
    EXPECT_EQ(manager->create(options).error().message,
              "Wallet file verification failed. Failed to create database path '" +
                  (node.settings.folder / "one").string() + "'. Database already exists.");
}

TEST(Manager, RefusesNamesThatLeadAstray)
{
    FakeNode node;
    const auto manager = node.make_manager();
    for (const std::string name : {"..", "../x", "a/../../x", "a//b", ".", "./x", "a/.", "/", "a\nb", "a\x7f"}) {
        api::WalletOptions options;
        options.name = name;
        EXPECT_FALSE(manager->create(options)) << name;
        EXPECT_FALSE(manager->load(name, std::nullopt)) << name;
        EXPECT_FALSE(manager->restore(name, "/nowhere", std::nullopt)) << name;
    }
    EXPECT_TRUE(manager->in_folder().empty());
}

TEST(Manager, MakesNoWalletWithoutAName)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto outcome = manager->create({});
    EXPECT_EQ(outcome.error().code, api::ErrorCode::kInvalidParameter);
    EXPECT_EQ(outcome.error().message, "Wallet name cannot be empty");
    EXPECT_EQ(manager->restore("", "/nowhere", std::nullopt).error().message, "Wallet name cannot be empty");
    EXPECT_TRUE(manager->in_folder().empty());
}

TEST(Manager, SaysWhyAFileCannotBeOpened)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto error = [&](const std::string& name) { return manager->load(name, std::nullopt).error(); };
    EXPECT_EQ(error("missing").code, api::ErrorCode::kWalletNotFound);
    EXPECT_TRUE(error("missing").message.ends_with("Path does not exist."));
    const auto folder = node.settings.folder / "garbage";
    std::filesystem::create_directories(folder);
    EXPECT_TRUE(error("garbage").message.ends_with("Data is not in recognized format."));
    std::ofstream(folder / "wallet.dat") << "not a database";
    EXPECT_TRUE(error("garbage").message.ends_with("Data is not in recognized format."));
    EXPECT_EQ(test::read_text(folder / "wallet.dat"), "not a database");

    node.make_wallet(*manager, "w");
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    auto other_network = node.settings;
    other_network.network_magic = {1, 2, 3, 4};
    const auto stranger = make_wallet_manager(
        other_network,
        {node.chain, node.mempool, node.bus, node.scheduler, node.clock, node.random, base::os_file_system(), nullptr});
    EXPECT_TRUE(stranger->load("w", std::nullopt).error().message.contains("Unexpected application id"));
    // Torn in the middle.
    const auto file = node.settings.folder / "w" / "wallet.dat";
    const auto size = std::filesystem::file_size(file);
    {
        std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
        out.seekp(static_cast<std::streamoff>(size / 2));
        out << std::string(4096, 'x');
    }
    EXPECT_EQ(error("w").code, api::ErrorCode::kWallet);
    EXPECT_EQ(std::filesystem::file_size(file), size);
    for (const std::string& text :
         {error("w").message, manager->load_all(std::vector<std::string>{"w"}).error().message}) {
        EXPECT_TRUE(text.contains(file.string() + " is damaged:")) << text;
        EXPECT_TRUE(text.ends_with("\nMove its folder away, and restore a backup of the wallet (restorewallet)."));
    }
}

TEST(Manager, RefusesAFileThatAnotherProgramHolds)
{
    FakeNode node;
    const auto manager = node.make_manager();
    node.make_wallet(*manager, "w");
    const auto other = node.make_manager();
    const std::string text =
        "SQLiteDatabase: Unable to obtain an exclusive lock on the database, is it being used by another instance of "
        "Cairn?\n" +
        (node.settings.folder / "w" / "wallet.dat").string() +
        " is open in another program: unload it there, or end that program.";
    EXPECT_EQ(other->load("w", std::nullopt).error().message, "Wallet file verification failed. " + text);
    EXPECT_EQ(other->load_all(std::vector<std::string>{"w"}).error().message, text);
}

TEST(Manager, RefusesWhatItDoesNotKnow)
{
    FakeNode node;
    const auto manager = node.make_manager();
    node.make_wallet(*manager, "w");
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    const auto file = node.settings.folder / "w" / "wallet.dat";
    const auto open = [&] {
        return *Database::open(base::os_file_system(), file, node.settings.network_magic, Database::Mode::kExisting);
    };
    const auto set_flags = [&](std::uint64_t flags) { open()->write(record_key("flags"), encode_flags(flags)); };
    set_flags(kFlagDescriptors | std::uint64_t{1} << 40);
    EXPECT_TRUE(manager->load("w", std::nullopt).error().message.contains("newer version"));
    set_flags(kFlagDescriptors | std::uint64_t{1} << 20);  // an optional one
    EXPECT_TRUE(manager->load("w", std::nullopt));
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    std::vector<Bytes> owners;
    open()->visit(record_key("walletdescriptorkey"),
                  [&](ByteSpan owner, ByteSpan) { owners.emplace_back(owner.begin(), owner.end()); });
    ASSERT_FALSE(owners.empty());
    Bytes sealed = record_key("walletdescriptorckey");
    sealed.insert(sealed.end(), owners[0].begin(), owners[0].end());
    open()->write(sealed, Bytes(1));
    EXPECT_TRUE(manager->load("w", std::nullopt).error().message.contains("Wallet corrupted: it contains both"));
    open()->erase(sealed);
    open()->write(record_key("cscript", "x"), Bytes(1));
    EXPECT_TRUE(
        manager->load("w", std::nullopt).error().message.contains("Unexpected legacy entry in descriptor wallet"));
    set_flags(0);
    EXPECT_TRUE(manager->load("w", std::nullopt).error().message.contains("legacy type"));
}

TEST(Manager, RestoresABackupAndNeverOverwrites)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const std::string backup = (node.folder / "backup.dat").string();
    ASSERT_TRUE(wallet->backup(backup));
    ASSERT_TRUE(manager->restore("again", backup, std::nullopt));
    EXPECT_EQ(manager->find("again")->balance(0, false), wallet->balance(0, false));
    EXPECT_EQ(manager->restore("again", backup, std::nullopt).error().code, api::ErrorCode::kWalletAlreadyExists);
    EXPECT_EQ(manager->restore("third", "/nowhere", std::nullopt).error().message, "Backup file does not exist");
    std::ofstream(node.folder / "text") << "text";
    const auto refused = manager->restore("third", (node.folder / "text").string(), std::nullopt);
    EXPECT_EQ(refused.error().code, api::ErrorCode::kWalletNotFound);
    EXPECT_EQ(refused.error().message, "Wallet file verification failed. Failed to load database path '" +
                                           (node.settings.folder / "third").string() +
                                           "'. Data is not in recognized format.");
    EXPECT_FALSE(std::filesystem::exists(node.settings.folder / "third"));
}

TEST(Manager, RestoresBesideOtherFilesAndTakesBackWhatItCannotOpen)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const std::string backup = (node.folder / "backup.dat").string();
    ASSERT_TRUE(node.make_wallet(*manager, "w")->backup(backup));
    const std::string torn = (node.folder / "torn.dat").string();
    std::ofstream(torn) << test::read_text(backup).substr(0, 5000);
    EXPECT_EQ(manager->restore("new", torn, std::nullopt).error().code, api::ErrorCode::kWallet);
    EXPECT_FALSE(std::filesystem::exists(node.settings.folder / "new"));

    const auto folder = node.settings.folder / "there";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "note.txt") << "mine";
    EXPECT_FALSE(manager->restore("there", torn, std::nullopt));
    EXPECT_FALSE(std::filesystem::exists(folder / "wallet.dat"));
    EXPECT_TRUE(manager->restore("there", backup, std::nullopt));
    EXPECT_EQ(test::read_text(folder / "note.txt"), "mine");

    std::ofstream(node.settings.folder / "file") << "no folder";
    EXPECT_EQ(manager->restore("file", backup, std::nullopt).error().code, api::ErrorCode::kWalletAlreadyExists);
}

TEST(Manager, AKilledCreationOrEncryptionLeavesNoHalfWallet)
{
    FakeNode node;
    const auto manager = node.make_manager();
    // What a kill leaves behind: a draft under its own name.
    std::filesystem::create_directories(node.settings.folder / "w");
    std::ofstream(node.settings.folder / "w" / "wallet.dat.creating-0011223344556677") << "half";
    EXPECT_TRUE(manager->in_folder().empty());
    const auto wallet = node.make_wallet(*manager, "w");
    std::ofstream(node.settings.folder / "w" / "wallet.dat.encrypting") << "half";
    ASSERT_TRUE(wallet->encrypt("secret"));
    EXPECT_FALSE(std::filesystem::exists(node.settings.folder / "w" / "wallet.dat.encrypting"));
    EXPECT_TRUE(wallet->unlock("secret", std::chrono::seconds{1}));
}

TEST(Manager, LoadsAllAndClosesAll)
{
    FakeNode node;
    auto manager = node.make_manager();
    node.make_wallet(*manager, "a");
    const auto held = node.make_wallet(*manager, "b");
    manager->close();
    EXPECT_TRUE(manager->loaded().empty());
    EXPECT_EQ(held->new_address("", std::nullopt).error().code, api::ErrorCode::kWalletNotFound);
    EXPECT_EQ(manager->load_all(std::vector<std::string>{"a", "b", "a"}).value(),
              std::vector<std::string>{"Ignoring duplicate -wallet a."});
    EXPECT_EQ(manager->loaded().size(), 2U);
}

TEST(Manager, AtStartSkipsWhatIsNotThereAndRefusesWhatIsBroken)
{
    FakeNode node;
    auto manager = node.make_manager();
    node.make_wallet(*manager, "a");
    manager->close();
    const auto warnings = manager->load_all(std::vector<std::string>{"c", "a"});
    ASSERT_TRUE(warnings);
    EXPECT_EQ(*warnings,
              std::vector<std::string>{"Skipping -wallet path that doesn't exist. Failed to load database path '" +
                                       (node.settings.folder / "c").string() + "'. Path does not exist."});
    EXPECT_TRUE(manager->find("a"));
    std::filesystem::create_directories(node.settings.folder / "c");
    EXPECT_EQ(manager->load_all(std::vector<std::string>{"c"}).error().message,
              "Failed to load database path '" + (node.settings.folder / "c").string() +
                  "'. Data is not in recognized format.");
    EXPECT_TRUE(manager->load_all(std::vector<std::string>{"../a"})
                    .error()
                    .message.starts_with("Wallet name given as a relative path cannot begin with ./ or ../"));
}

TEST(Manager, SaysHowMuchMemoryHoldsKeys)
{
    FakeNode node;
    const auto manager = node.make_manager();
    EXPECT_EQ(manager->locked_memory().total, 0U);
    node.make_wallet(*manager, "w");
    const auto one = manager->locked_memory();
    EXPECT_GT(one.used, 0U);
    EXPECT_GE(one.total, one.used);
    node.make_wallet(*manager, "v");
    EXPECT_EQ(manager->locked_memory().used, 2 * one.used);
    ASSERT_TRUE(manager->unload("v", std::nullopt));
    EXPECT_EQ(manager->locked_memory().used, one.used);
}

TEST(Database, KeepsAllOfATransactionOrNothing)
{
    FakeNode node;
    const auto path = node.folder / "test.dat";
    auto database =
        Database::open(base::os_file_system(), path, node.settings.network_magic, Database::Mode::kNew).value();
    const Bytes key = record_key("key");
    {
        Database::Transaction outer{*database};
        database->write(key, encode_string("one"));
    }
    EXPECT_FALSE(database->read(key));
    {
        Database::Transaction outer{*database};
        {
            Database::Transaction inner{*database};
            database->write(key, encode_string("two"));
            inner.commit();
        }
        outer.commit();
    }
    EXPECT_EQ(decode_string(database->read(key).value()), "two");
    {
        Database::Transaction outer{*database};
        {
            Database::Transaction inner{*database};
            database->write(key, encode_string("three"));
        }
        EXPECT_THROW(outer.commit(), base::EnvironmentError);
    }
    EXPECT_EQ(decode_string(database->read(key).value()), "two");
    EXPECT_THROW(Database::open(base::os_file_system(), path, node.settings.network_magic, Database::Mode::kNew),
                 base::IoError);
}

TEST(Database, VisitsByPrefix)
{
    FakeNode node;
    auto database = Database::open(base::os_file_system(), node.folder / "test.dat", node.settings.network_magic,
                                   Database::Mode::kNew)
                        .value();
    const std::vector<Bytes> keys{
        {}, {std::byte{1}}, {std::byte{1}, std::byte{0xff}}, {std::byte{2}}, {std::byte{0xff}, std::byte{0xff}}};
    for (const Bytes& key : keys) database->write(key, {});
    const auto count = [&](const Bytes& prefix) {
        int found = 0;
        database->visit(prefix, [&](ByteSpan, ByteSpan) { ++found; });
        return found;
    };
    EXPECT_EQ(count({}), 5);
    EXPECT_EQ(count({std::byte{1}}), 2);
    EXPECT_EQ(count({std::byte{1}, std::byte{0xff}}), 1);
    EXPECT_EQ(count({std::byte{0xff}}), 1);
    EXPECT_EQ(count({std::byte{3}}), 0);
}

}  // namespace
}  // namespace cairn::wallet
