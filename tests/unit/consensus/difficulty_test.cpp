#include <cstdio>

#include <gtest/gtest.h>

#include "consensus/check_header.h"
#include "consensus/proof_of_work.h"
#include "support/files.h"
#include "support/header_tree.h"
#include "support/json.h"
#include "support/reason.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::HeaderTree;
using test::TestNode;

constexpr std::int64_t kNow = 4'000'000'000;

BlockHeader header_at(std::uint32_t time, std::uint32_t bits)
{
    BlockHeader header;
    header.version = 0x20000000;
    header.time = time;
    header.bits = bits;
    return header;
}

std::vector<BlockHeader> read_headers(const std::filesystem::path& path)
{
    const Bytes bytes = test::read_file(path);
    std::vector<BlockHeader> headers;
    for (std::size_t at = 0; at + BlockHeader::kSize <= bytes.size(); at += BlockHeader::kSize) {
        headers.push_back(*decode_header(ByteSpan{bytes}.subspan(at)));
    }
    return headers;
}

/// Grows a tree of real headers, each checked with all rules where enough of the chain before it is there.
const TestNode* grow_checked(HeaderTree& tree, const std::vector<BlockHeader>& headers, Height first_height,
                             const Params& params, std::size_t& full_checks)
{
    const TestNode* tip = &tree.add_root(headers.front(), first_height);
    for (std::size_t i = 1; i < headers.size(); ++i) {
        EXPECT_EQ(headers[i].previous, tip->hash());
        EXPECT_TRUE(check_header(headers[i], headers[i].hash(), params)) << tip->height() + 1;
        const bool is_retarget = (tip->height() + 1) % params.difficulty_interval() == 0;
        const bool known_period = tip->height() + 1 - params.difficulty_interval() >= first_height;
        if (!is_retarget || known_period) {
            EXPECT_EQ(test::reason(check_header_in_context(headers[i], *tip, kNow, params)), "") << tip->height() + 1;
            ++full_checks;
        }
        tip = &tree.add(headers[i], *tip);
    }
    return tip;
}

struct Segment {
    const char* file;
    Network network;
    Height first_height;
    std::size_t headers;
};

