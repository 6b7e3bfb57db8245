#include "consensus/signet.h"

#include <gtest/gtest.h>

#include "consensus/check_block.h"
#include "consensus/script/script.h"
#include "support/block_builder.h"
#include "support/files.h"
#include "support/json.h"
#include "support/reason.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::reason;
using test::unhex;

constexpr std::string_view kHeader = "ecc7daa2";

Params custom(std::string_view challenge)
{
    ParamsOptions options;
    options.signet_challenge = unhex(challenge);
    return make_params(Network::kSignet, options);
}

/// A block whose commitment output ends in `suffix`.
BlockRef block_with(ByteSpan suffix, bool commitment = true)
{
    test::BlockPlan plan;
    plan.height = 7;
    plan.witness_commitment = commitment;
    test::BlockDraft draft = test::make_block_draft(plan, make_params(Network::kRegtest));
    TransactionDraft coinbase{*draft.transactions[0]};
    Bytes& script = coinbase.outputs.back().script_pubkey;
    script.insert(script.end(), suffix.begin(), suffix.end());
    draft.transactions[0] = coinbase.finish();
    return draft.set_merkle_root().finish();
}

Bytes solution(std::string_view hex)
{
    return ScriptWriter{}.push(unhex(std::string{kHeader} + std::string{hex})).take();
}

TEST(SignetTest, AnyoneSolvesATrivialChallenge)
{
    EXPECT_TRUE(has_signet_solution(*block_with({}), custom("51")));
    EXPECT_FALSE(has_signet_solution(*block_with({}), custom("00")));
    EXPECT_FALSE(has_signet_solution(*block_with({}, false), custom("51")));
    EXPECT_TRUE(has_signet_solution(*custom("00").genesis, custom("00")));
}

TEST(SignetTest, ASolutionIsScriptAndWitness)
{
    // The challenge wants the number 2 (OP_2 OP_EQUAL): script_sig OP_2, no witness.
    EXPECT_TRUE(has_signet_solution(*block_with(solution("015200")), custom("5287")));
    EXPECT_FALSE(has_signet_solution(*block_with(solution("015300")), custom("5287")));
    EXPECT_FALSE(has_signet_solution(*block_with({}), custom("5287")));
}

TEST(SignetTest, WhatCannotBeParsedSolvesNothing)
{
    EXPECT_TRUE(has_signet_solution(*block_with(solution("0000")), custom("51")));
    EXPECT_FALSE(has_signet_solution(*block_with(solution("00")), custom("51")));
    EXPECT_FALSE(has_signet_solution(*block_with(solution("000000")), custom("51")));
    EXPECT_FALSE(has_signet_solution(*block_with(solution("0001")), custom("51")));
    EXPECT_FALSE(has_signet_solution(*block_with(solution("fd000000")), custom("51")));
    // The header alone is no solution, but then neither is it an error.
    EXPECT_TRUE(has_signet_solution(*block_with(solution("")), custom("51")));
}

TEST(SignetTest, OnlyTheFirstSolutionIsTakenOut)
{
    Bytes suffix = solution("015200");
    const Bytes second = solution("015300");
    suffix.insert(suffix.end(), second.begin(), second.end());
    const BlockRef both = block_with(suffix);
    EXPECT_TRUE(has_signet_solution(*both, custom("5287")));
    // What is signed holds the header of the first and all of the second.
    Bytes rest = ScriptWriter{}.push(unhex(kHeader)).take();
    rest.insert(rest.end(), second.begin(), second.end());
    const auto of_both = make_signet_transactions(*both, unhex("5287"));
    const auto of_rest = make_signet_transactions(*block_with(rest), unhex("5287"));
    ASSERT_TRUE(of_both && of_rest);
    EXPECT_NE(of_both->to_spend->txid, of_rest->to_spend->txid);  // there the second is a first one
    EXPECT_EQ(of_both->to_sign->version, 0U);
    EXPECT_EQ(of_both->to_sign->inputs[0].prevout, (Outpoint{of_both->to_spend->txid, 0}));
}

TEST(SignetTest, WithoutASolutionTheScriptIsSignedAsItIs)
{
    // A push that is not the shortest stays as it is where no solution is found, and is shortened where one is.
    const Bytes odd = unhex("4c0101");
    Bytes with_solution = odd;
    const Bytes solved = solution("0000");
    with_solution.insert(with_solution.end(), solved.begin(), solved.end());
    Bytes normal = unhex("0101");
    normal.insert(normal.end(), solved.begin(), solved.end());
    const auto a = make_signet_transactions(*block_with(with_solution), unhex("51"));
    const auto b = make_signet_transactions(*block_with(normal), unhex("51"));
    const auto c = make_signet_transactions(*block_with(odd), unhex("51"));
    const auto d = make_signet_transactions(*block_with(unhex("0101")), unhex("51"));
    ASSERT_TRUE(a && b && c && d);
    EXPECT_EQ(a->to_spend->txid, b->to_spend->txid);
    EXPECT_NE(c->to_spend->txid, d->to_spend->txid);
}

TEST(SignetTest, RealSolutionsAreBoundToTheirBlocks)
{
    CAIRN_VECTOR_FILE(path, "blocks/segments/signet_floresta_blocks.json");
    const Params params = make_params(Network::kSignet);
    std::size_t solved = 0;
    for (const test::Json& row : test::Json::read(path).items()) {
        const auto block = decode_block(unhex(row["block"].string()));
        ASSERT_TRUE(block);
        EXPECT_TRUE(has_signet_solution(**block, params));
        if ((*block)->hash == params.genesis_hash()) continue;
        test::BlockDraft changed{**block};
        ++changed.header.time;
        EXPECT_FALSE(has_signet_solution(*changed.finish(), params));
        EXPECT_FALSE(has_signet_solution(**block, custom("00")));
        ++solved;
    }
    EXPECT_EQ(solved, 120U);
}

TEST(SignetTest, ABlockWithoutItsSolutionIsRefused)
{
    Params params = custom("5287");
    params.pow_limit = make_params(Network::kRegtest).pow_limit;
    const BlockRef solved = test::BlockDraft{*block_with(solution("015200"))}.mine().finish();
    const BlockRef unsolved = test::BlockDraft{*block_with({})}.mine().finish();
    EXPECT_EQ(reason(check_block(*solved, params)), "");
    EXPECT_EQ(reason(check_block(*unsolved, params)), "bad-signet-blksig");
    CheckBlockOptions options;
    options.proof_of_work = false;
    EXPECT_EQ(reason(check_block(*unsolved, params, options)), "");
}

}  // namespace
}  // namespace cairn::consensus
