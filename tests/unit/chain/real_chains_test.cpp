// Segments of real chains: they connect, in whatever way they come, and their coins hash to what Bitcoin Core says.

#include <sstream>

#include "chain_fixture.h"
#include "consensus/encoding/writer.h"
#include "support/files.h"
#include "support/vectors.h"

namespace cairn::chain::test {
namespace {

struct Segment {
    const char* name;
    const char* file;
    Network network;
    std::array<std::byte, 4> magic;
    Height height;
    std::uint64_t outputs;
    std::uint64_t transactions;
    std::uint64_t bogo_size;
    std::int64_t total;
    // What Bitcoin Core 31.99 answered for the same blocks.
    const char* serialized;
    const char* muhash;
};

constexpr std::array<std::byte, 4> magic(std::uint32_t bytes)
{
    return {static_cast<std::byte>(bytes >> 24), static_cast<std::byte>(bytes >> 16),
            static_cast<std::byte>(bytes >> 8), static_cast<std::byte>(bytes)};
}

const std::array kSegments = {
    Segment{"mainnet", "blocks/segments/mainnet_0_175.floresta.hex.txt", Network::kMain, magic(0xf9beb4d9), 175, 176,
            175, 20592, 875'000'000'000, "cddf052e8e60fa0c95e51c192dbc8cbd3eb31f43b44d05153d777b7f90bca586",
            "ece7d4f3caf920fdf9530ea20c21b3264ad04a8aaf3d3e482c9753a84de022c5"},
    Segment{"signet", "blocks/segments/signet_floresta_blocks.json", Network::kSignet, magic(0x0a03cf40), 120, 120, 120,
            8640, 600'000'000'000, "6d9f9fd0d6598843659a78f451c1f577690c1ef4a0d9bd0c41ad3877d85d43d3",
            "a0e968901678296996072f24a75f381740acea4ef28cb1409ce2739887faf58b"},
    Segment{"regtest206", "blocks/segments/regtest_206.kernel.hex.txt", Network::kRegtest, magic(0xfabfb5da), 206, 230,
            211, 16584, 887'500'000'000, "6f596a9fb79023e72ac6c2423e9dff4991f49994c0a55d1a2124ce03a98e9d74",
            "99fe6181ed22d50f27486264ed5d1f538c9343042db64a088248bcc9912a869a"},
    Segment{"regtest150", "blocks/segments/regtest_floresta.hex.txt", Network::kRegtest, magic(0xfabfb5da), 150, 150,
            150, 10800, 747'500'000'000, "1c7ce3de5f32be08b61b989caa8e3c43fced357bc4b9f5ca0928c71fe3bf826a",
            "9ba4ce13287d6faced12950fff6e45913952b651adb2c89e538f37884d6bbed3"},
};

/// Hex strings of at least a header's length, wherever they stand in the file.
std::vector<BlockRef> read_blocks(const std::filesystem::path& path, const BlockHash& genesis)
{
    std::vector<BlockRef> blocks;
    std::istringstream words(cairn::test::read_text(path));
    for (std::string word; words >> word;) {
        std::erase_if(word, [](char c) { return c == '"' || c == ','; });
        if (word.size() < 160) continue;
        auto block = decode_block(cairn::test::unhex(word));
        if (!block) throw std::runtime_error("no block in " + path.string());
        if ((*block)->hash != genesis) blocks.push_back(*block);
    }
    return blocks;
}

class RealChainsTest : public testing::TestWithParam<Segment> {
protected:
    void set_up(TestChain& node)
    {
        node.params = consensus::make_params(GetParam().network);
        node.options.message_start = GetParam().magic;
        node.clock.set(base::Time{std::chrono::seconds{1'790'000'000}});
    }
    void expect_end(TestChain& node)
    {
        const Segment& segment = GetParam();
        ASSERT_EQ(node.height(), segment.height) << node.failure();
        const auto serialized = node.chain().utxo_statistics(UtxoHashKind::kSerialized3, nullptr);
        EXPECT_EQ(serialized->hash->to_hex(), segment.serialized);
        EXPECT_EQ(serialized->outputs, segment.outputs);
        EXPECT_EQ(serialized->transactions, segment.transactions);
        EXPECT_EQ(serialized->bogo_size, segment.bogo_size);
        EXPECT_EQ(serialized->total->satoshis(), segment.total);
        EXPECT_EQ(serialized->best, node.chain().tip());
        EXPECT_EQ(node.chain().utxo_statistics(UtxoHashKind::kMuhash, nullptr)->hash->to_hex(), segment.muhash);
        EXPECT_FALSE(node.chain().utxo_statistics(UtxoHashKind::kNone, nullptr)->hash);
    }
};

TEST_P(RealChainsTest, Connect)
{
    CAIRN_VECTOR_FILE(path, GetParam().file);
    TestChain node;
    set_up(node);
    node.options.minimum_chain_work = ChainWork{};
    node.start();
    const auto blocks = read_blocks(path, node.params.genesis_hash());
    ASSERT_EQ(blocks.size(), static_cast<std::size_t>(GetParam().height));
    for (const BlockRef& block : blocks) {
        const BlockResult result = node.submit(block);
        ASSERT_EQ(result.status, BlockResult::Status::kConnected) << result.rejection->to_string();
    }
    expect_end(node);
    EXPECT_EQ(node.chain().verify(4, 0), VerifyOutcome::kGood);
    // Taken back to the beginning, and forward again.
    EXPECT_TRUE(node.chain().invalidate_block(node.node(blocks[0])));
    EXPECT_EQ(node.height(), 0);
    EXPECT_EQ(node.chain().utxo_statistics(UtxoHashKind::kNone, nullptr)->outputs, 0U);
    node.chain().reconsider_block(node.node(blocks[0]));
    expect_end(node);
}

TEST_P(RealChainsTest, LoadFromAFileInReverseAndReindex)
{
    CAIRN_VECTOR_FILE(path, GetParam().file);
    TestChain node;
    set_up(node);
    auto blocks = read_blocks(path, node.params.genesis_hash());
    Writer file;
    file.bytes(Bytes(1000, std::byte{0xf9}));
    for (auto it = blocks.rbegin(); it != blocks.rend(); ++it) {
        file.bytes(GetParam().magic).u32(static_cast<std::uint32_t>((*it)->raw.size())).bytes((*it)->raw);
        file.bytes(Bytes(7, std::byte{0}));
    }
    node.files->create_directories("/import");
    base::replace_file(*node.files, "/import/blocks.dat", file.view());
    node.options.load_blocks = {"/import/missing.dat", "/import/blocks.dat"};
    node.start();
    node.wait_for_import();
    {
        SCOPED_TRACE("after -loadblock");
        expect_end(node);
    }

    node.options.load_blocks.clear();
    node.stop();
    node.options.reindex = true;
    node.start();
    node.wait_for_import();
    {
        SCOPED_TRACE("after -reindex");
        expect_end(node);
    }

    node.options.reindex = false;
    node.stop();
    node.options.reindex_chainstate = true;
    node.start();
    node.settle();
    {
        SCOPED_TRACE("after -reindex-chainstate");
        expect_end(node);
    }
    node.options.reindex_chainstate = false;
    node.restart();
    {
        SCOPED_TRACE("later");
        expect_end(node);
    }
}

TEST(ImportTest, ABlockOfOurFilesWaitsForAParentThatAnotherFileHas)
{
    TestChain node;
    node.start();
    const auto blocks = node.miner.mine_chain(node.genesis(), 0, 3);
    node.submit_headers(blocks);
    node.submit_all({blocks[1], blocks[2]});
    node.stop();
    Writer file;
    file.bytes(node.options.message_start).u32(static_cast<std::uint32_t>(blocks[0]->raw.size())).bytes(blocks[0]->raw);
    base::replace_file(*node.files, "/parent.dat", file.view());
    node.options.reindex = true;
    node.options.load_blocks = {"/parent.dat"};
    node.start();
    node.wait_for_import();
    EXPECT_EQ(node.tip(), blocks[2]->hash);
}

INSTANTIATE_TEST_SUITE_P(Segments, RealChainsTest, testing::ValuesIn(kSegments),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

}  // namespace
}  // namespace cairn::chain::test
