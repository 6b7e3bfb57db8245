#include "consensus/params.h"

#include <gtest/gtest.h>

#include "consensus/check_block.h"
#include "consensus/subsidy.h"
#include "support/files.h"

namespace cairn::consensus {
namespace {

constexpr std::array kNetworks{Network::kMain, Network::kTestnet3, Network::kTestnet4, Network::kSignet,
                               Network::kRegtest};

TEST(ParamsTest, GenesisBlocksAreTheNetworks)
{
    const std::array<std::string_view, 5> hashes{
        "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
        "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
        "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
        "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
        "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
    };
    for (std::size_t i = 0; i < kNetworks.size(); ++i) {
        const Params params = make_params(kNetworks[i]);
        EXPECT_EQ(params.network, kNetworks[i]);
        EXPECT_EQ(params.genesis_hash().to_hex(), hashes[i]);
        EXPECT_EQ(params.genesis->header.merkle_root.to_hex(),
                  kNetworks[i] == Network::kTestnet4
                      ? "7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e"
                      : "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");
        EXPECT_TRUE(check_block(*params.genesis, params)) << name(kNetworks[i]);
    }
}

TEST(ParamsTest, NamesGoBothWays)
{
    for (const Network network : kNetworks) EXPECT_EQ(network_from_name(name(network)), network);
    EXPECT_EQ(network_from_name("mainnet"), std::nullopt);
    EXPECT_EQ(name(BuriedDeployment::kBip66), "bip66");
    EXPECT_EQ(buried_deployment_from_option("dersig"), BuriedDeployment::kBip66);
    EXPECT_EQ(buried_deployment_from_option("bip66"), std::nullopt);
    for (const std::string_view option : {"segwit", "bip34", "dersig", "cltv", "csv"}) {
        EXPECT_TRUE(buried_deployment_from_option(option)) << option;
    }
    EXPECT_EQ(deployment_from_name("testdummy"), Deployment::kTestDummy);
    EXPECT_EQ(deployment_from_name("taproot"), std::nullopt);
}

TEST(ParamsTest, BuriedHeightsAreTheFirstActiveOnes)
{
    const Params params = make_params(Network::kMain);
    EXPECT_FALSE(params.is_active(BuriedDeployment::kSegwit, 481'823));
    EXPECT_TRUE(params.is_active(BuriedDeployment::kSegwit, 481'824));
    EXPECT_FALSE(params.is_active(BuriedDeployment::kCsv, 419'327));
    EXPECT_TRUE(params.is_active(BuriedDeployment::kCsv, 419'328));
    EXPECT_TRUE(make_params(Network::kRegtest).is_active(BuriedDeployment::kSegwit, 0));
    EXPECT_FALSE(make_params(Network::kRegtest).is_active(BuriedDeployment::kCsv, 0));
}

TEST(ParamsTest, OptionsMoveDeployments)
{
    ParamsOptions options;
    options.activation_heights = {{BuriedDeployment::kBip65, 1351}, {BuriedDeployment::kSegwit, 7}};
    options.version_bits = {{Deployment::kTestDummy, 100, 200, 300}};
    options.enforce_bip94 = true;
    const Params params = make_params(Network::kRegtest, options);
    EXPECT_EQ(params.buried_height(BuriedDeployment::kBip65), 1351);
    EXPECT_EQ(params.buried_height(BuriedDeployment::kSegwit), 7);
    EXPECT_EQ(params.buried_height(BuriedDeployment::kBip66), 1);
    EXPECT_EQ(params.deployment(Deployment::kTestDummy).start_time, 100);
    EXPECT_EQ(params.deployment(Deployment::kTestDummy).timeout, 200);
    EXPECT_EQ(params.deployment(Deployment::kTestDummy).min_activation_height, 300);
    EXPECT_EQ(params.deployment(Deployment::kTestDummy).period, 144);
    EXPECT_TRUE(params.enforce_bip94);
    EXPECT_FALSE(make_params(Network::kMain, options).enforce_bip94);
}

TEST(ParamsTest, ACustomSignetHasNothingBehindIt)
{
    ParamsOptions options;
    options.signet_challenge = test::unhex("51");
    const Params custom = make_params(Network::kSignet, options);
    EXPECT_EQ(custom.signet_challenge, test::unhex("51"));
    EXPECT_TRUE(custom.minimum_chain_work.is_zero());
    EXPECT_TRUE(custom.assume_valid.is_null());
    const Params standard = make_params(Network::kSignet);
    EXPECT_EQ(standard.signet_challenge.size(), 71U);
    EXPECT_FALSE(standard.minimum_chain_work.is_zero());
    EXPECT_EQ(custom.genesis_hash(), standard.genesis_hash());
}

TEST(SubsidyTest, HalvesUntilNothingIsLeft)
{
    const Params params = make_params(Network::kMain);
    EXPECT_EQ(block_subsidy(0, params).satoshis(), 5'000'000'000);
    EXPECT_EQ(block_subsidy(209'999, params).satoshis(), 5'000'000'000);
    EXPECT_EQ(block_subsidy(210'000, params).satoshis(), 2'500'000'000);
    EXPECT_EQ(block_subsidy(840'000, params).satoshis(), 312'500'000);
    EXPECT_EQ(block_subsidy(32 * 210'000, params).satoshis(), 1);
    EXPECT_EQ(block_subsidy(33 * 210'000, params).satoshis(), 0);
    EXPECT_EQ(block_subsidy(64 * 210'000, params).satoshis(), 0);
    EXPECT_EQ(block_subsidy(2'147'483'647, params).satoshis(), 0);
    EXPECT_EQ(block_subsidy(150, make_params(Network::kRegtest)).satoshis(), 2'500'000'000);
}

TEST(SubsidyTest, AllOfItIsLessThanTheMostMoney)
{
    const Params params = make_params(Network::kMain);
    Amount total;
    for (Height epoch = 0; epoch < 70; ++epoch) {
        const Amount subsidy = block_subsidy(epoch * params.subsidy_halving_interval, params);
        total += Amount{subsidy.satoshis() * params.subsidy_halving_interval};
        ASSERT_TRUE(total.is_money());
    }
    EXPECT_EQ(total.satoshis(), 2'099'999'997'690'000);
}

}  // namespace
}  // namespace cairn::consensus
