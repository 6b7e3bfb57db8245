#include "consensus/rejection.h"

#include <set>

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(RejectionTest, TextAndKindComeFromTheTable)
{
    const Rejection rejection{RejectReason::kInputsMissingOrSpent};
    EXPECT_EQ(rejection.text(), "bad-txns-inputs-missingorspent");
    EXPECT_EQ(rejection.kind(), RejectionKind::kTransient);
    EXPECT_EQ(rejection.to_string(), "bad-txns-inputs-missingorspent");
}

TEST(RejectionTest, DetailFollowsTheText)
{
    const Rejection rejection{RejectReason::kBadMerkleRoot, "hashMerkleRoot mismatch"};
    EXPECT_EQ(rejection.kind(), RejectionKind::kMutated);
    EXPECT_EQ(rejection.to_string(), "bad-txnmrklroot, hashMerkleRoot mismatch");
}

TEST(RejectionTest, OverridesReplaceWhatTheTableSays)
{
    const Rejection rejection{RejectReason::kBadVersion, "", "bad-version(0x00000001)", RejectionKind::kTransient};
    EXPECT_EQ(rejection.text(), "bad-version(0x00000001)");
    EXPECT_EQ(rejection.kind(), RejectionKind::kTransient);
}

TEST(RejectionTest, EveryReasonHasATextOfItsOwn)
{
    std::set<std::string_view> texts;
    for (const RejectReasonInfo& row : kRejectReasons) {
        EXPECT_FALSE(row.text.empty());
        EXPECT_TRUE(texts.insert(row.text).second) << row.text;
    }
}

}  // namespace
}  // namespace cairn
