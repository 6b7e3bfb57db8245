// The limits of scripts, each at the limit and one over, in every kind of script.

#include <gtest/gtest.h>

#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "crypto/public_key.h"
#include "crypto/sha256.h"
#include "script_runner.h"
#include "script_text.h"

namespace cairn::consensus {
namespace {

using test::FakeChecker;
using test::kBase;
using test::kFlags;
using test::Kind;
using test::kTap;
using test::kV0;
using test::run;
using test::script_from_text;

constexpr std::array kKinds{kBase, kV0, kTap};

Bytes repeated(Opcode opcode, std::size_t count, Bytes end = {})
{
    Bytes script(count, static_cast<std::byte>(opcode));
    script.insert(script.end(), end.begin(), end.end());
    return script;
}

/// A script of this size that pushes and drops, and is true in the end.
Bytes sized_script(std::size_t size)
{
    ScriptWriter script;
    // 502 bytes each; ten thousand bytes need less than 201 instructions that count.
    std::size_t written = 0;
    for (; written + 504 < size; written += 504) script.push(Bytes(500)).op(Opcode::kDrop);
    const std::size_t rest = size - written - 1;
    if (rest > 260) {
        script.push(Bytes(rest - 4)).op(Opcode::kDrop);
    } else {
        for (std::size_t i = 0; i < rest / 2; ++i) script.op(Opcode::k1).op(Opcode::kDrop);
        if (rest % 2 == 1) script.op(Opcode::kNop);
    }
    return script.op(Opcode::k1).take();
}

TEST(ScriptLimits, Size)
{
    ASSERT_EQ(sized_script(10000).size(), 10000U);
    ASSERT_EQ(sized_script(10001).size(), 10001U);
    for (const Kind kind : kKinds) {
        EXPECT_EQ(run(kind, {}, sized_script(kMaxScriptSize)), ScriptError::kOk) << kind;
        EXPECT_EQ(run(kind, {}, sized_script(kMaxScriptSize + 1)),
                  kind == kTap ? ScriptError::kOk : ScriptError::kScriptSize)
            << kind;
    }
}

TEST(ScriptLimits, Operations)
{
    for (const Kind kind : kKinds) {
        const auto over = kind == kTap ? ScriptError::kOk : ScriptError::kOpCount;
        EXPECT_EQ(run(kind, {}, repeated(Opcode::kNop, 201, script_from_text("1"))), ScriptError::kOk) << kind;
        EXPECT_EQ(run(kind, {}, repeated(Opcode::kNop, 202, script_from_text("1"))), over) << kind;
        // Also what is not executed counts.
        Bytes skipped = script_from_text("0 IF");
        const Bytes nops = repeated(Opcode::kNop, 200, script_from_text("ENDIF 1"));
        skipped.insert(skipped.end(), nops.begin(), nops.end());
        EXPECT_EQ(run(kind, {}, skipped), over) << kind;
    }
    // The keys of OP_CHECKMULTISIG count.
    const std::string multisig = "0 0 'k' DUP 2DUP 2DUP 3DUP 3DUP 3DUP 3DUP 2DUP 20 CHECKMULTISIG VERIFY ";
    std::string script;
    for (int i = 0; i < 6; ++i) script += multisig;
    const auto with_nops = [&](std::size_t count) {
        Bytes bytes = script_from_text(script);
        const Bytes nops = repeated(Opcode::kNop, count, script_from_text("1"));
        bytes.insert(bytes.end(), nops.begin(), nops.end());
        return bytes;
    };
    // Six times: eight duplications, the check and its verification, and twenty keys.
    const std::size_t used = 6 * (8 + 2 + 20);
    EXPECT_EQ(run(kBase, {}, with_nops(201 - used)), ScriptError::kOk);
    EXPECT_EQ(run(kBase, {}, with_nops(202 - used)), ScriptError::kOpCount);
    EXPECT_EQ(run(kV0, {}, with_nops(201 - used)), ScriptError::kOk);
    EXPECT_EQ(run(kV0, {}, with_nops(202 - used)), ScriptError::kOpCount);
}

TEST(ScriptLimits, PushedElements)
{
    for (const Kind kind : kKinds) {
        const Bytes tail = script_from_text("DROP 1");
        const auto of = [&](std::size_t size) { return ScriptWriter{}.push(Bytes(size)).append(tail).take(); };
        EXPECT_EQ(run(kind, {}, of(kMaxScriptElementSize)), ScriptError::kOk) << kind;
        EXPECT_EQ(run(kind, {}, of(kMaxScriptElementSize + 1)), ScriptError::kPushSize) << kind;
        // Also where it is not executed.
        const Bytes skipped =
            ScriptWriter{}.append(script_from_text("0 IF")).push(Bytes(521)).append(script_from_text("ENDIF 1")).take();
        EXPECT_EQ(run(kind, {}, skipped), ScriptError::kPushSize) << kind;
    }
}

TEST(ScriptLimits, WitnessElements)
{
    for (const Kind kind : {kV0, kTap}) {
        EXPECT_EQ(run(kind, {Bytes(kMaxScriptElementSize)}, script_from_text("DROP 1")), ScriptError::kOk) << kind;
        EXPECT_EQ(run(kind, {Bytes(kMaxScriptElementSize + 1)}, script_from_text("DROP 1")), ScriptError::kPushSize);
    }
}

TEST(ScriptLimits, StackAndAlternativeStack)
{
    const auto pushes = [](std::size_t count) { return repeated(Opcode::k1, count, {}); };
    // Bare: true though not clean.
    EXPECT_EQ(run(kBase, {}, pushes(kMaxStackSize)), ScriptError::kOk);
    EXPECT_EQ(run(kBase, {}, pushes(kMaxStackSize + 1)), ScriptError::kStackSize);
    EXPECT_EQ(run(kV0, {}, pushes(kMaxStackSize)), ScriptError::kCleanStack);
    EXPECT_EQ(run(kV0, {}, pushes(kMaxStackSize + 1)), ScriptError::kStackSize);
    EXPECT_EQ(run(kTap, {}, pushes(kMaxStackSize)), ScriptError::kCleanStack);
    EXPECT_EQ(run(kTap, {}, pushes(kMaxStackSize + 1)), ScriptError::kStackSize);
    for (const Kind kind : kKinds) {
        const Bytes ends = script_from_text("TOALTSTACK 1 1");
        Bytes at = pushes(kMaxStackSize - 1);
        at.insert(at.end(), ends.begin(), ends.end() - 1);
        EXPECT_NE(run(kind, {}, at), ScriptError::kStackSize) << kind;
        at.push_back(ends.back());
        EXPECT_EQ(run(kind, {}, at), ScriptError::kStackSize) << kind;
    }
}

TEST(ScriptLimits, FirstStackOfAWitness)
{
    // Looked at before a tapscript runs, but only after the first instruction of a version 0 script.
    EXPECT_EQ(run(kTap, std::vector<Bytes>(1000), script_from_text("NOP")), ScriptError::kCleanStack);
    EXPECT_EQ(run(kTap, std::vector<Bytes>(1001), script_from_text("DROP")), ScriptError::kStackSize);
    EXPECT_EQ(run(kV0, std::vector<Bytes>(1001), script_from_text("DROP")), ScriptError::kCleanStack);
    EXPECT_EQ(run(kV0, std::vector<Bytes>(1001), script_from_text("NOP")), ScriptError::kStackSize);
    EXPECT_EQ(run(kV0, std::vector<Bytes>(1001), {}), ScriptError::kCleanStack);
}

TEST(ScriptLimits, TapscriptBudgetOfSignatures)
{
    // Fifty for each signature, of the witness's size and fifty: this witness has the count, a signature, a script and
    // a control block of 33 bytes, each with its size.
    const std::string check = "2DUP CHECKSIGVERIFY ";
    const auto with_checks = [&](int checks, std::size_t padding) {
        std::string script;
        for (int i = 0; i < checks; ++i) script += check;
        Bytes bytes = script_from_text(script + "2DROP 1");
        bytes.insert(bytes.end(), padding, static_cast<std::byte>(Opcode::kNop));
        Bytes key(32, std::byte{2});
        return run(kTap, {Bytes{std::byte{1}}, key}, bytes);
    };
    // Without padding: 1 + 2 + 33 + (1 + 2 n + 2) + 34, and 50 to begin with.
    const int checks = 4;
    const std::size_t size = 1 + 2 + 33 + (1 + 2 * checks + 2) + 34 + 50;
    ASSERT_LT(size, 50U * checks);
    const std::size_t lacking = 50U * checks - size;
    EXPECT_EQ(with_checks(checks, lacking), ScriptError::kOk);
    EXPECT_EQ(with_checks(checks, lacking - 1), ScriptError::kTapscriptValidationWeight);
}

TEST(ScriptLimits, ControlBlocks)
{
    FakeChecker checker;
    const Bytes script = script_from_text("1");
    const auto key = crypto::XOnlyKey::nothing_up_my_sleeve();
    const auto verify = [&](std::size_t nodes, std::size_t extra) {
        Bytes control(1);
        control.insert(control.end(), key.bytes().begin(), key.bytes().end());
        control.resize(33 + 32 * nodes);
        const auto root = taproot_merkle_root(control, tapleaf_hash(kTaprootLeafTapscript, script));
        const auto output = key.taproot_output(root);
        control[0] = static_cast<std::byte>(kTaprootLeafTapscript + (output->odd ? 1 : 0));
        control.resize(control.size() + extra);
        const std::vector<ByteSpan> witness{script, control};
        return verify_script({}, make_witness_program_script(1, output->key.bytes()), witness, kFlags, checker);
    };
    EXPECT_EQ(verify(0, 0), ScriptError::kOk);
    EXPECT_EQ(verify(1, 0), ScriptError::kOk);
    EXPECT_EQ(verify(128, 0), ScriptError::kOk);
    EXPECT_EQ(verify(128, 32), ScriptError::kTaprootWrongControlSize);
    EXPECT_EQ(verify(1, 1), ScriptError::kTaprootWrongControlSize);
    EXPECT_EQ(verify(0, 32), ScriptError::kWitnessProgramMismatch);
    EXPECT_FALSE(is_control_block_size(32));
    EXPECT_FALSE(is_control_block_size(0));
}

}  // namespace
}  // namespace cairn::consensus
