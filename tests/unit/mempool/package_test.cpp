#include "support/pool_fixture.h"

namespace cairn::mempool {
namespace {

constexpr Amount kFunds{100'000'000};

class TestPackageTest : public test::PoolFixture {
protected:
    PackageResult run(const std::vector<TransactionRef>& package) { return pool.test_package(package, now); }
    static std::string reason(const std::optional<AcceptResult>& result)
    {
        if (!result) return "unjudged";
        return *result ? "allowed" : result->error().reason;
    }
    TransactionRef version3(const std::vector<Outpoint>& inputs, std::size_t outputs = 1)
    {
        auto from = draft(inputs, 1000, outputs);
        from.version = 3;
        return finish(from);
    }
};

TEST_F(TestPackageTest, AChainAllowed)
{
    const auto parent = spend(fund(kFunds), 1000);
    const auto child = spend(parent, 2000);
    const auto result = run({parent, child});
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(reason(result.results[0]), "allowed");
    EXPECT_EQ(reason(result.results[1]), "allowed");
    EXPECT_EQ((*result.results[1])->fee, Amount{2000});
    EXPECT_EQ(size(), 0U);
    EXPECT_TRUE(observer.log.empty());
}

TEST_F(TestPackageTest, AFailureLeavesTheRestUnjudged)
{
    const auto poor = spend(fund(kFunds), 1);
    const auto child = spend(poor, 2000);
    auto result = run({poor, child});
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(reason(result.results[0]), "min relay fee not met");
    EXPECT_EQ(reason(result.results[1]), "unjudged");
    result = run({child});
    EXPECT_EQ(reason(result.results[0]), "bad-txns-inputs-missingorspent");
    // A script that fails is found last.
    const auto parent = spend(fund(kFunds), 1000);
    auto wrong = draft(std::array{Outpoint{parent->txid, 0}}, 1000);
    wrong.inputs[0].witness = {Bytes{static_cast<std::byte>(Opcode::k2)}};
    result = run({parent, finish(wrong)});
    EXPECT_EQ(reason(result.results[0]), "allowed");
    EXPECT_TRUE(reason(result.results[1]).starts_with("mempool-script-verify-flag-failed"));
}

TEST_F(TestPackageTest, IllFormed)
{
    const auto parent = spend(fund(kFunds), 1000);
    const auto child = spend(parent, 2000);
    const auto result = run({child, parent});
    EXPECT_EQ(result.error, "package-not-sorted");
    EXPECT_EQ(reason(result.results[0]), "unjudged");
}

TEST_F(TestPackageTest, ReplacesNothing)
{
    const Outpoint coin = fund(kFunds);
    expect_accepted(spend(coin, 1000));
    const auto result = run({spend(coin, 50'000), spend(fund(kFunds), 1000)});
    EXPECT_EQ(reason(result.results[0]), "bip125-replacement-disallowed");
}

TEST_F(TestPackageTest, ClusterLimitCountsAllOfIt)
{
    auto last = spend(fund(kFunds), 1000);
    expect_accepted(last);
    for (int i = 1; i < 62; ++i) {
        last = spend(last, 1000);
        expect_accepted(last);
    }
    const auto a = spend(last, 1000);
    const auto b = spend(a, 1000);
    const auto c = spend(b, 1000);
    EXPECT_EQ(run({a, b}).error, "");
    EXPECT_EQ(run({a, b, c}).error, "too-large-cluster");
}

TEST_F(TestPackageTest, Version3)
{
    const auto parent = version3({fund(kFunds)}, 2);
    const auto child = version3({{parent->txid, 0}});
    EXPECT_EQ(run({parent, child}).error, "");
    const auto starts = [&](const std::vector<TransactionRef>& package) { return run(package).error.substr(0, 15); };
    EXPECT_EQ(starts({parent, child, version3({{parent->txid, 1}})}), "TRUC-violation,");
    EXPECT_EQ(starts({parent, child, version3({{child->txid, 0}})}), "TRUC-violation,");
    EXPECT_EQ(starts({parent, spend(parent, 1000)}), "TRUC-violation,");
    const auto two = spend(fund(kFunds), 1000);
    EXPECT_EQ(starts({two, version3({{two->txid, 0}})}), "TRUC-violation,");
    // One parent in the mempool and one in the package are two.
    expect_accepted(parent);
    const auto other = version3({fund(kFunds)});
    EXPECT_EQ(starts({other, version3({{other->txid, 0}, {parent->txid, 0}})}), "TRUC-violation,");
}

}  // namespace
}  // namespace cairn::mempool
