// cairn-cli against a server in the same process: what is sent, what is shown, and the exit status.

#include "rpc/client/command_line.h"

#include <fstream>
#include <functional>
#include <mutex>
#include <sstream>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/memory_file_system.h"
#include "rpc/server/server.h"
#include "rpc/spec/error.h"
#include "support/temp_folder.h"

namespace cairn::rpc {
namespace {

struct Shown {
    int status = 0;
    std::string out;
    std::string error;
};

class CommandLineTest : public ::testing::Test {
protected:
    CommandLineTest()
    {
        options_.endpoints = {{"127.0.0.1", 0}};
        options_.user = "u";
        options_.password = "p";
        options_.threads = 1;
        options_.penalty = std::chrono::milliseconds{1};
        server_ = std::make_unique<Server>(
            options_,
            [this](const MethodCall& call) {
                const std::lock_guard lock(mutex_);
                calls_.push_back(call);
                return answer_(call);
            },
            clock_, files_, random_);
        const auto started = server_->start();
        EXPECT_TRUE(started) << (started ? "" : started.error());
        port_ = server_->ports().at(0);
    }

    /// With the options that lead to the server before `arguments`.
    Shown run(const std::vector<std::string>& arguments, const std::string& input = "",
              const std::string& password = "p")
    {
        std::vector<std::string> all = place();
        all.emplace_back("-rpcuser=u");
        if (!password.empty()) all.push_back("-rpcpassword=" + password);
        all.insert(all.end(), arguments.begin(), arguments.end());
        return run_plain(all, input);
    }
    static Shown run_plain(const std::vector<std::string>& arguments, const std::string& input = "")
    {
        std::vector<const char*> pointers;
        for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
        std::istringstream in(input);
        std::ostringstream out;
        std::ostringstream error;
        const int status = run_command_line(pointers, "v1", {in, out, error});
        return {status, out.str(), error.str()};
    }
    std::vector<std::string> place() const
    {
        return {"-regtest", "-datadir=" + folder_.path().string(), "-rpcport=" + std::to_string(port_)};
    }
    /// The arguments of the only call that was made.
    std::string sent()
    {
        const std::lock_guard lock(mutex_);
        EXPECT_EQ(calls_.size(), 1U);
        return calls_.empty() ? "" : calls_.front().arguments.write();
    }

