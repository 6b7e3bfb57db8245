#include <initializer_list>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "node/config.h"
#include "node/options.h"

namespace cairn::node {
namespace {

base::Settings parsed(std::initializer_list<const char*> arguments)
{
    base::Settings settings(option_table());
    EXPECT_TRUE(settings.parse_command_line(std::vector<const char*>(arguments)));
    return settings;
}

TEST(DbCacheWarning, ComesBeyondThreeQuartersOfWhatIsFree)
{
    constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
    EXPECT_EQ(dbcache_warning(parsed({}), 1 * kGiB), std::nullopt);
    EXPECT_EQ(dbcache_warning(parsed({"-dbcache=1024"}), 1 * kGiB), std::nullopt);
    EXPECT_EQ(dbcache_warning(parsed({"-dbcache=1025"}), 1 * kGiB),
              "A 1025 MiB dbcache may be too large for a system memory of only 1024 MiB.");
    EXPECT_EQ(dbcache_warning(parsed({"-dbcache=4608"}), 8 * kGiB), std::nullopt);
    EXPECT_EQ(dbcache_warning(parsed({"-dbcache=4609"}), 8 * kGiB),
              "A 4609 MiB dbcache may be too large for a system memory of only 8192 MiB.");
}

TEST(Numbers, AreTheNearestThatAnIntCanHold)
{
    const auto tip_age = [](const char* given) { return int_option(parsed({given}), "maxtipage", 7); };
    EXPECT_EQ(int_option(parsed({}), "maxtipage", 7), 7);
    EXPECT_EQ(tip_age("-maxtipage=9223372036854775807"), 2'147'483'647);
    EXPECT_EQ(tip_age("-maxtipage=-9223372036854775808"), -2'147'483'648);
    EXPECT_EQ(tip_age("-maxtipage=2147483647"), 2'147'483'647);
}

TEST(Numbers, HaveBoundsWhereMoreWouldOverflow)
{
    for (const auto* name : {"bantime", "dbcache", "keypool", "limitclustersize", "maxmempool", "maxreceivebuffer",
                             "maxsendbuffer", "maxsigcachesize", "mempoolexpiry", "rpcthreads", "rpcworkqueue"}) {
        const auto most = option_table().find(name)->value.most;
        const std::string at_most = fmt::format("-{}={}", name, most);
        const std::string one_over = fmt::format("-{}={}", name, most + 1);
        EXPECT_EQ(parsed({at_most.c_str()}).malformed_value(), std::nullopt);
        EXPECT_NE(parsed({one_over.c_str()}).malformed_value(), std::nullopt);
    }
    EXPECT_EQ(parsed({"-maxconnections=0"}).malformed_value(), std::nullopt);
    EXPECT_EQ(parsed({"-maxconnections=-1"}).malformed_value(),
              "-maxconnections=-1 cannot be: give a whole number, 0 or more, such as -maxconnections=125.");
}

}  // namespace
}  // namespace cairn::node
