#include "consensus/script/sigops.h"

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/script.h"
#include "crypto/hashes.h"
#include "crypto/sha256.h"
#include "script_text.h"

namespace cairn::consensus {
namespace {

using test::script_from_text;
constexpr auto kAccurate = SigopCounting::kAccurate;
constexpr auto kInaccurate = SigopCounting::kInaccurate;

std::uint32_t count(std::string_view text, SigopCounting counting)
{
    return count_sigops(script_from_text(text), counting);
}

TEST(Sigops, Counting)
{
    EXPECT_EQ(count("", kAccurate), 0U);
    EXPECT_EQ(count("CHECKSIG CHECKSIGVERIFY CHECKSIGADD", kAccurate), 2U);
    EXPECT_EQ(count("2 'a' 'b' 'c' 3 CHECKMULTISIG", kAccurate), 3U);
    EXPECT_EQ(count("2 'a' 'b' 'c' 3 CHECKMULTISIG", kInaccurate), 20U);
    EXPECT_EQ(count("1 CHECKMULTISIG 16 CHECKMULTISIGVERIFY", kAccurate), 17U);
    EXPECT_EQ(count("0 CHECKMULTISIG", kAccurate), 20U);
    EXPECT_EQ(count("0x0103 CHECKMULTISIG", kAccurate), 20U);
    EXPECT_EQ(count("3 NOP CHECKMULTISIG", kAccurate), 20U);
    EXPECT_EQ(count("CHECKMULTISIG", kAccurate), 20U);
    // Executed or not; up to what cannot be read.
    EXPECT_EQ(count("0 IF CHECKSIG ENDIF RETURN CHECKSIG", kAccurate), 2U);
    EXPECT_EQ(count("CHECKSIG 0x4c", kAccurate), 1U);
    EXPECT_EQ(count("CHECKSIG 0x05ac", kAccurate), 1U);
    EXPECT_EQ(count("0x02acac", kAccurate), 0U);
}

TEST(Sigops, P2sh)
{
    const Bytes redeem = script_from_text("1 'a' 'b' 2 CHECKMULTISIG CHECKSIG");
    const Bytes script_pubkey = make_p2sh_script(crypto::hash160(redeem));
    const Bytes script_sig = ScriptWriter{}.push_number(0).push(redeem).take();
    EXPECT_EQ(p2sh_sigops(script_sig, script_pubkey), 3U);
    EXPECT_EQ(p2sh_sigops(script_sig, redeem), 0U);
    EXPECT_EQ(p2sh_sigops({}, script_pubkey), 0U);
    EXPECT_EQ(p2sh_sigops(ScriptWriter{}.push(redeem).op(Opcode::kNop).take(), script_pubkey), 0U);
    EXPECT_EQ(p2sh_sigops(ScriptWriter{}.push(redeem).op(Opcode::k1).take(), script_pubkey), 0U);
}

TEST(Sigops, Witness)
{
    const Bytes script = script_from_text("1 'a' 'b' 2 CHECKMULTISIG CHECKSIG");
    const std::vector<ByteSpan> witness{ByteSpan{}, script};
    const Bytes p2wsh = make_witness_program_script(0, crypto::sha256(script).span());
    const Bytes p2wpkh = make_witness_program_script(0, Bytes(20));
    EXPECT_EQ(witness_sigops({}, p2wsh, witness), 3U);
    EXPECT_EQ(witness_sigops({}, p2wsh, {}), 0U);
    EXPECT_EQ(witness_sigops({}, p2wpkh, {}), 1U);
    EXPECT_EQ(witness_sigops({}, make_witness_program_script(1, Bytes(32)), witness), 0U);
    EXPECT_EQ(witness_sigops({}, make_witness_program_script(0, Bytes(30)), witness), 0U);

    const Bytes wrapped = make_p2sh_script(crypto::hash160(p2wpkh));
    EXPECT_EQ(witness_sigops(ScriptWriter{}.push(p2wpkh).take(), wrapped, {}), 1U);
    EXPECT_EQ(witness_sigops(ScriptWriter{}.push(p2wsh).take(), wrapped, witness), 3U);
    EXPECT_EQ(witness_sigops(ScriptWriter{}.push(p2wpkh).op(Opcode::kNop).take(), wrapped, {}), 0U);
    EXPECT_EQ(witness_sigops(ScriptWriter{}.push(Bytes(3)).take(), wrapped, {}), 0U);
    EXPECT_EQ(witness_sigops(ScriptWriter{}.push(p2wpkh).take(), script, {}), 0U);
}

TEST(Sigops, CostOfATransaction)
{
    const Bytes p2wpkh = make_witness_program_script(0, Bytes(20));
    const Bytes redeem = script_from_text("CHECKSIG CHECKSIG");
    TransactionDraft draft;
    draft.inputs.push_back({.prevout = {Txid{Hash256{{std::byte{1}}}}, 0}, .script_sig = {}, .witness = {}});
    draft.inputs.push_back({.prevout = {Txid{Hash256{{std::byte{2}}}}, 0},
                            .script_sig = ScriptWriter{}.push(redeem).take(),
                            .witness = {}});
    draft.outputs.push_back({Amount{1}, script_from_text("CHECKMULTISIG")});
    const auto transaction = draft.finish();
    SpentOutputs spent;
    spent.add(Amount{1}, {}, 0, false);
    spent.add(Amount{1}, p2wpkh, 0, false);
    spent.add(Amount{1}, make_p2sh_script(crypto::hash160(redeem)), 0, false);

    EXPECT_EQ(legacy_sigops(*transaction), 20U);
    EXPECT_EQ(transaction_sigop_cost(*transaction, spent, 1, kVerifyNone), 80);
    EXPECT_EQ(transaction_sigop_cost(*transaction, spent, 1, kVerifyP2sh), 88);
    EXPECT_EQ(transaction_sigop_cost(*transaction, spent, 1, kVerifyP2sh | kVerifyWitness), 89);

    TransactionDraft coinbase;
    coinbase.inputs.push_back({.prevout = {}, .script_sig = script_from_text("CHECKSIG 0"), .witness = {}});
    coinbase.outputs.push_back({Amount{1}, {}});
    EXPECT_EQ(transaction_sigop_cost(*coinbase.finish(), {}, 0, kMandatoryFlags), 4);
}

}  // namespace
}  // namespace cairn::consensus
