// Bitcoin Core's tx_valid.json and tx_invalid.json: whole transactions under flags.

#include <bit>
#include <cstdio>
#include <map>

#include <gtest/gtest.h>

#include "consensus/check_transaction.h"
#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/interpreter.h"
#include "script_text.h"
#include "support/json.h"
#include "support/test_random.h"
#include "support/vectors.h"

namespace cairn::consensus {
namespace {

using test::Json;

struct Row {
    TransactionRef transaction;
    std::map<Outpoint, TxOutputDraft> prevouts;
    std::string flags;
};

Row read_row(const Json& json)
{
    Row row;
    for (const auto& input : json[0].items()) {
        const Outpoint outpoint{*Txid::from_hex(input[0].string()), static_cast<std::uint32_t>(input[1].integer())};
        const std::int64_t amount = input.size() > 3 ? input[3].integer() : 0;
        row.prevouts[outpoint] = {Amount{amount}, test::script_from_text(input[2].string())};
    }
    row.transaction = *decode_transaction(test::bytes_from_hex(json[1].string()));
    row.flags = json[2].string();
    return row;
}

/// Every flag by itself, then as many random sets.
std::vector<ScriptFlags> flag_sets(test::TestRandom& random)
{
    std::vector<ScriptFlags> sets;
    for (std::uint32_t bit = 1; bit <= kVerifyAll.bits(); bit <<= 1) sets.emplace_back(bit);
    for (int i = 0; i < 21; ++i) sets.emplace_back(static_cast<std::uint32_t>(random.u64()) & kVerifyAll.bits());
    return sets;
}

ScriptFlags all_but(ScriptFlags excluded)
{
    return kVerifyAll.without(excluded);
}

class TransactionVectors : public ::testing::Test {
protected:
    bool verifies(const Row& row, ScriptFlags flags)
    {
        const Transaction& transaction = *row.transaction;
        SpentOutputs spent;
        for (const auto& input : transaction.inputs) {
            const auto& prevout = row.prevouts.at(input.prevout);
            spent.add(prevout.value, prevout.script_pubkey, 0, false);
        }
        const SighashCache cache{transaction, spent};
        for (std::uint32_t i = 0; i < transaction.inputs.size(); ++i) {
            if (verify_input(transaction, i, spent.output(i), cache, flags, verifier_) != ScriptError::kOk)
                return false;
        }
        return true;
    }

    ImmediateVerifier verifier_;
    test::TestRandom random_{8};
};

TEST_F(TransactionVectors, ValidOnesPassAllFlagsButTheirExcluded)
{
    CAIRN_VECTOR_FILE(path, "consensus/core/tx_valid.json");
    std::size_t rows = 0;
    const auto document = Json::read(path);
    for (const auto& json : document.items()) {
        if (!json[0].is_array()) continue;
        SCOPED_TRACE("row " + std::to_string(rows++));
        const Row row = read_row(json);
        const ScriptFlags excluded = test::flags_from_text(row.flags);
        EXPECT_TRUE(check_transaction(*row.transaction).has_value());
        ASSERT_EQ(all_but(excluded), test::filled(all_but(excluded)));
        EXPECT_TRUE(verifies(row, all_but(excluded)));
        for (const auto set : flag_sets(random_)) {
            EXPECT_TRUE(verifies(row, test::trimmed(all_but(excluded | set)))) << "also without " << set.bits();
        }
        // No flag is excluded in vain.
        for (const auto set : flag_sets(random_)) {
            if (!excluded.has(set)) continue;
            const auto fewer = test::trimmed(excluded.without(set));
            if (std::popcount(set.bits()) == 1 && fewer != excluded) {
                EXPECT_FALSE(verifies(row, all_but(fewer))) << "with " << set.bits();
            }
        }
    }
    std::printf("tx_valid.json: %zu rows, %zu of them transactions\n", document.size(), rows);
    EXPECT_EQ(document.size(), 250U);
    EXPECT_EQ(rows, 121U);
}

TEST_F(TransactionVectors, InvalidOnesFail)
{
    CAIRN_VECTOR_FILE(path, "consensus/core/tx_invalid.json");
    std::size_t rows = 0;
    std::size_t bad_by_themselves = 0;
    const auto document = Json::read(path);
    for (const auto& json : document.items()) {
        if (!json[0].is_array()) continue;
        SCOPED_TRACE("row " + std::to_string(rows++));
        const Row row = read_row(json);
        const bool well_formed = check_transaction(*row.transaction).has_value();
        EXPECT_EQ(well_formed, row.flags != "BADTX");
        if (!well_formed) {
            ++bad_by_themselves;
            continue;
        }
        const ScriptFlags flags = test::flags_from_text(row.flags);
        ASSERT_EQ(flags, test::filled(flags));
        EXPECT_FALSE(verifies(row, flags));
        for (const auto set : flag_sets(random_)) {
            EXPECT_FALSE(verifies(row, test::filled(flags | set))) << "also with " << set.bits();
        }
        // No flag is asked for in vain.
        for (const auto set : flag_sets(random_)) {
            const auto fewer = test::trimmed(flags.without(set));
            if (std::popcount(set.bits()) == 1 && fewer != flags) {
                EXPECT_TRUE(verifies(row, fewer)) << "without " << set.bits();
            }
        }
    }
    std::printf("tx_invalid.json: %zu rows, %zu of them transactions, %zu invalid by themselves\n", document.size(),
                rows, bad_by_themselves);
    EXPECT_EQ(document.size(), 201U);
    EXPECT_EQ(rows, 93U);
}

}  // namespace
}  // namespace cairn::consensus
