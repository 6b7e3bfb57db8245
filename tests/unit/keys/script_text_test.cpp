#include "keys/script_text.h"

#include <gtest/gtest.h>

#include "policy/script_type.h"
#include "support/files.h"

namespace cairn::keys {
namespace {

using test::unhex;

TEST(ScriptText, OfCommonScripts)
{
    EXPECT_EQ(script_to_asm(unhex("76a914a31c06bd463e3923bc1aadbde48b16976c08071788ac")),
              "OP_DUP OP_HASH160 a31c06bd463e3923bc1aadbde48b16976c080717 OP_EQUALVERIFY OP_CHECKSIG");
    EXPECT_EQ(script_to_asm(unhex("0014751e76e8199196d454941c45d1b3a323f1433bd6")),
              "0 751e76e8199196d454941c45d1b3a323f1433bd6");
    EXPECT_EQ(script_to_asm(unhex("51024e73")), "1 29518");
    EXPECT_EQ(script_to_asm({}), "");
}

TEST(ScriptText, ShortPushesAreNumbersAndCutOnesErrors)
{
    EXPECT_EQ(script_to_asm(unhex("01810480000080")), "-1 -128");
    EXPECT_EQ(script_to_asm(unhex("04ffffffff")), "-2147483647");
    EXPECT_EQ(script_to_asm(unhex("050102030405")), "0102030405");
    EXPECT_EQ(script_to_asm(unhex("4f60b9bbff")), "-1 16 OP_NOP10 OP_UNKNOWN OP_INVALIDOPCODE");
    EXPECT_EQ(script_to_asm(unhex("6a02aa")), "OP_RETURN [error]");
}

TEST(ScriptText, NamesTheHashTypeOfSignatures)
{
    const Bytes script = unhex(
        "47304402207f5f3bb6ff5c3d8e9a3f3c0a9a4b4a3f0c0e1d2c3b4a59687786950413223344022011223344556677889900aabbccddee"
        "ff11223344556677889900aabbccddeeff01");
    EXPECT_TRUE(script_to_asm(script, SighashNames::kShown).ends_with("[ALL]"));
    EXPECT_TRUE(script_to_asm(script).ends_with("ff01"));
    Bytes data = script;
    data.insert(data.begin(), std::byte{0x6a});
    EXPECT_TRUE(script_to_asm(data, SighashNames::kShown).ends_with("ff01"));
}

}  // namespace
}  // namespace cairn::keys
