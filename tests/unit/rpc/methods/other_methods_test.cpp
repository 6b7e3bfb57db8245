// Mempool, transactions, mining, network, process, addresses: answers and refusals.

#include <gtest/gtest.h>

#include "crypto/hex.h"
#include "fake_node.h"

namespace cairn::rpc::test {
namespace {

class Methods : public ::testing::Test {
protected:
    Json answer(const std::string& method, const std::string& arguments = "[]")
    {
        const std::string text = node.call(method, arguments);
        const auto json = Json::parse(text);
        EXPECT_TRUE(json) << text;
        return json.value_or(Json{});
    }
    TransactionRef spend() const
    {
        return cairn::test::make_spend(std::vector{node.chain.chain->coinbase(2)}, Amount{4'999'999'000}).finish();
    }
    static std::string quoted(const std::string& text) { return "[\"" + text + "\"]"; }

    static api::SubmitOutcome rejected(const std::string& reason, const std::string& detail)
    {
        api::SubmitOutcome outcome;
        outcome.reason = reason;
        outcome.detail = detail;
        return outcome;
    }

    FakeNode node;
    const std::string unknown = std::string(64, 'f');
};

TEST_F(Methods, deprecated_answers)
{
    FakeNode former(nullptr, {"warnings", "fullrbf", "bip125"});
    EXPECT_EQ(Json::parse(former.call("getmininginfo"))->operator[]("warnings").write(), "\"young\"");
    EXPECT_EQ(answer("getmininginfo")["warnings"].write(), "[\"young\"]");
    EXPECT_EQ(Json::parse(former.call("getmempoolinfo"))->operator[]("fullrbf").write(), "true");
    EXPECT_FALSE(answer("getmempoolinfo").has("fullrbf"));
    const TransactionRef transaction = spend();
    const std::string txid = transaction->txid.to_hex();
    former.mempool.transactions.push_back(transaction);
    node.mempool.transactions.push_back(transaction);
    EXPECT_TRUE(Json::parse(former.call("getmempoolentry", quoted(txid)))->has("bip125-replaceable"));
    EXPECT_FALSE(answer("getmempoolentry", quoted(txid)).has("bip125-replaceable"));
}

TEST_F(Methods, mempool_views)
{
    const TransactionRef transaction = spend();
    const std::string txid = transaction->txid.to_hex();
    EXPECT_EQ(node.call("getrawmempool"), "[]");
    node.mempool.transactions.push_back(transaction);
    EXPECT_EQ(node.call("getrawmempool"), quoted(txid));
    EXPECT_EQ(node.call("getrawmempool", "[false,true]"), "{\"txids\":" + quoted(txid) + ",\"mempool_sequence\":5}");
    EXPECT_TRUE(answer("getrawmempool", "[true]").has(txid));
    EXPECT_EQ(node.call("getrawmempool", "[true,true]"), "-8 Verbose results cannot contain mempool sequence values.");
    const Json entry = answer("getmempoolentry", quoted(txid));
    EXPECT_EQ(entry["fees"]["base"].write(), "0.00001000");
    EXPECT_EQ(entry["vsize"].as_int<int>(), 100);
    EXPECT_EQ(node.call("getmempoolancestors", quoted(txid)), quoted(txid));
    EXPECT_EQ(node.call("getmempooldescendants", "[\"" + txid + "\",true]"), "{}");
    EXPECT_EQ(answer("getmempoolcluster", quoted(txid))["txcount"].as_int<int>(), 1);
    EXPECT_EQ(node.call("importmempool", R"(["/f"])"), "{}");
    EXPECT_EQ(node.mempool.imported, "/f now");
    EXPECT_EQ(
        node.call("importmempool",
                  R"(["/f",{"use_current_time":false,"apply_fee_delta_priority":true,"apply_unbroadcast_set":true}])"),
        "{}");
    EXPECT_EQ(node.mempool.imported, "/f fees unbroadcast");
    EXPECT_EQ(answer("getmempoolfeeratediagram").write(),
              R"([{"weight":0,"fee":0.00000000},{"weight":400,"fee":0.00001000},{"weight":900,"fee":0.00001800}])");
    for (const std::string method : {"entry", "ancestors", "descendants", "cluster"}) {
        EXPECT_EQ(node.call("getmempool" + method, quoted(unknown)), "-5 Transaction not in mempool");
    }
    EXPECT_EQ(answer("getmempoolinfo")["minrelaytxfee"].write(), "0.00000100");
    EXPECT_EQ(answer("getorphantxs", "[1]")[0]["from"].write(), "[3]");
    EXPECT_EQ(node.call("getorphantxs", "[3]"), "-8 Invalid verbosity value 3");
    EXPECT_EQ(node.call("getorphantxs", "[true]"), "-3 Verbosity was boolean but only integer allowed");
}

TEST_F(Methods, gettxspendingprevout)
{
    const TransactionRef transaction = spend();
    node.mempool.transactions.push_back(transaction);
    const std::string prevout = R"({"txid":")" + transaction->inputs[0].prevout.txid.to_hex() + R"(","vout":0})";
    EXPECT_EQ(answer("gettxspendingprevout", "[[" + prevout + "]]")[0]["spendingtxid"].as_string(),
              transaction->txid.to_hex());
    EXPECT_EQ(node.call("gettxspendingprevout", "[[]]"), "-8 Invalid parameter, outputs are missing");
    EXPECT_EQ(node.call("gettxspendingprevout", "[[{\"txid\":\"" + unknown + "\"}]]"), "-3 Missing vout");
    EXPECT_EQ(node.call("gettxspendingprevout", "[[{\"txid\":\"" + unknown + "\",\"vout\":-1}]]"),
              "-8 Invalid parameter, vout cannot be negative");
    EXPECT_EQ(node.call("gettxspendingprevout", "[[{\"txid\":1,\"vout\":0}]]"),
              "-3 JSON value of type number for field txid is not of expected type string");
    EXPECT_EQ(node.call("gettxspendingprevout", "[[{\"txid\":\"" + unknown + "\",\"vout\":0,\"x\":1}]]"),
              "-3 Unexpected key x");
}

TEST_F(Methods, sendrawtransaction)
{
    const std::string hex = to_hex(spend()->raw);
    node.mempool.next_outcome.status = api::SubmitStatus::kAccepted;
    EXPECT_EQ(node.call("sendrawtransaction", quoted(hex)), '"' + spend()->txid.to_hex() + '"');
    EXPECT_EQ(node.control.synced, 1);
    EXPECT_GT(node.mempool.seen_max_fee, Amount{0});
    EXPECT_EQ(node.call("sendrawtransaction", "[\"" + hex + "\",0]"), '"' + spend()->txid.to_hex() + '"');
    EXPECT_FALSE(node.mempool.seen_max_fee);
    EXPECT_EQ(node.call("sendrawtransaction", "[\"" + hex + "\",1]"),
              "-8 Fee rates larger than or equal to 1BTC/kvB are not accepted");
    EXPECT_EQ(node.call("sendrawtransaction", "[\"00\"]"),
              "-22 TX decode failed. Make sure the tx has at least one input.");
}

TEST_F(Methods, sendrawtransaction_refused)
{
    const std::string hex = to_hex(spend()->raw);
    node.mempool.next_outcome = rejected("min relay fee not met", "min relay fee not met, 1 < 2");
    EXPECT_EQ(node.call("sendrawtransaction", quoted(hex)), "-26 min relay fee not met, 1 < 2");
    node.mempool.next_outcome.reason = "max-fee-exceeded";
    EXPECT_EQ(node.call("sendrawtransaction", quoted(hex)),
              "-25 Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
    node.mempool.next_outcome = {};
    node.mempool.next_outcome.status = api::SubmitStatus::kMissingInputs;
    EXPECT_EQ(node.call("sendrawtransaction", quoted(hex)), "-25 bad-txns-inputs-missingorspent");
    const std::string known = to_hex(node.chain.block_at(102)->transactions[1].raw);
    EXPECT_EQ(node.call("sendrawtransaction", quoted(known)), "-27 Transaction outputs already in utxo set");
    TransactionDraft burnt(*spend());
    burnt.outputs[0].script_pubkey = {std::byte{0x6a}};
    EXPECT_EQ(node.call("sendrawtransaction", quoted(to_hex(burnt.encode()))),
              "-25 Unspendable output exceeds maximum configured by user (maxburnamount)");
}

TEST_F(Methods, testmempoolaccept)
{
    const std::string hex = to_hex(spend()->raw);
    node.mempool.next_outcome.status = api::SubmitStatus::kAccepted;
    node.mempool.next_outcome.fee = Amount{1000};
    node.mempool.next_outcome.virtual_size = 100;
    const Json accepted = answer("testmempoolaccept", "[[\"" + hex + "\"]]")[0];
    EXPECT_TRUE(accepted["allowed"].as_bool());
    EXPECT_EQ(accepted["fees"]["base"].write(), "0.00001000");
    EXPECT_EQ(answer("testmempoolaccept", "[[\"" + hex + "\"],0.00001]")[0]["reject-reason"].as_string(),
              "max-fee-exceeded");
    node.mempool.next_outcome = rejected("dust", "dust, x");
    EXPECT_EQ(answer("testmempoolaccept", "[[\"" + hex + "\"]]")[0]["reject-details"].as_string(), "dust, x");
    node.mempool.next_outcome.status = api::SubmitStatus::kMissingInputs;
    EXPECT_EQ(answer("testmempoolaccept", "[[\"" + hex + "\"]]")[0]["reject-reason"].as_string(), "missing-inputs");
    EXPECT_EQ(node.call("testmempoolaccept", "[[]]"), "-8 Array must contain between 1 and 25 transactions.");
    EXPECT_EQ(node.call("testmempoolaccept", "[[\"00\"]]"),
              "-22 TX decode failed: 00 Make sure the tx has at least one input.");
}

TEST_F(Methods, getrawtransaction)
{
    const TransactionRef pending = spend();
    node.mempool.transactions.push_back(pending);
    EXPECT_EQ(node.call("getrawtransaction", quoted(pending->txid.to_hex())), '"' + to_hex(pending->raw) + '"');
    const BlockRef block = node.chain.block_at(102);
    const std::string txid = block->transactions[1].txid.to_hex();
    const std::string in_block = "\",2,\"" + block->hash.to_hex() + "\"]";
    const Json confirmed = answer("getrawtransaction", "[\"" + txid + in_block);
    EXPECT_TRUE(confirmed["in_active_chain"].as_bool());
    EXPECT_EQ(confirmed["fee"].write(), "0.00001000");
    EXPECT_EQ(confirmed["confirmations"].as_int<int>(), 1);
    EXPECT_EQ(node.call("getrawtransaction", quoted(txid)),
              "-5 No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction "
              "queries. Use gettransaction for wallet transactions.");
    EXPECT_EQ(node.call("getrawtransaction", "[\"" + unknown + in_block),
              "-5 No such transaction found in the provided block. Use gettransaction for wallet transactions.");
    const std::string genesis = node.chain.block_at(0)->header.merkle_root.to_hex();
    EXPECT_EQ(node.call("getrawtransaction", quoted(genesis)),
              "-5 The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved");
    EXPECT_EQ(node.call("getrawtransaction", "[\"ab\"]"), "-8 parameter 1 must be of length 64 (not 2, for 'ab')");
}

TEST_F(Methods, createrawtransaction)
{
    const std::string input = R"([{"txid":")" + unknown + R"(","vout":1}])";
    const std::string address = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85";
    const std::string hex =
        answer("createrawtransaction", "[" + input + ",[{\"" + address + "\":0.1},{\"data\":\"00ff\"}],7]").as_string();
    const Json decoded = answer("decoderawtransaction", quoted(hex));
    EXPECT_EQ(decoded["vin"][0]["sequence"].write(), "4294967293");
    EXPECT_EQ(decoded["vout"][0]["value"].write(), "0.10000000");
    EXPECT_EQ(decoded["vout"][0]["scriptPubKey"]["address"].as_string(), address);
    EXPECT_EQ(decoded["vout"][1]["scriptPubKey"]["hex"].as_string(), "6a0200ff");
    EXPECT_EQ(decoded["locktime"].as_int<int>(), 7);
    const auto refusal = [&](const std::string& rest) { return node.call("createrawtransaction", rest); };
    EXPECT_EQ(refusal("[" + input + ",{\"x\":1}]"), "-5 Invalid Bitcoin address: x");
    EXPECT_EQ(refusal("[" + input + ",[{\"" + address + "\":1},{\"" + address + "\":1}]]"),
              "-8 Invalid parameter, duplicated address: " + address);
    EXPECT_EQ(refusal("[[{\"txid\":\"" + unknown + "\"}],{}]"), "-8 Invalid parameter, missing vout key");
    EXPECT_EQ(refusal("[[],[1]]"), "-8 Invalid parameter, key-value pair not an object as expected");
    EXPECT_EQ(refusal("[[],[{}]]"), "-8 Invalid parameter, key-value pair must contain exactly one key");
    EXPECT_EQ(refusal("[[],{},4294967296]"), "-8 Invalid parameter, locktime out of range");
    EXPECT_EQ(refusal("[[],{},0,true,4]"), "-8 Invalid parameter, version out of range(1~3)");
    EXPECT_EQ(refusal("[[{\"txid\":\"" + unknown + "\",\"vout\":0,\"sequence\":4294967295}],{},0,true]"),
              "-8 Invalid parameter combination: Sequence number(s) contradict replaceable option");
    EXPECT_EQ(refusal("[[{\"txid\":\"" + unknown + "\",\"vout\":0,\"sequence\":-1}],{}]"),
              "-8 Invalid parameter, sequence number is out of range");
}

TEST_F(Methods, decode)
{
    EXPECT_EQ(node.call("decoderawtransaction", "[\"00\"]"), "-22 TX decode failed");
    const Json empty = answer("decodescript", "[\"\"]");
    EXPECT_EQ(empty["type"].as_string(), "nonstandard");
    const Json p2pkh = answer("decodescript", "[\"76a914000102030405060708090a0b0c0d0e0f1011121388ac\"]");
    EXPECT_EQ(p2pkh["type"].as_string(), "pubkeyhash");
    EXPECT_EQ(p2pkh["segwit"]["type"].as_string(), "witness_v0_keyhash");
    EXPECT_TRUE(p2pkh.has("p2sh"));
    EXPECT_FALSE(answer("decodescript", "[\"6a00\"]").has("p2sh"));
    EXPECT_FALSE(answer("decodescript", "[\"50\"]").has("p2sh"));
}

TEST_F(Methods, signrawtransactionwithkey)
{
    const std::string hex = to_hex(spend()->raw);
    const Json unsigned_one = answer("signrawtransactionwithkey", "[\"" + hex + "\",[]]");
    EXPECT_TRUE(unsigned_one.has("hex"));
    EXPECT_EQ(node.call("signrawtransactionwithkey", "[\"" + hex + "\",[\"x\"]]"), "-5 Invalid private key");
    EXPECT_EQ(node.call("signrawtransactionwithkey", "[\"" + hex + "\",[],null,\"X\"]"),
              "-8 'X' is not a valid sighash parameter.");
    EXPECT_EQ(node.call("signrawtransactionwithkey", "[\"" + hex + "\",[],[1]]"),
              "-22 expected object with {\"txid'\",\"vout\",\"scriptPubKey\"}");
    const std::string p2sh =
        R"([{"txid":")" + unknown + R"(","vout":0,"scriptPubKey":"a914)" + std::string(40, '0') + "87\"";
    EXPECT_EQ(node.call("signrawtransactionwithkey", "[\"" + hex + "\",[]," + p2sh + "}]]"),
              "-8 Missing redeemScript/witnessScript");
    EXPECT_EQ(node.call("signrawtransactionwithkey", "[\"" + hex + "\",[]," + p2sh + ",\"redeemScript\":\"51\"}]]"),
              "-8 redeemScript/witnessScript does not match scriptPubKey");
}

TEST_F(Methods, combinerawtransaction)
{
    const TransactionRef one = spend();
    const std::string hex = to_hex(one->raw);
    const auto call = [&](const std::string& first, const std::string& second) {
        return node.call("combinerawtransaction", "[[\"" + first + "\",\"" + second + "\"]]");
    };
    EXPECT_EQ(call(hex, hex), "\"" + hex + "\"");
    EXPECT_EQ(node.call("combinerawtransaction", "[[]]"),
              "-22 Missing transactions. At least two transactions required.");
    EXPECT_EQ(node.call("combinerawtransaction", "[[\"" + hex + "\"]]"),
              "-22 Missing transactions. At least two transactions required.");
    EXPECT_EQ(call(hex, hex + "00"), "-22 TX decode failed for tx 1. Make sure the tx has at least one input.");
    // Signatures make no difference, all else does.
    TransactionDraft other(*one);
    other.inputs[0].script_sig = Bytes(2, std::byte{0x51});
    EXPECT_EQ(call(hex, to_hex(other.encode())), "\"" + hex + "\"");
    other.lock_time = 1;
    EXPECT_EQ(call(hex, to_hex(other.encode())), "-8 Transaction number 2 not compatible with first transaction");
    TransactionDraft stray(*one);
    stray.inputs[0].prevout.index = 7;
    const std::string spends_nothing = to_hex(stray.encode());
    EXPECT_EQ(call(spends_nothing, spends_nothing), "-25 Input not found or already spent");
}

TEST_F(Methods, mining)
{
    const std::string hex = to_hex(node.chain.block_at(3)->raw);
    EXPECT_EQ(node.call("submitblock", quoted(hex)), "null");
    node.mining.next_result = {api::BlockSubmission::kRejected, "high-hash"};
    EXPECT_EQ(node.call("submitblock", quoted(hex + "00ff")), "\"high-hash\"");
    EXPECT_EQ(node.mining.submitted->hash, node.chain.block_at(3)->hash);
    EXPECT_EQ(node.call("submitblock", quoted(std::string(1000, '0'))), "\"high-hash\"");
    EXPECT_TRUE(node.mining.submitted->transactions.empty());
    EXPECT_EQ(node.call("submitblock", "[\"00\"]"), "-22 Block decode failed");
    EXPECT_EQ(node.call("submitheader", "[\"00\"]"), "-22 Block header decode failed");
    EXPECT_EQ(node.call("submitheader", quoted(hex)), "-25 Must submit previous header (00) first");
    EXPECT_EQ(answer("getmininginfo")["next"]["height"].as_int<int>(), 5);
    EXPECT_EQ(node.call("getnetworkhashps", "[0]"), "-8 Invalid nblocks. Must be a positive number or -1.");
    EXPECT_EQ(node.call("getnetworkhashps", "[1,999]"), "-8 Block does not exist at specified height");
    EXPECT_TRUE(answer("getnetworkhashps").is_number());
}

TEST_F(Methods, getblocktemplate)
{
    const Json made = answer("getblocktemplate", R"([{"rules":["segwit"]}])");
    EXPECT_EQ(made["longpollid"].as_string(), std::string(64, '0') + "5");
    EXPECT_EQ(made["weightlimit"].as_int<int>(), 4'000'000);
    EXPECT_EQ(made["coinbasevalue"].write(), "5000000000");
    EXPECT_EQ(node.call("getblocktemplate", "[{}]"),
              "-8 getblocktemplate must be called with the segwit rule set (call with {\"rules\": [\"segwit\"]})");
    EXPECT_EQ(node.call("getblocktemplate", "[{\"mode\":\"x\"}]"), "-8 Invalid mode");
    EXPECT_EQ(node.call("getblocktemplate", "[{\"mode\":\"proposal\"}]"), "-3 Missing data String key for proposal");
    const std::string hex = to_hex(node.chain.block_at(3)->raw);
    EXPECT_EQ(node.call("getblocktemplate", "[{\"mode\":\"proposal\",\"data\":\"" + hex + "\"}]"),
              "\"inconclusive-not-best-prevblk\"");
}

TEST_F(Methods, generate)
{
    EXPECT_EQ(answer("generatetodescriptor", "[2,\"raw(51)\"]").size(), 2U);
    EXPECT_EQ(to_hex(node.mining.script), "51");
    EXPECT_EQ(answer("generatetodescriptor", "[2,\"raw(51)\",1]").size(), 1U);
    EXPECT_EQ(node.call("generatetoaddress", "[1,\"x\"]"), "-5 Error: Invalid address");
    EXPECT_TRUE(answer("generateblock", "[\"raw(51)\",[]]").has("hash"));
    EXPECT_EQ(node.call("generateblock", "[\"x\",[]]"), "-5 Error: Invalid address or descriptor");
    EXPECT_EQ(node.call("generateblock", "[\"raw(51)\",[\"" + unknown + "\"]]"),
              "-5 Transaction " + unknown + " not in mempool.");
    EXPECT_EQ(node.call("generate"),
              "-32601 generate\n\nhas been replaced by the -generate cli option. Refer to -help for more "
              "information.\n");
}

TEST_F(Methods, network)
{
    EXPECT_EQ(node.call("addnode", R"(["a:1","add"])"), "null");
    EXPECT_EQ(node.network.done, "add a:1");
    EXPECT_EQ(node.call("addnode", R"(["a:1","remove"])"),
              "-24 Error: Node could not be removed. It has not been added previously.");
    EXPECT_EQ(node.call("addnode", R"(["a:1","x"])").substr(0, 11), "-1 addnode ");
    EXPECT_EQ(node.call("addnode", R"(["a:1","add",true])"),
              "-8 Error: v2transport requested but not enabled (see -v2transport)");
    EXPECT_EQ(node.call("disconnectnode", R"(["",3])"), "null");
    EXPECT_EQ(node.network.done, "disconnect #3");
    EXPECT_EQ(node.call("disconnectnode", R"(["a",3])"), "-32602 Only one of address and nodeid should be provided.");
    EXPECT_EQ(answer("getaddednodeinfo", R"(["a:1"])")[0]["addresses"][0]["connected"].as_string(), "outbound");
    EXPECT_EQ(node.call("getaddednodeinfo", R"(["b"])"), "-24 Error: Node has not been added.");
    EXPECT_EQ(node.call("getconnectioncount"), "1");
    EXPECT_EQ(node.call("ping"), "null");
    EXPECT_EQ(node.call("setnetworkactive", "[false]"), "false");
    EXPECT_EQ(node.call("getnodeaddresses", "[-1]"), "-8 Address count out of range");
    EXPECT_EQ(node.call("getnodeaddresses", R"([1,"x"])"), "-8 Network not recognized: x");
    EXPECT_EQ(answer("getnodeaddresses")[0]["port"].as_int<int>(), 8333);
    EXPECT_EQ(node.call("sendmsgtopeer", R"([0,"1234567890123",""])"), "-8 Error: msg_type too long, max length is 12");
    EXPECT_EQ(node.call("addconnection", R"(["a:1","outbound-full-relay",false])"),
              R"({"address":"a:1","connection_type":"outbound-full-relay"})");
}

TEST_F(Methods, network_facts)
{
    const Json peer = answer("getpeerinfo")[0];
    EXPECT_EQ(peer["services"].as_string(), "0000000000000009");
    EXPECT_EQ(peer["servicesnames"].write(), R"(["NETWORK","WITNESS"])");
    EXPECT_EQ(peer["pingtime"].write(), "1.5");
    EXPECT_EQ(peer["minping"].write(), "0.000025");
    EXPECT_FALSE(peer.has("pingwait"));
    EXPECT_EQ(peer["minfeefilter"].write(), "0.00000100");
    EXPECT_EQ(peer["bytessent_per_msg"].write(), R"({"ping":32})");
    const Json info = answer("getnetworkinfo");
    EXPECT_EQ(info["version"].as_int<int>(), 310000);
    EXPECT_EQ(info["relayfee"].write(), "0.00000100");
    EXPECT_EQ(answer("getnettotals")["timemillis"].write(), "1700000000000");
}

TEST_F(Methods, bans)
{
    EXPECT_EQ(node.call("setban", R"(["1.2.3.4","add"])"), "null");
    EXPECT_EQ(node.network.done, "ban 1.2.3.4 0");
    EXPECT_EQ(node.call("setban", R"(["1.2.3.4","add",60])"), "null");
    EXPECT_EQ(node.network.done, "ban 1.2.3.4 1700000060");
    EXPECT_EQ(node.call("setban", R"(["1.2.3.4","add",1,true])"), "-8 Error: Absolute timestamp is in the past");
    EXPECT_EQ(node.call("setban", R"(["1.2.3.4","x"])").substr(0, 10), "-1 setban ");
    EXPECT_EQ(answer("listbanned")[0]["time_remaining"].as_int<int>(), 100);
    EXPECT_EQ(node.call("clearbanned"), "null");
}

TEST_F(Methods, process)
{
    EXPECT_EQ(node.call("uptime"), "42");
    EXPECT_EQ(node.call("stop"), "\"Cairn stopping\"");
    EXPECT_TRUE(node.control.stopped);
    EXPECT_EQ(answer("getrpcinfo")["active_commands"][0]["method"].as_string(), "getrpcinfo");
    EXPECT_EQ(node.call("logging", R"([["net"]])"), R"({"net":true})");
    EXPECT_EQ(node.call("logging", R"([[],["all"]])"), R"({"net":false})");
    EXPECT_EQ(node.call("logging", R"([["x"]])"), "-8 unknown logging category x");
    EXPECT_EQ(node.call("getindexinfo"), "{}");
    EXPECT_EQ(node.call("getindexinfo", R"(["txindex"])"), "{}");
    EXPECT_TRUE(answer("getmemoryinfo").has("locked"));
    EXPECT_EQ(node.call("getmemoryinfo", R"(["x"])"), "-8 unknown mode x");
    EXPECT_EQ(node.call("getmemoryinfo", R"(["mallocinfo"])"), "-8 mallocinfo mode not available");
    EXPECT_EQ(node.call("help", R"(["x"])"), R"("help: unknown command: x")");
    EXPECT_EQ(answer("help", R"(["uptime"])").as_string(), method_help(*find_method("uptime")));
    const std::string conversions = node.call("help", R"(["dump_all_command_conversions"])");
    for (const char* row : {R"(["getblock",0,"blockhash",true])", R"(["getblock",1,"verbosity",false])",
                            R"(["getblock",1,"verbose",false])", R"(["sendtoaddress",1,"amount",false])",
                            R"(["scantxoutset",0,"action",true])", R"(["addnode",2,"v2transport",false])"}) {
        EXPECT_NE(conversions.find(row), std::string::npos) << row;
    }
    EXPECT_EQ(node.call("echo", "[1,\"a\"]"), "[1,\"a\"]");
    EXPECT_EQ(node.call("syncwithvalidationinterfacequeue"), "null");
}

TEST_F(Methods, tests_of_time)
{
    EXPECT_EQ(node.call("setmocktime", "[5]"), "null");
    EXPECT_EQ(node.control.mock_time, std::chrono::seconds{5});
    EXPECT_EQ(node.call("setmocktime", "[0]"), "null");
    EXPECT_FALSE(node.control.mock_time);
    EXPECT_EQ(node.call("setmocktime", "[-1]"), "-8 Mocktime must be in the range [0, 4294967295], not -1.");
    EXPECT_EQ(node.call("setmocktime", "[4294967296]"),
              "-8 Mocktime must be in the range [0, 4294967295], not 4294967296.");
    EXPECT_EQ(node.call("mockscheduler", "[3600]"), "null");
    EXPECT_EQ(node.call("mockscheduler", "[3601]"), "-1 delta_time must be between 1 and 3600 seconds (1 hr)");
    EXPECT_EQ(node.call("mockscheduler", "[0]"), "-1 delta_time must be between 1 and 3600 seconds (1 hr)");
    node.control.mockable = false;
    EXPECT_EQ(node.call("setmocktime", "[5]"), "-1 setmocktime is for regression testing (-regtest mode) only");
    EXPECT_EQ(node.call("mockscheduler", "[5]"), "-1 mockscheduler is for regression testing (-regtest mode) only");
}

TEST_F(Methods, addresses)
{
    const Json valid =
        answer("validateaddress", R"(["bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85"])");
    EXPECT_TRUE(valid["isvalid"].as_bool());
    EXPECT_TRUE(valid["isscript"].as_bool());
    EXPECT_EQ(valid["witness_version"].as_int<int>(), 0);
    const Json invalid = answer("validateaddress", R"(["x"])");
    EXPECT_FALSE(invalid["isvalid"].as_bool());
    EXPECT_TRUE(invalid.has("error_locations"));
    const std::string keys = R"(["03789ed0bb717d88f7d321a368d905e7430207ebbd82bd342cf11ae157a7ace5fd",)"
                             R"("03dbc6764b8884a92e871274b87583e6d5c2a58819473e17e107ef3f6aa5a61626"])";
    const Json multisig = answer("createmultisig", "[2," + keys + ",\"bech32\"]");
    EXPECT_EQ(multisig["address"].as_string().substr(0, 6), "bcrt1q");
    EXPECT_EQ(multisig["descriptor"].as_string().substr(0, 12), "wsh(multi(2,");
    EXPECT_EQ(node.call("createmultisig", "[3," + keys + "]"),
              "-8 not enough keys supplied (got 2 keys, but need at least 3 to redeem)");
    EXPECT_EQ(node.call("createmultisig", "[0," + keys + "]"),
              "-8 a multisignature address must require at least one key to redeem");
    EXPECT_EQ(node.call("createmultisig", R"([1,["00"]])"),
              R"(-5 Pubkey "00" must have a length of either 33 or 65 bytes)");
    EXPECT_EQ(node.call("createmultisig", R"([1,["zz"]])"), R"(-5 Pubkey "zz" must be a hex string)");
    EXPECT_EQ(node.call("createmultisig", "[2," + keys + ",\"x\"]"), "-5 Unknown address type 'x'");
    EXPECT_EQ(node.call("createmultisig", "[2," + keys + ",\"bech32m\"]"),
              "-5 createmultisig cannot create bech32m multisig addresses");
    // As with bitcoind, a wrong type is told before a wrong number.
    EXPECT_EQ(node.call("createmultisig", "[0," + keys + ",\"x\"]"), "-5 Unknown address type 'x'");
}

TEST_F(Methods, descriptors)
{
    const Json info = answer("getdescriptorinfo", "[\"raw(51)\"]");
    EXPECT_FALSE(info["isrange"].as_bool());
    EXPECT_FALSE(info["issolvable"].as_bool());
    EXPECT_EQ(info["descriptor"].as_string(), "raw(51)#" + info["checksum"].as_string());
    EXPECT_EQ(node.call("getdescriptorinfo", "[\"\"]").substr(0, 3), "-5 ");
    EXPECT_EQ(node.call("deriveaddresses", "[\"raw(51)\"]"), "-5 Missing checksum");
    EXPECT_EQ(node.call("deriveaddresses", quoted(info["descriptor"].as_string())),
              "-5 Descriptor does not have a corresponding address");
    const auto with_range = [&](const std::string& range) {
        return node.call("deriveaddresses", "[\"" + info["descriptor"].as_string() + "\"," + range + "]");
    };
    EXPECT_EQ(with_range("[0,1]"), "-8 Range should not be specified for an un-ranged descriptor");
    EXPECT_EQ(with_range("[2,1]"), "-8 Range specified as [begin,end] must not have begin after end");
    EXPECT_EQ(with_range("-1"), "-8 End of range is too high");
    EXPECT_EQ(with_range("[-1,1]"), "-8 Range should be greater or equal than 0");
    EXPECT_EQ(with_range("2147483648"), "-8 End of range is too high");
    EXPECT_EQ(with_range("[0,1000000]"), "-8 Range is too large");
    EXPECT_EQ(with_range("\"x\""), "-8 Range must be specified as end or as [begin,end]");
}

}  // namespace
}  // namespace cairn::rpc::test
