// Taproot spends in the format of Bitcoin Core's script_assets_test.

#include <cstdio>

#include <gtest/gtest.h>

#include "consensus/encoding/reader.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/interpreter.h"
#include "script_text.h"
#include "support/json.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::bytes_from_hex;
using test::Json;

/// All sets of the flags that blocks are checked with, of those that go together.
std::vector<ScriptFlags> consensus_flag_sets()
{
    const std::vector<ScriptFlags> single{
        kVerifyP2sh,    kVerifyDerSig, kVerifyNullDummy, kVerifyCheckLockTimeVerify, kVerifyCheckSequenceVerify,
        kVerifyWitness, kVerifyTaproot};
    std::vector<ScriptFlags> sets;
    for (std::size_t chosen = 0; chosen < (std::size_t{1} << single.size()); ++chosen) {
        ScriptFlags flags;
        for (std::size_t i = 0; i < single.size(); ++i) {
            if ((chosen >> i) & 1) flags |= single[i];
        }
        if (flags == test::trimmed(flags) && (!flags.has(kVerifyTaproot) || flags.has(kVerifyWitness))) {
            sets.push_back(flags);
        }
    }
    return sets;
}

SpentOutputs read_prevouts(const Json& json)
{
    SpentOutputs spent;
    for (const auto& hex : json.items()) {
        const Bytes bytes = bytes_from_hex(hex.string());
        Reader reader{bytes};
        const Amount value{reader.i64()};
        spent.add(value, reader.sized_bytes(), 0, false);
        EXPECT_TRUE(reader.ok() && reader.at_end());
    }
    return spent;
}

TransactionRef with_input(TransactionDraft draft, std::size_t index, const Json& input)
{
    draft.inputs[index].script_sig = bytes_from_hex(input["scriptSig"].string());
    draft.inputs[index].witness.clear();
    for (const auto& element : input["witness"].items()) {
        draft.inputs[index].witness.push_back(bytes_from_hex(element.string()));
    }
    return draft.finish();
}

TEST(TaprootVectors, EverySpend)
{
    CAIRN_VECTOR_FILE(path, "consensus/taproot/taproot_assets_btcd.json");
    const auto sets = consensus_flag_sets();
    ImmediateVerifier verifier;
    std::size_t rows = 0;
    std::size_t successes = 0;
    std::size_t failures = 0;
    const auto document = Json::read(path);
    for (const auto& json : document.items()) {
        SCOPED_TRACE("row " + std::to_string(rows++) + ": " + json["comment"].string());
        const auto decoded = decode_transaction(bytes_from_hex(json["tx"].string()));
        ASSERT_TRUE(decoded);
        const TransactionDraft draft{**decoded};
        const SpentOutputs spent = read_prevouts(json["prevouts"]);
        ASSERT_EQ(spent.size(), draft.inputs.size());
        const auto index = static_cast<std::uint32_t>(json["index"].integer());
        const ScriptFlags flags = test::flags_from_text(json["flags"].string());
        const bool final = json.has("final") && json["final"].boolean();
        const auto passes = [&](const Transaction& transaction, ScriptFlags under) {
            const SighashCache cache{transaction, spent};
            return verify_input(transaction, index, spent.output(index), cache, under, verifier) == ScriptError::kOk;
        };
        if (json.has("success")) {
            ++successes;
            const auto transaction = with_input(draft, index, json["success"]);
            EXPECT_TRUE(passes(*transaction, flags));
            if (final) {
                EXPECT_TRUE(passes(*transaction, kMandatoryFlags));
            }
            // A few of the sets for each row; together all, many times.
            for (std::size_t i = rows % 7; i < sets.size(); i += 7) {
                const bool subset = (sets[i] & flags) == sets[i];
                if (final || subset) {
                    EXPECT_TRUE(passes(*transaction, sets[i])) << sets[i].bits();
                }
            }
        }
        if (json.has("failure")) {
            ++failures;
            const auto transaction = with_input(draft, index, json["failure"]);
            EXPECT_FALSE(passes(*transaction, flags));
            EXPECT_FALSE(passes(*transaction, flags | kMandatoryFlags));
        }
    }
    std::printf("taproot_assets_btcd.json: %zu rows, %zu spends that succeed, %zu that fail\n", rows, successes,
                failures);
    EXPECT_EQ(rows, 2760U);
}

}  // namespace
}  // namespace cairn::consensus
