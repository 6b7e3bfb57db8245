// Real blocks, with the outputs they spend where known: every one decodes, encodes, is checked and connected, and all
// of its scripts are run.

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <gtest/gtest.h>

#include "consensus/check_block.h"
#include "consensus/check_header.h"
#include "consensus/connect_context.h"
#include "consensus/encoding/reader.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/proof_of_work.h"
#include "crypto/hex.h"
#include "support/block_builder.h"
#include "support/files.h"
#include "support/json.h"
#include "support/map_coins_view.h"
#include "support/reason.h"
#include "support/regtest_chain.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::Json;
using test::MapCoinsView;
using test::reason;

/// Every block before the real one has the same median time past, which is earlier than all locks in the vectors ask
/// for where the vector does not say.
class RecordedTimes final : public AncestorTimes {
public:
    void set(Height height, std::int64_t time) { times_[height] = time; }
    std::int64_t median_time_past(Height height) const override
    {
        const auto found = times_.find(height);
        return found == times_.end() ? 0 : found->second;
    }

private:
    std::map<Height, std::int64_t> times_;
};

BlockRef decode_and_encode(const Bytes& raw)
{
    const auto block = decode_block(raw);
    EXPECT_TRUE(block);
    if (!block) return nullptr;
    EXPECT_EQ(test::BlockDraft{**block}.encode(), raw);
    for (const Transaction& transaction : (*block)->transactions) {
        EXPECT_TRUE(std::ranges::equal(TransactionDraft{transaction}.encode(), transaction.raw));
    }
    return *block;
}

struct Totals {
    std::size_t blocks = 0;
    std::size_t scripts = 0;
};

/// The parent that the vector describes: eleven timestamps, and the bits that the block must have.
const test::TestNode* make_parent(test::HeaderTree& tree, const Block& block, Height height, const Json& vector)
{
    BlockHeader header;
    header.bits = block.header.bits;
    const test::TestNode* parent = nullptr;
    if (vector.has("chain_state_before")) {
        const auto times = vector["chain_state_before"]["prev_timestamps"].items();
        Height at = height - static_cast<Height>(times.size());
        for (const Json& time : times) {
            header.time = static_cast<std::uint32_t>(time.integer());
            parent = parent == nullptr ? &tree.add_root(header, at) : &tree.add(header, *parent);
            ++at;
        }
        return parent;
    }
    header.time = block.header.time - 600;
    return &tree.add_root(header, height - 1);
}

void fill_coins(const Block& block, Height height, const Json& vector, MapCoinsView& coins, RecordedTimes& times)
{
    std::vector<Json> spent = vector["spent"].items();
    std::size_t next = 0;
    std::map<Txid, bool> own;
    for (const Transaction& transaction : block.transactions) {
        if (!transaction.is_coinbase()) {
            for (const TxInput& input : transaction.inputs) {
                const Json& coin = spent.at(next++);
                const Height made_at =
                    coin.has("height") ? static_cast<Height>(coin["height"].integer()) : height - 1000;
                if (coin.has("mtp")) times.set(std::max(made_at - 1, 0), coin["mtp"].integer());
                if (own.contains(input.prevout.txid)) continue;
                coins.add(input.prevout, {Amount{coin["value"].integer()}, test::unhex(coin["script"].string()),
                                          made_at, coin.has("coinbase") && coin["coinbase"].boolean()});
            }
        }
        own[transaction.txid] = true;
    }
    EXPECT_EQ(next, spent.size());
}

