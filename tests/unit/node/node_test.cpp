// A whole node on regtest: started, stopped, asked to stop at each step, and failing at each.

#include "node/node.h"

#include <csignal>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/log.h"
#include "consensus/encoding/writer.h"
#include "node/options.h"
#include "support/regtest_chain.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace cairn::node {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;

/// A port of loopback that nobody has, or that we have.
class Port {
public:
    Port() : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {}
    std::string text() const { return std::to_string(acceptor_.local_endpoint().port()); }
    std::string free()
    {
        const auto number = text();
        acceptor_.close();
        return number;
    }

private:
    boost::asio::io_context io_;
    tcp::acceptor acceptor_;
};

/// While it lives, this process can write to no file: as if every disk were full.
class FullDisks {
public:
    FullDisks() : signal_(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit nothing{0, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &nothing);
    }
    ~FullDisks()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    FullDisks(const FullDisks&) = delete;
    FullDisks& operator=(const FullDisks&) = delete;

private:
    void (*signal_)(int);
    rlimit before_{};
};

class NodeTest : public testing::Test {
protected:
    NodeTest()
    {
        base::process_log().set_sink([this](std::string_view line) {
            const std::lock_guard lock(mutex_);
            lines_.emplace_back(line);
            if (on_line_) on_line_(line);
        });
    }
    ~NodeTest() override { base::process_log().set_sink(nullptr); }

