#include "consensus/check_transaction.h"

#include <gtest/gtest.h>

#include "consensus/limits.h"
#include "support/block_builder.h"
#include "support/map_coins_view.h"
#include "support/reason.h"

namespace cairn::consensus {
namespace {

using test::reason;

Outpoint outpoint(std::uint32_t index)
{
    Txid txid;
    txid.value.bytes[0] = std::byte{1};
    return {txid, index};
}

TransactionDraft ordinary(std::uint32_t inputs = 1)
{
    std::vector<Outpoint> outpoints;
    for (std::uint32_t i = 0; i < inputs; ++i) outpoints.push_back(outpoint(i));
    return test::make_spend(outpoints, Amount{1000});
}

std::string check(const TransactionDraft& draft)
{
    return reason(check_transaction(*draft.finish()));
}

TEST(CheckTransactionTest, AcceptsAnOrdinaryOne)
{
    EXPECT_EQ(check(ordinary()), "");
}

TEST(CheckTransactionTest, NeedsInputsAndOutputs)
{
    TransactionDraft draft = ordinary();
    draft.inputs.clear();
    EXPECT_EQ(check(draft), "bad-txns-vin-empty");
    draft = ordinary();
    draft.outputs.clear();
    EXPECT_EQ(check(draft), "bad-txns-vout-empty");
}

TEST(CheckTransactionTest, SizeIsBoundedWithoutTheWitness)
{
    TransactionDraft draft = ordinary();
    const std::size_t rest = draft.finish()->stripped_size + 4;  // the script's size takes four bytes more
    draft.inputs[0].script_sig.resize(1'000'000 - rest);
    EXPECT_EQ(draft.finish()->stripped_size, 1'000'000U);
    EXPECT_EQ(check(draft), "");
    draft.inputs[0].witness = {Bytes(100'000)};
    EXPECT_EQ(check(draft), "");
    draft.inputs[0].script_sig.push_back({});
    EXPECT_EQ(check(draft), "bad-txns-oversize");
}

TEST(CheckTransactionTest, OutputsAreMoney)
{
    TransactionDraft draft = ordinary();
    draft.outputs[0].value = Amount{0};
    EXPECT_EQ(check(draft), "");
    draft.outputs[0].value = Amount{-1};
    EXPECT_EQ(check(draft), "bad-txns-vout-negative");
    draft.outputs[0].value = kMaxMoney;
    EXPECT_EQ(check(draft), "");
    draft.outputs[0].value = kMaxMoney + Amount{1};
    EXPECT_EQ(check(draft), "bad-txns-vout-toolarge");
}

// CVE-2010-5139: block 74638 of mainnet had two outputs of 92233720368.54277039 coins, whose sum was negative.
TEST(CheckTransactionTest, SumsOfOutputsAreMoney)
{
    TransactionDraft draft = ordinary();
    draft.outputs.assign(2, {Amount{9'223'372'036'854'277'039}, {}});
    EXPECT_EQ(check(draft), "bad-txns-vout-toolarge");
    draft.outputs.assign(2, {kMaxMoney, {}});
    EXPECT_EQ(check(draft), "bad-txns-txouttotal-toolarge");
    draft.outputs[1].value = Amount{0};
    EXPECT_EQ(check(draft), "");
    draft.outputs[1].value = Amount{1};
    EXPECT_EQ(check(draft), "bad-txns-txouttotal-toolarge");
}

// CVE-2018-17144, by both ways of looking.
TEST(CheckTransactionTest, InputsAreDistinct)
{
    for (const std::uint32_t inputs : {2U, 8U, 9U, 100U}) {
        TransactionDraft draft = ordinary(inputs);
        EXPECT_EQ(check(draft), "") << inputs;
        draft.inputs.back().prevout = draft.inputs.front().prevout;
        EXPECT_EQ(check(draft), "bad-txns-inputs-duplicate") << inputs;
    }
}

TEST(CheckTransactionTest, CoinbaseScriptsHaveTwoToAHundredBytes)
{
    TransactionDraft coinbase = test::make_coinbase(1, Amount{50});
    for (const auto& [size, expected] :
         {std::pair{1UL, "bad-cb-length"}, {2UL, ""}, {100UL, ""}, {101UL, "bad-cb-length"}}) {
        coinbase.inputs[0].script_sig.assign(size, std::byte{0x51});
        EXPECT_EQ(check(coinbase), expected) << size;
    }
}

TEST(CheckTransactionTest, OnlyACoinbaseNamesNoOutput)
{
    TransactionDraft draft = ordinary(2);
    draft.inputs[1].prevout = Outpoint{};
    EXPECT_EQ(check(draft), "bad-txns-prevout-null");
    // Half a null outpoint is none.
    draft.inputs[1].prevout = {Txid{}, 0};
    EXPECT_EQ(check(draft), "");
    draft.inputs[1].prevout = outpoint(Outpoint::kNullIndex);
    EXPECT_EQ(check(draft), "");
}

class CheckInputsTest : public testing::Test {
protected:
    std::expected<Amount, Rejection> check(std::vector<CoinRef> coins, Amount output, Height height = 200) const
    {
        std::vector<Outpoint> outpoints;
        for (std::uint32_t i = 0; i < coins.size(); ++i) outpoints.push_back(outpoint(i));
        return check_inputs(*test::make_spend(outpoints, output).finish(), coins, height);
    }
    static CoinRef coin(Amount value, Height height = 1, bool coinbase = false)
    {
        return {value, {}, height, coinbase, 0};
    }
};

TEST_F(CheckInputsTest, ReturnsTheFee)
{
    EXPECT_EQ(check({coin(Amount{700}), coin(Amount{500})}, Amount{1000}), Amount{200});
    EXPECT_EQ(check({coin(kMaxMoney)}, kMaxMoney), Amount{});
}

TEST_F(CheckInputsTest, AllCoinsMustExist)
{
    CoinRef missing = coin(Amount{500});
    missing.slot = CoinRef::kMissing;
    const auto result = check({coin(Amount{700}), missing}, Amount{1});
    EXPECT_EQ(reason(result), "bad-txns-inputs-missingorspent");
    EXPECT_EQ(result.error().kind(), RejectionKind::kTransient);
}

TEST_F(CheckInputsTest, CoinbasesMature)
{
    EXPECT_TRUE(check({coin(Amount{700}, 100, true)}, Amount{1}, 200));
    const auto result = check({coin(Amount{700}, 101, true)}, Amount{1}, 200);
    EXPECT_EQ(reason(result), "bad-txns-premature-spend-of-coinbase");
    EXPECT_EQ(result.error().detail, "tried to spend coinbase at depth 99");
    EXPECT_TRUE(check({coin(Amount{700}, 200, false)}, Amount{1}, 200));
}

TEST_F(CheckInputsTest, InputsAreMoney)
{
    EXPECT_EQ(reason(check({coin(kMaxMoney + Amount{1})}, Amount{1})), "bad-txns-inputvalues-outofrange");
    EXPECT_EQ(reason(check({coin(Amount{-1})}, Amount{1})), "bad-txns-inputvalues-outofrange");
    EXPECT_EQ(reason(check({coin(kMaxMoney), coin(Amount{1})}, Amount{1})), "bad-txns-inputvalues-outofrange");
    EXPECT_TRUE(check({coin(kMaxMoney), coin(Amount{0})}, Amount{1}));
}

TEST_F(CheckInputsTest, OutputsArePaidFor)
{
    EXPECT_TRUE(check({coin(Amount{1000})}, Amount{1000}));
    const auto result = check({coin(Amount{123'450'000'000})}, Amount{123'450'000'001});
    EXPECT_EQ(reason(result), "bad-txns-in-belowout");
    EXPECT_EQ(result.error().detail, "value in (1234.50) < value out (1234.50000001)");
}

}  // namespace
}  // namespace cairn::consensus