void check_real_block(const std::filesystem::path& path, Totals& totals)
{
    SCOPED_TRACE(path.filename().string());
    const Json vector = Json::read(path);
    const Params params = make_params(vector["network"].string() == "mainnet" ? Network::kMain : Network::kTestnet3);
    const auto height = static_cast<Height>(vector["height"].integer());
    const BlockRef block = decode_and_encode(test::unhex(vector["block"].string()));
    ASSERT_TRUE(block);
    EXPECT_EQ(block->hash.to_hex(), vector["hash"].string());

    test::HeaderTree tree;
    const test::TestNode* parent = make_parent(tree, *block, height, vector);
    EXPECT_EQ(reason(check_block(*block, params)), "");
    EXPECT_EQ(reason(check_block_in_context(*block, parent, params)), "");
    EXPECT_LT(median_time_past(*parent), block->header.time);

    MapCoinsView coins;
    RecordedTimes times;
    fill_coins(*block, height, vector, coins, times);
    const auto before = coins.coins();
    const ConnectContext context = make_connect_context(block->hash, *parent, params, times);
    const auto effects = connect_block(block, context, coins);
    ASSERT_EQ(reason(effects), "");
    EXPECT_EQ(effects->fees.satoshis(), vector["fees"].integer());
    std::int64_t claimed = 0;
    for (const TxOutput& output : block->transactions[0].outputs) claimed += output.value.satoshis();
    EXPECT_EQ(claimed, vector["coinbase_value"].integer());
    EXPECT_EQ(effects->spent->size(), vector["spent"].size());
    if (effects->scripts) {
        ImmediateVerifier verifier;
        const auto failure = effects->scripts->run(0, effects->scripts->size(), verifier);
        EXPECT_FALSE(failure) << script_rejection(*failure, *block).to_string();
        EXPECT_EQ(effects->scripts->size(), effects->spent->size());
        totals.scripts += effects->scripts->size();
    }
    coins.apply(*block, height, *effects);
    const auto undone = disconnect_block(*block, height, *effects->spent, coins);
    ASSERT_TRUE(undone);
    EXPECT_TRUE(undone->clean);
    coins.apply(*undone, *effects->spent);
    EXPECT_EQ(coins.coins(), before);
    ++totals.blocks;
}

