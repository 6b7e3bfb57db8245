#include "consensus/check_header.h"

#include <gtest/gtest.h>

#include "support/header_tree.h"
#include "support/reason.h"

namespace cairn::consensus {
namespace {

using test::HeaderTree;
using test::reason;
using test::TestNode;

constexpr std::int64_t kNow = 2'000'000'000;

class CheckHeaderTest : public testing::Test {
protected:
    explicit CheckHeaderTest(Params params = make_params(Network::kRegtest)) : params_(std::move(params))
    {
        tip_ = &tree_.extend(tree_.add_root(params_.genesis->header), 20);
    }

    BlockHeader next() const
    {
        BlockHeader header;
        header.version = 0x20000000;
        header.previous = tip_->hash();
        header.time = tip_->time() + 600;
        header.bits = tip_->bits();
        return header;
    }
    std::string check(const BlockHeader& header, std::int64_t now = kNow) const
    {
        return reason(check_header_in_context(header, *tip_, now, params_));
    }

    Params params_;
    HeaderTree tree_;
    const TestNode* tip_;
};

TEST_F(CheckHeaderTest, AcceptsAnOrdinaryHeader)
{
    EXPECT_EQ(check(next()), "");
}

TEST_F(CheckHeaderTest, ProofOfWorkIsChecked)
{
    const BlockHeader& genesis = params_.genesis->header;
    EXPECT_TRUE(check_header(genesis, genesis.hash(), params_));
    const BlockHash high{Uint256::max().to_hash()};
    EXPECT_EQ(reason(check_header(genesis, high, params_)), "high-hash");
}

TEST_F(CheckHeaderTest, BitsMustBeTheRequiredOnes)
{
    BlockHeader header = next();
    header.bits = 0x207ffffe;
    EXPECT_EQ(check(header), "bad-diffbits");
}

TEST_F(CheckHeaderTest, TimeMustBeAfterTheMedian)
{
    BlockHeader header = next();
    const auto median = static_cast<std::uint32_t>(median_time_past(*tip_));
    EXPECT_EQ(median, tip_->time() - 5 * 600);
    header.time = median;
    EXPECT_EQ(check(header), "time-too-old");
    header.time = median + 1;
    EXPECT_EQ(check(header), "");
}

TEST_F(CheckHeaderTest, TimeMayBeTwoHoursAhead)
{
    BlockHeader header = next();
    EXPECT_EQ(check(header, std::int64_t{header.time} - 7200), "");
    const auto rejected = check_header_in_context(header, *tip_, std::int64_t{header.time} - 7201, params_);
    EXPECT_EQ(reason(rejected), "time-too-new");
    EXPECT_EQ(rejected.error().kind(), RejectionKind::kTransient);
}

TEST_F(CheckHeaderTest, TheFarthestTimeIsUnderstood)
{
    BlockHeader header = next();
    header.time = 0xffffffff;
    EXPECT_EQ(check(header, 0xffffffffLL), "");
    EXPECT_EQ(check(header), "time-too-new");
}

class VersionGateTest : public testing::Test {};

TEST_F(VersionGateTest, OldVersionsEndWithTheirRules)
{
    ParamsOptions options;
    options.activation_heights = {
        {BuriedDeployment::kBip34, 10}, {BuriedDeployment::kBip66, 12}, {BuriedDeployment::kBip65, 14}};
    const Params params = make_params(Network::kRegtest, options);
    HeaderTree tree;
    const TestNode& root = tree.add_root(params.genesis->header);
    const auto check = [&](std::int32_t version, Height height) {
        const TestNode& parent = tree.extend(root, height - 1);
        BlockHeader header;
        header.version = version;
        header.time = parent.time() + 600;
        header.bits = parent.bits();
        return reason(check_header_in_context(header, parent, kNow, params));
    };
    EXPECT_EQ(check(1, 9), "");
    EXPECT_EQ(check(1, 10), "bad-version(0x00000001)");
    EXPECT_EQ(check(2, 11), "");
    EXPECT_EQ(check(2, 12), "bad-version(0x00000002)");
    EXPECT_EQ(check(3, 13), "");
    EXPECT_EQ(check(3, 14), "bad-version(0x00000003)");
    EXPECT_EQ(check(4, 14), "");
    EXPECT_EQ(check(-1, 9), "");
    EXPECT_EQ(check(-1, 10), "bad-version(0xffffffff)");
}

class TimewarpTest : public CheckHeaderTest {
protected:
    static Params bip94_params()
    {
        ParamsOptions options;
        options.enforce_bip94 = true;
        return make_params(Network::kRegtest, options);
    }
    TimewarpTest() : CheckHeaderTest(bip94_params())
    {
        // The period's last block is dated ahead of all before it.
        tip_ = &tree_.extend(*tip_, 122);
        BlockHeader ahead = next();
        ahead.time = tip_->time() + 5000;
        tip_ = &tree_.add(ahead, *tip_);
    }
};

TEST_F(TimewarpTest, TheFirstOfAPeriodMayBeTenMinutesEarlier)
{
    ASSERT_EQ((tip_->height() + 1) % params_.difficulty_interval(), 0);
    BlockHeader header = next();
    header.time = tip_->time() - 600;
    EXPECT_EQ(check(header), "");
    header.time = tip_->time() - 601;
    EXPECT_EQ(check(header), "time-timewarp-attack");
    params_.enforce_bip94 = false;
    EXPECT_EQ(check(header), "");
}

TEST_F(TimewarpTest, OthersAreNotBound)
{
    BlockHeader header = next();
    tip_ = &tree_.add(header, *tip_);
    header = next();
    header.time = tip_->time() - 5000;
    EXPECT_EQ(check(header), "");
}

TEST(MedianTimePastTest, IsTheMiddleOfUpToEleven)
{
    HeaderTree tree;
    BlockHeader header;
    header.time = 100;
    const TestNode* node = &tree.add_root(header);
    EXPECT_EQ(median_time_past(*node), 100);
    const std::uint32_t times[] = {50, 300, 200, 10, 20, 30, 40, 400, 500, 600, 700, 800};
    const std::int64_t medians[] = {100, 100, 200, 100, 100, 50, 50, 50, 100, 100, 200, 300};
    for (std::size_t i = 0; i < std::size(times); ++i) {
        header.time = times[i];
        node = &tree.add(header, *node);
        EXPECT_EQ(median_time_past(*node), medians[i]) << i;
    }
    header.time = 0xffffffff;
    for (int i = 0; i < 11; ++i) node = &tree.add(header, *node);
    EXPECT_EQ(median_time_past(*node), 0xffffffffLL);
}

TEST(HeaderNodeTest, AncestorsAreOfTheNodesOwnBranch)
{
    HeaderTree tree;
    const TestNode& root = tree.add_root({});
    const TestNode& stem = tree.extend(root, 5);
    const TestNode& left = tree.extend(stem, 5);
    const TestNode& right = tree.extend(stem, 5, 700);
    EXPECT_EQ(left.ancestor(5), &stem);
    EXPECT_EQ(right.ancestor(5), &stem);
    EXPECT_NE(left.ancestor(6), right.ancestor(6));
    EXPECT_EQ(left.ancestor(10), &left);
    EXPECT_EQ(left.ancestor(0), &root);
    EXPECT_EQ(left.ancestor(11), nullptr);
    EXPECT_EQ(left.ancestor(-1), nullptr);
    const NodeAncestorTimes times{right};
    EXPECT_EQ(times.median_time_past(10), median_time_past(right));
    EXPECT_EQ(times.median_time_past(5), median_time_past(stem));
}

}  // namespace
}  // namespace cairn::consensus
