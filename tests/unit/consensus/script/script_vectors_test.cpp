// Bitcoin Core's script_tests.json: scripts with their expected error, each by itself in a transaction that spends it.

#include <cstdio>

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "crypto/public_key.h"
#include "error_name.h"
#include "script_text.h"
#include "support/json.h"
#include "support/test_random.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::Json;

struct Row {
    std::vector<Bytes> witness;
    Amount amount;
    Bytes script_sig;
    Bytes script_pubkey;
    ScriptFlags flags;
    std::string expected;
};

/// The internal key of the taproot outputs that rows ask to be made.
crypto::XOnlyKey internal_key()
{
    return crypto::XOnlyKey::nothing_up_my_sleeve();
}

struct MadeTaproot {
    Bytes control;
    Bytes output_key;
};

MadeTaproot make_taproot(ByteSpan script)
{
    const auto key = internal_key();
    const auto output = key.taproot_output(tapleaf_hash(kTaprootLeafTapscript, script));
    MadeTaproot made;
    made.control.push_back(static_cast<std::byte>(kTaprootLeafTapscript + (output->odd ? 1 : 0)));
    made.control.insert(made.control.end(), key.bytes().begin(), key.bytes().end());
    made.output_key.assign(output->key.bytes().begin(), output->key.bytes().end());
    return made;
}

Row read_row(const Json& json)
{
    Row row;
    std::size_t at = 0;
    MadeTaproot made;
    if (json[0].is_array()) {
        const auto elements = json[at++].items();
        for (std::size_t i = 0; i + 1 < elements.size(); ++i) {
            const std::string element = elements[i].string();
            if (element.starts_with("#SCRIPT#")) {
                row.witness.push_back(test::script_from_text(element.substr(8)));
            } else if (element == "#CONTROLBLOCK#") {
                made = make_taproot(row.witness.back());
                row.witness.push_back(made.control);
            } else {
                row.witness.push_back(test::bytes_from_hex(element));
            }
        }
        row.amount = Amount{elements.back().satoshis()};
    }
    row.script_sig = test::script_from_text(json[at++].string());
    const std::string script_pubkey = json[at++].string();
    row.script_pubkey = script_pubkey == "0x51 0x20 #TAPROOTOUTPUT#" ? make_witness_program_script(1, made.output_key)
                                                                     : test::script_from_text(script_pubkey);
    row.flags = test::flags_from_text(json[at++].string());
    row.expected = json[at++].string();
    return row;
}

TransactionRef make_credit(const Row& row)
{
    TransactionDraft draft;
    draft.version = 1;
    draft.inputs.push_back({.prevout = {}, .script_sig = test::script_from_text("0 0"), .witness = {}});
    draft.outputs.push_back({row.amount, row.script_pubkey});
    return draft.finish();
}

TransactionRef make_spend(const Row& row, const Transaction& credit)
{
    TransactionDraft draft;
    draft.version = 1;
    draft.inputs.push_back({.prevout = {credit.txid, 0}, .script_sig = row.script_sig, .witness = row.witness});
    draft.outputs.push_back({row.amount, {}});
    return draft.finish();
}

class ScriptVectors : public ::testing::Test {
protected:
    ScriptError verify(const Row& row, ScriptFlags flags)
    {
        const auto credit = make_credit(row);
        const auto spend = make_spend(row, *credit);
        SpentOutputs spent;
        spent.add(row.amount, row.script_pubkey, 1, false);
        const SighashCache cache{*spend, spent};
        return verify_input(*spend, 0, spent.output(0), cache, flags, verifier_);
    }

    /// Fewer flags never make a passing script fail, nor more a failing one pass.
    void check_monotonic(const Row& row, bool passes, ScriptFlags flags)
    {
        for (int i = 0; i < 24; ++i) {
            const ScriptFlags extra{static_cast<std::uint32_t>(random_.u64()) & kVerifyAll.bits()};
            const auto other = passes ? test::trimmed(flags.without(extra)) : test::filled(flags | extra);
            EXPECT_EQ(verify(row, other) == ScriptError::kOk, passes) << "with flags " << other.bits();
        }
    }

    ImmediateVerifier verifier_;
    test::TestRandom random_{7};
};

TEST_F(ScriptVectors, EveryRowOfScriptTests)
{
    CAIRN_VECTOR_FILE(path, "consensus/core/script_tests.json");
    std::size_t rows = 0;
    std::size_t passing = 0;
    const auto document = Json::read(path);
    for (const auto& json : document.items()) {
        if (json.size() == 1) continue;
        const Row row = read_row(json);
        SCOPED_TRACE("row " + std::to_string(rows) + ": " + row.expected);
        const auto flags = test::filled(row.flags);
        EXPECT_EQ(test::error_name(verify(row, flags)), row.expected);
        check_monotonic(row, row.expected == "OK", flags);
        ++rows;
        if (row.expected == "OK") ++passing;
    }
    std::printf("script_tests.json: %zu rows, %zu of them scripts, %zu valid\n", document.size(), rows, passing);
    EXPECT_EQ(document.size(), 1273U);
    EXPECT_EQ(rows, 1222U);
}

}  // namespace
}  // namespace cairn::consensus
