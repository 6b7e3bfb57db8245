#include "base/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

namespace cairn::base {
namespace {

/// A terminal of our own: what is typed goes into one end.
class TerminalTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        keyboard_ = ::posix_openpt(O_RDWR | O_NOCTTY);
        if (keyboard_ < 0 || ::grantpt(keyboard_) != 0 || ::unlockpt(keyboard_) != 0) GTEST_SKIP() << "no terminals";
        terminal_ = ::open(::ptsname(keyboard_), O_RDWR | O_NOCTTY);
        ASSERT_GE(terminal_, 0);
    }
    void TearDown() override
    {
        if (terminal_ >= 0) ::close(terminal_);
        if (keyboard_ >= 0) ::close(keyboard_);
    }
    bool shows_typing() const
    {
        termios settings{};
        EXPECT_EQ(::tcgetattr(terminal_, &settings), 0);
        return (settings.c_lflag & ECHO) != 0;
    }

    int keyboard_ = -1;
    int terminal_ = -1;
};

TEST_F(TerminalTest, HidesWhatIsTypedWhileItLives)
{
    ASSERT_TRUE(shows_typing());
    {
        const HiddenTyping hidden(terminal_);
        EXPECT_FALSE(shows_typing());
    }
    EXPECT_TRUE(shows_typing());
}

TEST_F(TerminalTest, LeavesATerminalThatShowedNothing)
{
    const HiddenTyping outer(terminal_);
    {
        const HiddenTyping inner(terminal_);
    }
    EXPECT_FALSE(shows_typing());
}

TEST(Terminal, DoesNothingWithoutOne)
{
    const HiddenTyping hidden(-1);
}

}  // namespace
}  // namespace cairn::base
