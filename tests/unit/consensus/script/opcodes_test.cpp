// Every instruction in every kind of script: bare, witness version 0, tapscript.

#include <array>
#include <set>

#include <gtest/gtest.h>

#include "consensus/script/script.h"
#include "error_name.h"
#include "script_runner.h"
#include "script_text.h"

namespace cairn::consensus {
namespace {

using test::elements_of;
using test::FakeChecker;
using test::kBase;
using test::kFlags;
using test::Kind;
using test::kTap;
using test::kV0;
using test::run;
using test::script_from_text;

struct Case {
    const char* stack;
    const char* body;
    std::array<const char*, 3> expected;  // bare, version 0, tapscript

    Case(const char* elements, const char* script, const char* everywhere = "OK")
        : stack(elements), body(script), expected{everywhere, everywhere, everywhere}
    {
    }
    Case(const char* elements, const char* script, const char* before_tapscript, const char* tapscript)
        : stack(elements), body(script), expected{before_tapscript, before_tapscript, tapscript}
    {
    }
};

// lint: long, because it is a table.
const std::vector<Case>& cases()
{
    static const std::vector<Case> all{
        // Constants
        {"", "0 SIZE 0 EQUALVERIFY NOT"},
        {"", "-1 0x0181 EQUAL"},
        {"", "1 0x0101 EQUAL"},
        {"", "16 0x0110 EQUAL"},
        {"", "0x4c0161 'a' EQUAL"},
        {"", "0x4d010061 'a' EQUAL"},
        {"", "0x4e0100000061 'a' EQUAL"},
        {"", "1 0x4c02", "BAD_OPCODE"},
        // Flow
        {"", "NOP 1"},
        {"", "NOP1 NOP4 NOP5 NOP6 NOP7 NOP8 NOP9 NOP10 1"},
        {"1", "IF 1 ELSE 0 ENDIF"},
        {"0", "IF 0 ELSE 1 ENDIF"},
        {"1", "NOTIF 0 ELSE 1 ENDIF"},
        {"0", "NOTIF 1 ELSE 0 ENDIF"},
        {"1", "IF 1 ELSE 0 ELSE NOP ENDIF"},
        {"0 0", "IF IF 0 ENDIF ELSE NOT ENDIF"},
        {"2", "IF 1 ELSE 0 ENDIF", "OK", "TAPSCRIPT_MINIMALIF"},
        {"0x0100", "NOTIF 1 ELSE 0 ENDIF", "OK", "TAPSCRIPT_MINIMALIF"},
        {"", "IF 1 ENDIF", "INVALID_STACK_OPERATION"},
        {"1", "IF 1", "UNBALANCED_CONDITIONAL"},
        {"", "1 ELSE", "UNBALANCED_CONDITIONAL"},
        {"", "1 ENDIF", "UNBALANCED_CONDITIONAL"},
        {"0", "IF VERIF ENDIF 1", "BAD_OPCODE"},
        {"0", "IF VERNOTIF ENDIF 1", "BAD_OPCODE"},
        {"", "VERIF", "BAD_OPCODE"},
        {"0", "IF RETURN ENDIF 1"},
        {"1", "VERIFY 1"},
        {"0", "VERIFY 1", "VERIFY"},
        {"", "VERIFY", "INVALID_STACK_OPERATION"},
        {"", "RETURN", "OP_RETURN"},
        // Stack
        {"5", "TOALTSTACK FROMALTSTACK 5 EQUAL"},
        {"", "TOALTSTACK", "INVALID_STACK_OPERATION"},
        {"", "FROMALTSTACK", "INVALID_ALTSTACK_OPERATION"},
        {"1 2 3", "2DROP"},
        {"1", "2DROP", "INVALID_STACK_OPERATION"},
        {"1 2", "2DUP 2 EQUALVERIFY 1 EQUALVERIFY 2 EQUALVERIFY"},
        {"1", "2DUP", "INVALID_STACK_OPERATION"},
        {"1 2 3", "3DUP 3 EQUALVERIFY 2 EQUALVERIFY 1 EQUALVERIFY 3 EQUALVERIFY 2 EQUALVERIFY"},
        {"1 2", "3DUP", "INVALID_STACK_OPERATION"},
        {"1 2 3 4", "2OVER 2 EQUALVERIFY 1 EQUALVERIFY 4 EQUALVERIFY 3 EQUALVERIFY 2 EQUALVERIFY"},
        {"1 2 3", "2OVER", "INVALID_STACK_OPERATION"},
        {"1 2 3 4 5 6", "2ROT 2 EQUALVERIFY 1 EQUALVERIFY 6 EQUALVERIFY 5 EQUALVERIFY 4 EQUALVERIFY"},
        {"1 2 3 4 5", "2ROT", "INVALID_STACK_OPERATION"},
        {"1 2 3 4", "2SWAP 2 EQUALVERIFY 1 EQUALVERIFY 4 EQUALVERIFY"},
        {"1 2 3", "2SWAP", "INVALID_STACK_OPERATION"},
        {"1", "IFDUP VERIFY"},
        {"1 0", "IFDUP NOT VERIFY"},
        {"", "IFDUP", "INVALID_STACK_OPERATION"},
        {"1 1", "DEPTH 2 EQUALVERIFY DROP"},
        {"1 0", "DROP"},
        {"", "DROP", "INVALID_STACK_OPERATION"},
        {"7", "DUP EQUAL"},
        {"", "DUP", "INVALID_STACK_OPERATION"},
        {"0 1", "NIP"},
        {"1", "NIP", "INVALID_STACK_OPERATION"},
        {"1 2", "OVER 1 EQUALVERIFY 2 EQUALVERIFY"},
        {"1", "OVER", "INVALID_STACK_OPERATION"},
        {"1 2 3", "2 PICK 1 EQUALVERIFY 3 EQUALVERIFY 2 EQUALVERIFY"},
        {"1 2 3", "3 PICK", "INVALID_STACK_OPERATION"},
        {"1 2 3", "-1 PICK", "INVALID_STACK_OPERATION"},
        {"1", "PICK", "INVALID_STACK_OPERATION"},
        {"1 'abcde'", "PICK", "SCRIPTNUM"},
        {"1 2 3", "2 ROLL 1 EQUALVERIFY 3 EQUALVERIFY 2 EQUAL"},
        {"1 2 3", "0 ROLL 3 EQUALVERIFY 2 EQUALVERIFY"},
        {"1 2 3", "3 ROLL", "INVALID_STACK_OPERATION"},
        {"1 2 3", "ROT 1 EQUALVERIFY 3 EQUALVERIFY 2 EQUAL"},
        {"1 2", "ROT", "INVALID_STACK_OPERATION"},
        {"1 2", "SWAP 1 EQUALVERIFY 2 EQUAL"},
        {"1", "SWAP", "INVALID_STACK_OPERATION"},
        {"1 2", "TUCK 2 EQUALVERIFY 1 EQUALVERIFY 2 EQUAL"},
        {"1", "TUCK", "INVALID_STACK_OPERATION"},
        {"'abc'", "SIZE 3 EQUALVERIFY 'abc' EQUAL"},
        {"", "SIZE", "INVALID_STACK_OPERATION"},
        // Comparison
        {"'a' 'a'", "EQUAL"},
        {"'a' 'b'", "EQUAL NOT"},
        {"'a' 'aa'", "EQUAL NOT"},
        {"'a'", "EQUAL", "INVALID_STACK_OPERATION"},
        {"'a' 'a'", "EQUALVERIFY 1"},
        {"'a' 'b'", "EQUALVERIFY 1", "EQUALVERIFY"},
        // Numbers
        {"4", "1ADD 5 EQUAL"},
        {"4", "1SUB 3 EQUAL"},
        {"4", "NEGATE -4 EQUAL"},
        {"-4", "ABS 4 EQUAL"},
        {"4", "ABS 4 EQUAL"},
        {"0", "NOT"},
        {"5", "NOT 0 EQUAL"},
        {"5", "0NOTEQUAL 1 EQUAL"},
        {"0", "0NOTEQUAL 0 EQUAL"},
        {"'abcde'", "NOT", "SCRIPTNUM"},
        {"", "1ADD", "INVALID_STACK_OPERATION"},
        {"2147483647", "1ADD 2147483648 EQUAL"},
        {"2147483648", "1ADD", "SCRIPTNUM"},
        {"-2147483647 -2147483647", "ADD -4294967294 EQUAL"},
        {"3 4", "ADD 7 EQUAL"},
        {"3 4", "SUB -1 EQUAL"},
        {"3 0", "BOOLAND NOT"},
        {"3 4", "BOOLAND 1 EQUAL"},
        {"3 0", "BOOLOR 1 EQUAL"},
        {"0 0", "BOOLOR NOT"},
        {"3 3", "NUMEQUAL"},
        {"3 0x020300", "NUMEQUAL"},
        {"3 4", "NUMEQUAL NOT"},
        {"3 3", "NUMEQUALVERIFY 1"},
        {"3 4", "NUMEQUALVERIFY 1", "NUMEQUALVERIFY"},
        {"3 4", "NUMNOTEQUAL"},
        {"3 4", "LESSTHAN"},
        {"4 4", "LESSTHAN NOT"},
        {"4 3", "GREATERTHAN"},
        {"4 4", "GREATERTHAN NOT"},
        {"4 4", "LESSTHANOREQUAL"},
        {"5 4", "LESSTHANOREQUAL NOT"},
        {"4 4", "GREATERTHANOREQUAL"},
        {"4 5", "GREATERTHANOREQUAL NOT"},
        {"3 4", "MIN 3 EQUAL"},
        {"-3 4", "MAX 4 EQUAL"},
        {"3", "ADD", "INVALID_STACK_OPERATION"},
        {"'abcde' 1", "ADD", "SCRIPTNUM"},
        {"1 'abcde'", "ADD", "SCRIPTNUM"},
        {"3 3 5", "WITHIN"},
        {"5 3 5", "WITHIN NOT"},
        {"2 3 5", "WITHIN NOT"},
        {"3 3", "WITHIN", "INVALID_STACK_OPERATION"},
        {"3 3 'abcde'", "WITHIN", "SCRIPTNUM"},
        // Hashes
        {"'abc'", "RIPEMD160 0x148eb208f7e05d987a9b044a8e98c6b087f15a0bfc EQUAL"},
        {"'abc'", "SHA1 0x14a9993e364706816aba3e25717850c26c9cd0d89d EQUAL"},
        {"'abc'", "SHA256 0x20ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad EQUAL"},
        {"'abc'", "DUP SHA256 RIPEMD160 SWAP HASH160 EQUAL"},
        {"'abc'", "DUP SHA256 SHA256 SWAP HASH256 EQUAL"},
        {"", "SHA256", "INVALID_STACK_OPERATION"},
        // Signatures: two bytes of any kind are one here, valid if the first is 01
        {"0x020101 0x21020000000000000000000000000000000000000000000000000000000000000001", "CHECKSIG"},
        {"0x020101 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIG"},
        {"0x020101 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIGVERIFY 1"},
        {"0x020201 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIG NOT", "OK",
         "SCHNORR_SIG"},
        {"0 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIG NOT"},
        {"0 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIGVERIFY", "CHECKSIGVERIFY"},
        {"0x020201 0x03616161", "CHECKSIG NOT", "OK", "EVAL_FALSE"},
        {"0x020101 0", "CHECKSIG", "OK", "TAPSCRIPT_EMPTY_PUBKEY"},
        {"0 0", "CHECKSIG NOT", "OK", "TAPSCRIPT_EMPTY_PUBKEY"},
        {"1", "CHECKSIG", "INVALID_STACK_OPERATION"},
        {"0x020101 5 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIGADD 6 EQUAL",
         "BAD_OPCODE", "OK"},
        {"0 5 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIGADD 5 EQUAL",
         "BAD_OPCODE", "OK"},
        {"0 'abcde' 0x200000000000000000000000000000000000000000000000000000000000000001", "CHECKSIGADD", "BAD_OPCODE",
         "SCRIPTNUM"},
        {"1 2", "CHECKSIGADD", "BAD_OPCODE", "INVALID_STACK_OPERATION"},
        {"", "CODESEPARATOR 1"},
        {"0 0x020101 1 'k' 'l' 2", "CHECKMULTISIG", "OK", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 0x020101 1 'k' 1", "CHECKMULTISIGVERIFY 1", "OK", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 0x020201 1 'k' 1", "CHECKMULTISIG NOT", "OK", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 0x020201 1 'k' 1", "CHECKMULTISIGVERIFY 1", "CHECKMULTISIGVERIFY", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 0 0", "CHECKMULTISIG", "OK", "TAPSCRIPT_CHECKMULTISIG"},
        {"1 0 0", "CHECKMULTISIG", "SIG_NULLDUMMY", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 0", "CHECKMULTISIG", "INVALID_STACK_OPERATION", "TAPSCRIPT_CHECKMULTISIG"},
        {"", "CHECKMULTISIG", "INVALID_STACK_OPERATION", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 0 -1", "CHECKMULTISIG", "PUBKEY_COUNT", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 0 21", "CHECKMULTISIG", "PUBKEY_COUNT", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 2 'k' 1", "CHECKMULTISIG", "SIG_COUNT", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 -1 'k' 1", "CHECKMULTISIG", "SIG_COUNT", "TAPSCRIPT_CHECKMULTISIG"},
        {"1 'k' 1", "CHECKMULTISIG", "INVALID_STACK_OPERATION", "TAPSCRIPT_CHECKMULTISIG"},
        {"'abcde'", "CHECKMULTISIG", "SCRIPTNUM", "TAPSCRIPT_CHECKMULTISIG"},
        {"0 'abcde' 'k' 1", "CHECKMULTISIG", "SCRIPTNUM", "TAPSCRIPT_CHECKMULTISIG"},
        // Lock times
        {"100", "CHECKLOCKTIMEVERIFY"},
        {"101", "CHECKLOCKTIMEVERIFY", "UNSATISFIED_LOCKTIME"},
        {"-1", "CHECKLOCKTIMEVERIFY", "NEGATIVE_LOCKTIME"},
        {"", "CHECKLOCKTIMEVERIFY", "INVALID_STACK_OPERATION"},
        {"'abcdef'", "CHECKLOCKTIMEVERIFY", "SCRIPTNUM"},
        {"'abcde'", "CHECKLOCKTIMEVERIFY", "UNSATISFIED_LOCKTIME"},
        {"100", "CHECKSEQUENCEVERIFY"},
        {"101", "CHECKSEQUENCEVERIFY", "UNSATISFIED_LOCKTIME"},
        {"2147483648", "CHECKSEQUENCEVERIFY"},
        {"-1", "CHECKSEQUENCEVERIFY", "NEGATIVE_LOCKTIME"},
        {"", "CHECKSEQUENCEVERIFY", "INVALID_STACK_OPERATION"},
        {"'abcdef'", "CHECKSEQUENCEVERIFY", "SCRIPTNUM"},
    };
    return all;
}

TEST(Opcodes, DoWhatTheyShouldInEveryKindOfScript)
{
    for (const auto& [stack, body, expected] : cases()) {
        for (const Kind kind : {kBase, kV0, kTap}) {
            EXPECT_EQ(test::error_name(run(kind, elements_of(stack), script_from_text(body))), expected[kind])
                << stack << " | " << body << " | " << kind;
        }
    }
}

TEST(Opcodes, TheTableHasAllThatCanSucceed)
{
    std::set<Opcode> seen;
    for (const auto& one : cases()) {
        const Bytes script = script_from_text(one.body);
        for (ScriptReader reader{script}; const auto instruction = reader.next();) seen.insert(instruction->opcode);
    }
    for (int value = static_cast<int>(Opcode::kNop); value <= static_cast<int>(Opcode::kCheckSigAdd); ++value) {
        const auto opcode = static_cast<Opcode>(value);
        if (is_op_success(opcode)) continue;
        EXPECT_TRUE(seen.contains(opcode)) << opcode_name(opcode);
    }
}

TEST(Opcodes, ThoseForTheFuture)
{
    for (int value = static_cast<int>(Opcode::kPushdata4) + 1; value < 256; ++value) {
        const auto opcode = static_cast<Opcode>(value);
        const bool unknown = opcode > Opcode::kCheckSigAdd;
        if (!is_op_success(opcode) && !unknown) continue;
        const bool disabled =
            value >= 126 && value <= 153 && opcode != Opcode::kReserved1 && opcode != Opcode::kReserved2;
        const Bytes executed{std::byte{0x51}, static_cast<std::byte>(value)};
        const Bytes skipped{std::byte{0}, std::byte{0x63}, static_cast<std::byte>(value), std::byte{0x68},
                            std::byte{0x51}};
        for (const Kind kind : {kBase, kV0}) {
            const auto wrong = disabled ? ScriptError::kDisabledOpcode : ScriptError::kBadOpcode;
            EXPECT_EQ(run(kind, {}, executed), wrong) << value;
            EXPECT_EQ(run(kind, {}, skipped), disabled ? wrong : ScriptError::kOk) << value;
        }
        const bool success = is_op_success(opcode);
        for (const auto& script : {executed, skipped}) {
            const auto discouraged = run(kTap, {}, script, kFlags | kVerifyDiscourageOpSuccess);
            if (success) {
                EXPECT_EQ(run(kTap, {}, script), ScriptError::kOk) << value;
                EXPECT_EQ(discouraged, ScriptError::kDiscourageOpSuccess) << value;
            } else {
                EXPECT_EQ(discouraged, script == skipped ? ScriptError::kOk : ScriptError::kBadOpcode) << value;
            }
        }
    }
}

TEST(Opcodes, SuccessBeforeWhatCannotBeReadOrRun)
{
    EXPECT_EQ(run(kTap, {}, script_from_text("RETURN RESERVED 0x4c")), ScriptError::kOk);
    EXPECT_EQ(run(kTap, {}, test::bytes_from_hex("4c02")), ScriptError::kBadOpcode);
    EXPECT_EQ(run(kTap, {}, test::bytes_from_hex("0250")), ScriptError::kBadOpcode);
    // Success also overrules the limits of elements and stack.
    EXPECT_EQ(run(kTap, {Bytes(521)}, script_from_text("RESERVED")), ScriptError::kOk);
    EXPECT_EQ(run(kTap, std::vector<Bytes>(1001), script_from_text("RESERVED")), ScriptError::kOk);
}

TEST(Opcodes, WithoutTheirFlagsLockTimesAreNops)
{
    const auto without = kFlags.without(kVerifyCheckLockTimeVerify | kVerifyCheckSequenceVerify);
    for (const Kind kind : {kBase, kV0, kTap}) {
        for (const auto* body : {"CHECKLOCKTIMEVERIFY 1", "CHECKSEQUENCEVERIFY 1"}) {
            EXPECT_EQ(run(kind, {}, script_from_text(body), without), ScriptError::kOk);
            EXPECT_EQ(run(kind, {}, script_from_text(body), without | kVerifyDiscourageUpgradableNops),
                      ScriptError::kOk);
        }
        for (const auto* body : {"NOP1 1", "NOP4 1", "NOP10 1"}) {
            EXPECT_EQ(run(kind, {}, script_from_text(body), kFlags | kVerifyDiscourageUpgradableNops),
                      ScriptError::kDiscourageUpgradableNops);
        }
    }
}

TEST(Opcodes, CodeSeparatorsPositionIsSigned)
{
    FakeChecker checker;
    const std::vector<Bytes> signature{Bytes{std::byte{1}}};
    const std::string key = "0x20" + std::string(62, '0') + "01 ";
    EXPECT_EQ(run(kTap, signature, script_from_text(key + "CHECKSIG"), kFlags, &checker), ScriptError::kOk);
    EXPECT_EQ(checker.separator, 0xffffffffU);
    EXPECT_EQ(
        run(kTap, signature, script_from_text("NOP 0 IF CODESEPARATOR ENDIF " + key + "CHECKSIG"), kFlags, &checker),
        ScriptError::kOk);
    EXPECT_EQ(checker.separator, 0xffffffffU);
    EXPECT_EQ(
        run(kTap, signature, script_from_text("CODESEPARATOR NOP CODESEPARATOR " + key + "CHECKSIG"), kFlags, &checker),
        ScriptError::kOk);
    EXPECT_EQ(checker.separator, 2U);
}

}  // namespace
}  // namespace cairn::consensus
