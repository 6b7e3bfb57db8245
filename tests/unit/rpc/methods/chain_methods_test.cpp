// Blocks, the chain's state, coins: each method's answer and refusals.

#include <gtest/gtest.h>

#include "consensus/merkle.h"
#include "crypto/hex.h"
#include "fake_node.h"
#include "rpc/methods/partial_merkle_tree.h"

namespace cairn::rpc::test {
namespace {

class ChainMethods : public ::testing::Test {
protected:
    std::string hash_at(Height height) const { return node.chain.block_at(height)->hash.to_hex(); }
    Json answer(const std::string& method, const std::string& arguments = "[]")
    {
        const std::string text = node.call(method, arguments);
        const auto json = Json::parse(text);
        EXPECT_TRUE(json) << text;
        return json.value_or(Json{});
    }
    static std::string quoted(const std::string& text) { return "[\"" + text + "\"]"; }

    FakeNode node;
    const std::string unknown = std::string(64, 'f');
};

TEST_F(ChainMethods, getblockhash_and_its_like)
{
    EXPECT_EQ(node.call("getblockcount"), "102");
    EXPECT_EQ(node.call("getbestblockhash"), '"' + hash_at(102) + '"');
    EXPECT_EQ(node.call("getblockhash", "[5]"), '"' + hash_at(5) + '"');
    EXPECT_EQ(node.call("getblockhash", "[103]"), "-8 Block height out of range");
    EXPECT_EQ(node.call("getblockhash", "[-1]"), "-8 Block height out of range");
}

TEST_F(ChainMethods, getblockheader)
{
    const Json header = answer("getblockheader", quoted(hash_at(5)));
    EXPECT_EQ(header["confirmations"].as_int<int>(), 98);
    EXPECT_EQ(header["versionHex"].as_string(), "20000000");
    EXPECT_EQ(header["bits"].as_string(), "207fffff");
    EXPECT_EQ(header["difficulty"].write(), "4.656542373906925e-10");
    EXPECT_EQ(header["previousblockhash"].as_string(), hash_at(4));
    EXPECT_EQ(header["nextblockhash"].as_string(), hash_at(6));
    EXPECT_FALSE(answer("getblockheader", quoted(hash_at(0))).has("previousblockhash"));
    EXPECT_FALSE(answer("getblockheader", quoted(hash_at(102))).has("nextblockhash"));
    EXPECT_EQ(node.call("getblockheader", "[\"" + hash_at(5) + "\",false]"),
              '"' + to_hex(node.chain.block_at(5)->header.encode()) + '"');
    EXPECT_EQ(node.call("getblockheader", quoted(unknown)), "-5 Block not found");
    EXPECT_EQ(node.call("getblockheader", "[\"abc\"]"), "-8 hash must be of length 64 (not 3, for 'abc')");
    const std::string wrong(64, 'z');
    EXPECT_EQ(node.call("getblockheader", quoted(wrong)), "-8 hash must be hexadecimal string (not '" + wrong + "')");
}

TEST_F(ChainMethods, getblock_by_verbosity)
{
    const std::string hash = hash_at(102);
    const BlockRef block = node.chain.block_at(102);
    EXPECT_EQ(node.call("getblock", "[\"" + hash + "\",0]"), '"' + to_hex(block->raw) + '"');
    EXPECT_EQ(node.call("getblock", "[\"" + hash + "\",false]"), '"' + to_hex(block->raw) + '"');
    const Json one = answer("getblock", quoted(hash));
    EXPECT_EQ(one["tx"][1].as_string(), block->transactions[1].txid.to_hex());
    EXPECT_EQ(one["size"].as_int<std::size_t>(), block->raw.size());
    EXPECT_TRUE(one["coinbase_tx"].has("witness"));
    const Json two = answer("getblock", "[\"" + hash + "\",2]");
    EXPECT_EQ(two["tx"][1]["fee"].write(), "0.00001000");
    EXPECT_FALSE(two["tx"][1]["vin"][0].has("prevout"));
    EXPECT_FALSE(two["tx"][0].has("fee"));
    const Json three = answer("getblock", "[\"" + hash + "\",3]");
    const Json& prevout = three["tx"][1]["vin"][0]["prevout"];
    EXPECT_EQ(prevout["height"].as_int<int>(), 1);
    EXPECT_TRUE(prevout["generated"].as_bool());
    EXPECT_EQ(prevout["value"].write(), "50.00000000");
    node.chain.pruning = true;
    EXPECT_EQ(node.call("getblock", quoted(hash)), "-1 Block not available (pruned data)");
    EXPECT_EQ(node.call("getblock", quoted(unknown)), "-5 Block not found");
}

TEST_F(ChainMethods, getblockchaininfo)
{
    const Json info = answer("getblockchaininfo");
    EXPECT_EQ(info["chain"].as_string(), "regtest");
    EXPECT_EQ(info["blocks"].as_int<int>(), 102);
    EXPECT_EQ(info["verificationprogress"].write(), "1");
    EXPECT_FALSE(info["pruned"].as_bool());
    EXPECT_FALSE(info.has("pruneheight"));
    EXPECT_EQ(info["warnings"].write(), "[\"young\"]");
    node.chain.pruning = true;
    EXPECT_TRUE(answer("getblockchaininfo").has("pruneheight"));
    EXPECT_EQ(answer("getchainstates")["chainstates"].size(), 1U);
}

TEST_F(ChainMethods, getchaintips)
{
    const Json tips = answer("getchaintips");
    EXPECT_EQ(tips[0]["status"].as_string(), "active");
    EXPECT_EQ(tips[1].write(),
              "{\"height\":3,\"hash\":\"" + std::string(64, '0') + "\",\"branchlen\":1,\"status\":\"headers-only\"}");
}

TEST_F(ChainMethods, getchaintxstats)
{
    const Json window = answer("getchaintxstats", "[10]");
    EXPECT_EQ(window["window_block_count"].as_int<int>(), 10);
    EXPECT_EQ(window["window_tx_count"].as_int<int>(), 10);
    EXPECT_EQ(answer("getchaintxstats")["window_block_count"].as_int<int>(), 101);
    EXPECT_FALSE(answer("getchaintxstats", "[0]").has("window_interval"));
    const std::string refusal = "-8 Invalid block count: should be between 0 and the block's height - 1";
    EXPECT_EQ(node.call("getchaintxstats", "[102]"), refusal);
    EXPECT_EQ(node.call("getchaintxstats", "[-1]"), refusal);
    EXPECT_EQ(node.call("getchaintxstats", "[1,\"" + unknown + "\"]"), "-5 Block not found");
}

TEST_F(ChainMethods, getdeploymentinfo)
{
    const Json deployments = answer("getdeploymentinfo")["deployments"];
    EXPECT_EQ(deployments["segwit"].write(), "{\"type\":\"buried\",\"active\":true,\"height\":0}");
    const Json& bip9 = deployments["testdummy"]["bip9"];
    EXPECT_EQ(bip9["bit"].as_int<int>(), 28);
    EXPECT_EQ(bip9["statistics"]["threshold"].as_int<int>(), 108);
    EXPECT_EQ(bip9["signalling"].as_string(), "#-#");
}

TEST_F(ChainMethods, change_the_chain_by_hash)
{
    for (const std::string method : {"invalidate", "reconsider", "precious"}) {
        EXPECT_EQ(node.call(method + "block", quoted(hash_at(7))), "null");
        EXPECT_EQ(node.chain.done, method + " " + hash_at(7));
        EXPECT_EQ(node.call(method + "block", quoted(unknown)), "-5 Block not found");
    }
    EXPECT_EQ(node.call("verifychain"), "true");
    EXPECT_EQ(node.call("verifychain", "[4,0]"), "false");
}

TEST_F(ChainMethods, pruneblockchain)
{
    EXPECT_EQ(node.call("pruneblockchain", "[1]"), "-1 Cannot prune blocks because node is not in prune mode.");
    node.chain.pruning = true;
    EXPECT_EQ(node.call("pruneblockchain", "[-1]"), "-8 Negative block height.");
    EXPECT_EQ(node.call("pruneblockchain", "[103]"), "-8 Blockchain is shorter than the attempted prune height.");
    EXPECT_EQ(node.call("pruneblockchain", "[102]"), "-186");
    EXPECT_EQ(node.call("pruneblockchain", "[2147483647]"),
              "-8 Could not find block with at least the specified timestamp.");
}

TEST_F(ChainMethods, waiting_ends_with_the_tip)
{
    EXPECT_EQ(node.call("waitforblockheight", "[102]"), "{\"hash\":\"" + hash_at(102) + "\",\"height\":102}");
    node.chain.while_waiting = [this] { node.chain.chain->mine(1); };
    EXPECT_EQ(answer("waitforblockheight", "[104]")["height"].as_int<int>(), 104);
    EXPECT_EQ(answer("waitfornewblock")["height"].as_int<int>(), 105);
    EXPECT_EQ(answer("waitfornewblock", "[0,\"" + hash_at(3) + "\"]")["height"].as_int<int>(), 105);
    EXPECT_EQ(answer("waitforblock", quoted(hash_at(105)))["height"].as_int<int>(), 105);
    node.chain.while_waiting = [this] { node.clock.advance(std::chrono::milliseconds{600}); };
    EXPECT_EQ(answer("waitforblockheight", "[999,1000]")["height"].as_int<int>(), 105);
    node.chain.while_waiting = [this] { node.chain.stopping = true; };
    EXPECT_EQ(answer("waitforblock", quoted(unknown))["height"].as_int<int>(), 105);
    EXPECT_EQ(node.call("waitforblockheight", "[1,-1]"), "-1 Negative timeout");
}

TEST_F(ChainMethods, getblockstats)
{
    const Json all = answer("getblockstats", "[102]");
    EXPECT_EQ(all["totalfee"].as_int<int>(), 1000);
    EXPECT_EQ(all["txs"].as_int<int>(), 2);
    EXPECT_EQ(all["subsidy"].write(), "5000000000");
    EXPECT_EQ(all["ins"].as_int<int>(), 1);
    EXPECT_EQ(all["feerate_percentiles"].size(), 5U);
    EXPECT_EQ(node.call("getblockstats", "[102,[\"maxfee\",\"height\"]]"), "{\"height\":102,\"maxfee\":1000}");
    EXPECT_EQ(answer("getblockstats", quoted(hash_at(0)))["utxo_increase_actual"].as_int<int>(), 0);
    EXPECT_EQ(node.call("getblockstats", "[102,[\"x\"]]"), "-8 Invalid selected statistic 'x'");
    EXPECT_EQ(node.call("getblockstats", "[103]"), "-8 Target block height 103 after current tip 102");
    EXPECT_EQ(node.call("getblockstats", "[-1]"), "-8 Target block height -1 is negative");
}

TEST_F(ChainMethods, gettxout)
{
    const std::string txid = node.chain.chain->coinbase(5).txid.to_hex();
    const Json coin = answer("gettxout", "[\"" + txid + "\",0]");
    EXPECT_EQ(coin["confirmations"].as_int<int>(), 98);
    EXPECT_EQ(coin["value"].write(), "50.00000000");
    EXPECT_TRUE(coin["coinbase"].as_bool());
    EXPECT_EQ(coin["scriptPubKey"]["asm"].as_string(), "1");
    EXPECT_EQ(node.call("gettxout", "[\"" + txid + "\",7]"), "null");
    EXPECT_EQ(node.call("gettxout", "[\"" + txid + "\",-1]"), "-1 JSON integer out of range");
}

TEST_F(ChainMethods, gettxoutsetinfo)
{
    EXPECT_TRUE(answer("gettxoutsetinfo").has("hash_serialized_3"));
    EXPECT_TRUE(answer("gettxoutsetinfo", "[\"muhash\"]").has("muhash"));
    EXPECT_EQ(answer("gettxoutsetinfo", "[\"none\"]")["total_amount"].write(), "1.00000000");
    EXPECT_EQ(node.call("gettxoutsetinfo", "[\"x\"]"), "-8 'x' is not a valid hash_type");
    EXPECT_EQ(node.call("gettxoutsetinfo", "[\"muhash\",5]"),
              "-8 Querying specific block heights requires coinstatsindex");
}

TEST_F(ChainMethods, scantxoutset)
{
    const Json found = answer("scantxoutset", "[\"start\",[\"raw(51)\"]]");
    EXPECT_TRUE(found["success"].as_bool());
    EXPECT_EQ(found["unspents"].size(), 102U);
    EXPECT_EQ(found["total_amount"].write(), "5099.99999000");
    EXPECT_EQ(found["unspents"][0]["scriptPubKey"].as_string(), "51");
    EXPECT_EQ(node.call("scantxoutset", "[\"status\"]"), "null");
    EXPECT_EQ(node.call("scantxoutset", "[\"abort\"]"), "false");
    EXPECT_EQ(node.call("scantxoutset", "[\"x\"]"), "-8 Invalid action 'x'");
    EXPECT_EQ(node.call("scantxoutset", "[\"start\"]"), "-1 scanobjects argument is required for the start action");
    EXPECT_EQ(node.call("scantxoutset", "[\"start\",[{}]]"), "-8 Descriptor needs to be provided in scan object");
    EXPECT_EQ(node.call("scantxoutset", "[\"start\",[1]]"), "-8 Scan object needs to be either a string or an object");
}

TEST_F(ChainMethods, scantxoutset_one_at_a_time)
{
    node.chain.while_scanning = [this] {
        EXPECT_EQ(node.call("scantxoutset", "[\"status\"]"), "{\"progress\":0}");
        EXPECT_EQ(node.call("scantxoutset", "[\"start\",[\"raw(51)\"]]"),
                  "-8 Scan already in progress, use action \"abort\" or \"status\"");
        EXPECT_EQ(node.call("scantxoutset", "[\"abort\"]"), "true");
    };
    EXPECT_FALSE(answer("scantxoutset", "[\"start\",[\"raw(51)\"]]")["success"].as_bool());
}

TEST_F(ChainMethods, proofs_prove_what_they_say)
{
    const BlockRef block = node.chain.block_at(102);
    const std::string txid = block->transactions[1].txid.to_hex();
    const std::string proof = answer("gettxoutproof", "[[\"" + txid + "\"],\"" + hash_at(102) + "\"]").as_string();
    EXPECT_EQ(node.call("gettxoutproof", "[[\"" + txid + "\"]]"), '"' + proof + '"');
    EXPECT_EQ(node.call("verifytxoutproof", quoted(proof)), "[\"" + txid + "\"]");
    EXPECT_EQ(node.call("gettxoutproof", "[[]]"), "-8 Parameter 'txids' cannot be empty");
    EXPECT_EQ(node.call("gettxoutproof", "[[\"" + txid + "\",\"" + txid + "\"]]"),
              "-8 Invalid parameter, duplicated txid: " + txid);
    EXPECT_EQ(node.call("gettxoutproof", "[[\"" + unknown + "\"]]"), "-5 Transaction not yet in block");
    EXPECT_EQ(node.call("gettxoutproof", "[[\"" + txid + "\"],\"" + hash_at(3) + "\"]"),
              "-5 Not all transactions found in specified or retrieved block");
    std::string broken = proof;
    broken[2 * 36] = broken[2 * 36] == '0' ? '1' : '0';  // the Merkle root
    EXPECT_EQ(node.call("verifytxoutproof", quoted(broken)), "[]");
    EXPECT_EQ(node.call("verifytxoutproof", "[\"zz\"]"), "-8 proof must be hexadecimal string (not 'zz')");
}

TEST(PartialMerkleTree, proves_any_choice_of_any_number)
{
    for (std::size_t count = 1; count <= 9; ++count) {
        std::vector<Txid> txids(count);
        std::vector<Hash256> leaves;
        for (std::size_t i = 0; i < count; ++i) {
            txids[i].value.bytes[0] = std::byte(i + 1);
            leaves.push_back(txids[i].value);
        }
        BlockHeader header;
        header.merkle_root = consensus::merkle_root(leaves).root;
        for (std::size_t choice = 0; choice < std::size_t{1} << count; ++choice) {
            std::vector<bool> matches;
            std::vector<Txid> wanted;
            for (std::size_t i = 0; i < count; ++i) {
                matches.push_back((choice >> i & 1) != 0);
                if (matches.back()) wanted.push_back(txids[i]);
            }
            const auto proof = decode_proof(encode_proof(header, txids, matches));
            ASSERT_TRUE(proof && proof->valid);
            EXPECT_EQ(proof->proved, wanted);
        }
    }
}

}  // namespace
}  // namespace cairn::rpc::test
