#include "consensus/script/signature_encoding.h"

#include <gtest/gtest.h>

#include "script_text.h"

namespace cairn::consensus {
namespace {

using test::bytes_from_hex;

const std::string kR(64, '1');
const std::string kS(64, '2');

bool is_der(const std::string& hex)
{
    return is_der_signature(bytes_from_hex(hex));
}

TEST(SignatureEncoding, StrictDer)
{
    EXPECT_TRUE(is_der("30440220" + kR + "0220" + kS + "01"));
    EXPECT_TRUE(is_der("300602010102010200"));
    EXPECT_TRUE(
        is_der("30080202008002020080"
               "01"));
    EXPECT_TRUE(
        is_der("3006020100020100"
               "01"));
    // The largest: 33 bytes each.
    EXPECT_TRUE(
        is_der("30460221"
               "00ff" +
               kR.substr(2) +
               "0221"
               "00ff" +
               kS.substr(2) + "01"));

    for (const auto* wrong : {
             "",
             "3006020101020101",      // no hash type
             "31060201010201010101",  // not a sequence
             "300602010102010101"
             "01",
             "300702010102010101",  // length too long
             "300502010102010101",  // and too short
             "300603010102010101",  // not an integer
             "300602010103010101",
             "30050200020101"
             "0101",  // empty integers
             "3005020101020001"
             "01",
             "300602018102010101",  // negative
             "300602010102018101",
             "30070202007f02010101",  // padded
             "30070201010202007f01",
             "300602050102010101",  // beyond the end
             "300602010102050101",
         }) {
        EXPECT_FALSE(is_der(wrong)) << wrong;
    }
    EXPECT_FALSE(
        is_der("30470222"
               "0000ff" +
               kR.substr(2) +
               "0221"
               "00ff" +
               kS.substr(2) + "01"));
}

TEST(SignatureEncoding, RulesByFlag)
{
    const Bytes good = bytes_from_hex("30440220" + kR + "0220" + kS + "01");
    const Bytes undefined_type = bytes_from_hex("30440220" + kR + "0220" + kS + "04");
    const Bytes high_s = bytes_from_hex("30450220" + kR +
                                        "0221"
                                        "00ff" +
                                        kS.substr(2) + "01");
    const Bytes not_der = bytes_from_hex("30450220" + kR + "0220" + kS + "01");
    const auto strict = kVerifyStrictEnc | kVerifyDerSig | kVerifyLowS;
    for (const auto& any : {Bytes{}, good}) EXPECT_EQ(check_signature_encoding(any, strict), ScriptError::kOk);
    for (const auto& any : {undefined_type, high_s, not_der}) {
        EXPECT_EQ(check_signature_encoding(any, kVerifyNone), ScriptError::kOk);
    }
    for (const auto flag : {kVerifyStrictEnc, kVerifyDerSig, kVerifyLowS}) {
        EXPECT_EQ(check_signature_encoding(not_der, flag), ScriptError::kSigDer);
        EXPECT_EQ(check_signature_encoding(high_s, flag),
                  flag == kVerifyLowS ? ScriptError::kSigHighS : ScriptError::kOk);
        EXPECT_EQ(check_signature_encoding(undefined_type, flag),
                  flag == kVerifyStrictEnc ? ScriptError::kSigHashtype : ScriptError::kOk);
    }
    for (const std::string type : {"01", "02", "03", "81", "82", "83"}) {
        EXPECT_EQ(check_signature_encoding(bytes_from_hex("30440220" + kR + "0220" + kS + type), strict),
                  ScriptError::kOk);
    }
    for (const std::string type : {"00", "04", "41", "80", "84", "ff"}) {
        EXPECT_EQ(check_signature_encoding(bytes_from_hex("30440220" + kR + "0220" + kS + type), strict),
                  ScriptError::kSigHashtype);
    }
}

}  // namespace
}  // namespace cairn::consensus
