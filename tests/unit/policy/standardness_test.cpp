// Every standardness reason, accepted at its bound and refused one over.

#include "policy/standardness.h"

#include <gtest/gtest.h>

#include "consensus/primitives/transaction_draft.h"
#include "consensus/script/script.h"
#include "policy/refusal.h"

namespace cairn::policy {
namespace {

Bytes filled(std::size_t size, int value = 7)
{
    return Bytes(size, static_cast<std::byte>(value));
}

Bytes p2wpkh()
{
    return make_witness_program_script(0, filled(20));
}
Bytes p2sh()
{
    return make_p2sh_script(filled(20));
}

/// OP_m, n compressed keys, OP_n, OP_CHECKMULTISIG.
Bytes multisig(int required, int keys)
{
    ScriptWriter script;
    script.push_number(required);
    for (int i = 0; i < keys; ++i) script.push(filled(33, 2));
    script.push_number(keys).op(Opcode::kCheckMultisig);
    return script.take();
}

Bytes data_carrier(std::size_t script_size)
{
    // OP_RETURN and pushes of zero, one byte each.
    Bytes script(script_size, static_cast<std::byte>(Opcode::k0));
    script[0] = static_cast<std::byte>(Opcode::kReturn);
    return script;
}

class StandardTest : public ::testing::Test {
protected:
    StandardTest()
    {
        draft.inputs.push_back({{Txid{{filled_hash()}}, 0}, {}, 0xffffffff, {}});
        draft.outputs.push_back({Amount{100'000}, p2wpkh()});
    }
    static Hash256 filled_hash()
    {
        Hash256 hash;
        hash.bytes.fill(std::byte{3});
        return hash;
    }
    void expect_standard() const
    {
        const auto result = check_standard(*draft.finish(), options);
        EXPECT_TRUE(result.has_value()) << result.error().reason;
    }
    void expect_refused(std::string_view reason) const
    {
        const auto result = check_standard(*draft.finish(), options);
        ASSERT_FALSE(result.has_value()) << "standard; expected: " << reason;
        EXPECT_EQ(result.error().reason, reason);
        EXPECT_EQ(result.error().fault, Fault::kNotStandard);
    }

    TransactionDraft draft;
    PolicyOptions options;
};

TEST_F(StandardTest, Versions)
{
    for (const std::uint32_t version : {1U, 2U, 3U}) {
        draft.version = version;
        expect_standard();
    }
    for (const std::uint32_t version : {0U, 4U, 0xffffffffU}) {
        draft.version = version;
        expect_refused("version");
    }
}

TEST_F(StandardTest, Weight)
{
    draft.inputs[0].witness = {filled(1)};
    const Weight bare = draft.finish()->weight();
    // A witness item this long has a length of five bytes instead of one.
    const auto room = static_cast<std::size_t>(kMaxStandardTransactionWeight - bare + 1 - 4);
    draft.inputs[0].witness = {filled(room)};
    ASSERT_EQ(draft.finish()->weight(), kMaxStandardTransactionWeight);
    expect_standard();
    draft.inputs[0].witness[0].push_back(std::byte{});
    expect_refused("tx-size");
}

TEST_F(StandardTest, StrippedSize)
{
    draft.outputs[0].script_pubkey = filled(4);
    ASSERT_EQ(draft.finish()->stripped_size, 64U);
    EXPECT_EQ(check_stripped_size(*draft.finish()).error().reason, "tx-size-small");
    draft.outputs[0].script_pubkey = filled(5);
    EXPECT_TRUE(check_stripped_size(*draft.finish()).has_value());
}

TEST_F(StandardTest, ScriptSigSize)
{
    draft.inputs[0].script_sig = Bytes(kMaxStandardScriptSigSize);
    expect_standard();
    draft.inputs[0].script_sig = Bytes(kMaxStandardScriptSigSize + 1);
    expect_refused("scriptsig-size");
}

TEST_F(StandardTest, ScriptSigPushesOnly)
{
    draft.inputs[0].script_sig = ScriptWriter{}.push(filled(20)).push_number(16).take();
    expect_standard();
    draft.inputs[0].script_sig = ScriptWriter{}.push(filled(20)).op(Opcode::kNop).take();
    expect_refused("scriptsig-not-pushonly");
}

TEST_F(StandardTest, OutputScripts)
{
    const std::vector<Bytes> standard{p2wpkh(),
                                      p2sh(),
                                      make_p2pkh_script(filled(20)),
                                      make_witness_program_script(0, filled(32)),
                                      make_witness_program_script(1, filled(32)),
                                      make_witness_program_script(2, filled(40)),  // to be defined
                                      make_witness_program_script(1, Bytes{std::byte{0x4e}, std::byte{0x73}}),
                                      ScriptWriter{}.push(filled(33, 2)).op(Opcode::kCheckSig).take(),
                                      multisig(1, 1),
                                      multisig(3, 3)};
    for (const Bytes& script : standard) {
        draft.outputs[0].script_pubkey = script;
        expect_standard();
    }
    const std::vector<Bytes> nonstandard{{},
                                         ScriptWriter{}.op(Opcode::k1).take(),
                                         make_witness_program_script(0, filled(21)),
                                         multisig(1, 4),
                                         ScriptWriter{}.push(filled(33, 9)).op(Opcode::kCheckSig).take()};
    for (const Bytes& script : nonstandard) {
        draft.outputs[0].script_pubkey = script;
        expect_refused("scriptpubkey");
    }
}

TEST_F(StandardTest, BareMultisigIsTheOperatorsChoice)
{
    draft.outputs[0].script_pubkey = multisig(1, 2);
    options.permit_bare_multisig = true;
    expect_standard();
    options.permit_bare_multisig = false;
    expect_refused("bare-multisig");
}

TEST_F(StandardTest, DataCarriersShareOneBound)
{
    options.max_datacarrier_bytes = 83;
    draft.outputs.push_back({Amount{0}, data_carrier(43)});
    draft.outputs.push_back({Amount{0}, data_carrier(40)});
    expect_standard();
    draft.outputs.back().script_pubkey = data_carrier(41);
    expect_refused("datacarrier");
    options.max_datacarrier_bytes.reset();
    draft.outputs.resize(1);
    expect_standard();
    draft.outputs.push_back({Amount{0}, data_carrier(1)});
    expect_refused("datacarrier");
}

TEST_F(StandardTest, OneDustOutput)
{
    draft.outputs.push_back({Amount{293}, p2wpkh()});
    expect_standard();
    draft.outputs.push_back({Amount{293}, p2wpkh()});
    expect_refused("dust");
    draft.outputs.back().value = Amount{294};
    expect_standard();
}

TEST(DustTest, Thresholds)
{
    const FeeRate rate{Amount{3000}};
    const auto threshold = [&](const Bytes& script) { return dust_threshold({Amount{0}, script}, rate).satoshis(); };
    EXPECT_EQ(threshold(make_p2pkh_script(filled(20))), 546);
    EXPECT_EQ(threshold(p2sh()), 540);
    EXPECT_EQ(threshold(p2wpkh()), 294);
    EXPECT_EQ(threshold(make_witness_program_script(0, filled(32))), 330);
    EXPECT_EQ(threshold(make_witness_program_script(1, filled(32))), 330);
    EXPECT_EQ(threshold(make_witness_program_script(1, Bytes{std::byte{0x4e}, std::byte{0x73}})), 240);
    EXPECT_EQ(threshold(data_carrier(40)), 0);
    EXPECT_TRUE(is_dust({Amount{545}, make_p2pkh_script(filled(20))}, rate));
    const Bytes key_hash = make_p2pkh_script(filled(20));
    EXPECT_FALSE(is_dust({Amount{546}, key_hash}, rate));
}

TEST(DustTest, OnlyForFree)
{
    TransactionDraft draft;
    draft.inputs.emplace_back();
    draft.outputs.push_back({Amount{100}, p2wpkh()});
    const auto dusty = draft.finish();
    const FeeRate rate{Amount{3000}};
    EXPECT_TRUE(check_ephemeral_dust(*dusty, rate, Amount{0}, Amount{0}).has_value());
    EXPECT_EQ(check_ephemeral_dust(*dusty, rate, Amount{1}, Amount{1}).error().to_string(),
              "dust, tx with dust output must be 0-fee");
    EXPECT_FALSE(check_ephemeral_dust(*dusty, rate, Amount{0}, Amount{1}).has_value());
    draft.outputs[0].value = Amount{294};
    EXPECT_TRUE(check_ephemeral_dust(*draft.finish(), rate, Amount{1}, Amount{1}).has_value());
}

/// One input that spends a given script.
class InputsTest : public ::testing::Test {
protected:
    std::expected<void, Refusal> check_inputs(const Bytes& script_pubkey, const Bytes& script_sig,
                                              const std::vector<Bytes>& witness = {})
    {
        make(script_pubkey, script_sig, witness);
        return check_inputs_standard(*transaction, spent);
    }
    bool is_witness_standard(const Bytes& script_pubkey, const Bytes& script_sig, const std::vector<Bytes>& witness)
    {
        make(script_pubkey, script_sig, witness);
        const auto result = check_witness_standard(*transaction, spent);
        if (!result) {
            EXPECT_EQ(result.error().reason, "bad-witness-nonstandard");
            EXPECT_EQ(result.error().fault, Fault::kWitnessMutated);
        }
        return result.has_value();
    }
    void make(const Bytes& script_pubkey, const Bytes& script_sig, const std::vector<Bytes>& witness)
    {
        TransactionDraft draft;
        draft.inputs.push_back({{Txid{}, 0}, script_sig, 0xffffffff, witness});
        draft.outputs.push_back({Amount{1}, p2wpkh()});
        transaction = draft.finish();
        spent = {};
        spent.add(Amount{1000}, script_pubkey, 1, false);
    }
    void expect_nonstandard(const std::expected<void, Refusal>& result, std::string_view detail)
    {
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().reason, "bad-txns-nonstandard-inputs");
        EXPECT_EQ(result.error().detail, detail);
        EXPECT_EQ(result.error().fault, Fault::kInputsNotStandard);
    }
    static Bytes pushed(const Bytes& script) { return ScriptWriter{}.push(script).take(); }

    TransactionRef transaction;
    SpentOutputs spent;
};

TEST_F(InputsTest, UnknownScripts)
{
    EXPECT_TRUE(check_inputs(p2wpkh(), {}).has_value());
    EXPECT_TRUE(check_inputs(multisig(2, 20), {}).has_value());  // to be spent, if not to be made
    expect_nonstandard(check_inputs(ScriptWriter{}.op(Opcode::k1).take(), {}), "input 0 script unknown");
    expect_nonstandard(check_inputs(make_witness_program_script(2, filled(32)), {}),
                       "input 0 witness program is undefined");
    EXPECT_TRUE(check_inputs(make_witness_program_script(1, Bytes{std::byte{0x4e}, std::byte{0x73}}), {}).has_value());
}

TEST_F(InputsTest, RedeemScripts)
{
    const Bytes fifteen = multisig(1, 15);
    EXPECT_TRUE(check_inputs(p2sh(), pushed(fifteen)).has_value());
    expect_nonstandard(check_inputs(p2sh(), {}), "input 0 P2SH redeemscript missing");
    const Bytes sixteen(16, static_cast<std::byte>(Opcode::kCheckSig));
    expect_nonstandard(check_inputs(p2sh(), pushed(sixteen)),
                       "p2sh redeemscript sigops exceed limit (input 0: 16 > 15)");
    EXPECT_TRUE(check_inputs(p2sh(), pushed(Bytes(15, static_cast<std::byte>(Opcode::kCheckSig)))).has_value());
    EXPECT_TRUE(check_inputs(p2sh(), ScriptWriter{}.push_number(7).take()).has_value());
    // Counts as a push for the script_sig's own rule, and fails when run.
    const auto reserved = check_inputs(p2sh(), ScriptWriter{}.op(Opcode::kReserved).take());
    ASSERT_FALSE(reserved.has_value());
    EXPECT_TRUE(reserved.error().detail.starts_with("p2sh scriptsig malformed (input 0: "));
    EXPECT_FALSE(check_inputs(p2sh(), pushed(filled(521))).has_value());
    EXPECT_TRUE(check_inputs(p2sh(), pushed(filled(520, 0x61))).has_value());
    EXPECT_FALSE(check_inputs(p2sh(), Bytes(1001)).has_value());  // as many elements as no stack may hold
    EXPECT_TRUE(check_inputs(p2sh(), Bytes(1000)).has_value());
}

TEST_F(InputsTest, LegacySigopsOfTheWholeTransaction)
{
    // 125 inputs that run 20 operations each; and one more operation.
    const Bytes twenty = multisig(1, 20);
    const auto check = [&](std::size_t inputs, bool one_more) {
        TransactionDraft draft;
        spent = {};
        for (std::size_t i = 0; i < inputs; ++i) {
            draft.inputs.push_back({{Txid{}, static_cast<std::uint32_t>(i)}, {}, 0xffffffff, {}});
            // Counted exactly only up to 16 keys: 17 to 20 count as 20.
            spent.add(Amount{1000}, twenty, 1, false);
        }
        if (one_more) {
            draft.inputs.push_back({{Txid{}, 0xffff}, {}, 0xffffffff, {}});
            spent.add(Amount{1000}, ScriptWriter{}.push(filled(33, 2)).op(Opcode::kCheckSig).take(), 1, false);
        }
        draft.outputs.push_back({Amount{1}, p2wpkh()});
        return check_inputs_standard(*draft.finish(), spent);
    };
    EXPECT_TRUE(check(125, false).has_value());
    expect_nonstandard(check(125, true), "non-witness sigops exceed bip54 limit");
}

TEST_F(InputsTest, WitnessWhereNoneBelongs)
{
    EXPECT_TRUE(is_witness_standard(p2wpkh(), {}, {filled(72), filled(33)}));
    EXPECT_FALSE(is_witness_standard(make_p2pkh_script(filled(20)), {}, {filled(1)}));
    EXPECT_TRUE(is_witness_standard(make_p2pkh_script(filled(20)), {}, {}));
    EXPECT_FALSE(
        is_witness_standard(make_witness_program_script(1, Bytes{std::byte{0x4e}, std::byte{0x73}}), {}, {filled(1)}));
    EXPECT_FALSE(is_witness_standard(p2sh(), {}, {filled(1)}));
    EXPECT_FALSE(is_witness_standard(p2sh(), pushed(multisig(1, 1)), {filled(1)}));
    EXPECT_TRUE(is_witness_standard(p2sh(), pushed(p2wpkh()), {filled(1)}));
}

TEST_F(InputsTest, WitnessScriptLimits)
{
    const Bytes p2wsh = make_witness_program_script(0, filled(32));
    EXPECT_TRUE(is_witness_standard(p2wsh, {}, {filled(kMaxStandardP2wshScriptSize)}));
    EXPECT_FALSE(is_witness_standard(p2wsh, {}, {filled(kMaxStandardP2wshScriptSize + 1)}));
    std::vector<Bytes> items(kMaxStandardP2wshStackItems, filled(kMaxStandardP2wshStackItemSize));
    items.push_back(filled(1));
    EXPECT_TRUE(is_witness_standard(p2wsh, {}, items));
    auto longer = items;
    longer[0] = filled(kMaxStandardP2wshStackItemSize + 1);
    EXPECT_FALSE(is_witness_standard(p2wsh, {}, longer));
    items.push_back(filled(1));
    EXPECT_FALSE(is_witness_standard(p2wsh, {}, items));
    // The same under P2SH.
    EXPECT_FALSE(is_witness_standard(p2sh(), pushed(p2wsh), items));
}

TEST_F(InputsTest, TaprootLimits)
{
    const Bytes p2tr = make_witness_program_script(1, filled(32));
    const Bytes control = filled(33, 0xc0);
    EXPECT_TRUE(is_witness_standard(p2tr, {}, {filled(64)}));
    EXPECT_TRUE(is_witness_standard(p2tr, {}, {filled(1, 0x50)}));  // alone it is no annex
    EXPECT_FALSE(is_witness_standard(p2tr, {}, {filled(64), filled(2, 0x50)}));
    EXPECT_TRUE(is_witness_standard(p2tr, {}, {filled(80), filled(5000), control}));
    EXPECT_FALSE(is_witness_standard(p2tr, {}, {filled(81), filled(5000), control}));
    EXPECT_FALSE(is_witness_standard(p2tr, {}, {filled(10), filled(10), {}}));
    // Another leaf version: whatever it will mean.
    EXPECT_TRUE(is_witness_standard(p2tr, {}, {filled(81), filled(10), filled(33, 0xc2)}));
    // Under P2SH version 1 means nothing yet.
    EXPECT_TRUE(is_witness_standard(p2sh(), pushed(p2tr), {filled(81), filled(10), control}));
}

TEST_F(InputsTest, WhereAWitnessMayBeMissing)
{
    const auto spends = [&](const Bytes& script_pubkey, const Bytes& script_sig) {
        make(script_pubkey, script_sig, {});
        return spends_non_anchor_witness_program(*transaction, spent);
    };
    EXPECT_TRUE(spends(p2wpkh(), {}));
    EXPECT_TRUE(spends(make_witness_program_script(5, filled(10)), {}));
    EXPECT_FALSE(spends(make_witness_program_script(1, Bytes{std::byte{0x4e}, std::byte{0x73}}), {}));
    EXPECT_TRUE(spends(p2sh(), pushed(p2wpkh())));
    EXPECT_FALSE(spends(p2sh(), pushed(multisig(1, 1))));
    EXPECT_FALSE(spends(p2sh(), {}));
    EXPECT_FALSE(spends(make_p2pkh_script(filled(20)), {}));
}

TEST(SignalsReplacementTest, Sequences)
{
    TransactionDraft draft;
    draft.inputs.push_back({{Txid{}, 0}, {}, 0xfffffffe, {}});
    draft.outputs.push_back({Amount{1}, p2wpkh()});
    EXPECT_FALSE(signals_replacement(*draft.finish()));
    draft.inputs[0].sequence = 0xfffffffd;
    EXPECT_TRUE(signals_replacement(*draft.finish()));
}

TEST(RefusalTest, TextsAndFaults)
{
    EXPECT_EQ(text(PolicyReason::kMempoolMinFee), "mempool min fee not met");
    EXPECT_EQ(fault(PolicyReason::kMempoolMinFee), Fault::kReconsiderable);
    EXPECT_EQ(Refusal(PolicyReason::kDust).to_string(), "dust");
    EXPECT_EQ(Refusal(PolicyReason::kDust, "much").to_string(), "dust, much");
    EXPECT_EQ(Refusal(Rejection{RejectReason::kNoInputs}).reason, "bad-txns-vin-empty");
}

}  // namespace
}  // namespace cairn::policy
