// Wallet methods: which wallet is meant, what it is asked, how its answers are shown.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "crypto/hex.h"
#include "fake_node.h"
#include "keys/address.h"

namespace cairn::rpc::test {
namespace {

using ::testing::_;
using ::testing::NiceMock;
using ::testing::Return;

class MockWallet : public api::Wallet {
public:
    MOCK_METHOD(std::string, name, (), (const, override));
    MOCK_METHOD(api::WalletInfo, info, (), (const, override));
    MOCK_METHOD(api::Result<std::string>, new_address, (const std::string&, std::optional<keys::OutputType>),
                (override));
    MOCK_METHOD(api::Result<std::string>, new_change_address, (std::optional<keys::OutputType>), (override));
    MOCK_METHOD(api::Result<api::WalletAddressInfo>, address_info, (const keys::Destination&), (const, override));
    MOCK_METHOD(api::Result<void>, set_label, (const keys::Destination&, const std::string&), (override));
    MOCK_METHOD((std::map<std::string, std::string>), addresses_by_label, (const std::string&), (const, override));
    MOCK_METHOD(std::vector<std::string>, labels, (const std::string&), (const, override));
    MOCK_METHOD(api::Result<void>, refill_keypool, (std::optional<std::uint64_t>), (override));
    MOCK_METHOD(api::WalletBalances, balances, (bool), (const, override));
    MOCK_METHOD(Amount, balance, (int, bool), (const, override));
    MOCK_METHOD(api::Result<std::vector<api::WalletCoin>>, unspent, (const api::CoinFilter&), (const, override));
    MOCK_METHOD(api::Result<Amount>, received_by_address, (const keys::Destination&, int, bool), (const, override));
    MOCK_METHOD(api::Result<void>, lock_coins, (std::span<const Outpoint>, bool, bool), (override));
    MOCK_METHOD(std::vector<Outpoint>, locked_coins, (), (const, override));
    MOCK_METHOD(api::Result<api::WalletTransaction>, transaction, (const Txid&), (const, override));
    MOCK_METHOD(std::vector<api::WalletTransaction>, transactions, (const api::TransactionFilter&), (const, override));
    MOCK_METHOD(api::Result<void>, abandon, (const Txid&), (override));
    MOCK_METHOD(api::Result<api::SendResult>, send, (const api::SendRequest&), (override));
    MOCK_METHOD(api::Result<SignOutcome>, sign,
                (const TransactionRef&, std::span<const api::UnspentOutput>, std::span<const Bytes>, std::uint8_t),
                (override));
    MOCK_METHOD(api::Result<std::vector<ImportOutcome>>, import_descriptors, (std::span<const api::DescriptorImport>),
                (override));
    MOCK_METHOD(api::Result<std::vector<api::WalletDescriptor>>, descriptors, (bool), (const, override));
    MOCK_METHOD(api::Result<std::string>, encrypt, (const std::string&), (override));
    MOCK_METHOD(api::Result<void>, unlock, (const std::string&, std::chrono::seconds), (override));
    MOCK_METHOD(api::Result<void>, change_passphrase, (const std::string&, const std::string&), (override));
    MOCK_METHOD(api::Result<void>, lock, (), (override));
    MOCK_METHOD(api::Result<std::string>, recovery_phrase, (), (override));
    MOCK_METHOD(api::Result<void>, backup, (const std::string&), (override));
    MOCK_METHOD(api::Result<api::RescanResult>, rescan, (Height, std::optional<Height>), (override));
    MOCK_METHOD(bool, abort_rescan, (), (override));
    MOCK_METHOD(api::Result<Bytes>, sign_message, (const keys::KeyId&, const std::string&), (override));
    MOCK_METHOD(api::Result<void>, set_avoid_reuse, (bool), (override));
};

class FakeManager final : public api::WalletManager {
public:
    std::vector<api::WalletRef> loaded() const override { return wallets; }
    api::WalletRef find(const std::string& name) const override
    {
        for (const auto& wallet : wallets) {
            if (wallet->name() == name) return wallet;
        }
        return nullptr;
    }
    std::vector<api::WalletListing> in_folder() const override { return {{"on disk", {}}}; }
    api::Result<api::WalletOutcome> create(const api::WalletOptions& options) override
    {
        return api::WalletOutcome{options.name, {}};
    }
    api::Result<api::WalletOutcome> load(const std::string&, std::optional<bool>) override
    {
        return std::unexpected(api::Error{api::ErrorCode::kWalletAlreadyLoaded, "loaded already"});
    }
    api::Result<api::WalletOutcome> unload(const std::string& name, std::optional<bool>) override
    {
        return api::WalletOutcome{name, {}};
    }
    api::Result<api::WalletOutcome> restore(const std::string& name, const std::string&, std::optional<bool>) override
    {
        return api::WalletOutcome{name, {}};
    }

