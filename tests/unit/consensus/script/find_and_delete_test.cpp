// What is taken out of the script code before a signature of the old kind is checked.

#include <gtest/gtest.h>

#include "consensus/script/script.h"
#include "crypto/hex.h"
#include "script_runner.h"
#include "script_text.h"

namespace cairn::consensus {
namespace {

using test::bytes_from_hex;
using test::script_from_text;

/// Keeps the script code it was asked with.
class RecordingChecker final : public SignatureChecker {
public:
    bool check_ecdsa(ByteSpan, ByteSpan, ByteSpan script_code, SigVersion) override
    {
        codes.push_back(to_hex(script_code));
        return true;
    }
    ScriptError check_schnorr(ByteSpan, ByteSpan, const TaprootSpend&) override { return ScriptError::kOk; }
    bool check_lock_time(std::int64_t) override { return true; }
    bool check_sequence(std::int64_t) override { return true; }

    std::vector<std::string> codes;
};

/// The script code that a signature over `script` is checked with, and whether any check was made.
std::string code_of(const std::string& signature, const std::string& script)
{
    RecordingChecker checker;
    const Bytes script_sig = ScriptWriter{}.push(bytes_from_hex(signature)).take();
    verify_script(script_sig, bytes_from_hex(script), {}, kVerifyNone, checker);
    return checker.codes.empty() ? "none" : checker.codes[0];
}

// "6b" is a key, OP_DROP 75, OP_CHECKSIG ac.
TEST(FindAndDelete, TakesPushesOfTheSignatureOut)
{
    EXPECT_EQ(code_of("aabb", "016bac"), "016bac");
    EXPECT_EQ(code_of("aabb", "02aabb75016bac"), "75016bac");
    EXPECT_EQ(code_of("aabb", "02aabb02aabb6d016bac"), "6d016bac");
    EXPECT_EQ(code_of("aabb", "02aabb75016bac02aabb"), "75016bac");
    EXPECT_EQ(code_of("aabb", "6102aabb75016bac6102aabb61"), "6175016bac6161");
    // Only the push that the signature's own size gives.
    EXPECT_EQ(code_of("aabb", "4c02aabb75016bac"), "4c02aabb75016bac");
    // Only where an instruction begins.
    EXPECT_EQ(code_of("aabb", "0302aabb75016bac"), "0302aabb75016bac");
    EXPECT_EQ(code_of("aabb", "0402aabbff75016bac"), "0402aabbff75016bac");
    // And what is left where a removal ends is the beginning of an instruction again.
    EXPECT_EQ(code_of("aabb", "016bac02aabb"), "016bac");
}

TEST(FindAndDelete, StopsAtWhatCannotBeRead)
{
    EXPECT_EQ(code_of("aabb", "02aabb75016bac05ff02aabb"), "75016bac05ff02aabb");
}

TEST(FindAndDelete, LongSignatures)
{
    const std::string signature(2 * 80, 'a');
    EXPECT_EQ(code_of(signature, "4c50" + signature + "75016bac"), "75016bac");
    EXPECT_EQ(code_of(signature, "4d5000" + signature + "75016bac"), "4d5000" + signature + "75016bac");
}

TEST(FindAndDelete, AllSignaturesOfAMultisig)
{
    RecordingChecker checker;
    const Bytes script_sig = script_from_text("0 0x02aabb 0x02ccdd");
    const Bytes script = bytes_from_hex("02ccdd02aabb6d52016b016c52ae");
    EXPECT_EQ(verify_script(script_sig, script, {}, kVerifyNone, checker), ScriptError::kOk);
    EXPECT_EQ(checker.codes, (std::vector<std::string>{"6d52016b016c52ae", "6d52016b016c52ae"}));
    EXPECT_EQ(verify_script(script_sig, script, {}, kVerifyConstScriptCode, checker), ScriptError::kSigFindAndDelete);
}

TEST(FindAndDelete, AnEmptySignatureIsOpZero)
{
    // It is not checked, but with the flag its removal is seen.
    RecordingChecker checker;
    const Bytes script = script_from_text("0 DROP 'k' CHECKSIG NOT");
    EXPECT_EQ(verify_script(script_from_text("0"), script, {}, kVerifyNone, checker), ScriptError::kOk);
    EXPECT_EQ(verify_script(script_from_text("0"), script, {}, kVerifyConstScriptCode, checker),
              ScriptError::kSigFindAndDelete);
    EXPECT_EQ(
        verify_script(script_from_text("0"), script_from_text("'k' CHECKSIG NOT"), {}, kVerifyConstScriptCode, checker),
        ScriptError::kOk);
}

TEST(FindAndDelete, NotInWitnessScripts)
{
    test::FakeChecker checker;
    const Bytes script = bytes_from_hex("02018875016bac");
    EXPECT_EQ(test::run(test::kV0, {bytes_from_hex("0188")}, script, test::kFlags | kVerifyConstScriptCode, &checker),
              ScriptError::kOk);
    EXPECT_EQ(test::run(test::kBase, {bytes_from_hex("0188")}, script, test::kFlags | kVerifyConstScriptCode, &checker),
              ScriptError::kSigFindAndDelete);
}

}  // namespace
}  // namespace cairn::consensus