TEST(DifficultyTest, RealHeadersKeepAllRules)
{
    for (const Segment& segment : {Segment{"headers/mainnet_0_10236.bin", Network::kMain, 0, 10'237},
                                   Segment{"headers/mainnet_586657_589289.bin", Network::kMain, 586'657, 2'633},
                                   Segment{"headers/mainnet_832001_833097.bin", Network::kMain, 832'001, 1'097},
                                   Segment{"headers/signet_0_2015.bin", Network::kSignet, 0, 2'016}}) {
        CAIRN_VECTOR_FILE(path, segment.file);
        const Params params = make_params(segment.network);
        const std::vector<BlockHeader> headers = read_headers(path);
        ASSERT_EQ(headers.size(), segment.headers) << segment.file;
        HeaderTree tree;
        std::size_t full = 0;
        grow_checked(tree, headers, segment.first_height, params, full);
        std::printf("%s: %zu headers, %zu with all rules\n", segment.file, headers.size(), full);
    }
}

TEST(DifficultyTest, EveryMainnetRetargetIsComputed)
{
    CAIRN_VECTOR_FILE(path, "headers/mainnet_retarget_pairs_0_832608.csv");
    const Params params = make_params(Network::kMain);
    std::vector<std::pair<BlockHeader, ChainWork>> rows;
    for (const std::string& line : test::lines(test::read_text(path))) {
        if (line.starts_with("height")) continue;
        const std::size_t a = line.find(','), b = line.rfind(',');
        const auto height = static_cast<std::size_t>(std::stoul(line));
        EXPECT_EQ(height, rows.size() / 2 * 2016 + (rows.size() % 2 == 0 ? 0 : 2015));
        rows.emplace_back(*decode_header(test::unhex(line.substr(a + 1, b - a - 1))),
                          *Uint256::from_hex(line.substr(b + 1)));
    }
    ASSERT_EQ(rows.size(), 827U);
    std::size_t retargets = 0;
    for (std::size_t i = 0; i + 1 < rows.size(); i += 2) {
        const auto& [first, work_at_first] = rows[i];
        const auto& [last, work_at_last] = rows[i + 1];
        EXPECT_TRUE(check_header(first, first.hash(), params));
        EXPECT_TRUE(check_header(last, last.hash(), params));
        EXPECT_EQ(work_at_first + block_proof(first.bits) * 2015, work_at_last);
        if (i + 2 == rows.size()) continue;
        const BlockHeader& next = rows[i + 2].first;
        const Height height = static_cast<Height>(i / 2 + 1) * 2016;
        EXPECT_EQ(retarget(TestNode{first, nullptr, height - 2016}, TestNode{last, nullptr, height - 1}, params),
                  next.bits)
            << height;
        EXPECT_TRUE(is_permitted_transition(params, height, last.bits, next.bits)) << height;
        EXPECT_EQ(rows[i + 2].second, work_at_last + block_proof(next.bits));
        EXPECT_EQ(next.previous, last.hash());
        ++retargets;
    }
    EXPECT_EQ(retargets, 413U);
    std::printf("mainnet retargets: %zu\n", retargets);
}

/// A decimal number of any size up to 256 bits.
Uint256 decimal(const std::string& digits)
{
    Uint256 value;
    for (const char digit : digits) value = value * 10 + Uint256{static_cast<std::uint64_t>(digit - '0')};
    return value;
}

// Electrum's checkpoints: the last hash of each period and, on mainnet, the target of the next one.
TEST(DifficultyTest, CheckpointsMeetTheirTargets)
{
    struct File {
        const char* name;
        Network network;
        std::size_t periods;
    };
    for (const File& file : {File{"mainnet", Network::kMain, 473}, File{"testnet", Network::kTestnet3, 2486},
                             File{"testnet4", Network::kTestnet4, 69}, File{"signet", Network::kSignet, 153}}) {
        CAIRN_VECTOR_FILE(path, std::string{"headers/checkpoints/electrum_"} + file.name + ".json");
        const Params params = make_params(file.network);
        const std::vector<test::Json> rows = test::Json::read(path).items();
        ASSERT_EQ(rows.size(), file.periods);
        std::uint32_t previous = to_compact(params.pow_limit);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto hash = BlockHash::from_hex(rows[i][0].string());
            ASSERT_TRUE(hash);
            EXPECT_LE(Uint256::from_hash(hash->value), params.pow_limit);
            if (file.network != Network::kMain) continue;
            const Uint256 target = decimal(rows[i][1].number_text());
            const std::uint32_t bits = to_compact(target);
            EXPECT_EQ(expand_compact(bits).value, target) << i;
            EXPECT_TRUE(has_proof_of_work(*hash, previous, params)) << i;
            EXPECT_TRUE(is_permitted_transition(params, static_cast<Height>(i + 1) * 2016, previous, bits)) << i;
            previous = bits;
        }
        std::printf("checkpoints of %s: %zu periods\n", file.name, rows.size());
    }
}

TEST(DifficultyTest, TheFirstHeadersOfMainnetFollowItsGenesis)
{
    CAIRN_VECTOR_FILE(path, "headers/mainnet_1_11.btcd.txt");
    const Params params = make_params(Network::kMain);
    std::vector<BlockHeader> headers{params.genesis->header};
    for (const std::string& line : test::lines(test::read_text(path))) {
        if (!line.empty()) headers.push_back(*decode_header(test::unhex(line)));
    }
    ASSERT_EQ(headers.size(), 12U);
    HeaderTree tree;
    std::size_t full = 0;
    grow_checked(tree, headers, 0, params, full);
    EXPECT_EQ(full, 11U);
}

// What the four rules of retargeting come to, with the figures of mainnet's own history.
TEST(DifficultyTest, RetargetsAreBounded)
{
    const Params params = make_params(Network::kMain);
    const auto bits_after = [&](std::uint32_t first_time, std::uint32_t last_time, std::uint32_t bits) {
        return retarget(TestNode{header_at(first_time, bits), nullptr, 0},
                        TestNode{header_at(last_time, bits), nullptr, 2015}, params);
    };
    EXPECT_EQ(bits_after(1261130161, 1262152739, 0x1d00ffff), 0x1d00d86aU);  // block 32256
    EXPECT_EQ(bits_after(1231006505, 1233061996, 0x1d00ffff), 0x1d00ffffU);  // never easier than the limit
    EXPECT_EQ(bits_after(1279008237, 1279297671, 0x1c05a3f4), 0x1c0168fdU);  // at most four times harder
    EXPECT_EQ(bits_after(1263163443, 1269211443, 0x1c387f6f), 0x1d00e1fdU);  // at most four times easier
    // Times may run backwards.
    EXPECT_EQ(bits_after(1279297671, 1279008237, 0x1c05a3f4), 0x1c0168fdU);
}

TEST(DifficultyTest, BitsHoldWithinAPeriod)
{
    const Params params = make_params(Network::kMain);
    HeaderTree tree;
    const TestNode& tip = tree.extend(tree.add_root(params.genesis->header), 10);
    EXPECT_EQ(next_work_required(tip, tip.time() + 100'000, params), 0x1d00ffffU);
    EXPECT_EQ(test::reason(check_header_in_context(header_at(tip.time() + 600, 0x1d00fffe), tip, kNow, params)),
              "bad-diffbits");
}

TEST(DifficultyTest, RegtestNeverRetargets)
{
    const Params params = make_params(Network::kRegtest);
    HeaderTree tree;
    const TestNode& tip = tree.extend(tree.add_root(params.genesis->header), 143, 1);
    EXPECT_EQ(next_work_required(tip, tip.time() + 1, params), 0x207fffffU);
}

class MinimumDifficultyTest : public testing::TestWithParam<Network> {
protected:
    static constexpr std::uint32_t kHard = 0x1c00ffff;
    static constexpr std::uint32_t kEasy = 0x1d00ffff;

    MinimumDifficultyTest() : params_(make_params(GetParam()))
    {
        root_ = &tree_.add_root(header_at(1'500'000'000, kHard), 2016 * 100);
    }

    Params params_;
    HeaderTree tree_;
    const TestNode* root_;
};

TEST_P(MinimumDifficultyTest, AfterTwentyMinutesABlockMustBeEasy)
{
    const std::uint32_t time = root_->time();
    EXPECT_EQ(next_work_required(*root_, time + 1200, params_), kHard);
    EXPECT_EQ(next_work_required(*root_, time + 1201, params_), kEasy);
    EXPECT_EQ(test::reason(check_header_in_context(header_at(time + 1201, kHard), *root_, kNow, params_)),
              "bad-diffbits");
    EXPECT_EQ(test::reason(check_header_in_context(header_at(time + 1201, kEasy), *root_, kNow, params_)), "");
    EXPECT_EQ(test::reason(check_header_in_context(header_at(time + 1200, kEasy), *root_, kNow, params_)),
              "bad-diffbits");
}

TEST_P(MinimumDifficultyTest, TheWalkBackFollowsItsOwnBranch)
{
    const TestNode& hard = tree_.add(header_at(root_->time() + 600, kHard + 1), *root_);
    // One branch with three easy blocks, one with a hard block between.
    const TestNode* easy = &hard;
    for (int i = 0; i < 3; ++i) easy = &tree_.add(header_at(easy->time() + 1300, kEasy), *easy);
    EXPECT_EQ(next_work_required(*easy, easy->time() + 600, params_), kHard + 1);

    const TestNode& fork = tree_.add(header_at(hard.time() + 600, kHard + 2), hard);
    const TestNode& fork_easy = tree_.add(header_at(fork.time() + 1300, kEasy), fork);
    EXPECT_EQ(next_work_required(fork_easy, fork_easy.time() + 600, params_), kHard + 2);
    EXPECT_EQ(next_work_required(*easy, easy->time() + 600, params_), kHard + 1);
}

TEST_P(MinimumDifficultyTest, TheWalkBackEndsAtThePeriodsFirstBlock)
{
    HeaderTree tree;
    const TestNode& hard = tree.add_root(header_at(1'500'000'000, kHard), 2016 * 100 - 1);
    const TestNode& first = tree.add(header_at(hard.time() + 1300, kEasy), hard);
    const TestNode& second = tree.add(header_at(first.time() + 1300, kEasy), first);
    EXPECT_EQ(next_work_required(second, second.time() + 1, params_), kEasy);
}

INSTANTIATE_TEST_SUITE_P(Networks, MinimumDifficultyTest, testing::Values(Network::kTestnet3, Network::kTestnet4));

TEST(DifficultyTest, TestnetRetargetsFromTheLastBlockAndBip94FromTheFirst)
{
    constexpr std::uint32_t kHard = 0x1c00ffff;
    HeaderTree tree;
    const TestNode& first = tree.add_root(header_at(1'600'000'000, kHard), 2016);
    const TestNode& before_last = tree.extend(first, 2014);
    // The period's last block came late and is easy.
    const TestNode& last = tree.add(header_at(before_last.time() + 1201, 0x1d00ffff), before_last);
    ASSERT_EQ(last.height(), 4031);
    const std::uint32_t testnet3 = next_work_required(last, last.time() + 600, make_params(Network::kTestnet3));
    const std::uint32_t testnet4 = next_work_required(last, last.time() + 600, make_params(Network::kTestnet4));
    EXPECT_EQ(testnet3 >> 24, 0x1dU);
    EXPECT_EQ(testnet4 >> 24, 0x1cU);
    EXPECT_EQ(testnet4, 0x1c00ffffU);
}

}  // namespace
}  // namespace cairn::consensus
