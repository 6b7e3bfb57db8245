#include "notify/command_notifier.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace cairn::notify {
namespace {

BlockHash hash_of(unsigned char byte)
{
    BlockHash hash;
    hash.value.bytes.fill(std::byte{byte});
    return hash;
}

/// Commands that append to files.
class NotifierTest : public testing::Test {
protected:
    std::string into(const std::string& name, const std::string& text = "%s") const
    {
        return "echo " + text + " >> " + (folder_.path() / name).string();
    }
    std::string text(const std::string& name) const
    {
        std::ifstream in(folder_.path() / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// Until a command has written it: it runs beside us.
    std::string text_when_there(const std::string& name) const
    {
        test::wait_until([&] { return text(name).find('\n') != std::string::npos; });
        return text(name);
    }
    events::TipChanged tip(unsigned char byte, bool initial_download = false) const
    {
        events::TipChanged changed;
        changed.tip = hash_of(byte);
        changed.initial_download = initial_download;
        return changed;
    }

    test::TempFolder folder_;
    events::EventBus bus_{events::EventBus::Delivery::kByHand};
};

TEST(Commands, TheBlockStandsForEveryPlace)
{
    const std::string hash(64, '1');
    EXPECT_EQ(with_block("a %s b%s", hash_of(0x11)), "a " + hash + " b" + hash);
    EXPECT_EQ(with_block("no place, 100%", hash_of(0x11)), "no place, 100%");
    EXPECT_EQ(with_block("%%s", hash_of(0x11)), "%" + hash);
    EXPECT_EQ(with_block("", hash_of(0x11)), "");
}

TEST(Commands, AWarningIsHarmlessText)
{
    EXPECT_EQ(with_warning("echo %s", "Warning: 6 blocks (versionbit 3)."), "echo 'Warning: 6 blocks (versionbit 3).'");
    EXPECT_EQ(with_warning("%s", "'; rm -rf $HOME \"`id`\" & | < > \\ \n %s * ~ # !"),
              "'; rm -rf HOME id       s    '");
    EXPECT_EQ(with_warning("%s %s", "a"), "'a' 'a'");
    EXPECT_EQ(with_warning("%s", ""), "''");
}

TEST_F(NotifierTest, ANewTip)
{
    const CommandNotifier notifier({.block = into("blocks")}, bus_);
    bus_.publish(tip(0xaa));
    bus_.deliver();
    EXPECT_EQ(text_when_there("blocks"), hash_of(0xaa).to_hex() + "\n");
}

TEST_F(NotifierTest, NoneOfTheFirstSynchronisation)
{
    const CommandNotifier notifier({.block = into("blocks")}, bus_);
    bus_.publish(tip(0xaa, true));
    bus_.publish(events::WarningRaised{"not asked for"});
    bus_.deliver();
    bus_.publish(tip(0xbb));
    bus_.deliver();
    EXPECT_EQ(text_when_there("blocks"), hash_of(0xbb).to_hex() + "\n");
}

TEST_F(NotifierTest, AWarning)
{
    const CommandNotifier notifier({.alert = into("alerts")}, bus_);
    bus_.publish(tip(0xaa));
    bus_.publish(events::WarningRaised{"Unknown new rules activated (versionbit 3)"});
    bus_.deliver();
    EXPECT_EQ(text_when_there("alerts"), "Unknown new rules activated (versionbit 3)\n");
}

TEST_F(NotifierTest, StartAndStop)
{
    CommandNotifier notifier({.startup = into("start", "up"), .shutdown = {into("stop", "one"), into("last", "two")}},
                             bus_);
    notifier.on_start();
    EXPECT_EQ(text_when_there("start"), "up\n");
    notifier.on_stop();
    // They have ended.
    EXPECT_EQ(text("stop"), "one\n");
    EXPECT_EQ(text("last"), "two\n");
}

TEST_F(NotifierTest, NothingToRun)
{
    CommandNotifier notifier({}, bus_);
    bus_.publish(tip(0xaa));
    EXPECT_EQ(bus_.deliver(), 0U);
    notifier.on_start();
    notifier.on_stop();
}

}  // namespace
}  // namespace cairn::notify
