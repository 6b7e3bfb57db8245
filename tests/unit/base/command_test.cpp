#include "base/command.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/log.h"
#include "support/temp_folder.h"

namespace cairn::base {
namespace {

class CommandTest : public testing::Test {
protected:
    CommandTest()
    {
        process_log().set_sink([this](std::string_view line) { logged_ += line; });
        process_log().start({.timestamps = false});
    }
    ~CommandTest() override
    {
        process_log().set_sink(nullptr);
        process_log().disable();
    }
    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }
    std::string text(const std::string& name) const
    {
        std::ifstream in(file(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::string logged_;
    test::TempFolder folder_;
    CommandRunner runner_;
};

/// What commands read from until it is opened: it gives them nothing, and ends.
class Gate {
public:
    Gate() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
    ~Gate()
    {
        open();
        ::close(ends_[0]);
    }
    std::string wait_there() const
    {
        return "cat < /proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(ends_[0]);
    }
    void open()
    {
        if (ends_[1] >= 0) ::close(ends_[1]);
        ends_[1] = -1;
    }

private:
    std::array<int, 2> ends_{};
};

TEST_F(CommandTest, TheShellRunsIt)
{
    EXPECT_TRUE(runner_.run("echo one two | tr a-z A-Z > " + file("out").string()));
    runner_.wait();
    EXPECT_EQ(text("out"), "ONE TWO\n");
}

TEST_F(CommandTest, NothingIsRunForNothing)
{
    EXPECT_TRUE(runner_.run(""));
    runner_.wait();
}

TEST_F(CommandTest, AFailureIsLogged)
{
    runner_.run("exit 3");
    runner_.wait();
    EXPECT_EQ(logged_, "[warning] runCommand error: system(exit 3) returned 768\n");
}

TEST_F(CommandTest, FilesAndSocketsAreNotInherited)
{
    const int open = ::open("/dev/null", O_RDONLY);  // NOLINT(android-cloexec-open): that is the point
    ASSERT_GE(open, 0);
    const std::string name = "/proc/self/fd/" + std::to_string(open);
    runner_.run("test -e " + name + " && echo inherited > " + file("out").string() + " || echo closed > " +
                file("out").string());
    runner_.wait();
    ::close(open);
    EXPECT_EQ(text("out"), "closed\n");
}

TEST_F(CommandTest, SoManyRunAndSoManyWait)
{
    Gate gate;
    for (std::size_t i = 0; i < CommandRunner::kMostAtOnce; ++i) EXPECT_TRUE(runner_.run(gate.wait_there()));
    for (std::size_t i = 0; i < CommandRunner::kMostWaiting; ++i) {
        ASSERT_TRUE(runner_.run("touch " + file("waited").string()));
    }
    EXPECT_FALSE(runner_.run("true"));
    EXPECT_EQ(logged_, "[warning] Too many commands are waiting for others to end: not run: true\n");
    runner_.close();
    EXPECT_FALSE(runner_.run("true"));
    gate.open();
    runner_.wait();
    EXPECT_FALSE(std::filesystem::exists(file("waited")));
}

TEST_F(CommandTest, ThoseThatWaitAreRunWhenOthersEnd)
{
    Gate gate;
    for (std::size_t i = 0; i < CommandRunner::kMostAtOnce; ++i) EXPECT_TRUE(runner_.run(gate.wait_there()));
    EXPECT_TRUE(runner_.run("echo late > " + file("out").string()));
    gate.open();
    runner_.wait();
    EXPECT_EQ(text("out"), "late\n");
}

TEST_F(CommandTest, OneThatHangsHoldsNobodyUp)
{
    Gate gate;
    {
        CommandRunner other;
        EXPECT_TRUE(other.run(gate.wait_there()));
    }
    EXPECT_TRUE(runner_.run("true"));
    runner_.wait();
}

}  // namespace
}  // namespace cairn::base