    test::TempFolder folder_;
    ServerOptions options_;
    base::ManualClock clock_;
    base::MemoryFileSystem files_;
    base::SeededRandom random_{1};
    std::mutex mutex_;
    std::vector<MethodCall> calls_;
    std::function<Json(const MethodCall&)> answer_ = [](const MethodCall& call) { return Json(call.method); };
    std::uint16_t port_ = 0;
    std::unique_ptr<Server> server_;
};

TEST_F(CommandLineTest, ShowsTextPlainAndTheRestAsJson)
{
    EXPECT_EQ(run({"getbestblockhash"}).out, "getbestblockhash\n");
    answer_ = [](const MethodCall&) { return Json(); };
    const auto nothing = run({"stop"});
    EXPECT_EQ(nothing.status, 0);
    EXPECT_EQ(nothing.out + nothing.error, "");
    answer_ = [](const MethodCall&) { return std::move(Json::object().set("a", 1)); };
    EXPECT_EQ(run({"getblockchaininfo"}).out, "{\n  \"a\": 1\n}\n");
}

TEST_F(CommandLineTest, SendsArgumentsInTheirTypes)
{
    EXPECT_EQ(run({"getblock", "00", "2"}).status, 0);
    EXPECT_EQ(sent(), R"(["00",2])");
}

TEST_F(CommandLineTest, SendsNamedArguments)
{
    EXPECT_EQ(run({"-named", "getblock", "blockhash=00", "verbosity=2"}).status, 0);
    EXPECT_EQ(sent(), R"({"blockhash":"00","verbosity":2})");
}

TEST_F(CommandLineTest, ReadsArgumentsFromStandardInput)
{
    EXPECT_EQ(run({"-stdin", "getblock", "00"}, "2\n").status, 0);
    EXPECT_EQ(sent(), R"(["00",2])");
}

TEST_F(CommandLineTest, ReadsThePasswordFromTheFirstLineOfStandardInput)
{
    EXPECT_EQ(run({"-stdinrpcpass", "-stdin", "getblock"}, "p\n00\n", "").status, 0);
    EXPECT_EQ(sent(), R"(["00"])");
    const auto missing = run({"-stdinrpcpass", "uptime"}, "", "");
    EXPECT_EQ(missing.status, 1);
    EXPECT_EQ(missing.error, "error: -stdinrpcpass specified but failed to read from standard input\n");
}

TEST_F(CommandLineTest, ReadsAPassphraseForTheMethodsThatTakeOne)
{
    EXPECT_EQ(run({"-stdinwalletpassphrase", "walletpassphrase", "60"}, "open sesame\n").status, 0);
    EXPECT_EQ(sent(), R"(["open sesame",60])");
    const auto wrong = run({"-stdinwalletpassphrase", "uptime"}, "x\n");
    EXPECT_EQ(wrong.status, 1);
    EXPECT_EQ(wrong.error, "error: -stdinwalletpassphrase is only applicable for walletpassphrase(change)\n");
}

TEST_F(CommandLineTest, NamesTheWalletInThePath)
{
    EXPECT_EQ(run({"-rpcwallet=a b/c", "getbalance"}).status, 0);
    EXPECT_EQ(calls_.at(0).path, "/wallet/a%20b%2Fc");
    EXPECT_EQ(run({"getbalance"}).status, 0);
    EXPECT_EQ(calls_.at(1).path, "/");
}

TEST_F(CommandLineTest, ExitsWithTheSizeOfTheErrorNumber)
{
    answer_ = [](const MethodCall&) -> Json { throw Error(Code::kInvalidParameter, "Block height out of range"); };
    const auto shown = run({"getblockhash", "9"});
    EXPECT_EQ(shown.status, 8);
    EXPECT_EQ(shown.out, "");
    EXPECT_EQ(shown.error, "error code: -8\nerror message:\nBlock height out of range\n");
}

TEST_F(CommandLineTest, SaysHowToNameAWallet)
{
    answer_ = [](const MethodCall&) -> Json { throw Error(Code::kWalletNotSpecified, "Which?"); };
    const auto shown = run({"getbalance"});
    EXPECT_EQ(shown.status, 19);
    EXPECT_TRUE(shown.error.starts_with("error code: -19\nerror message:\nWhich? Or for the CLI, specify the \"-rpc"));
}

TEST_F(CommandLineTest, ShowsProgressAsAPercentage)
{
    for (const auto& [progress, shown] : {std::pair{"2.006027321727025e-06", "0.0002"}, std::pair{"1", "100.0000"},
                                          std::pair{"0.98765", "98.7650"}, std::pair{"0.5", "50.0000"}}) {
        answer_ = [progress](const MethodCall& call) {
            auto answer = Json::object();
            if (call.method == "getblockchaininfo") answer.set("verificationprogress", *Json::parse(progress));
            return answer;
        };
        const auto out = run({"-getinfo"}).out;
        EXPECT_NE(out.find(std::string("Verification progress: ") + shown + "%\n"), std::string::npos) << out;
    }
}

TEST_F(CommandLineTest, RefusesItsOwnMistakesWithOne)
{
    const auto error_of = [&](const std::vector<std::string>& arguments) {
        const auto shown = run(arguments);
        EXPECT_EQ(shown.status, 1);
        EXPECT_EQ(shown.out, "");
        return shown.error;
    };
    EXPECT_EQ(error_of({}), "error: too few parameters (need at least command)\n");
    EXPECT_EQ(error_of({"-getinfo", "x"}), "error: -getinfo takes no arguments\n");
    EXPECT_EQ(error_of({"-getinfo", "-color=blue"}),
              "error: Invalid value for -color option. Valid values: always, auto, never.\n");
    EXPECT_EQ(error_of({"-getinfo", "-netinfo"}), "error: Only one of -getinfo, -netinfo may be specified.\n");
    EXPECT_EQ(error_of({"-netinfo", "x"}),
              "error: invalid -netinfo level argument: x\nFor more information, run: cairn-cli -netinfo help\n");
    EXPECT_TRUE(error_of({"-netinfo", "256"}).starts_with("error: invalid -netinfo level argument: 256"));
    EXPECT_TRUE(error_of({"-netinfo", "1", "in"}).starts_with("error: invalid -netinfo outonly argument: in\nFor"));
    EXPECT_TRUE(error_of({"-netinfo", "0", "o"}).starts_with("error: invalid -netinfo outonly argument: o\nThe "));
    EXPECT_EQ(error_of({"-rpcclienttimeout=soon", "uptime"}),
              "Error: -rpcclienttimeout=soon cannot be: give a whole number from 0 to 3155760000, such as "
              "-rpcclienttimeout=900.\n");
    const auto unreadable = error_of({"-conf=" + std::string(300, 'x'), "uptime"});
    EXPECT_TRUE(unreadable.starts_with("Error: Cannot ")) << unreadable;
    EXPECT_EQ(error_of({"-ipcconnect=unix", "uptime"}), "error: bitcoin-cli was not built with IPC support\n");
    EXPECT_EQ(error_of({"-rpcport=0", "uptime"}), "error: Invalid port provided in -rpcport: 0\n");
    EXPECT_EQ(error_of({"-rpcconnect=127.0.0.1:65536", "uptime"}),
              "error: Invalid port provided in -rpcconnect: 127.0.0.1:65536\n");
    EXPECT_TRUE(error_of({"getblock", "00", "{"}).starts_with("error: Error parsing JSON: {"));
    EXPECT_EQ(error_of({"-nosuchoption"}), "Error parsing command line arguments: Invalid parameter -nosuchoption\n");
    EXPECT_TRUE(calls_.empty());
}

TEST_F(CommandLineTest, SaysWhyItIsNotAuthorised)
{
    const auto wrong = run({"uptime"}, "", "wrong");
    EXPECT_EQ(wrong.status, 1);
    EXPECT_TRUE(wrong.error.starts_with(
        "error: Authorization failed: Incorrect rpcuser or rpcpassword were specified. Configuration file: ("));
    const auto without = run({"uptime"}, "", "");
    EXPECT_TRUE(without.error.starts_with(
        "error: Authorization failed: Failed to read cookie file and no rpcpassword was specified."));
    const auto disabled = run({"-norpccookiefile", "uptime"}, "", "");
    EXPECT_TRUE(
        disabled.error.starts_with("error: Authorization failed: Cookie file was disabled via "
                                   "-norpccookiefile and no rpcpassword was specified."));
    std::ofstream(folder_.path() / "cookie") << "u:wrong";
    const auto stale = run({"-rpccookiefile=" + (folder_.path() / "cookie").string(), "uptime"}, "", "");
    EXPECT_TRUE(stale.error.starts_with(
        "error: Authorization failed: Cookie file credentials were invalid and no rpcpassword was specified."));
    std::ofstream(folder_.path() / "cookie") << "u:p";
    EXPECT_EQ(run({"-rpccookiefile=" + (folder_.path() / "cookie").string(), "uptime"}, "", "").out, "uptime\n");
}

TEST_F(CommandLineTest, SaysThatNobodyListens)
{
    server_->stop();
    server_.reset();
    const auto shown = run({"uptime"});
    EXPECT_EQ(shown.status, 1);
    EXPECT_TRUE(shown.error.starts_with(
        "error: Error while attempting to communicate with server 127.0.0.1:" + std::to_string(port_) + " ("));
    const auto waited = run({"-rpcwait", "-rpcwaittimeout=1", "uptime"});
    EXPECT_EQ(waited.status, 1);
    EXPECT_TRUE(waited.error.starts_with("error: timeout on transient error: Error while attempting to communicate"));
}

TEST_F(CommandLineTest, WaitsForANodeThatIsWarmingUp)
{
    answer_ = [this](const MethodCall& call) -> Json {
        if (calls_.size() < 3) throw Error(Code::kInWarmup, "Loading…");
        return call.method;
    };
    const auto at_once = run({"uptime"});
    EXPECT_EQ(at_once.status, 28);
    EXPECT_EQ(at_once.error, "error code: -28\nerror message:\nLoading…\n");
    EXPECT_EQ(run({"-rpcwait", "uptime"}).out, "uptime\n");
    EXPECT_EQ(calls_.size(), 3U);
}

TEST_F(CommandLineTest, MinesToANewAddressOfTheWallet)
{
    answer_ = [](const MethodCall& call) -> Json {
        if (call.method == "getnewaddress") return "address";
        return std::move(Json::array().push("hash"));
    };
    const auto shown = run({"-generate", "2"});
    EXPECT_EQ(shown.status, 0);
    EXPECT_EQ(calls_.at(1).method, "generatetoaddress");
    EXPECT_EQ(calls_.at(1).arguments.write(), R"([2,"address"])");
    EXPECT_EQ(shown.out, "{\n  \"address\": \"address\",\n  \"blocks\": [\n    \"hash\"\n  ]\n}\n");
    EXPECT_EQ(run({"-generate", "0"}).status, 1);
    EXPECT_EQ(run({"-generate", "1", "2", "3"}).error,
              "error: too many arguments (maximum 2 for nblocks and maxtries)\n");
    answer_ = [](const MethodCall&) -> Json { throw Error(Code::kWalletNotFound, "Not loaded"); };
    EXPECT_EQ(run({"-generate", "0"}).status, 18);
}

class OverviewTest : public CommandLineTest {
protected:
    OverviewTest()
    {
        answer_ = [](const MethodCall& call) -> Json {
            const auto parse = [](std::string_view text) { return *Json::parse(text); };
            if (call.method == "getnodeaddresses") return parse(R"([{"network":"onion"},{"network":"onion"}])");
            if (call.method == "getpeerinfo") {
                return parse(
                    R"([{"id":7,"addr":"[::1]:5","network":"not_publicly_routable","inbound":true,"version":70016,
                         "subver":"/in/","connection_type":"inbound","servicesnames":["WITNESS"],"minping":0.0005,
                         "pingtime":1.25,"lastsend":0,"lastrecv":0,"last_transaction":0,"last_block":0,"conntime":1,
                         "relaytxes":false,"addr_processed":0,"addr_rate_limited":0,"addr_relay_enabled":false,
                         "bip152_hb_to":false,"bip152_hb_from":true,"transport_protocol_type":"v2"},
                        {"id":12,"addr":"1.2.3.4:8333","network":"ipv4","inbound":false,"version":70016,
                         "subver":"/out/","connection_type":"manual","lastsend":0,"lastrecv":0,"conntime":1,
                         "servicesnames":["NETWORK","WITNESS","NETWORK_LIMITED","P2P_V2"],"addr_processed":123456,
                         "transport_protocol_type":"v1"}])");
            }
            return parse(
                R"({"subversion":"/x/","protocolversion":70016,"localaddresses":[],
                    "localservicesnames":["NETWORK","NETWORK_LIMITED"],
                    "networks":[{"name":"ipv4","reachable":true},{"name":"onion","reachable":false}]})");
        };
    }
    std::string shown(const std::vector<std::string>& arguments)
    {
        const auto shown = run(arguments);
        EXPECT_EQ(shown.status, 0) << shown.error;
        return shown.out;
    }
};