TEST(RealBlocksTest, BlocksWithTheirSpentOutputsConnect)
{
    CAIRN_VECTOR_FILE(folder, "blocks/with-prevouts/normalized");
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    Totals totals;
    for (const auto& file : files) check_real_block(file, totals);
    EXPECT_EQ(totals.blocks, 15U);
    EXPECT_EQ(totals.scripts, 13'189U);
    std::printf("real blocks connected: %zu, scripts run: %zu\n", totals.blocks, totals.scripts);
}

/// Connects a chain of hex blocks from the genesis block's successor on; returns how many.
std::size_t connect_all(test::RegtestChain& chain, const std::vector<std::string>& hex)
{
    std::size_t connected = 0;
    for (const std::string& line : hex) {
        if (line.empty()) continue;
        const BlockRef block = decode_and_encode(test::unhex(line));
        if (block == nullptr) return connected;
        if (block->hash == chain.params().genesis_hash()) continue;
        const auto result = chain.connect(block);
        EXPECT_TRUE(result) << chain.height() + 1 << ": " << result.error().to_string();
        if (!result) return connected;
        ++connected;
    }
    return connected;
}

/// All the way back to where only the genesis block is.
void disconnect_all(test::RegtestChain& chain)
{
    while (chain.height() > 0) chain.disconnect();
    EXPECT_TRUE(chain.coins().coins().empty());
}

TEST(RealBlocksTest, SegmentsConnectFromGenesis)
{
    struct Segment {
        const char* file;
        Network network;
        std::size_t blocks;
    };
    for (const Segment& segment : {Segment{"blocks/segments/mainnet_0_175.floresta.hex.txt", Network::kMain, 175},
                                   Segment{"blocks/segments/regtest_206.kernel.hex.txt", Network::kRegtest, 206},
                                   Segment{"blocks/segments/regtest_floresta.hex.txt", Network::kRegtest, 150}}) {
        CAIRN_VECTOR_FILE(path, segment.file);
        test::RegtestChain chain{make_params(segment.network)};
        EXPECT_EQ(connect_all(chain, test::lines(test::read_text(path))), segment.blocks) << segment.file;
        std::printf("%s: %d blocks connected\n", segment.file, chain.height());
        disconnect_all(chain);
    }
}

TEST(RealBlocksTest, SignetBlocksConnectWithTheirSolutions)
{
    CAIRN_VECTOR_FILE(path, "blocks/segments/signet_floresta_blocks.json");
    std::vector<std::string> hex;
    for (const Json& row : Json::read(path).items()) hex.push_back(row["block"].string());
    test::RegtestChain chain{make_params(Network::kSignet)};
    EXPECT_EQ(connect_all(chain, hex), 120U);
    std::printf("signet blocks connected: %d\n", chain.height());
    disconnect_all(chain);
}

/// Block `height` of the chain that Bitcoin Core's tests keep as times and nonces: mined for mainnet's rules, with the
/// first retarget making it four times harder.
BlockRef alternative_block(const test::RegtestChain& chain, const Json& data)
{
    test::BlockPlan plan = chain.next();
    const auto index = static_cast<std::size_t>(plan.height) - 1;
    plan.version = 0x20000000;
    plan.time = static_cast<std::uint32_t>(data["timestamps"][index].integer());
    plan.bits = next_work_required(chain.tip(), plan.time, chain.params());
    plan.witness_commitment = false;
    plan.coinbase_script = test::unhex("76a914eadbac7f36c37e39361168b7aaee3cb24a25312d88ac");
    test::BlockDraft draft = test::make_block_draft(plan, chain.params());
    draft.header.nonce = static_cast<std::uint32_t>(data["nonces"][index].integer());
    return draft.finish();
}

TEST(RealBlocksTest, AnAlternativeMainnetConnects)
{
    CAIRN_VECTOR_FILE(path, "headers/core_mainnet_alt.json");
    const Json data = Json::read(path);
    test::RegtestChain chain{make_params(Network::kMain)};
    ASSERT_EQ(data["nonces"].size(), 2016U);
    for (std::size_t i = 0; i < data["nonces"].size(); ++i) {
        const auto connected = chain.connect(alternative_block(chain, data));
        ASSERT_EQ(reason(connected), "") << i + 1;
    }
    EXPECT_EQ(chain.blocks()[2014]->header.bits, 0x1d00ffffU);
    EXPECT_EQ(chain.blocks()[2015]->header.bits, 0x1c3fffc0U);
    std::printf("alternative mainnet: %d blocks connected\n", chain.height());
}

// Blocks as the files of the first programs hold them: the network's magic, a size, the block.
TEST(RealBlocksTest, FramedBlocksConnect)
{
    CAIRN_VECTOR_FILE(path, "blocks/segments/mainnet_first10.picocoin.ser");
    const Bytes bytes = test::read_file(path);
    test::RegtestChain chain{make_params(Network::kMain)};
    for (Reader reader{bytes}; !reader.at_end();) {
        EXPECT_EQ(reader.u32(), 0xd9b4bef9U);
        const ByteSpan raw = reader.bytes(reader.u32());
        ASSERT_TRUE(reader.ok());
        const BlockRef block = decode_and_encode(Bytes(raw.begin(), raw.end()));
        ASSERT_TRUE(block);
        if (block->hash == chain.params().genesis_hash()) continue;
        ASSERT_EQ(reason(chain.connect(block)), "");
    }
    EXPECT_EQ(chain.height(), 10);
}

TEST(RealBlocksTest, BlocksInHexDecode)
{
    CAIRN_VECTOR_FILE(path, "blocks/segments/bitcoind_blocks.json");
    std::size_t blocks = 0;
    for (const Json& row : Json::read(path).items()) {
        const BlockRef block = decode_and_encode(test::unhex(row["data"].string()));
        ASSERT_TRUE(block);
        EXPECT_EQ(block->transactions.size(), static_cast<std::size_t>(row["transactions"].integer()));
        EXPECT_EQ(reason(check_block(*block, make_params(Network::kMain))), "");
        ++blocks;
    }
    EXPECT_EQ(blocks, 5U);
}

TEST(RealBlocksTest, OldBlocksOfOtherProgramsDecode)
{
    CAIRN_VECTOR_FILE(folder, "blocks/bitcoin-ruby");
    std::size_t blocks = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".bin") continue;
        SCOPED_TRACE(entry.path().filename().string());
        Bytes raw = test::read_file(entry.path());
        if (raw.back() == std::byte{'\n'}) raw.pop_back();  // one of the files has been through an editor
        const BlockRef block = decode_and_encode(raw);
        ASSERT_TRUE(block);
        const bool testnet = entry.path().filename().string().find("testnet") != std::string::npos;
        EXPECT_EQ(reason(check_block(*block, make_params(testnet ? Network::kTestnet3 : Network::kMain))), "");
        ++blocks;
    }
    EXPECT_EQ(blocks, 6U);
}

}  // namespace
}  // namespace cairn::consensus
