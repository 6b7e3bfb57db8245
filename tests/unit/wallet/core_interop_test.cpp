// Wallet files handed to Bitcoin Core and taken from it. Needs a bitcoind: CAIRN_BITCOIND=/path/to/bitcoind
// (bitcoin-cli beside it); skipped without.

#include <cstdlib>
#include <fstream>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_node.h"
#include "support/files.h"
#include "support/json.h"

namespace cairn::wallet {
namespace {

using test::Json;

std::uint16_t free_port()
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
}

/// A bitcoind on regtest, without network, in a folder of its own.
class Core {
public:
    explicit Core(std::filesystem::path folder) : folder_(std::move(folder)), program_(std::getenv("CAIRN_BITCOIND"))
    {
        std::filesystem::create_directories(folder_);
    }
    ~Core()
    {
        if (running_) stop();
    }

    void start()
    {
        port_ = free_port();
        run("'" + program_ + "' -daemonwait -walletcrosschain -listen=0 -keypool=5 -fallbackfee=0.0002" + common());
        running_ = true;
    }
    void stop()
    {
        const std::string pid = test::read_text(folder_ / "regtest" / "bitcoind.pid");
        cli("stop");
        // The file goes when the process does.
        while (std::filesystem::exists(folder_ / "regtest" / "bitcoind.pid")) {
            run("tail -f /dev/null --pid=" + std::to_string(std::stoi(pid)));
        }
        running_ = false;
    }
    std::string cli(const std::string& arguments)
    {
        const auto out = folder_ / "out";
        const std::string client = (std::filesystem::path(program_).parent_path() / "bitcoin-cli").string();
        run("'" + client + "' -rpcport=" + std::to_string(port_) + common() + " " + arguments + " > '" + out.string() +
            "' 2>&1");
        std::string text = test::read_text(out);
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    std::filesystem::path wallets() const { return folder_ / "regtest" / "wallets"; }

private:
    std::string common() const
    {
        return " -regtest -datadir='" + folder_.string() + "' -rpcport=" + std::to_string(port_);
    }
    static void run(const std::string& command) { [[maybe_unused]] const int status = std::system(command.c_str()); }

    std::filesystem::path folder_;
    std::string program_;
    std::uint16_t port_ = 0;
    bool running_ = false;
};

std::vector<std::string> descriptors_of(const std::string& json)
{
    std::vector<std::string> found;
    for (const Json& item : Json::parse(json)["descriptors"].items()) found.push_back(item["desc"].string());
    std::ranges::sort(found);
    return found;
}

std::vector<std::string> descriptors_of(const api::Wallet& wallet)
{
    std::vector<std::string> found;
    const auto all = wallet.descriptors(true).value();
    for (const auto& descriptor : all) found.push_back(descriptor.descriptor);
    return found;
}

class CoreInterop : public testing::Test {
protected:
    void SetUp() override
    {
        if (std::getenv("CAIRN_BITCOIND") == nullptr) GTEST_SKIP() << "no bitcoind: set CAIRN_BITCOIND";
        core.emplace(node.folder / "core");
        node.settings.allow_other_chains = true;
        manager = node.make_manager();
    }
    FakeNode node;
    std::optional<Core> core;
    std::unique_ptr<WalletManager> manager;
};

TEST_F(CoreInterop, TakesOverAWalletOfCoreAndGivesItBack)
{
    core->start();
    core->cli("createwallet w");
    const std::string address = core->cli("getnewaddress '' bech32m");
    core->cli("generatetoaddress 101 " + address);
    const std::string txid = core->cli("sendtoaddress " + foreign_address() + " 1");
    const auto descriptors = descriptors_of(core->cli("listdescriptors true"));
    core->stop();
    std::filesystem::copy(core->wallets() / "w", node.settings.folder / "w");
    const auto loaded = manager->load("w", std::nullopt);
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto wallet = manager->find("w");
    EXPECT_EQ(descriptors_of(*wallet), descriptors);
    EXPECT_TRUE(wallet->address_info(destination(address))->is_mine);
    EXPECT_TRUE(wallet->transaction(*Txid::from_hex(txid)));
    const std::string next = *wallet->new_address("from cairn", keys::OutputType::kBech32m);
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    std::filesystem::copy_file(node.settings.folder / "w" / "wallet.dat", core->wallets() / "w" / "wallet.dat",
                               std::filesystem::copy_options::overwrite_existing);
    core->start();
    const std::string outcome = core->cli("loadwallet w");
    EXPECT_TRUE(outcome.contains("\"name\": \"w\"")) << outcome;
    EXPECT_EQ(Json::parse(core->cli("getaddressinfo " + next))["labels"][0].string(), "from cairn");
    EXPECT_TRUE(Json::parse(core->cli("gettransaction " + txid)).has("txid"));
    EXPECT_NE(core->cli("getnewaddress '' bech32m"), next);
}

TEST_F(CoreInterop, OpensAnEncryptedWalletOfCore)
{
    core->start();
    core->cli("createwallet w false false 'a passphrase'");
    core->cli("walletpassphrase 'a passphrase' 100");
    const auto descriptors = descriptors_of(core->cli("listdescriptors true"));
    core->stop();
    std::filesystem::copy(core->wallets() / "w", node.settings.folder / "w");
    ASSERT_TRUE(manager->load("w", std::nullopt));
    const auto wallet = manager->find("w");
    EXPECT_FALSE(wallet->unlock("another", std::chrono::seconds{10}));
    ASSERT_TRUE(wallet->unlock("a passphrase", std::chrono::seconds{10}));
    EXPECT_EQ(descriptors_of(*wallet), descriptors);
    node.fund(*wallet, 1);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{1'000'000}, false});
    EXPECT_TRUE(wallet->send(request));
    ASSERT_TRUE(wallet->change_passphrase("a passphrase", "a new one"));
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    std::filesystem::copy_file(node.settings.folder / "w" / "wallet.dat", core->wallets() / "w" / "wallet.dat",
                               std::filesystem::copy_options::overwrite_existing);
    core->start();
    const std::string outcome = core->cli("loadwallet w");
    EXPECT_TRUE(outcome.contains("\"name\": \"w\"")) << outcome;
    EXPECT_EQ(core->cli("walletpassphrase 'a new one' 100"), "");
    EXPECT_EQ(descriptors_of(core->cli("listdescriptors true")), descriptors);
}

TEST_F(CoreInterop, CoreOpensOursAndRefusesOurEncryption)
{
    const auto wallet = node.make_wallet(*manager, "w");
    node.make_wallet(*manager, "locked", "secret");
    const auto descriptors = descriptors_of(*wallet);
    const std::string first = *wallet->new_address("first", keys::OutputType::kBech32);
    manager->close();
    core->start();
    for (const char* name : {"w", "locked"}) {
        std::filesystem::copy(node.settings.folder / name, core->wallets() / name);
    }
    const std::string outcome = core->cli("loadwallet w");
    EXPECT_TRUE(outcome.contains("\"name\": \"w\"")) << outcome;
    EXPECT_EQ(descriptors_of(core->cli("listdescriptors true")), descriptors);
    EXPECT_EQ(Json::parse(core->cli("getaddressinfo " + first))["labels"][0].string(), "first");
    EXPECT_NE(core->cli("getnewaddress '' bech32"), first);
    const std::string refusal = core->cli("loadwallet locked");
    EXPECT_TRUE(refusal.contains("newer version")) << refusal;
}

}  // namespace
}  // namespace cairn::wallet