TEST_F(OverviewTest, CountsPeersByNetworkAndDirection)
{
    EXPECT_EQ(shown({"-netinfo"}),
              "Cairn client v1 regtest - server 70016/x/\n\n"
              "         ipv4     npr   total   block  manual\n"
              "in          0       1       1\n"
              "out         1       0       1       0       1\n"
              "total       1       1       2\n\n"
              "Local services: network, network limited\n\n"
              "Local addresses: n/a\n");
    EXPECT_TRUE(shown({"-netinfo", "help"}).starts_with("-netinfo [level [outonly]] | help\n"));
}

TEST_F(OverviewTest, ShowsALinePerPeer)
{
    const std::string all = shown({"-netinfo", "4"});
    EXPECT_TRUE(all.starts_with("Cairn client v1 regtest - server 70016/x/ - services nl\n\n<->   type   net serv v "));
    const auto in = all.find("\n in          npr    w 2      1   1250 ");
    const auto out = all.find("\nout manual  ipv4 nwl2 1 ");
    EXPECT_NE(in, std::string::npos) << all;
    EXPECT_NE(out, std::string::npos) << all;
    EXPECT_LT(in, out);
    EXPECT_TRUE(all.contains("123456"));
    EXPECT_TRUE(all.contains(" 12 1.2.3.4:8333 70016/out/\n"));
    EXPECT_FALSE(all.contains("Local services"));
    EXPECT_EQ(shown({"-netinfo", "255"}), all);
    EXPECT_FALSE(shown({"-netinfo", "1"}).contains("1.2.3.4"));
    EXPECT_FALSE(shown({"-netinfo", "2"}).contains("/out/"));
    EXPECT_FALSE(shown({"-netinfo", "3"}).contains("1.2.3.4"));
    const std::string outbound = shown({"-netinfo", "4", "outonly"});
    EXPECT_TRUE(outbound.contains("/out/"));
    EXPECT_FALSE(outbound.contains("/in/"));
    EXPECT_TRUE(outbound.contains("total       1       1       2"));
}

TEST_F(OverviewTest, CountsAddressesByNetwork)
{
    const std::string addresses = shown({"-addrinfo"});
    EXPECT_TRUE(addresses.contains("\"onion\": 2"));
    EXPECT_TRUE(addresses.contains("\"total\": 2"));
}

TEST(CommandLine, TellsVersionAndHelpWithoutANode)
{
    const auto run = [](std::vector<const char*> arguments) {
        std::istringstream in;
        std::ostringstream out;
        std::ostringstream error;
        const int status = run_command_line(arguments, "v1", {in, out, error});
        return Shown{status, out.str(), error.str()};
    };
    EXPECT_EQ(run({"-version"}).out, "Cairn RPC client version v1\n");
    EXPECT_EQ(run({"-help"}).status, 0);
    EXPECT_TRUE(run({"-help"}).out.contains("-rpcwait"));
    const auto nothing = run({});
    EXPECT_EQ(nothing.status, 1);
    EXPECT_EQ(nothing.error, "Error: too few parameters\n");
}

}  // namespace
}  // namespace cairn::rpc
