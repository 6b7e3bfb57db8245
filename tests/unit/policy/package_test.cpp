#include "policy/package.h"

#include <vector>

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"

namespace cairn::policy {
namespace {

TransactionRef make(const std::vector<Outpoint>& inputs, std::size_t output_size = 10)
{
    TransactionDraft draft;
    for (const Outpoint& input : inputs) draft.inputs.push_back({input, {}, 0xffffffff, {}});
    draft.outputs.push_back({Amount{1}, Bytes(output_size)});
    return draft.finish();
}

Outpoint numbered(std::uint32_t index)
{
    Txid txid;
    txid.value.bytes.fill(std::byte{1});
    return {txid, index};
}

TEST(PackageTest, CountAtTheBoundAndOneOver)
{
    std::vector<TransactionRef> package;
    for (std::uint32_t i = 0; i < 25; ++i) package.push_back(make({numbered(i)}));
    EXPECT_EQ(check_package(package), std::nullopt);
    package.push_back(make({numbered(25)}));
    EXPECT_EQ(check_package(package), "package-too-many-transactions");
}

TEST(PackageTest, WeightAtTheBoundAndOneOver)
{
    const auto small = make({numbered(0)});
    const auto bytes_left = static_cast<std::size_t>((kMaxPackageWeight - small->weight()) / 4);
    const std::size_t frame = make({numbered(1)}, 90'000)->raw.size() - 90'000;
    std::vector<TransactionRef> package{small, make({numbered(1)}, bytes_left - frame)};
    EXPECT_EQ(check_package(package), std::nullopt);
    package[1] = make({numbered(1)}, bytes_left - frame + 1);
    EXPECT_EQ(check_package(package), "package-too-large");
    // Alone, it is for the transaction's own limits to say.
    const std::vector<TransactionRef> alone{make({numbered(1)}, 200'000)};
    EXPECT_EQ(check_package(alone), std::nullopt);
}

TEST(PackageTest, Contents)
{
    const auto parent = make({numbered(0)});
    const auto child = make({{parent->txid, 0}});
    EXPECT_EQ(check_package(std::vector{parent, child}), std::nullopt);
    EXPECT_EQ(check_package(std::vector{child, parent}), "package-not-sorted");
    EXPECT_EQ(check_package(std::vector{parent, parent}), "package-contains-duplicates");
    EXPECT_EQ(check_package(std::vector{parent, make({numbered(0)}, 11)}), "conflict-in-package");
    // The same input twice in one transaction is a fault of that transaction.
    EXPECT_EQ(check_package(std::vector{make({numbered(0), numbered(0)})}), std::nullopt);
}

}  // namespace
}  // namespace cairn::policy