    std::vector<api::WalletRef> wallets;
};

class WalletMethods : public ::testing::Test {
protected:
    WalletMethods()
    {
        for (const auto& [wallet, name] : {std::pair(first, "first one"), std::pair(second, "second")}) {
            ON_CALL(*wallet, name()).WillByDefault(Return(name));
            ON_CALL(*wallet, info()).WillByDefault(Return(info));
        }
        manager.wallets = {first};
    }
    Json answer(const std::string& method, const std::string& arguments = "[]")
    {
        const std::string text = node.call(method, arguments);
        const auto json = Json::parse(text);
        EXPECT_TRUE(json) << text;
        return json.value_or(Json{});
    }

    api::WalletInfo info;
    std::shared_ptr<NiceMock<MockWallet>> first = std::make_shared<NiceMock<MockWallet>>();
    std::shared_ptr<NiceMock<MockWallet>> second = std::make_shared<NiceMock<MockWallet>>();
    FakeManager manager;
    FakeNode node{&manager};
    const std::string address = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85";
    const std::string capitals = "BCRT1QFT5P2UHSDCDC3L2UA4AP5QQFG4PJAQLP250X7US7A8QQHRXRXFSQSEAC85";
};

TEST_F(WalletMethods, choose_a_wallet)
{
    EXPECT_CALL(*first, balance(0, false)).WillRepeatedly(Return(Amount{1}));
    EXPECT_EQ(node.call("getbalance"), "0.00000001");
    EXPECT_EQ(node.call("getbalance", "[]", "/wallet/first%20one"), "0.00000001");
    EXPECT_EQ(node.call("getbalance", "[]", "/wallet/x"), "-18 Requested wallet does not exist or is not loaded");
    manager.wallets = {first, second};
    EXPECT_EQ(node.call("getbalance"),
              "-19 Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through the "
              "/wallet/<walletname> URI path.");
    manager.wallets.clear();
    EXPECT_EQ(node.call("getbalance").substr(0, 26), "-18 No wallet is loaded. L");
    EXPECT_EQ(node.call("getbalance", "[\"x\"]", "/wallet/"), "-18 Requested wallet does not exist or is not loaded");
}

TEST_F(WalletMethods, signrawtransactionwithwallet_asks_for_amounts)
{
    TransactionDraft draft;
    Outpoint coin;
    coin.txid.value.bytes.fill(std::byte{0x11});
    coin.index = 0;
    draft.inputs.push_back({coin, {}, 0xffffffff, {}});
    draft.outputs.push_back({Amount{1000}, Bytes{std::byte{0x51}}});
    const std::string hex = to_hex(draft.encode());
    draft.inputs[0].witness = {Bytes(1)};
    EXPECT_CALL(*first, sign(_, _, _, _)).WillRepeatedly(Return(api::Wallet::SignOutcome{draft.finish(), {}}));
    const std::string told = R"(["HEX",[{"txid":"TXID","vout":0,"scriptPubKey":"51"AMOUNT}]])";
    const auto call = [&](const std::string& amount) {
        std::string arguments = told;
        arguments.replace(arguments.find("HEX"), 3, hex);
        arguments.replace(arguments.find("TXID"), 4, coin.txid.to_hex());
        arguments.replace(arguments.find("AMOUNT"), 6, amount);
        return node.call("signrawtransactionwithwallet", arguments);
    };
    EXPECT_TRUE(call("").starts_with("-3 Missing amount for CTxOut(")) << call("");
    EXPECT_TRUE(call(",\"amount\":1").starts_with("{\"hex\":")) << call(",\"amount\":1");
}

TEST_F(WalletMethods, files)
{
    EXPECT_EQ(node.call("createwallet", "[\"w\"]"), R"({"name":"w"})");
    EXPECT_EQ(node.call("createwallet", R"(["w",false,false,""])"),
              R"({"name":"w","warnings":["Empty string given as passphrase, wallet will not be encrypted."]})");
    EXPECT_EQ(node.call("createwallet", R"({"wallet_name":"w","descriptors":false})").substr(0, 14), "-4 descriptors");
    EXPECT_EQ(node.call("createwallet", R"({"wallet_name":"w","external_signer":true})"),
              "-4 Compiled without external signing support (required for external signing)");
    EXPECT_EQ(node.call("loadwallet", "[\"w\"]"), "-35 loaded already");
    EXPECT_EQ(node.call("unloadwallet", "[\"first one\"]"), "{}");
    EXPECT_EQ(node.call("unloadwallet", "[\"x\"]"), "-18 Requested wallet does not exist or is not loaded");
    EXPECT_EQ(node.call("unloadwallet"),
              "-8 Either the RPC endpoint wallet or the wallet name parameter must be provided");
    EXPECT_EQ(node.call("unloadwallet", "[\"x\"]", "/wallet/y"),
              "-8 The RPC endpoint wallet and the wallet name parameter specify different wallets");
    EXPECT_EQ(node.call("listwallets"), R"(["first one"])");
    EXPECT_EQ(node.call("listwalletdir"), R"({"wallets":[{"name":"on disk","warnings":[]}]})");
    EXPECT_FALSE(answer("getwalletinfo").has("unlocked_until"));
    EXPECT_FALSE(answer("getwalletinfo")["scanning"].as_bool());
}

TEST_F(WalletMethods, rescanblockchain)
{
    EXPECT_CALL(*first, rescan(0, std::optional(102))).WillOnce(Return(api::RescanResult{0, 102}));
    EXPECT_EQ(node.call("rescanblockchain", "[0,102]"), R"({"start_height":0,"stop_height":102})");
    EXPECT_CALL(*first, rescan(7, std::optional<Height>{})).WillOnce(Return(api::RescanResult{7, std::nullopt}));
    EXPECT_EQ(node.call("rescanblockchain", "[7]"), R"({"start_height":7,"stop_height":null})");
}

TEST_F(WalletMethods, addresses)
{
    EXPECT_CALL(*first, new_address("l", std::optional(keys::OutputType::kBech32m))).WillOnce(Return("a"));
    EXPECT_EQ(node.call("getnewaddress", R"(["l","bech32m"])"), "\"a\"");
    EXPECT_EQ(node.call("getnewaddress", R"(["*"])"), "-11 Invalid label name");
    EXPECT_EQ(node.call("getnewaddress", R"(["","x"])"), "-5 Unknown address type 'x'");
    EXPECT_EQ(node.call("setlabel", R"(["x","l"])"), "-5 Invalid Bitcoin address");
    EXPECT_EQ(node.call("getaddressesbylabel", R"(["l"])"), "-11 No addresses with label l");
    EXPECT_EQ(node.call("listlabels", R"(["x"])").substr(0, 11), "-8 Invalid ");
    EXPECT_EQ(node.call("keypoolrefill", "[-1]"), "-8 Invalid parameter, expected valid size.");
    api::WalletAddressInfo about;
    about.is_mine = about.solvable = true;
    about.witness_script = Bytes{std::byte{0x51}};
    about.labels = {""};
    const auto destination = *keys::decode_address(address, keys::kRegtestAddresses);
    EXPECT_CALL(*first, address_info(destination)).WillOnce(Return(about));
    const Json shown = answer("getaddressinfo", "[\"" + address + "\"]");
    // An address can be given in capitals too.
    EXPECT_CALL(*first, set_label(destination, "l")).WillOnce(Return(api::Result<void>{}));
    EXPECT_EQ(node.call("setlabel", "[\"" + capitals + "\",\"l\"]"), "null");
    EXPECT_CALL(*first, received_by_address(destination, 1, false)).WillOnce(Return(kCoin));
    EXPECT_EQ(node.call("getreceivedbyaddress", "[\"" + capitals + "\"]"), "1.00000000");
    EXPECT_EQ(node.call("getreceivedbyaddress", R"(["x"])"), "-5 Invalid Bitcoin address");
    EXPECT_TRUE(shown["ismine"].as_bool());
    EXPECT_EQ(shown["script"].as_string(), "nonstandard");
    EXPECT_EQ(shown["labels"].write(), "[\"\"]");
}

TEST_F(WalletMethods, sendtoaddress)
{
    api::SendRequest seen;
    EXPECT_CALL(*first, send(_)).WillRepeatedly([&](const api::SendRequest& request) {
        seen = request;
        return api::SendResult{{}, "why"};
    });
    EXPECT_EQ(node.call("sendtoaddress", "[\"" + address + "\",0.5]"), '"' + std::string(64, '0') + '"');
    EXPECT_EQ(seen.payments.at(0).amount, Amount{50'000'000});
    const std::string named =
        R"({"address":")" + address + R"(","amount":1,"fee_rate":1.5,"subtractfeefromamount":true,)";
    EXPECT_EQ(
        Json::parse(node.call("sendtoaddress", named + R"("verbose":true})"))->operator[]("fee_reason").as_string(),
        "why");
    EXPECT_EQ(seen.fee_rate, Amount{1500});
    EXPECT_TRUE(seen.payments.at(0).subtract_fee);
    EXPECT_EQ(node.call("sendtoaddress", named + R"("conf_target":6})").substr(0, 21), "-8 Cannot specify bot");
    EXPECT_EQ(node.call("sendtoaddress", named + R"("estimate_mode":"economical"})"),
              "-8 Cannot specify both estimate_mode and fee_rate");
    const std::string plain = R"({"address":")" + address + R"(","amount":1,)";
    EXPECT_EQ(node.call("sendtoaddress", plain + R"("conf_target":1009})"),
              "-8 Invalid conf_target, must be between 1 and 1008");
    EXPECT_EQ(node.call("sendtoaddress", plain + R"("estimate_mode":"x"})").substr(0, 20), "-8 Invalid estimate_");
    EXPECT_EQ(node.call("sendtoaddress", plain + R"("avoid_reuse":true})"),
              "-4 wallet does not have the \"avoid reuse\" feature enabled");
    EXPECT_EQ(node.call("sendtoaddress", "[\"x\",1]"), "-5 Invalid Bitcoin address: x");
    EXPECT_EQ(node.call("sendtoaddress", "[\"" + address + "\",-1]"), "-3 Amount out of range");
    EXPECT_EQ(node.call("sendtoaddress", "[\"" + address + "\",\"x\"]"), "-3 Invalid amount");
}

TEST_F(WalletMethods, sendmany)
{
    EXPECT_CALL(*first, send(_)).WillOnce(Return(api::SendResult{}));
    const std::string amounts = R"({")" + address + R"(":0.1})";
    EXPECT_EQ(node.call("sendmany", R"(["",)" + amounts + "]"), '"' + std::string(64, '0') + '"');
    EXPECT_EQ(node.call("sendmany", R"(["x",)" + amounts + "]"), "-8 Dummy value must be set to \"\"");
    EXPECT_EQ(node.call("sendmany", R"(["",)" + amounts + R"(,1,"",["y"]])"),
              "-8 Invalid parameter 'subtract fee from output', destination y not found in tx outputs");
    const std::string twice = R"({")" + address + R"(":0.1,")" + capitals + R"(":0.1})";
    EXPECT_EQ(node.call("sendmany", R"(["",)" + twice + "]"), "-8 Invalid parameter, duplicated address: " + capitals);
    EXPECT_EQ(node.call("listunspent", R"([0,9,[")" + address + R"(",")" + capitals + R"("]])"),
              "-8 Invalid parameter, duplicated address: " + capitals);
    const auto shared_by = [&](const std::string& sharers) {
        return node.call("sendmany", R"(["",)" + amounts + R"(,1,"",)" + sharers + "]");
    };
    const std::string wrong = "-8 Invalid parameter 'subtract fee from output', ";
    EXPECT_EQ(shared_by("[-5]"), wrong + "negative position: -5");
    EXPECT_EQ(shared_by("[1]"), wrong + "position too large: 1");
    EXPECT_EQ(shared_by("[false]"), wrong + "invalid value type: bool");
    EXPECT_EQ(shared_by("[0,\"" + address + "\"]"), wrong + "duplicated position: 0");
    EXPECT_CALL(*first, send(_)).Times(2).WillRepeatedly([](const api::SendRequest& request) {
        EXPECT_TRUE(request.payments.at(0).subtract_fee);
        return api::SendResult{};
    });
    EXPECT_EQ(shared_by("[0]"), '"' + std::string(64, '0') + '"');
    EXPECT_EQ(shared_by("[\"" + capitals + "\"]"), '"' + std::string(64, '0') + '"');
}

TEST_F(WalletMethods, signmessage)
{
    EXPECT_CALL(*first, sign_message(_, "text")).WillOnce(Return(Bytes(3, std::byte{0xff})));
    const std::string legacy = "mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB";
    EXPECT_EQ(node.call("signmessage", "[\"" + legacy + "\",\"text\"]"), "\"////\"");
    EXPECT_EQ(node.call("signmessage", R"(["x","text"])"), "-5 Invalid address");
    EXPECT_EQ(node.call("signmessage", "[\"" + address + "\",\"text\"]"), "-3 Address does not refer to key");
    api::WalletInfo locked;
    locked.unlocked_until = 0;
    EXPECT_CALL(*first, info()).WillOnce(Return(locked));
    EXPECT_EQ(node.call("signmessage", R"(["x","text"])").substr(0, 30), "-13 Error: Please enter the wa");
}

/// The key and signature of Bitcoin Core's rpc_signmessagewithprivkey.py.
TEST_F(WalletMethods, signed_messages)
{
    const std::string legacy = "mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB";
    const std::string text = "This is just a test message";
    const std::string signature =
        "INbVnW4e6PeRmsv2Qgu8NuopvrVjkcxob+sX8OcZG0SALhWybUjzMLPdAsXI46YZGb0KQTRii+wWIQzRpG/U+S0=";
    const std::string key = "cUeKHd5orzT3mz8P9pxyREHfsWtVfgsfDjiZZBcjUBAaGk1BTj7N";
    const auto call = [&](const std::string& method, const std::vector<std::string>& arguments) {
        return node.call(method, Json::array_of(arguments).write());
    };
    EXPECT_EQ(call("signmessagewithprivkey", {key, text}), '"' + signature + '"');
    EXPECT_EQ(call("signmessagewithprivkey", {"x", text}), "-5 Invalid private key");
    EXPECT_EQ(call("verifymessage", {legacy, signature, text}), "true");
    EXPECT_EQ(call("verifymessage", {legacy, signature, text + "."}), "false");
    EXPECT_EQ(call("verifymessage", {legacy, "AAAA", text}), "false");
    EXPECT_EQ(call("verifymessage", {legacy, "x", text}), "-3 Malformed base64 encoding");
    EXPECT_EQ(call("verifymessage", {"x", signature, text}), "-5 Invalid address");
    EXPECT_EQ(call("verifymessage", {address, signature, text}), "-3 Address does not refer to key");
}

TEST_F(WalletMethods, setwalletflag)
{
    EXPECT_CALL(*first, set_avoid_reuse(true)).WillOnce(Return(api::Result<void>{}));
    EXPECT_EQ(node.call("setwalletflag", R"(["avoid_reuse"])"), R"({"flag_name":"avoid_reuse","flag_state":true})");
    EXPECT_EQ(node.call("setwalletflag", R"(["avoid_reuse",false])"),
              "-8 Wallet flag is already set to false: avoid_reuse");
    EXPECT_EQ(node.call("setwalletflag", R"(["disable_private_keys"])"),
              "-8 Wallet flag is immutable: disable_private_keys");
    EXPECT_EQ(node.call("setwalletflag", R"(["abc",true])"), "-8 Unknown wallet flag: abc");
}

TEST_F(WalletMethods, coins)
{
    api::WalletCoin coin;
    coin.amount = kCoin;
    coin.script_pubkey = Bytes{std::byte{0x51}};
    EXPECT_CALL(*first, unspent(_)).WillOnce(Return(std::vector{coin}));
    EXPECT_EQ(answer("listunspent")[0]["amount"].write(), "1.00000000");
    EXPECT_EQ(node.call("listunspent", "[0,9,[\"x\"]]"), "-5 Invalid Bitcoin address: x");
    EXPECT_EQ(node.call("listunspent", R"([0,9,[],true,{"x":1}])"), "-3 Unexpected key x");
    EXPECT_EQ(node.call("getbalance", "[\"x\"]"), "-32 dummy first argument must be excluded or set to \"*\".");
    EXPECT_EQ(answer("getbalances")["mine"]["trusted"].write(), "0.00000000");
    EXPECT_CALL(*first, lock_coins(_, true, false)).WillOnce(Return(api::Result<void>{}));
    const std::string one = R"({"txid":")" + std::string(64, '1') + R"(","vout":)";
    EXPECT_EQ(node.call("lockunspent", "[false,[" + one + "0}]]"), "true");
    EXPECT_EQ(node.call("lockunspent", "[false,[" + one + "-1}]]"), "-8 Invalid parameter, vout cannot be negative");
}

TEST_F(WalletMethods, history)
{
    api::WalletTransaction transaction;
    transaction.transaction = cairn::test::make_spend(std::vector{Outpoint{}}, kCoin).finish();
    transaction.details.resize(2);
    transaction.details[0].category = "send";
    transaction.details[0].fee = Amount{-5};
    transaction.details[1].category = "receive";
    EXPECT_CALL(*first, transactions(testing::Field(&api::TransactionFilter::label, testing::Eq(std::nullopt))))
        .WillRepeatedly(Return(std::vector{transaction, transaction}));
    EXPECT_CALL(*first, transactions(testing::Field(&api::TransactionFilter::among, testing::Ne(std::nullopt))))
        .WillRepeatedly(Return(std::vector<api::WalletTransaction>{}));
    EXPECT_EQ(answer("listtransactions").size(), 4U);
    const Json latest = answer("listtransactions", "[\"*\",1,1]");
    EXPECT_EQ(latest.size(), 1U);
    EXPECT_EQ(latest[0]["category"].as_string(), "receive");
    EXPECT_EQ(answer("listtransactions", "[\"*\",1]")[0]["fee"].write(), "-0.00000005");
    EXPECT_EQ(answer("listtransactions", "[\"*\",5,9]").size(), 0U);
    EXPECT_EQ(node.call("listtransactions", "[\"*\",-1]"), "-8 Negative count");
    EXPECT_EQ(node.call("listtransactions", "[\"*\",1,-1]"), "-8 Negative from");
    EXPECT_EQ(node.call("listtransactions", "[\"\"]"), "-8 Label argument must be a valid label name or \"*\".");
    const Json since = answer("listsinceblock");
    EXPECT_EQ(since["transactions"].size(), 4U);
    EXPECT_EQ(since["removed"].size(), 0U);
    EXPECT_FALSE(answer("listsinceblock", "[\"\",1,false,false]").has("removed"));
    EXPECT_EQ(node.call("listsinceblock", "[\"\",0]"), "-8 Invalid parameter");
    EXPECT_EQ(node.call("listsinceblock", "[\"" + std::string(64, '1') + "\"]"), "-5 Block not found");
    EXPECT_EQ(node.call("listsinceblock", "[\"\",1,false,true,false,\"*\"]"), "-11 Invalid label name");
    EXPECT_CALL(*first, transaction(_)).WillOnce(Return(transaction));
    const std::string txid = transaction.transaction->txid.to_hex();
    const Json shown = answer("gettransaction", "[\"" + txid + "\",false,true]");
    EXPECT_EQ(shown["details"].size(), 2U);
    EXPECT_EQ(shown["decoded"]["txid"].as_string(), txid);
}

TEST_F(WalletMethods, secrets)
{
    EXPECT_CALL(*first, encrypt("p")).WillOnce(Return("done"));
    EXPECT_EQ(node.call("encryptwallet", "[\"p\"]"), "\"done\"");
    EXPECT_CALL(*first, unlock("p", std::chrono::seconds{100'000'001})).WillOnce(Return(api::Result<void>{}));
    EXPECT_EQ(node.call("walletpassphrase", "[\"p\",100000001]"), "null");
    EXPECT_CALL(*first, lock()).WillOnce(Return(api::refuse(api::ErrorCode::kWallet, "no")));
    EXPECT_EQ(node.call("walletlock"), "-4 no");
}

TEST_F(WalletMethods, importdescriptors)
{
    std::vector<api::Wallet::ImportOutcome> outcomes(1);
    outcomes[0].error = api::Error{api::ErrorCode::kInvalidAddressOrKey, "Missing checksum"};
    EXPECT_CALL(*first, import_descriptors(_)).WillOnce(Return(outcomes));
    EXPECT_EQ(node.call("importdescriptors", R"([[{"timestamp":"now"},{"desc":"x","timestamp":5,"range":3}]])"),
              R"([{"success":false,"error":{"code":-8,"message":"Descriptor not found."}},)"
              R"({"success":false,"error":{"code":-5,"message":"Missing checksum"}}])");
    EXPECT_EQ(node.call("importdescriptors", R"([[{"desc":"x"}]])"), "-3 Missing required timestamp field for key");
    EXPECT_EQ(node.call("importdescriptors", R"([[{"desc":"x","timestamp":true}]])"),
              "-3 Expected number or \"now\" timestamp value for key. got type bool");
}

}  // namespace
}  // namespace cairn::rpc::test
