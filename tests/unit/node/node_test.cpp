// A whole node on regtest: started, stopped, asked to stop at each step, and failing at each.

#include "node/node.h"

#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "node/options.h"
#include "support/temp_folder.h"

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
    Run run(const std::vector<std::string>& more = {})
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
        on_line_ = nullptr;
        const auto good = run(more);
        EXPECT_EQ(good.error, "");
        EXPECT_TRUE(good.stopped_well);
        EXPECT_TRUE(logged("Done loading"));
        EXPECT_TRUE(logged("Shutdown done"));
        EXPECT_FALSE(std::filesystem::exists(regtest() / "cairnd.pid"));
        EXPECT_FALSE(std::filesystem::exists(regtest() / ".cookie"));
    }
    std::filesystem::path regtest() const { return folder_.path() / "regtest"; }

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
