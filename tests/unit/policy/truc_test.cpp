#include "policy/truc.h"

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"

namespace cairn::policy {
namespace {

TransactionRef make(std::uint32_t version, std::uint32_t lock_time)
{
    TransactionDraft draft;
    draft.version = version;
    draft.lock_time = lock_time;
    draft.inputs.emplace_back();
    draft.outputs.emplace_back();
    return draft.finish();
}

class TrucTest : public ::testing::Test {
protected:
    std::string violation(const Transaction& transaction, VirtualSize size, const std::vector<TrucParent>& parents,
                          const std::vector<Txid>& conflicts = {})
    {
        const auto result = check_truc(transaction, size, parents, conflicts);
        sibling = result ? result->evictable_sibling : nullptr;
        return result ? result->detail : "";
    }
    static std::string name(const TransactionRef& transaction)
    {
        return "tx " + transaction->txid.to_hex() + " (wtxid=" + transaction->wtxid.to_hex() + ")";
    }

    TransactionRef three = make(3, 1);
    TransactionRef two = make(2, 2);
    TransactionRef parent = make(3, 3);
    TransactionRef other = make(3, 4);
    const Transaction* sibling = nullptr;
};

TEST_F(TrucTest, VersionsDoNotMix)
{
    EXPECT_EQ(violation(*three, 100, {{parent.get()}}), "");
    EXPECT_EQ(violation(*two, 100, {{two.get()}}), "");
    EXPECT_EQ(violation(*two, 100, {{parent.get()}}),
              "non-version=3 " + name(two) + " cannot spend from version=3 " + name(parent));
    EXPECT_EQ(violation(*three, 100, {{two.get()}}),
              "version=3 " + name(three) + " cannot spend from non-version=3 " + name(two));
}

TEST_F(TrucTest, SizesAtTheBoundAndOneOver)
{
    EXPECT_EQ(violation(*three, 10'000, {}), "");
    EXPECT_EQ(violation(*three, 10'001, {}), "version=3 " + name(three) + " is too big: 10001 > 10000 virtual bytes");
    EXPECT_EQ(violation(*two, 100'000, {}), "");
    EXPECT_EQ(violation(*three, 1'000, {{parent.get()}}), "");
    EXPECT_EQ(violation(*three, 1'001, {{parent.get()}}),
              "version=3 child " + name(three) + " is too big: 1001 > 1000 virtual bytes");
}

TEST_F(TrucTest, OneParentWithoutParents)
{
    EXPECT_EQ(violation(*three, 100, {{parent.get()}, {other.get()}}), name(three) + " would have too many ancestors");
    EXPECT_EQ(violation(*three, 100, {{parent.get(), 2}}), name(three) + " would have too many ancestors");
}

TEST_F(TrucTest, OneChild)
{
    const std::string text = name(parent) + " would exceed descendant count limit";
    EXPECT_EQ(violation(*three, 100, {{parent.get(), 1, {other.get()}, 2}}), text);
    EXPECT_EQ(sibling, other.get());
    // A sibling with other parents, or two siblings, as reorganisations leave them: nobody is evicted.
    EXPECT_EQ(violation(*three, 100, {{parent.get(), 1, {other.get()}, 3}}), text);
    EXPECT_EQ(sibling, nullptr);
    EXPECT_EQ(violation(*three, 100, {{parent.get(), 1, {other.get(), two.get()}, 2}}), text);
    EXPECT_EQ(sibling, nullptr);
    // One that is replaced anyway does not count.
    EXPECT_EQ(violation(*three, 100, {{parent.get(), 1, {other.get()}, 2}}, {other->txid}), "");
}

}  // namespace
}  // namespace cairn::policy
