#include <vector>

#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "node/config.h"
#include "node/options.h"

namespace cairn::node {
namespace {

/// Settings of a node on regtest with its folder in `files`.
struct Given {
    base::MemoryFileSystem files;
    std::unique_ptr<base::Settings> settings;

    explicit Given(std::vector<const char*> arguments, std::string_view remembered = "")
    {
        files.create_directories("/data/regtest");
        if (!remembered.empty()) base::replace_file(files, "/data/regtest/settings.json", remembered);
        settings = std::make_unique<base::Settings>(option_table(), base::ProgramNames{}, files);
        arguments.insert(arguments.end(), {"-datadir=/data", "-regtest"});
        EXPECT_TRUE(settings->parse_command_line(arguments));
        const auto loaded = settings->load();
        EXPECT_TRUE(loaded) << loaded.error();
    }
    std::string folder()
    {
        const auto found = wallets_folder(*settings, files);
        return found ? found->string() : found.error();
    }
};

TEST(WalletsFolder, IsBelowTheNetworksWhereThereIsOneAndElseThatItself)
{
    Given given({});
    EXPECT_EQ(given.folder(), "/data/regtest");
    given.files.create_directories("/data/regtest/wallets");
    EXPECT_EQ(given.folder(), "/data/regtest/wallets");
}

TEST(WalletsFolder, IsWhatWalletdirSays)
{
    Given given({"-walletdir=/keys"});
    EXPECT_EQ(given.folder(), "Specified -walletdir \"/keys\" does not exist");
    given.files.create_directories("/keys");
    EXPECT_EQ(given.folder(), "/keys");
    base::replace_file(given.files, "/file", "text");
    EXPECT_EQ(Given({"-walletdir="}).folder(), "Specified -walletdir \"\" does not exist");
    Given file({"-walletdir=/file"});
    base::replace_file(file.files, "/file", "text");
    EXPECT_EQ(file.folder(), "Specified -walletdir \"/file\" is not a directory");
    Given relative({"-walletdir=keys"});
    relative.files.create_directories("keys");
    EXPECT_EQ(relative.folder(), "Specified -walletdir \"keys\" is a relative path");
}

TEST(WalletsToLoad, AreThoseOfAllSourcesUnlessTheyAreTakenAway)
{
    using Names = std::vector<std::string>;
    const char* remembered = R"({"wallet": ["kept", ""]})";
    EXPECT_EQ(wallets_to_load(*Given({}).settings), std::nullopt);
    EXPECT_EQ(wallets_to_load(*Given({}, R"({"wallet": []})").settings), std::nullopt);
    EXPECT_EQ(wallets_to_load(*Given({"-wallet=a", "-wallet=a"}).settings), (Names{"a", "a"}));
    EXPECT_EQ(wallets_to_load(*Given({}, remembered).settings), (Names{"kept", ""}));
    EXPECT_EQ(wallets_to_load(*Given({"-wallet=a"}, remembered).settings), (Names{"a", "kept", ""}));
    EXPECT_EQ(wallets_to_load(*Given({"-nowallet"}, remembered).settings), Names{});
}

TEST(HighFees, AreWarnedOfAboveTheirBounds)
{
    wallet::WalletSettings settings;
    EXPECT_TRUE(high_fee_warnings(settings).empty());
    settings.minimum_fee = settings.fallback_fee = settings.discard_fee = Amount{1'000'000};
    settings.maximum_fee = Amount{100'000'000};
    settings.grouping_fee = Amount{10'000};
    EXPECT_TRUE(high_fee_warnings(settings).empty());
    settings.fallback_fee += Amount{1};
    EXPECT_EQ(high_fee_warnings(settings),
              std::vector<std::string>{"-fallbackfee is set very high! This is the transaction fee you may pay when "
                                       "fee estimates are not available."});
    settings.minimum_fee += Amount{1};
    settings.discard_fee += Amount{1};
    settings.maximum_fee += Amount{1};
    *settings.grouping_fee += Amount{1};
    EXPECT_EQ(high_fee_warnings(settings).size(), 5U);
}

TEST(WalletsToLoad, ASwitchIsNoWallet)
{
    const auto refused = [](std::vector<const char*> arguments, std::string_view remembered = "") {
        const Given given(std::move(arguments), remembered);
        return !given.settings->has_only_texts("wallet");
    };
    EXPECT_FALSE(refused({"-wallet=a", "-wallet="}));
    EXPECT_FALSE(refused({"-nowallet"}));
    EXPECT_FALSE(refused({"-nowallet=1"}));
    EXPECT_TRUE(refused({"-nowallet=0"}));
    EXPECT_TRUE(refused({"-nowallet=not_a_boolean"}));
    EXPECT_TRUE(refused({}, R"({"wallet": true})"));
}

}  // namespace
}  // namespace cairn::node
