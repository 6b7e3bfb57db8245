#include "node/options.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::node {
namespace {

TEST(OptionsOfCairnd, AreDeclaredOnceAndDescribed)
{
    // The table itself throws for a name declared twice.
    EXPECT_GE(option_table().all().size(), 190U);
    for (const auto& [name, option] : option_table().all()) {
        // "no" begins a negation.
        EXPECT_FALSE(name.starts_with("no")) << name;
        if (option.category == base::OptionCategory::kHidden) continue;
        EXPECT_TRUE(option.help.ends_with('.')) << name;
        EXPECT_EQ(option.argument.empty(), option.value.type == base::OptionType::kBool) << name;
    }
}

TEST(OptionsOfCairnd, NeverIgnoreWhatProtectsTheOwner)
{
    for (const auto* name : {"proxy", "onion", "onlynet", "i2psam", "prune", "rpcallowip", "whitelist"}) {
        ASSERT_NE(option_table().find(name), nullptr) << name;
        EXPECT_NE(option_table().find(name)->option_class, base::OptionClass::kWithoutMeaning) << name;
    }
}

TEST(OptionsOfCairnd, KeepSecretsOutOfTheLog)
{
    for (const auto* name : {"rpcpassword", "rpcauth", "rpcuser", "torpassword"}) {
        EXPECT_NE(option_table().find(name)->flags & base::kSensitive, 0U) << name;
    }
}

}  // namespace
}  // namespace cairn::node