    /// One run from start to end: the error of start, or "".
    struct Run {
        std::string error;
        bool stopped_well = false;
    };
    enum class End { kAtOnce, kByItself };
    Run run(const std::vector<std::string>& more = {}, End end = End::kAtOnce)
    {
        forget_lines();
        std::vector<std::string> arguments{"-regtest",
                                           "-datadir=" + folder_.path().string(),
                                           "-listen=0",
                                           "-dnsseed=0",
                                           "-rpcport=" + rpc_port_,
                                           "-rpcthreads=1",
                                           "-printtoconsole=0"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::vector<const char*> raw;
        for (const auto& argument : arguments) raw.push_back(argument.c_str());
        base::Settings settings(option_table());
        EXPECT_TRUE(settings.parse_command_line(raw));
        EXPECT_TRUE(settings.load());
        base::ShutdownSignal shutdown;
        request_ = [&] { shutdown.request(); };
        Run result;
        {
            Node node(settings, shutdown);
            const auto started = node.start();
            if (!started) result.error = started.error();
            if (end == End::kByItself) node.wait();
            result.stopped_well = node.stop();
            EXPECT_TRUE(node.stop()) << "a second time there is nothing to do";
        }
        request_ = nullptr;
        return result;
    }
    /// Does `what` when a line with this text is logged.
    void when(std::string text, std::function<void()> what)
    {
        on_line_ = [text = std::move(text), what = std::move(what)](std::string_view line) {
            if (line.find(text) != line.npos) what();
        };
    }
    void stop_watching() { on_line_ = nullptr; }
    void forget_lines()
    {
        const std::lock_guard lock(mutex_);
        lines_.clear();
    }
    bool logged(std::string_view text)
    {
        const std::lock_guard lock(mutex_);
        return std::ranges::any_of(lines_, [&](const std::string& line) { return line.find(text) != line.npos; });
    }
    /// Where a step failed, all is as if the node had never been started.
    void expect_a_good_run(const std::vector<std::string>& more = {})
    {
        stop_watching();
        const auto good = run(more);
        EXPECT_EQ(good.error, "");
        EXPECT_TRUE(good.stopped_well);
        EXPECT_TRUE(logged("Done loading"));
        EXPECT_TRUE(logged("Shutdown done"));
        EXPECT_FALSE(std::filesystem::exists(regtest() / "cairnd.pid"));
        EXPECT_FALSE(std::filesystem::exists(regtest() / ".cookie"));
    }
    std::filesystem::path regtest() const { return folder_.path() / "regtest"; }
    /// A file for -loadblock.
    std::string file_of_blocks(int count) const
    {
        test::RegtestChain chain;
        chain.mine(count);
        Writer writer;
        for (const BlockRef& block : chain.blocks()) {
            writer.u32(0xdab5bffa).u32(static_cast<std::uint32_t>(block->raw.size())).bytes(block->raw);
        }
        const auto path = folder_.path() / "blocks.dat";
        const Bytes bytes = writer.take();
        std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
        return path.string();
    }

    test::TempFolder folder_;
    std::string rpc_port_ = Port().free();
    std::function<void()> request_;

private:
    std::recursive_mutex mutex_;
    std::vector<std::string> lines_;
    std::function<void(std::string_view)> on_line_;
};

TEST_F(NodeTest, StartsAndStops)
{
    expect_a_good_run();
    EXPECT_TRUE(std::filesystem::exists(regtest() / "chainstate"));
    expect_a_good_run();  // and again, on the same folder
}

TEST_F(NodeTest, ARequestToStopIsHeardAtEachStep)
{
    expect_a_good_run();
    // Lines of the steps: base, RPC, chain (two), peers (two).
    for (const char* line : {"Cairn version", "Binding RPC on address", "Using obfuscation key", "Loaded best chain",
                             "Loaded 0 addresses", "Bound to"}) {
        bool asked = false;
        when(line, [&] {
            asked = true;
            request_();
        });
        const auto stopped = run({"-listen=1", "-bind=127.0.0.1:" + Port().free()});
        EXPECT_TRUE(asked) << line;
        EXPECT_EQ(stopped.error, "") << line;
        EXPECT_TRUE(stopped.stopped_well) << line;
        EXPECT_FALSE(logged("Done loading")) << line;
        EXPECT_TRUE(logged("Shutdown done")) << line;
    }
    expect_a_good_run();
}

TEST_F(NodeTest, AStepThatFailsIsAnErrorAndLeavesNothingBehind)
{
    Port taken;
    const auto broken = folder_.path() / "broken";
    std::filesystem::create_directories(broken);
    std::ofstream(broken / "wallet.dat") << "this is no wallet";
    struct Case {
        std::vector<std::string> arguments;
        const char* error;
    };
    const std::vector<Case> cases{
        {{"-debug=nonsense"}, "nonsense"},
        {{"-testactivationheight=nonsense"}, "nonsense"},
        {{"-rpcport=" + taken.text()}, "Unable to start HTTP server"},
        {{"-rpcauth=nonsense"}, "Unable to start HTTP server"},
        {{"-minimumchainwork=nonsense"}, "Invalid minimum work specified"},
        {{"-uacomment=/"}, "unsafe characters"},
        {{"-wallet=" + broken.string()}, "broken"},
        {{"-listen=1", "-bind=127.0.0.1:" + taken.text()}, "Unable to bind to"},
    };
    for (const auto& [arguments, error] : cases) {
        const auto failed = run(arguments);
        EXPECT_THAT(failed.error, HasSubstr(error)) << arguments.back();
        EXPECT_TRUE(failed.stopped_well) << "failing to start is no failing to stop";
        EXPECT_FALSE(logged("Done loading"));
        expect_a_good_run();
    }
}

TEST_F(NodeTest, AFolderThatCannotBeReadIsAnErrorAndIsLeftAsItIs)
{
    expect_a_good_run();
    const auto current = regtest() / "chainstate" / "CURRENT";
    std::ofstream(current) << "MANIFEST-nonsense\n";
    const auto failed = run();
    EXPECT_NE(failed.error, "");
    EXPECT_TRUE(logged("Shutdown done"));
    std::filesystem::remove_all(regtest() / "chainstate");
    expect_a_good_run({"-reindex-chainstate"});
}

TEST_F(NodeTest, AMissingTableOfADatabaseIsToldWithTheDatabasesName)
{
    // With blocks there are tables.
    ASSERT_EQ(run({"-loadblock=" + file_of_blocks(3), "-stopafterblockimport"}, End::kByItself).error, "");
    expect_a_good_run();
    expect_a_good_run();
    for (const auto& [folder, error] : {std::pair{"chainstate", "Error opening coins database: "},
                                        std::pair{"blocks/index", "Error opening block database: "}}) {
        std::vector<std::filesystem::path> tables;
        for (const auto& entry : std::filesystem::directory_iterator(regtest() / folder)) {
            if (entry.path().extension() == ".ldb") tables.push_back(entry.path());
        }
        ASSERT_FALSE(tables.empty()) << folder;
        for (const auto& table : tables) std::filesystem::rename(table, table.string() + ".away");
        EXPECT_THAT(run().error, testing::StartsWith(error));
        for (const auto& table : tables) std::filesystem::rename(table.string() + ".away", table);
        expect_a_good_run();
    }
}

TEST_F(NodeTest, RunsTheOwnersCommands)
{
    const auto file = [&](const char* name) { return folder_.path() / name; };
    const auto touch = [&](const char* name) { return "touch " + file(name).string(); };
    expect_a_good_run(
        {"-startupnotify=" + touch("up"), "-shutdownnotify=" + touch("down"), "-shutdownnotify=" + touch("too")});
    // The node has stopped only after these,
    EXPECT_TRUE(std::filesystem::exists(file("down")));
    EXPECT_TRUE(std::filesystem::exists(file("too")));
    // and has waited for no other.
    test::wait_until([&] { return std::filesystem::exists(file("up")); });
    // A start that fails ends in a stop, too.
    EXPECT_NE(run({"-uacomment=/", "-startupnotify=" + touch("never"), "-shutdownnotify=" + touch("failed")}).error,
              "");
    EXPECT_TRUE(std::filesystem::exists(file("failed")));
    EXPECT_FALSE(std::filesystem::exists(file("never")));
    expect_a_good_run({"-nostartupnotify", "-noshutdownnotify", "-noblocknotify", "-noalertnotify"});
}

TEST_F(NodeTest, StopsByItselfAtAHeight)
{
    const auto ended = run({"-loadblock=" + file_of_blocks(8), "-stopatheight=5"}, End::kByItself);
    EXPECT_EQ(ended.error, "");
    EXPECT_TRUE(ended.stopped_well);
    EXPECT_TRUE(logged(" height=5 "));
}

TEST_F(NodeTest, StopsByItselfAfterAnImport)
{
    const auto ended = run({"-loadblock=" + file_of_blocks(8), "-stopafterblockimport"}, End::kByItself);
    EXPECT_EQ(ended.error, "");
    EXPECT_TRUE(ended.stopped_well);
    EXPECT_TRUE(logged(" height=8 "));
    EXPECT_TRUE(run({"-stopafterblockimport"}, End::kByItself).stopped_well) << "nothing to import is soon done";
}

TEST_F(NodeTest, ADiskThatFillsStopsTheNode)
{
    const std::vector<std::string> import{"-loadblock=" + file_of_blocks(8), "-stopafterblockimport", "-disablewallet"};
    std::optional<FullDisks> full;
    when("Importing blocks file", [&] { full.emplace(); });
    EXPECT_FALSE(run(import, End::kByItself).stopped_well);
    EXPECT_TRUE(full);
    full.reset();
    stop_watching();
    EXPECT_TRUE(logged("A fatal internal error occurred"));
    EXPECT_TRUE(logged("Shutdown done"));
    EXPECT_TRUE(run(import, End::kByItself).stopped_well);
    EXPECT_TRUE(logged(" height=8 "));
    expect_a_good_run();
}

TEST_F(NodeTest, AThreadThatFailsForAFullDiskWhileItStopsCostsNoBlock)
{
    std::optional<FullDisks> full;
    when("Shutdown in progress", [&] { full.emplace(); });
    const auto stopped = run({"-loadblock=" + file_of_blocks(8), "-stopafterblockimport"}, End::kByItself);
    EXPECT_TRUE(full);
    full.reset();
    stop_watching();
    EXPECT_EQ(stopped.error, "");
    EXPECT_FALSE(stopped.stopped_well);
    EXPECT_TRUE(logged("A fatal internal error occurred in ")) << "the thread that writes says so";
    EXPECT_TRUE(logged("Shutdown done")) << "one part that fails does not keep the others";
    const auto again = run({"-stopatheight=8"}, End::kByItself);
    EXPECT_EQ(again.error, "");
    EXPECT_TRUE(again.stopped_well);
    expect_a_good_run();
}

TEST_F(NodeTest, TwoNodesDoNotShareAFolder)
{
    base::Settings settings(option_table());
    const std::string datadir = "-datadir=" + folder_.path().string();
    const std::string port = "-rpcport=" + Port().free();
    ASSERT_TRUE(settings.parse_command_line(std::vector<const char*>{"-regtest", datadir.c_str(), "-listen=0",
                                                                     "-dnsseed=0", "-printtoconsole=0", port.c_str()}));
    ASSERT_TRUE(settings.load());
    base::ShutdownSignal shutdown;
    Node first(settings, shutdown);
    ASSERT_TRUE(first.start());
    EXPECT_THAT(run().error, HasSubstr("Cannot obtain a lock"));
    EXPECT_TRUE(first.stop());
    expect_a_good_run();
}

TEST_F(NodeTest, StopsBeforeItWasStarted)
{
    base::Settings settings(option_table());
    base::ShutdownSignal shutdown;
    Node node(settings, shutdown);
    EXPECT_TRUE(node.stop());
    EXPECT_TRUE(shutdown.requested());
}

}  // namespace
}  // namespace cairn::node
